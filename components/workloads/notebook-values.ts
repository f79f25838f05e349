import type * as pulumi from "@pulumi/pulumi";
import { authenticatorConfig, hubSignIn, type SignIn } from "./hub-sign-in";
import { hardenedContainer } from "./hardened-pod";
import { placement, type NodePlace } from "./node-place";
import { profileList, sizePlacement, sizeResources, type NotebookImage, type NotebookSize } from "./notebook-profiles";
import type { PinnedImage } from "./pinned-image";

/** Images of the hub itself. */
export interface HubImages {
    hub: PinnedImage;
    proxy: PinnedImage;
    /** Does nothing, in the place of a notebook that is to come. */
    pause: PinnedImage;
}

export interface NotebookValues {
    signIn: SignIn;
    hubImages: HubImages;
    /** At least one; the first is what the chart's default is, and preselected. */
    images: readonly [NotebookImage, ...NotebookImage[]];
    /** At least one; the first is what placeholders keep free. */
    sizes: readonly [NotebookSize, ...NotebookSize[]];
    /** Where hub and proxy run. */
    core: NodePlace;
    storageClassName: pulumi.Input<string>;
    homeGib: number;
    /** Notebooks that nobody has used for so long are stopped. */
    idleMinutes: number;
    placeholders: number;
}

/** Charts ask for name and tag; the two put together with a colon are what is pulled. */
function nameAndTag(image: PinnedImage): { name: string; tag: string } {
    const at = image.lastIndexOf(":");
    return { name: image.slice(0, at), tag: image.slice(at + 1) };
}

/** What these images write lies in their own layers: their roots stay writable. */
const restricted = { ...hardenedContainer, readOnlyRootFilesystem: false };
const containerOf = (user: number): object => ({ ...restricted, runAsUser: user, runAsGroup: user });
const podOf = (group: number): object => ({ ...volumes, fsGroup: group });
const volumes = { fsGroupChangePolicy: "OnRootMismatch", seccompProfile: restricted.seccompProfile };
const limits = (cpu: string, memory: string): object => ({ requests: { cpu, memory }, limits: { memory } });
/** Who nothing runs as: what it is in most images. */
const nobody = 65534;

/**
 * Values of the chart, 4.4. Its own network policies are off in favour of ours, which are in every preview; so is the privileged
 * container that would keep notebooks from the node's metadata by iptables, as our policies open no way there.
 * @see https://z2jh.jupyter.org/en/stable/resources/reference.html
 */
export function notebookValues(values: NotebookValues): Record<string, pulumi.Input<unknown>> {
    const { signIn, hubImages, images, sizes, core, storageClassName } = values;
    const [first] = sizes;
    const { nodeSelector, tolerations } = placement(core);
    const off = { enabled: false };
    return {
        hub: {
            image: nameAndTag(hubImages.hub),
            config: {
                AzureAdOAuthenticator: authenticatorConfig(signIn),
                KubeSpawner: {
                    container_security_context: restricted,
                    pod_security_context: podOf(100),
                },
            },
            extraConfig: { "10-sign-in": hubSignIn },
            serviceAccount: { annotations: { "azure.workload.identity/client-id": signIn.clientId } },
            labels: { "azure.workload.identity/use": "true" },
            db: { type: "sqlite-pvc", pvc: { storageClassName, storage: "4Gi" } },
            ...{ nodeSelector, tolerations, networkPolicy: off },
            containerSecurityContext: containerOf(1000),
            podSecurityContext: podOf(1000),
            resources: limits("200m", "1Gi"),
        },
        proxy: {
            // TLS ends at the platform's gateway.
            ...{ https: off, service: { type: "ClusterIP" } },
            chp: {
                image: nameAndTag(hubImages.proxy),
                ...{ nodeSelector, tolerations, networkPolicy: off },
                containerSecurityContext: containerOf(nobody),
                resources: limits("200m", "512Mi"),
            },
        },
        singleuser: {
            image: { ...nameAndTag(images[0].image), pullPolicy: "IfNotPresent" },
            profileList: profileList(images, sizes),
            ...{ defaultUrl: "/lab", uid: 1000, fsGid: 100, allowPrivilegeEscalation: false },
            networkPolicy: off,
            cloudMetadata: { blockWithIptables: false },
            // A node with a GPU is started for a notebook: fifteen minutes, then the image.
            startTimeout: 1800,
            cpu: { guarantee: first.cores },
            memory: { guarantee: sizeResources(first).mem_guarantee, limit: sizeResources(first).mem_limit },
            nodeSelector: sizePlacement(first).nodeSelector,
            extraTolerations: sizePlacement(first).tolerations,
            storage: {
                ...{ type: "dynamic", capacity: `${values.homeGib}Gi` },
                dynamic: { storageClass: storageClassName, storageAccessModes: ["ReadWriteOnce"] },
            },
        },
        scheduling: {
            // The cluster's own scheduler will do; another one would need rights on all of the cluster.
            userScheduler: off,
            // The autoscaler makes room for pods down to -10, and everything else drives them out.
            podPriority: { enabled: true, globalDefault: false, defaultPriority: 0, userPlaceholderPriority: -10 },
            userPlaceholder: {
                ...{ enabled: values.placeholders > 0, replicas: values.placeholders },
                image: nameAndTag(hubImages.pause),
                containerSecurityContext: containerOf(nobody),
            },
            userPods: { nodeAffinity: { matchNodePurpose: "ignore" } },
            corePods: { nodeAffinity: { matchNodePurpose: "ignore" } },
        },
        prePuller: {
            // It would hold up every deployment until each node has each image.
            hook: off,
            // Nodes that stand ready have the images, too; never those with GPUs, which are not kept ready.
            continuous: { enabled: values.placeholders > 0 },
            pause: { image: nameAndTag(hubImages.pause), containerSecurityContext: containerOf(nobody) },
            containerSecurityContext: containerOf(nobody),
            resources: limits("10m", "32Mi"),
        },
        cull: {
            ...{ enabled: true, timeout: values.idleMinutes * 60, every: 300, users: false },
            // A running kernel counts as use, an open tab does not.
            maxAge: 0,
        },
    };
}
