import { vmSize } from "./vm-sizes";

/** Machines of one pool, at its least and at its most. */
export interface MachineNeed {
    /** As the reader knows it, e.g. `gpuPools t4`. */
    what: string;
    vmSize: string;
    zones: readonly string[];
    /** Spot machines have a quota of their own, whatever their family. */
    spot: boolean;
    /** Machines that must start for `up` to end well. */
    least: number;
    /** Machines with the pool grown to its most, and with those that stand in during an upgrade. */
    most: number;
}

/** What one quota must cover, in vCPUs. */
export interface QuotaNeed {
    /** By the name that `az vm list-usage` shows. */
    family: string;
    what: string[];
    least: number;
    most: number;
}

/** Quota that all spot machines share, and the one that all others share beside those of their families. */
export const spotQuota = "lowPriorityCores";
export const regionQuota = "cores";

/** vCPUs by quota: those of each family, and those that the region has for all families. */
export function quotaNeeds(needs: readonly MachineNeed[]): QuotaNeed[] {
    const byFamily = new Map<string, QuotaNeed>();
    const add = (family: string, { what, least, most }: MachineNeed, vCpus: number): void => {
        const known = byFamily.get(family.toLowerCase()) ?? { family, what: [], least: 0, most: 0 };
        known.what.push(what);
        known.least += least * vCpus;
        known.most += most * vCpus;
        byFamily.set(family.toLowerCase(), known);
    };
    for (const need of needs) {
        const size = vmSize(need.vmSize);
        if (size === undefined) continue;
        add(need.spot ? spotQuota : size.family, need, size.vCpus);
        if (!need.spot) add(regionQuota, need, size.vCpus);
    }
    return [...byFamily.values()];
}

/** Standard public addresses, by the name that `az network list-usages` shows. */
export const publicAddressQuota = "StandardSkuPublicIpAddresses";
