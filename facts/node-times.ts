import type { Duration } from "./durations";

/** How long something takes on a node, in seconds. */
export type NodeTime = Pick<Duration, "quality" | "source"> & { seconds: number };

/** What happens to nodes and pods between Azure's own operations. */
export const nodeTimes = {
    /** From the scale set's request to a node that is ready. */
    nodeStart: {
        seconds: 180,
        quality: "unverified",
        source: "within the four minutes of a pool's creation: Azure/AKS#1439",
    },
    gpuNodeStart: {
        seconds: 276,
        quality: "upper bound",
        source: "ready at an age of 4m36s: https://learn.microsoft.com/azure/aks/autoscale-gpu-workloads-with-keda; 4 to 6 minutes: kubernetes/autoscaler#3464",
    },
    /** The first pull of an image on a node; the next pod of the node finds it there. */
    imagePull: {
        seconds: 20,
        quality: "unverified",
        source: "depends on size and disk; no publication for images of ours can be",
    },
    /** Of a pod that runs to its end and does not say how long it takes. */
    run: { seconds: 60, quality: "unverified", source: "a figure of our own" },
    /** What an interrupted spot machine is given. */
    spotNotice: {
        seconds: 30,
        quality: "published",
        source: "https://learn.microsoft.com/azure/virtual-machines/spot-vms (at least 30 seconds, best effort)",
    },
    /** A scale-up that Azure refused is tried again: the autoscaler's first backoff. */
    growthBackoff: {
        seconds: 300,
        quality: "published",
        source: "initial-node-group-backoff-duration: kubernetes/autoscaler cluster-autoscaler/FAQ.md",
    },
    /** Unschedulable pods wait that long before the autoscaler looks at them, those for GPUs longer. */
    newPod: { seconds: 2, quality: "published", source: "Azure/AKS#5573" },
    newGpuPod: { seconds: 30, quality: "published", source: "Azure/AKS#5573, kubernetes/autoscaler#9126" },
} as const satisfies Readonly<Record<string, NodeTime>>;
