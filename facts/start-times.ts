/** The longest that something was seen to take, in seconds. */
export interface StartTime {
    seconds: number;
    source: string;
}

/** A rate at which bytes arrive, in MB/s: the slowest that was seen where several are published. */
export interface Rate {
    megabytesPerSecond: number;
    source: string;
}

const date = "read 2026-11-23";

/** What lies between a pod that no node has room for, and its model's first answer: worst cases, to plan with. */
export const startTimes = {
    /** The autoscaler looks every ten seconds, and lets pods that want a GPU wait first; AKS has no setting for it. */
    gpuAutoscalerWait: {
        seconds: 40,
        source: `Azure/AKS#5573, kubernetes/autoscaler#9126 (30 s), scan of 10 s; ${date}`,
    },
    autoscalerWait: { seconds: 12, source: `Azure/AKS#5573 (2 s), scan of 10 s; ${date}` },
    /** Machine, driver, and the device plugin that offers its GPUs. */
    gpuNode: { seconds: 480, source: `4 to 8 minutes: kubernetes/autoscaler#3464, Azure/aks-engine#3507; ${date}` },
    node: { seconds: 240, source: `within the four minutes of a pool's creation: Azure/AKS#1439; ${date}` },
} as const satisfies Record<string, StartTime>;

export const startRates = {
    /** An image is bound by the disk that it is unpacked to, not by the registry. */
    managedDisk: { megabytesPerSecond: 96, source: `D4s_v3 with a 128 GB disk, danielstechblog.io; ${date}` },
    ephemeralDisk: {
        megabytesPerSecond: 200,
        source: `8,000 IOPS measured by danielstechblog.io; the rate is an estimate, unverified; ${date}`,
    },
    /** A model from Blob storage, one stream. */
    model: { megabytesPerSecond: 17, source: `1 GB a minute: kserve/kserve#2529; ${date}` },
} as const satisfies Record<string, Rate>;
