import type { V1Pod, V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { FleetDescription } from "../../../../sandbox/kubernetes/nodes/description";

/** An image of the registry, one more, and one that nobody has pushed. */
export const images = {
    app: `registry.example.azurecr.io/app@sha256:${"a".repeat(64)}`,
    next: `registry.example.azurecr.io/app@sha256:${"b".repeat(64)}`,
    plugin: `registry.example.azurecr.io/nvidia/k8s-device-plugin@sha256:${"c".repeat(64)}`,
    broken: `registry.example.azurecr.io/app@sha256:${"f".repeat(64)}`,
};

export type PoolSettings = Record<string, unknown>;

export const pool = (name: string, profile: PoolSettings = {}): { name: string; profile: PoolSettings } => ({
    name,
    profile: {
        vmSize: "Standard_D4ds_v5",
        ...{ mode: "User", enableAutoScaling: true, minCount: 0, maxCount: 3, count: 0 },
        ...{ currentOrchestratorVersion: "1.36.1", maxPods: 110, osDiskSizeGB: 128 },
        availabilityZones: ["1", "2", "3"],
        upgradeSettings: { maxSurge: "1", drainTimeoutInMinutes: 30 },
        ...profile,
        nodeLabels: { "mlplatform/pool": name, ...(profile.nodeLabels as object | undefined) },
    },
});

export const gpuPool = (name: string, profile: PoolSettings = {}): { name: string; profile: PoolSettings } =>
    pool(name, {
        vmSize: "Standard_NC4as_T4_v3",
        nodeTaints: ["nvidia.com/gpu=present:NoSchedule"],
        upgradeSettings: { maxSurge: "0", maxUnavailable: "1", drainTimeoutInMinutes: 30 },
        ...profile,
    });

export const fleetOf = (...pools: FleetDescription["pools"]): FleetDescription => ({
    cluster: {
        ...{ name: "aks-mlp-dev", location: "westeurope", nodeResourceGroup: "rg-mlp-dev-nodes" },
        subscriptionId: "00000000-0000-0000-0000-000000000001",
        autoScalerProfile: { expander: "least-waste" },
    },
    pools,
    vcpuQuota: { standardDDSv5Family: 40, "Standard NCASv3_T4 Family": 16, StandardNCADSA100v4Family: 48 },
    images: [images.app, images.next, images.plugin],
});

export const cpu = (amount: string): Record<string, string> => ({ cpu: amount, memory: "256Mi" });

export const gpuTolerations = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];

export const ready = ({ status }: V1Pod): boolean =>
    (status?.conditions ?? []).some(({ type, status: met }) => type === "Ready" && met === "True");

/** A pod, or what a controller makes pods from. */
export function template(
    app: string,
    more: Partial<V1PodSpec>,
    requests: Record<string, string>,
    metadata: { name?: string; annotations?: Record<string, string> } = {},
): V1PodTemplateSpec {
    const limits = Object.fromEntries(Object.entries(requests).filter(([key]) => key.startsWith("nvidia.com/")));
    const containers = [{ name: app, image: images.app, resources: { requests, limits } }];
    return {
        metadata: { ...metadata, labels: { app } },
        spec: { terminationGracePeriodSeconds: 5, containers, ...more },
    };
}
