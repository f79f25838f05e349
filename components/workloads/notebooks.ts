import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { chartRelease, type MirroredChart } from "./chart";
import type { SignIn } from "./hub-sign-in";
import type { Opening } from "./network-policies";
import { inBlock, inNamespace } from "./network-policies";
import { nodePlaceFaults, type NodePlace } from "./node-place";
import { groupFaults, signInFaults, toEntra } from "./sign-in";
import { profileFaults, type NotebookImage, type NotebookSize } from "./notebook-profiles";
import { notebookValues, type HubImages } from "./notebook-values";

/** What people get, and who they are. */
export interface NotebookChoice extends Omit<SignIn, "tenantId"> {
    /** Environments to choose from; the first is preselected. */
    images: readonly NotebookImage[];
    /** Machines to choose from; the first is preselected, and what placeholders keep free. */
    sizes: readonly NotebookSize[];
    /** Where the hub runs. */
    core: NodePlace;
    /** Size of a home, 1 to 1024 GiB. It can grow later, and never shrink. @default 20 */
    homeGib?: number;
    /** Minutes without a running kernel after which a notebook is stopped, 10 to 1440. Homes stay. @default 60 */
    idleMinutes?: number;
    /** Notebooks of the first size that are kept free, 0 to 20: the next one starts in seconds instead of minutes. @default 0 */
    placeholders?: number;
}

/** Arguments of {@link Notebooks}. */
export interface NotebooksArgs extends NotebookChoice {
    /** Namespace under Pod Security `restricted`, closed but for {@link notebookOpenings}. */
    namespace: string;
    tenantId: string;
    chart: MirroredChart;
    hubImages: HubImages;
    /** Disks under our key. */
    storageClassName: pulumi.Input<string>;
}

/**
 * JupyterHub: a notebook for everyone of some Entra groups, in a pinned environment on a machine that they choose. A notebook with
 * a GPU starts the node that it needs and lets it go when nobody uses it. Homes are disks under our key.
 * @see https://z2jh.jupyter.org
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Notebooks extends pulumi.ComponentResource {
    /** Where people go. Resolves once the hub is up. */
    readonly url: pulumi.Output<string>;

    constructor(name: string, args: NotebooksArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:Notebooks", name, shown(args), opts);
        refuse(this, notebookFaults("", args));
        const { chart, namespace, tenantId, storageClassName, images, sizes, ...choice } = args;
        const [firstImage, ...otherImages] = images;
        const [firstSize, ...otherSizes] = sizes;
        if (firstImage === undefined || firstSize === undefined) throw new pulumi.ResourceError("no profile", this);
        const values = notebookValues({
            ...{ hubImages: args.hubImages, core: args.core, storageClassName },
            ...{ images: [firstImage, ...otherImages], sizes: [firstSize, ...otherSizes] },
            signIn: { ...choice, tenantId },
            ...{ homeGib: args.homeGib ?? 20, idleMinutes: args.idleMinutes ?? 60 },
            placeholders: args.placeholders ?? 0,
        });
        const release = chartRelease(name, { chart, release: "notebooks", namespace, values }, { parent: this });
        this.url = release.urn.apply(() => `https://${args.host}/`);
        this.registerOutputs({ url: this.url });
    }
}

/** What is wrong with the choice; empty when nothing is. */
export function notebookFaults(field: string, choice: NotebookChoice): string[] {
    const { adminGroups = [], core, homeGib = 20, idleMinutes = 60, placeholders = 0 } = choice;
    return [
        ...signInFaults(field, choice),
        ...groupFaults(`${field}adminGroups`, adminGroups),
        ...profileFaults(field, choice),
        ...nodePlaceFaults(`${field}core`, core),
        wholeNumberFault(`${field}homeGib`, homeGib, 1, 1024),
        wholeNumberFault(`${field}idleMinutes`, idleMinutes, 10, 1440),
        wholeNumberFault(`${field}placeholders`, placeholders, 0, 20),
        placeholders > 0 && choice.sizes[0]?.gpus !== undefined
            ? `${field}placeholders must be 0 while the first size has GPUs, which would never be let go, got ${placeholders}`
            : undefined,
    ].filter((fault) => fault !== undefined);
}

const part = (component: string): Record<string, string> => ({ app: "jupyterhub", component });
const [hub, proxy, notebook] = [part("hub"), part("proxy"), part("singleuser-server")];

/**
 * Ways that the parts need, and no others: notebooks reach the hub and the platform's own services, not the internet, not each
 * other, and not the node's metadata.
 * @param privateEndpoints Block of the subnet in which the platform's services have their addresses.
 * @param gatewayNamespace Where requests come from.
 */
export function notebookOpenings(privateEndpoints: string, gatewayNamespace: string): Opening[] {
    const own = (pods: Record<string, string>): object => ({ podSelector: { matchLabels: pods } });
    return [
        { name: "gateway-to-proxy", pods: proxy, from: [inNamespace(gatewayNamespace)], ports: [8000] },
        { name: "hub-to-proxy", pods: proxy, from: [own(hub)], ports: [8001] },
        { name: "to-hub", pods: hub, from: [own(proxy), own(notebook)], ports: [8081] },
        { name: "to-notebooks", pods: notebook, from: [own(proxy), own(hub)], ports: [8888] },
        { name: "proxy-out", pods: proxy, to: [own(hub)], ports: [8081] },
        { name: "proxy-to-notebooks", pods: proxy, to: [own(notebook)], ports: [8888] },
        { name: "hub-out-to-proxy", pods: hub, to: [own(proxy)], ports: [8001] },
        { name: "hub-to-notebooks", pods: hub, to: [own(notebook)], ports: [8888] },
        toEntra("hub-to-entra", hub),
        { name: "notebooks-to-hub", pods: notebook, to: [own(hub)], ports: [8081] },
        { name: "notebooks-to-platform", pods: notebook, to: [inBlock(privateEndpoints)], ports: [443] },
    ];
}
