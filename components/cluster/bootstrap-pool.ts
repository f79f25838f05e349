import { createHash } from "node:crypto";
import type { containerservice } from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { fixedFields, fixedProperties } from "./pool-settings";

/** What the inline pool is made of. */
export interface BootstrapPool {
    vmSize: string;
    zones: readonly string[];
}

/** Tag of the cluster that records what its inline pool was made of. */
export const digestTag = "bootstrap-pool";

/** Name of the inline pool. */
export const bootstrapPoolName = "bootstrap";

/**
 * The one pool that Azure wants inside the cluster itself. It is as small as may be, holds system pods only, and never
 * changes but for its version; everything else runs in pools that are resources of their own.
 */
export function bootstrapProfile(
    pool: BootstrapPool,
    subnet: { id: pulumi.Input<string>; name: string },
    poolsVersion: string,
): containerservice.ManagedClusterAgentPoolProfileArgs {
    return {
        ...fixedProperties(bootstrapFields(pool, subnet.name)),
        name: bootstrapPoolName,
        mode: "System",
        // One node: a second system pool stands by before anything depends on this one.
        ...{ count: 1, enableAutoScaling: false },
        vnetSubnetID: subnet.id,
        nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
        // An upgrade of the cluster leaves pools behind unless they are told: pulumi/pulumi-azure-native#2094. So this one
        // goes with the others, in the second of an upgrade's two changes.
        orchestratorVersion: poolsVersion,
        upgradeSettings: { maxSurge: "1", drainTimeoutInMinutes: 30 },
    };
}

const bootstrapFields = (pool: BootstrapPool, subnetName: string): ReturnType<typeof fixedFields> =>
    fixedFields({ prefix: "boot", vmSize: pool.vmSize, zones: pool.zones, minCount: 1, maxCount: 1 }, subnetName);

/** What the inline pool was made of, but for its version, in a few characters. */
export function bootstrapDigest(pool: BootstrapPool, subnetName: string): string {
    const fields = Object.entries(bootstrapFields(pool, subnetName)).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 16);
}

/**
 * Refuses a change of the inline pool, in the preview already, against the digest that the cluster carries.
 *
 * Comparing the pools themselves would not do: a refresh writes all pools of the cluster into that one property, in an
 * order of Azure's and with the numbers of nodes that the autoscaler had reached.
 */
export function keepBootstrapPool(name: string): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
        const fault = bootstrapFault(name, recorded(oldInputs), recorded(newInputs));
        if (fault !== undefined) throw new Error(fault);
        if (listsOtherPools(oldInputs))
            void pulumi.log.info(
                `${name}: a refresh has listed all pools under agentPoolProfiles; this update states the bootstrap pool ` +
                    `alone again, and changes no pool`,
            );
    };
    return new pulumi.ResourceHook(`${name}-bootstrap-pool`, check, { onDryRun: true });
}

/** What is wrong with going from one recorded digest to another; undefined when nothing is. */
export function bootstrapFault(name: string, before?: string, after?: string): string | undefined {
    // A digest that someone took off the cluster is put back; there is nothing to compare it with.
    if (before === undefined || before === after) return undefined;
    return (
        `${name}: agentPoolProfiles cannot change: the cluster was made with bootstrap pool ${before}, ` +
        `the settings now make it ${after ?? "nothing"}; put bootstrapPool and zones back, and change systemPool or ` +
        `userPools instead, or make a new cluster`
    );
}

function listsOtherPools(inputs: unknown): boolean {
    if (typeof inputs !== "object" || inputs === null || !("agentPoolProfiles" in inputs)) return false;
    return Array.isArray(inputs.agentPoolProfiles) && inputs.agentPoolProfiles.length > 1;
}

function recorded(inputs: unknown): string | undefined {
    if (typeof inputs !== "object" || inputs === null || !("tags" in inputs)) return undefined;
    const { tags } = inputs;
    if (typeof tags !== "object" || tags === null) return undefined;
    const digest: unknown = Object.entries(tags).find(([name]) => name === digestTag)?.[1];
    return typeof digest === "string" ? digest : undefined;
}
