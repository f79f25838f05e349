import type { GpuPool } from "../../components/cluster/gpu-pool";
import { gpuTaint } from "../../components/cluster/gpu-pool";
import type { NodePool } from "../../components/cluster/node-pool";
import { knownSize, osDisk } from "../../components/cluster/pool-settings";
import type { FoundationContract } from "../contract";
import type { Settings } from "../settings";

type PoolOutput = FoundationContract["cluster"]["nodePools"][number];

/** What the stacks above are told of each pool, to place by and to count. Plain values: they are known before Azure answers. */
export function poolOutputs(
    { systemPool, userPools, gpuPools }: Settings,
    made: readonly (NodePool | GpuPool)[],
): PoolOutput[] {
    const nameOf = (prefix: string): string => made.find((pool) => pool.prefix === prefix)?.poolName ?? "";
    const common = (pool: typeof systemPool): Omit<PoolOutput, "mode" | "taints"> => ({
        ...{ prefix: pool.prefix, name: nameOf(pool.prefix), vmSize: pool.vmSize, zones: [...pool.zones] },
        ...{ minCount: pool.minCount, maxCount: pool.maxCount, spot: pool.spot ?? false },
        maxPods: pool.maxPods ?? 110,
        ephemeralDisk: osDisk(knownSize(pool.vmSize), pool.osDiskSizeGib).osDiskType === "Ephemeral",
    });
    return [
        { ...common(systemPool), mode: "System", taints: ["CriticalAddonsOnly=true:NoSchedule"] },
        ...userPools.map((pool): PoolOutput => ({ ...common(pool), mode: "User", taints: [...(pool.taints ?? [])] })),
        ...gpuPools.map((pool): PoolOutput => ({
            ...{ ...common(pool), mode: "User", taints: [gpuTaint, ...(pool.taints ?? [])], use: pool.use },
            ...(pool.migProfile && { migProfile: pool.migProfile }),
        })),
    ];
}
