import type { MigProfile } from "../cluster/gpu-pool";
import { migParts } from "../../facts/mig-profiles";
import { vmSize } from "../../facts/vm-sizes";

/** A pool as those who place pods on it must know it. */
export interface PoolView {
    /** Prefix in the foundation's config. */
    prefix: string;
    vmSize: string;
    minCount: number;
    maxCount: number;
    maxPods: number;
    spot: boolean;
    /** As the pool's nodes carry them, `key=value:effect`. */
    taints: readonly string[];
    /** Is the OS disk on the nodes' host? */
    ephemeralDisk: boolean;
    migProfile?: MigProfile;
}

/** What pods can have of something. */
export interface Room {
    milliCpus: number;
    memoryMib: number;
    /** GPUs, or their parts where a profile divides them. */
    gpus: number;
}

/**
 * What the daemons of every node take: network, disks, monitoring, metrics of GPUs. An allowance; `kubectl describe node` shows
 * the sum of a real one.
 */
export const daemonRoom = { milliCpus: 500, memoryMib: 1536 } as const;

/**
 * What one node of the pool has left for pods, less what AKS and the daemons take; undefined for a size that the table does not
 * hold.
 * @see https://learn.microsoft.com/azure/aks/node-resource-reservations
 */
export function nodeRoom(pool: PoolView): Room | undefined {
    const size = vmSize(pool.vmSize);
    if (size === undefined) return undefined;
    const parts = pool.migProfile === undefined ? 1 : migParts[pool.migProfile].parts;
    return {
        milliCpus: size.vCpus * 1000 - reservedMilliCpus(size.vCpus) - daemonRoom.milliCpus,
        memoryMib: Math.floor(size.memoryGib * 1024 - reservedMib(size.memoryGib, pool.maxPods) - daemonRoom.memoryMib),
        gpus: (size.gpus?.count ?? 0) * parts,
    };
}

/** 60, 100, 140, 180, 260, 420 and 740 of 1, 2, 4, 8, 16, 32 and 64 cores. */
function reservedMilliCpus(vCpus: number): number {
    const second = vCpus > 1 ? 40 : 0;
    return 60 + second + Math.min(Math.max(vCpus - 2, 0), 2) * 20 + Math.max(vCpus - 4, 0) * 10;
}

/** The lesser of 20 MB a pod and 50 MB, and a quarter of all; and 100 MiB at which pods are evicted. */
const reservedMib = (memoryGib: number, maxPods: number): number =>
    Math.min(((20 * maxPods + 50) * 1e6) / 1024 ** 2, memoryGib * 256) + 100;

/** How NVIDIA's device plugin names parts of GPUs: as whole ones, or by their profile. */
export type MigStrategy = "single" | "mixed";

/** Name by which pods ask for the pool's GPUs; undefined where it has none, or cannot be divided so. */
export function gpuResource(pool: PoolView, strategy: MigStrategy = "single"): string | undefined {
    const gpus = vmSize(pool.vmSize)?.gpus;
    if (gpus === undefined || (pool.migProfile !== undefined && !gpus.mig)) return undefined;
    if (pool.migProfile === undefined || strategy === "single") return "nvidia.com/gpu";
    const { slices, memoryGb } = migParts[pool.migProfile];
    const memory = memoryGb[gpus.memoryGib];
    return memory === undefined ? undefined : `nvidia.com/mig-${slices}g.${memory}gb`;
}
