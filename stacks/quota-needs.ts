import { vmSize } from "../facts/vm-sizes";
import type { Settings } from "./settings";

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

/** Machines beyond `maxCount` that an upgrade takes (components/cluster/pool-settings.ts and bootstrap-pool.ts). */
const surge = (maxCount: number): number => Math.ceil(maxCount * 0.33);

/** What the stack asks of the subscription's compute quota. */
export function machineNeeds(settings: Settings): MachineNeed[] {
    const { bootstrapPool, systemPool, userPools, gpuPools } = settings;
    const boot: MachineNeed = { what: "bootstrapPool", ...bootstrapPool, spot: false, least: 1, most: 2 };
    const general = [
        { what: "systemPool", pool: systemPool },
        ...userPools.map((pool) => ({ what: `userPools ${pool.prefix}`, pool })),
    ].map(({ what, pool: { vmSize, zones, spot = false, minCount, maxCount } }): MachineNeed => {
        return { what, vmSize, zones, spot, least: minCount, most: maxCount + (spot ? 0 : surge(maxCount)) };
    });
    // A GPU machine goes before its successor comes, so that no upgrade needs spare ones.
    const gpus = gpuPools.map(({ prefix, vmSize, zones, spot = false, minCount, maxCount }): MachineNeed => {
        return { what: `gpuPools ${prefix}`, vmSize, zones, spot, least: minCount, most: maxCount };
    });
    const { runner, zones } = settings;
    const runners: MachineNeed[] =
        runner.kind === "none"
            ? []
            : [
                  {
                      ...{ what: "runner", vmSize: runner.vmSize, zones, spot: false, most: runner.machines },
                      least: runner.kind === "github" ? runner.machines : 0,
                  },
              ];
    return [boot, ...general, ...gpus, ...runners];
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

/** Public addresses that the stack makes. */
export function publicAddresses({ egress }: Settings): number {
    return ["natGateway", "firewall"].includes(egress.kind) ? 1 : 0;
}
