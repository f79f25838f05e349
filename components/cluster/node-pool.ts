import { AgentPool } from "@pulumi/azure-native/containerservice/agentPool";
import * as pulumi from "@pulumi/pulumi";
import { vmSize } from "../../facts/vm-sizes";
import { childOptions, shown } from "../options";
import { refuse } from "../refuse";
import { poolName, poolPrefixFaults, type FixedPoolFields } from "./pool-name";
import { keepNodeCount } from "./node-count";
import { keepPoolVersion } from "./upgrade";
import { fixedFields, fixedProperties, shapeFaults, upgradeSettings, type PoolShape } from "./pool-settings";

/** Label of every node of a pool, with the pool's prefix. */
export const poolLabel = "mlplatform/pool";

/** The cluster that pools go into. {@link Cluster} is one. */
export interface PoolHome {
    resourceGroupName: pulumi.Input<string>;
    clusterName: pulumi.Input<string>;
    /** Minor version of every pool: the control plane's, or behind it in the middle of an upgrade. */
    poolsVersion: string;
    nodesSubnet: { id: pulumi.Input<string>; name: string };
    tags: Record<string, string>;
    /**
     * Writes on the cluster so far. Azure takes one at a time, and answers the others with OperationNotAllowed: each pool
     * waits for all before it, so that the order holds whichever of them come and go.
     */
    writes: pulumi.Resource[];
}

/** Arguments of {@link NodePool}. */
export interface NodePoolArgs extends PoolShape {
    home: PoolHome;
    /** System pools hold what the cluster needs itself, and nothing else. */
    mode: "System" | "User";
}

/** What a pool registers as: shared by pools with and without GPUs. */
export interface PoolParts {
    home: PoolHome;
    shape: PoolShape;
    mode: "System" | "User";
    fields: FixedPoolFields;
    labels: Readonly<Record<string, string>>;
    taints: readonly string[];
    gpu: boolean;
}

/**
 * Pool of nodes that grows and shrinks between two bounds. Its name, Azure's and Pulumi's, follows from what cannot be
 * changed about it, so that any such change is a new pool beside the old one.
 * @see https://learn.microsoft.com/azure/aks/create-node-pools
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class NodePool extends pulumi.ComponentResource {
    readonly prefix: string;
    readonly poolName: string;
    readonly poolId: pulumi.Output<string>;

    constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
        const { home, mode, ...shape } = args;
        super("mlplatform:cluster:NodePool", name, shown({ ...shape, mode }), opts);
        refuse(this, [
            ...poolPrefixFaults("prefix", shape.prefix),
            ...shapeFaults("pool", shape, mode),
            vmSize(shape.vmSize)?.gpus !== undefined &&
                `pool.vmSize has GPUs: make it a GpuPool, got "${shape.vmSize}"`,
        ]);
        const { labels = {}, taints = [] } = shape;
        const own = mode === "System" ? ["CriticalAddonsOnly=true:NoSchedule"] : [];
        const pool = agentPool(this, name, {
            ...{ home, shape, mode, fields: fixedFields(shape, home.nodesSubnet.name), gpu: false },
            ...{ labels, taints: [...own, ...taints] },
        });
        this.prefix = shape.prefix;
        this.poolName = pool.name;
        this.poolId = pool.id;
        this.registerOutputs({ poolName: this.poolName, poolId: this.poolId });
    }
}

/** Registers the pool, after all pools before it. Its logical name ends in the same hash as its Azure name. */
export function agentPool(
    parent: pulumi.Resource,
    name: string,
    { home, shape, mode, fields, labels, taints, gpu }: PoolParts,
): { name: string; id: pulumi.Output<string> } {
    const agentPoolName = poolName(shape.prefix, fields);
    const logicalName = `${name}-${agentPoolName.slice(shape.prefix.length)}`;
    const spot = shape.spot ?? false;
    const pool = new AgentPool(
        logicalName,
        {
            ...{ agentPoolName, resourceName: home.clusterName, resourceGroupName: home.resourceGroupName },
            ...{ mode, tags: home.tags, orchestratorVersion: home.poolsVersion },
            ...fixedProperties(fields),
            vnetSubnetID: home.nodesSubnet.id,
            ...{ enableAutoScaling: true, minCount: shape.minCount, maxCount: shape.maxCount },
            // Azure wants a number to begin with, and the autoscaler's from then on.
            count: shape.minCount,
            scaleDownMode: "Delete",
            // What is placed says which pool it means by this: the pool's own name changes with its fixed fields.
            nodeLabels: { ...labels, [poolLabel]: shape.prefix },
            nodeTaints: [...taints],
            upgradeSettings: upgradeSettings(spot, gpu),
        },
        childOptions(parent, "containerservice:AgentPool", {
            ignoreChanges: ["count"],
            hooks: { beforeUpdate: [keepPoolVersion(logicalName), keepNodeCount(logicalName)] },
            dependsOn: [...home.writes],
        }),
    );
    home.writes.push(pool);
    return { name: agentPoolName, id: pool.id };
}
