import * as pulumi from "@pulumi/pulumi";
import { Access } from "../governance/access";
import { shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { chartRelease, type MirroredChart } from "./chart";
import { hardenedContainer } from "./hardened-pod";
import { imageParts, imageFaults, type PinnedImage } from "./pinned-image";
import { namespace } from "./namespace";
import {
    apiServerOpening,
    inBlock,
    inNamespace,
    metricsOpening,
    networkPolicies,
    type Opening,
} from "./network-policies";
import { placement, type NodePlace } from "./node-place";
import { priorityClassName } from "./priority-classes";
import { outside } from "./sign-in";
import { WorkloadIdentity, type FederatedAccount } from "./workload-identity";

/** Arguments of {@link Autoscaling}. */
export interface AutoscalingArgs extends Placement {
    chart: MirroredChart;
    images: Readonly<Record<"operator" | "metricsServer" | "webhooks", PinnedImage>>;
    core: NodePlace;
    replicas: number;
    tenantId: string;
    oidcIssuerUrl: string;
    /** Azure Monitor workspace whose metrics workloads are scaled by. */
    metricsWorkspaceId: string;
    rolePropagationSeconds: number;
    apiServerBlocks: readonly string[];
    /** Block of the private endpoints, where metrics and queues are asked. */
    privateEndpointsBlock: string;
    cluster: pulumi.ProviderResource;
}

export const scalingNamespace = "platform-scaling";

/** KEDA's account: an identity that it may scale by names this one in its federation. */
export const scalerAccount: FederatedAccount = {
    ...{ namespace: scalingNamespace, account: "keda-operator", madeElsewhere: true },
};

/**
 * KEDA: scales by what is waiting, down to none and up again. It signs in to Azure by the cluster's word, and its own identity
 * may read metrics and no more; whoever scales by something else names an identity of its own.
 * @see https://keda.sh/docs/2.20/authentication-providers/azure-ad-workload-identity/
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Autoscaling extends pulumi.ComponentResource {
    /** Resolves once scalers are taken. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: AutoscalingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:Autoscaling", name, shown({ ...args, cluster: undefined }), opts);
        const { images, replicas, naming } = args;
        refuse(this, [
            ...Object.entries(images).flatMap(([part, image]) => imageFaults(`images.${part}`, image)),
            wholeNumberFault("replicas", replicas, 1, 5),
        ]);
        const own = { parent: this, provider: args.cluster };
        const home = namespace(scalingNamespace, {}, own);
        const inside = { ...own, dependsOn: [home] };
        networkPolicies(scalingNamespace, openings(args), inside);
        const { identity } = new WorkloadIdentity(
            `${name}-identity`,
            { ...args, instance: "scaler", accounts: [scalerAccount] },
            { parent: this },
        );
        const reads = new Access(
            `${name}-metrics`,
            {
                ...{ row: "scaler-metrics", scope: args.metricsWorkspaceId, principalId: identity.principalId },
                ...{ subscriptionId: naming.subscriptionId, propagationSeconds: args.rolePropagationSeconds },
            },
            { parent: this },
        );
        const release = chartRelease(
            name,
            {
                chart: args.chart,
                release: "keda",
                namespace: scalingNamespace,
                values: values(args, identity.clientId),
            },
            { ...own, dependsOn: [home, reads] },
        );
        this.ready = release.urn;
        this.registerOutputs({ ready: this.ready });
    }
}

/** Registry, repository and tag, as KEDA's chart wants them; with a digest in the tag, that is what counts. */
function apart(image: PinnedImage, version: string): { registry: string; repository: string; tag: string } {
    const { host = "", repository = "", digest = "" } = imageParts(image) ?? {};
    return { registry: host, repository, tag: `${version}@${digest}` };
}

function values(args: AutoscalingArgs, clientId: pulumi.Output<string>): Record<string, pulumi.Input<unknown>> {
    const { chart, images, core, replicas, tenantId } = args;
    const spare = replicas > 1 ? { maxUnavailable: 1 } : {};
    const small = { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } };
    return {
        image: {
            keda: apart(images.operator, chart.version),
            metricsApiServer: apart(images.metricsServer, chart.version),
            webhooks: apart(images.webhooks, chart.version),
            pullPolicy: "IfNotPresent",
        },
        operator: { replicaCount: replicas },
        metricsServer: { replicaCount: replicas },
        webhooks: { enabled: true, replicaCount: replicas },
        podIdentity: { azureWorkload: { enabled: true, clientId, tenantId } },
        podDisruptionBudget: { operator: spare, metricServer: spare, webhooks: spare },
        resources: { operator: small, metricServer: small, webhooks: small },
        securityContext: { operator: hardenedContainer, metricServer: hardenedContainer, webhooks: hardenedContainer },
        priorityClassName: priorityClassName("controllers"),
        prometheus: { operator: { enabled: true, port: 8080 }, metricServer: { enabled: true, port: 8080 } },
        podAnnotations: { keda: scraped, metricsAdapter: scraped },
        ...placement(core),
    };
}

const scraped = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" };

function openings({ apiServerBlocks, privateEndpointsBlock }: AutoscalingArgs): Opening[] {
    const callers = [...apiServerBlocks.map(inBlock), inNamespace("kube-system")];
    return [
        apiServerOpening(apiServerBlocks),
        { name: "webhooks-and-metrics", from: callers, ports: [6443, 9443] },
        metricsOpening([8080]),
        { name: "among-themselves", from: [{ podSelector: {} }], to: [{ podSelector: {} }], ports: [9666] },
        { name: "platform", to: [inBlock(privateEndpointsBlock)], ports: [443] },
        // Sign-in, and queues of Azure DevOps. Which names, the firewall says.
        { name: "sign-in", to: [outside], ports: [443] },
    ];
}
