import type { MachineNeed } from "../facts/vm-quota";
import type { Settings } from "./settings";

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

/** Public addresses that the stack makes. */
export function publicAddresses({ egress }: Settings): number {
    return ["natGateway", "firewall"].includes(egress.kind) ? 1 : 0;
}
