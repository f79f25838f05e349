import { vmSize, vmSizes } from "../../facts/vm-sizes";
import type { Stored } from "./resource-type";

/** vCPUs of a family in a region. */
export interface Quota {
    limit: number;
    used: number;
}

/**
 * Limits of the sandbox's subscription per family and region. Azure sets them per subscription, GPU families often at 0
 * until asked for (kaito-project/kaito#344); this one has what the platform's tiers use, and no H100 or H200.
 * @see https://learn.microsoft.com/azure/quotas/per-vm-quota-requests (the figures are the sandbox's own)
 */
const limits = {
    general: 350,
    gpu: 0,
    granted: new Map([
        ["standard ncasv3_t4 family", 64],
        ["standardnvadsa10v5family", 144],
        ["standardncadsa100v4family", 96],
    ]),
};

const gpuFamilies = new Set(vmSizes.filter(({ gpus }) => gpus).map(({ family }) => family.toLowerCase()));

/** Limit and use of a family's vCPUs. Pools count with the nodes that they have, not with those they may grow to. */
export function vcpuQuota(live: readonly Stored[], location: string, family: string): Quota {
    const usual = gpuFamilies.has(family.toLowerCase()) ? limits.gpu : limits.general;
    const used = [...poolsIn(live, location), ...scaleSetsIn(live, location)].reduce((sum, { size, count }) => {
        const known = vmSize(size);
        return known?.family.toLowerCase() === family.toLowerCase() ? sum + known.vCpus * count : sum;
    }, 0);
    return { limit: limits.granted.get(family.toLowerCase()) ?? usual, used };
}

interface Pool {
    size: string;
    count: number;
}

/** Pools of all clusters in a region. A cluster lists its pools too, so the separate ones are left out there. */
function poolsIn(live: readonly Stored[], location: string): Pool[] {
    const clusters = live.filter(({ token, inputs }) => {
        return token === "azure-native:containerservice:ManagedCluster" && sameRegion(inputs.location, location);
    });
    return clusters.flatMap((cluster) => {
        const prefix = `${cluster.id.toLowerCase()}/agentpools/`;
        const separate = live.filter(({ id }) => id.toLowerCase().startsWith(prefix));
        const names = new Set(separate.map(({ id }) => id.slice(prefix.length).toLowerCase()));
        const { agentPoolProfiles } = cluster.inputs;
        const inline = Array.isArray(agentPoolProfiles) ? (agentPoolProfiles as Record<string, unknown>[]) : [];
        const own = inline.filter(({ name }) => !names.has(String(name).toLowerCase()));
        return [...own, ...separate.map(({ outputs, inputs }) => ({ ...inputs, ...outputs }))].map(
            ({ vmSize: size, count }) => ({ size: String(size), count: typeof count === "number" ? count : 1 }),
        );
    });
}

/** Scale sets that are resources of their own; those behind pools are AKS's and not listed here. */
function scaleSetsIn(live: readonly Stored[], location: string): Pool[] {
    return live.flatMap(({ token, inputs, outputs }) => {
        const own = token === "azure-native:compute:VirtualMachineScaleSet" && sameRegion(inputs.location, location);
        const { name, capacity } = (outputs.sku ?? {}) as Record<string, unknown>;
        return own ? [{ size: String(name), count: Number(capacity) }] : [];
    });
}

function sameRegion(left: unknown, right: string): boolean {
    return String(left).toLowerCase().replaceAll(" ", "") === right.toLowerCase().replaceAll(" ", "");
}
