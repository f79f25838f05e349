import type { BatchScoringArgs } from "../../../components/workloads/batch-scoring";
import type { ModelEndpointArgs } from "../../../components/workloads/model-endpoint";
import type { PoolView } from "../../../components/workloads/node-capacity";

export const image = `cr.azurecr.io/own/scorer@sha256:${"a".repeat(64)}` as const;
export const model = {
    uri: "https://stmlprec.blob.core.windows.net/models/detector/3.onnx",
    ...{ sha256: "b".repeat(64), sizeBytes: 170_000_000 },
};

/** A pool of one T4 a node. */
export const t4: PoolView = {
    ...{ prefix: "t4", vmSize: "Standard_NC4as_T4_v3", minCount: 0, maxCount: 4, maxPods: 110, spot: false },
    ...{ taints: ["nvidia.com/gpu=present:NoSchedule"], ephemeralDisk: true },
};
export const work: PoolView = {
    ...{ prefix: "work", vmSize: "Standard_D4ds_v5", minCount: 0, maxCount: 4, maxPods: 110, spot: false },
    ...{ taints: [], ephemeralDisk: true },
};
export const spot: PoolView = { ...t4, prefix: "t4spot", spot: true };

const room = { pool: "t4", gpus: 1, cpu: 3, memoryGib: 12 };

export const endpoint: ModelEndpointArgs = {
    ...{ endpoint: "detector", namespace: "team-vision", team: "vision", serviceAccountName: "vision" },
    ...{ image, imageGib: 2, model, ...room, scaling: { replicas: 2 } },
    gateway: { name: "platform", namespace: "platform-gateway", domain: "ml.example.com" },
    metricsUrl: "https://metrics",
    strategy: { maxSurge: 0, maxUnavailable: 1 },
    ephemeralDisk: true,
};

export const batch: BatchScoringArgs = {
    ...{ batch: "nightly", namespace: "team-vision", serviceAccountName: "vision", queue: "team-vision" },
    ...{ image, imageGib: 2, model, ...room, pool: "t4spot" },
    input: "https://stmlpwork.blob.core.windows.net/images/nightly",
    output: "https://stmlpwork.blob.core.windows.net/predictions",
    ...{ shards: 20, parallelism: 4 },
};
