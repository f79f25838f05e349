import type { V1Pod } from "@kubernetes/client-node";

/** A container whose image cannot be had. */
export interface MissingImage {
    container: string;
    initial: boolean;
    image: string;
}

/** A reference without the tag that a digest makes meaningless. */
export const withoutTag = (image: string): string => image.replace(/:[^:/@]+(?=@sha256:)/, "");

/** Images that the pod's node cannot pull. What AKS runs itself comes with AKS. */
export function missingImages(pod: V1Pod, inRegistry: ReadonlySet<string>): MissingImage[] {
    const aks = pod.metadata?.namespace === "kube-system";
    const of = (initial: boolean, containers: readonly { name: string; image?: string }[] = []): MissingImage[] =>
        containers.flatMap(({ name, image = "" }) => {
            const there = inRegistry.has(withoutTag(image)) || (aks && image.startsWith("mcr.microsoft.com/"));
            return there ? [] : [{ container: name, initial, image }];
        });
    return [...of(true, pod.spec?.initContainers), ...of(false, pod.spec?.containers)];
}

/** What containerd and kubelet say of an image that is not there. */
export function pullError(image: string): string {
    const unpacked = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
    return `rpc error: code = NotFound desc = ${unpacked}`;
}

/** Status of a pod that waits for images: at first the error itself, then that it is tried again. */
export function waitingStatus(pod: V1Pod, missing: readonly MissingImage[], again: boolean): object {
    const initial = missing.filter((each) => each.initial);
    const failing = initial.length > 0 ? initial : missing;
    const statuses = (isInitial: boolean, containers: readonly { name: string; image?: string }[] = []): object[] =>
        containers.map(({ name, image = "" }) => {
            const fault = failing.find((each) => each.container === name && each.initial === isInitial);
            const message = fault && pullError(image);
            const waiting = !message
                ? { reason: initial.length > 0 ? "PodInitializing" : "ContainerCreating" }
                : again
                  ? {
                        reason: "ImagePullBackOff",
                        message: `Back-off pulling image "${image}": ErrImagePull: ${message}`,
                    }
                  : { reason: "ErrImagePull", message };
            return { name, image, imageID: "", ready: false, started: false, restartCount: 0, state: { waiting } };
        });
    const unready = (type: string): object => ({
        ...{ type, status: "False", reason: "ContainersNotReady" },
        message: `containers with unready status: [${failing.map(({ container }) => container).join(" ")}]`,
    });
    return {
        phase: "Pending",
        conditions: [unready("Ready"), unready("ContainersReady")],
        containerStatuses: statuses(false, pod.spec?.containers),
        ...(pod.spec?.initContainers && { initContainerStatuses: statuses(true, pod.spec.initContainers) }),
    };
}
