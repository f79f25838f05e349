import * as pulumi from "@pulumi/pulumi";
import { vmSize } from "../../facts/vm-sizes";
import { shown } from "../options";
import { refuse } from "../refuse";
import { agentPool, type PoolHome } from "./node-pool";
import { poolPrefixFaults } from "./pool-name";
import { fixedFields, knownSize, shapeFaults, type PoolShape } from "./pool-settings";

/** How a GPU may be divided, by the number of its seven slices each part gets. */
export const migProfiles = ["MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g"] as const;
export type MigProfile = (typeof migProfiles)[number];

/** What runs on a GPU pool: serving answers people and may not be evicted; training and batch start over. */
export const gpuUses = ["serving", "training", "batch"] as const;
export type GpuUse = (typeof gpuUses)[number];

/** What a GPU pool can be told. */
export interface GpuShape extends PoolShape {
    use: GpuUse;
    /**
     * `Install`: AKS installs the driver, and nothing else. `None`: the GPU Operator brings it.
     * @see https://learn.microsoft.com/azure/aks/use-nvidia-gpu
     */
    driver: "Install" | "None";
    /** Divides each GPU, for life. Only on A100, H100 and H200. @default - whole GPUs */
    migProfile?: MigProfile;
}

/** Arguments of {@link GpuPool}. */
export interface GpuPoolArgs extends GpuShape {
    home: PoolHome;
}

/** Keeps everything off that does not ask for a GPU. */
export const gpuTaint = "nvidia.com/gpu=present:NoSchedule";

/**
 * Pool of machines with GPUs, from none to `maxCount`: it costs nothing while nobody asks.
 *
 * Labels tell schedulers what is there before a first node is: the autoscaler builds its picture of an empty pool from
 * the pool's labels and taints alone.
 * @see https://learn.microsoft.com/azure/aks/use-nvidia-gpu
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class GpuPool extends pulumi.ComponentResource {
    readonly prefix: string;
    readonly poolName: string;
    readonly poolId: pulumi.Output<string>;

    constructor(name: string, args: GpuPoolArgs, opts?: pulumi.ComponentResourceOptions) {
        const { home, ...shape } = args;
        super("mlplatform:cluster:GpuPool", name, shown(shape), opts);
        refuse(this, [...poolPrefixFaults("prefix", shape.prefix), ...gpuFaults("pool", shape)]);
        const { gpus } = knownSize(shape.vmSize);
        if (gpus === undefined) throw new Error("unreachable: refused above");
        const taints = [gpuTaint, ...(shape.taints ?? [])];
        const labels = {
            ...shape.labels,
            "mlplatform/gpu-model": gpus.model,
            "mlplatform/gpu-count": String(gpus.count),
            "mlplatform/gpu-memory-gib": String(gpus.memoryGib),
            "mlplatform/gpu-use": shape.use,
            ...(shape.migProfile && { "mlplatform/gpu-mig": shape.migProfile }),
        };
        const fields = {
            ...fixedFields({ ...shape, taints }, home.nodesSubnet.name),
            gpuDriver: shape.driver,
            ...(shape.migProfile && { gpuInstanceProfile: shape.migProfile }),
        };
        const pool = agentPool(this, name, { home, shape, mode: "User", fields, labels, taints, gpu: true });
        this.prefix = shape.prefix;
        this.poolName = pool.name;
        this.poolId = pool.id;
        this.registerOutputs({ poolName: this.poolName, poolId: this.poolId });
    }
}

/** What is wrong with the shape of a GPU pool; empty when nothing is. */
export function gpuFaults(field: string, shape: GpuShape): string[] {
    const size = vmSize(shape.vmSize);
    const mig = shape.migProfile;
    const faults: (string | false | undefined)[] = [
        ...shapeFaults(field, shape, "User"),
        size !== undefined && size.gpus === undefined && `${field}.vmSize must have GPUs, got "${shape.vmSize}"`,
        shape.minCount > 0 &&
            shape.use !== "serving" &&
            `${field}.minCount must be 0 for ${shape.use}: idle GPUs cost most of all, got ${shape.minCount}`,
        shape.spot === true &&
            shape.use === "serving" &&
            `${field}.spot must be false for serving: machines are taken away with 30 seconds' notice`,
        mig !== undefined &&
            size?.gpus !== undefined &&
            !size.gpus.mig &&
            `${field}.migProfile needs an A100, H100 or H200, got "${shape.vmSize}"`,
        // The GPU Operator of a MIG pool divides with its own driver; AKS's division comes with AKS's driver.
        mig !== undefined && shape.driver === "None" && `${field}.driver must be "Install" with migProfile, got "None"`,
        size?.gpus?.driver === "GRID" &&
            shape.driver === "None" &&
            `${field}.driver must be "Install" for "${shape.vmSize}": GRID drivers are licensed through AKS, got "None"`,
    ];
    return faults.filter((fault) => typeof fault === "string");
}
