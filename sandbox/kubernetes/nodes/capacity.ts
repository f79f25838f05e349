import { migPartsOf } from "../../../facts/mig-profiles";
import type { NodePool } from "./description";

type Quantities = Readonly<Record<string, string>>;

/** What a node of the pool has, and what of it pods can have. GPUs come later, with the device plugin. */
export interface NodeCapacity {
    capacity: Quantities;
    allocatable: Quantities;
}

const gib = 1024 ** 3;
const evictionBytes = 100 * 1024 ** 2;

/**
 * Milli-CPUs that AKS keeps for itself: 60, 100, 140, 180, 260, 420 and 740 of 1, 2, 4, 8, 16, 32 and 64 cores. In
 * between, and above, the same slope is taken.
 * @see https://learn.microsoft.com/azure/aks/node-resource-reservations
 */
export function reservedMilliCpus(vCpus: number): number {
    const second = Math.min(Math.max(vCpus - 1, 0), 1) * 40;
    const toFour = Math.min(Math.max(vCpus - 2, 0), 2) * 20;
    const above = Math.max(vCpus - 4, 0) * 10;
    return 60 + second + toFour + above;
}

/**
 * Bytes that AKS keeps for itself: the lesser of 20 MB a pod and 50 MB, and a quarter of all. Since 1.29, 100 MiB more
 * are the threshold at which pods are evicted.
 * @see https://learn.microsoft.com/azure/aks/node-resource-reservations
 */
export const reservedBytes = (memoryGib: number, maxPods: number): number =>
    Math.min((20 * maxPods + 50) * 1e6, (memoryGib * gib) / 4);

/**
 * Capacity by size and pool. Machines have a little less memory than their size says, which firmware and kernel keep:
 * that is left out.
 */
export function nodeCapacity({ size, osDiskGib, maxPods }: NodePool): NodeCapacity {
    const memoryBytes = size.memoryGib * gib;
    const kibibytes = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;
    const shared = { "hugepages-1Gi": "0", "hugepages-2Mi": "0", pods: String(maxPods) };
    return {
        capacity: {
            ...shared,
            cpu: String(size.vCpus),
            memory: kibibytes(memoryBytes),
            "ephemeral-storage": kibibytes(osDiskGib * gib),
        },
        allocatable: {
            ...shared,
            cpu: `${size.vCpus * 1000 - reservedMilliCpus(size.vCpus)}m`,
            memory: kibibytes(memoryBytes - reservedBytes(size.memoryGib, maxPods) - evictionBytes),
            // The kubelet evicts at a tenth of the disk: https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
            "ephemeral-storage": String(Math.floor(osDiskGib * gib * 0.9)),
        },
    };
}

/** How NVIDIA's device plugin offers the parts of divided GPUs. */
export type MigStrategy = "none" | "single" | "mixed";

/**
 * What the device plugin offers of the pool's GPUs; empty for a size without, and without a driver. With `single`, and
 * without a strategy on a pool that is not divided, they are `nvidia.com/gpu`.
 * @see https://learn.microsoft.com/azure/aks/gpu-multi-instance
 */
export function gpuResources({ size, migProfile, driver }: NodePool, strategy: MigStrategy): Quantities {
    const { gpus } = size;
    if (gpus === undefined || !driver) return {};
    const mig = migProfile === undefined ? undefined : migPartsOf(migProfile);
    if (mig === undefined || strategy === "none") return { "nvidia.com/gpu": String(gpus.count) };
    const parts = String(gpus.count * mig.parts);
    if (strategy === "single") return { "nvidia.com/gpu": parts };
    return { [`nvidia.com/mig-${mig.slices}g.${mig.memoryGb[gpus.memoryGib] ?? gpus.memoryGib}gb`]: parts };
}
