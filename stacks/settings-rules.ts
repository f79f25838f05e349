import { clusterAddressFaults } from "../components/cluster/cluster-settings";
import { gpuFaults } from "../components/cluster/gpu-pool";
import { maintenanceFaults } from "../components/cluster/maintenance";
import { digestTag } from "../components/cluster/bootstrap-pool";
import { poolPrefixFaults } from "../components/cluster/pool-name";
import { shapeFaults, type PoolShape } from "../components/cluster/pool-settings";
import { existingKeyFaults } from "../components/encryption/customer-managed-key";
import { nameRules, resourceName, shortName, type NameKind } from "../components/names";
import { addressFaults, planAddresses } from "../components/network/address-plan";
import { overlap, parseCidr, usableAddresses } from "../components/network/cidr";
import { platformTags, tagFaults } from "../components/tags";
import { regions } from "../facts/regions";
import { vmSize, vmSizes, zonesOffering } from "../facts/vm-sizes";
import { overlaps } from "./rules/addresses";
import { governanceRules } from "./rules/governance";
import { monitoringRules } from "./rules/monitoring";
import { hybridRules, hybridWarnings } from "./rules/hybrid";
import { corporateWarnings, dns, egress, hub } from "./rules/network";
import { runnerRules } from "./rules/runner";
import { versionRules, versionWarnings } from "./rules/versions";
import type { Settings } from "./settings";

type Fault = string | false | undefined;
type Rule = (settings: Settings, today: Date) => readonly Fault[];

/** What is wrong with settings that read well one by one; empty when nothing is. */
export function settingsFaults(settings: Settings, today: Date): string[] {
    return rules.flatMap((rule) => rule(settings, today)).filter((fault) => typeof fault === "string");
}

const rules: readonly Rule[] = [
    region,
    names,
    addresses,
    overlaps,
    egress,
    hub,
    dns,
    apiServerClients,
    hybridRules,
    versionRules,
    tierRules,
    pools,
    poolMachines,
    quotas,
    keys,
    tags,
    governanceRules,
    monitoringRules,
    ({ adminGroupObjectIds: groups }) => [
        new Set(groups.map((group) => group.toLowerCase())).size < groups.length &&
            `mlplatform:adminGroupObjectIds must name each group once, got ${groups.join(", ")}`,
    ],
    runnerRules,
    ({ teamWorkspaces: teams }) => [
        new Set(teams.map(shortName)).size < teams.length &&
            `mlplatform:teamWorkspaces must name each team once, and no two with one short name, got ${teams.join(", ")}`,
    ],
    ({ maintenance }) => maintenanceFaults("mlplatform:maintenance", maintenance),
];

function region({ location, zones, tier, environment }: Settings): Fault[] {
    const found = regions[location];
    return [
        found?.apiServerVnetIntegration === false &&
            `mlplatform:location must offer API-server VNet integration, got "${location}"`,
        found?.zones === false &&
            zones.length > 0 &&
            `mlplatform:zones must be empty in ${location}, which has no availability zones, got ${zones.join(", ")}`,
        new Set(zones).size < zones.length && `mlplatform:zones must name each zone once, got ${zones.join(", ")}`,
        zones.length < tier.leastZones &&
            `mlplatform:zones must name ${tier.leastZones} zones in ${environment}, got ${zones.join(", ") || "none"}`,
    ];
}

/** Instances are the longest of their kind. */
const namesUsed: Partial<Record<NameKind, string>> = {
    ...{
        resourceGroup: "platform",
        virtualNetwork: "",
        subnet: "private-endpoints",
        networkSecurityGroup: "private-endpoints",
    },
    ...{ identity: "registry", cluster: "", nodeResourceGroup: "", key: "registry" },
    ...{ logWorkspace: "", monitorWorkspace: "", dataCollectionEndpoint: "", dataCollectionRule: "metrics" },
    ...{ privateLinkScope: "", grafana: "" },
    ...{ workspaceVault: "", workspace: "", budget: "" },
    ...{ vault: "", registry: "", storageAccount: "work", firewall: "", firewallPolicy: "" },
    scaleSet: "runner",
};

/** Node labels hold it: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay */
const longestNetworkGroup = 63;

/** The same where teams have workspaces of their own: four characters stand for any team. */
const namesOfTeams: typeof namesUsed = { workspaceVault: "team", storageAccount: "wteam", workspace: "team" };

function names({ naming, location, generations, teamWorkspaces }: Settings): Fault[] {
    const generation: Partial<Record<NameKind, number>> = {
        ...{ vault: generations.vault, registry: generations.registry, storageAccount: generations.storage },
        ...{ workspaceVault: generations.workspace, workspace: generations.workspace },
    };
    const used = [namesUsed, ...(teamWorkspaces.length > 0 ? [namesOfTeams] : [])];
    return used
        .flatMap((all) => Object.entries(all) as [NameKind, string][])
        .map(([kind, instance]) => {
            try {
                const name = resourceName(kind, {
                    ...{ ...naming, location, generation: generation[kind] ?? 1 },
                    ...(instance !== "" && { instance }),
                });
                return (
                    kind === "resourceGroup" &&
                    name.length > longestNetworkGroup &&
                    `mlplatform:workload makes the network's resource group "${name}" longer than ${longestNetworkGroup} characters`
                );
            } catch (fault) {
                const max = nameRules[kind].max;
                return `mlplatform:workload makes a name too long (at most ${max}): ${fault instanceof Error ? fault.message : String(fault)}`;
            }
        });
}

function addresses({ addressSpace, addresses: own, ...settings }: Settings): Fault[] {
    const block = addressFaults("mlplatform:addressSpace", addressSpace);
    const most = mostNodes(settings);
    const nodes = block.length > 0 ? undefined : parseCidr(planAddresses(addressSpace).nodes);
    return [
        ...block,
        ...clusterAddressFaults(own, addressSpace, most).map((fault) => `mlplatform:${fault}`),
        nodes &&
            usableAddresses(nodes) < most &&
            `mlplatform:addressSpace must leave an address for each of ${most} nodes (all pools at their most, and one more each to upgrade), got "${addressSpace}", which leaves ${usableAddresses(nodes)}`,
        most > 5000 && `mlplatform:userPools must not ask for more than 5000 nodes with all other pools, got ${most}`,
    ];
}

type AllPools = Pick<Settings, "systemPool" | "userPools" | "gpuPools">;

/** With one more for each pool, which an upgrade takes. */
function mostNodes({ systemPool, userPools, gpuPools }: AllPools): number {
    const counts = [systemPool, ...userPools, ...gpuPools].map(({ maxCount }) => maxCount + 1);
    return counts.reduce((sum, count) => sum + count, 2);
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(parseCidr);

function apiServerClients({ apiServerClients: clients, addresses: own }: Settings): Fault[] {
    return clients.flatMap((client): Fault[] => {
        const block = parseCidr(client);
        if (block === undefined)
            return [`mlplatform:apiServerClients must be IPv4 blocks such as 10.1.0.0/16, got "${client}"`];
        const within = privateRanges.some((range) => range && overlap(range, block) && block.prefix >= range.prefix);
        const pods = parseCidr(own.podCidr);
        return [
            !within &&
                `mlplatform:apiServerClients must be private addresses: the API server has no public ones, got "${client}"`,
            pods &&
                overlap(pods, block) &&
                `mlplatform:apiServerClients must not overlap podCidr ${own.podCidr}, got "${client}"`,
        ];
    });
}

function tierRules(settings: Settings): Fault[] {
    const { tier, environment, slaTier, upgradeChannel, nodeOsChannel, systemPool, rolePropagationSeconds } = settings;
    const within = <T extends string>(key: string, allowed: readonly T[], value: T): Fault =>
        !allowed.includes(value) &&
        `mlplatform:${key} must be one of ${allowed.join(", ")} in ${environment}, got "${value}"`;
    return [
        within("slaTier", tier.slaTiers, slaTier),
        within("upgradeChannel", tier.upgradeChannels, upgradeChannel),
        within("nodeOsChannel", tier.nodeOsChannels, nodeOsChannel),
        systemPool.minCount < tier.leastSystemNodes &&
            `mlplatform:systemPool.minCount must be at least ${tier.leastSystemNodes} in ${environment}, got ${systemPool.minCount}`,
        rolePropagationSeconds < tier.leastPropagationSeconds &&
            `mlplatform:rolePropagationSeconds must be at least ${tier.leastPropagationSeconds} in ${environment}, got ${rolePropagationSeconds}`,
        settings.lockRecords &&
            !tier.records.lockable &&
            `mlplatform:lockRecords must be false in ${environment}: a locked policy keeps the environment from being destroyed, got true`,
        ...tier.needs.map((key) => settings[key] === undefined && `mlplatform:${key} must be set in ${environment}`),
    ];
}

function named({ systemPool, userPools, gpuPools }: AllPools): [string, PoolShape][] {
    return [
        ["mlplatform:systemPool", systemPool],
        ...userPools.map((pool, index): [string, PoolShape] => [`mlplatform:userPools[${index}]`, pool]),
        ...gpuPools.map((pool, index): [string, PoolShape] => [`mlplatform:gpuPools[${index}]`, pool]),
    ];
}

function pools(settings: Settings): Fault[] {
    const { systemPool, userPools, gpuPools } = settings;
    const all = named(settings);
    const prefixes = all.map(([, { prefix }]) => prefix);
    return [
        ...shapeFaults("mlplatform:systemPool", systemPool, "System"),
        ...userPools.flatMap((pool, index) => shapeFaults(`mlplatform:userPools[${index}]`, pool, "User")),
        ...gpuPools.flatMap((pool, index) => gpuFaults(`mlplatform:gpuPools[${index}]`, pool)),
        ...[
            ["mlplatform:systemPool", systemPool] as const,
            ...userPools.map((pool, i) => [`mlplatform:userPools[${i}]`, pool] as const),
        ].map(
            ([field, pool]) =>
                vmSize(pool.vmSize)?.gpus !== undefined &&
                `${field}.vmSize has GPUs: list it under mlplatform:gpuPools, got "${pool.vmSize}"`,
        ),
        ...all.flatMap(([field, { prefix }]) => poolPrefixFaults(`${field}.prefix`, prefix)),
        ...all.map(
            ([field, { prefix }], index) =>
                prefixes.indexOf(prefix) < index && `${field}.prefix must be no other pool's, got "${prefix}" again`,
        ),
        ...all.map(
            ([field, { prefix }]) => prefix === "boot" && `${field}.prefix is kept for the bootstrap pool, got "boot"`,
        ),
        // https://learn.microsoft.com/azure/aks/quotas-skus-regions
        all.length > 99 && `mlplatform:userPools and gpuPools must be at most 98 together, got ${all.length - 1}`,
        ...all.map(
            ([field, { capacityReservationGroupId: id }]) =>
                id !== undefined &&
                !/\/providers\/Microsoft\.Compute\/capacityReservationGroups\/[^/]+$/i.test(id) &&
                `${field}.capacityReservationGroupId must be the full id of a capacity reservation group, got "${id}"`,
        ),
    ];
}

/** Machines that the region and its zones offer. */
function poolMachines(settings: Settings): Fault[] {
    const { location, zones, verifiedVmSizes, bootstrapPool } = settings;
    const boot = vmSize(bootstrapPool.vmSize);
    const known = vmSizes.map(({ name }) => name.toLowerCase());
    const verified = verifiedVmSizes.map((name) => name.toLowerCase());
    const regionZones = regions[location]?.zones === true ? ["1", "2", "3"] : [];
    const offer = ([field, { vmSize: name, zones: asked }]: [string, Pick<PoolShape, "vmSize" | "zones">]): Fault[] => {
        const size = vmSize(name);
        if (size === undefined) return [];
        const beyond = asked.filter((zone) => !zones.includes(zone));
        const offered = zonesOffering(size, location, regionZones);
        const outside = asked.filter((zone) => offered?.includes(zone) === false);
        return [
            beyond.length > 0 &&
                `${field}.zones must be of mlplatform:zones ${zones.join(", ") || "(none)"}, got ${beyond.join(", ")}`,
            !verified.includes(name.toLowerCase()) &&
                offered === undefined &&
                `${field}.vmSize must be offered in ${location}, got "${name}"; if az vm list-skus says it is, list it under mlplatform:verifiedVmSizes`,
            !verified.includes(name.toLowerCase()) &&
                outside.length > 0 &&
                beyond.length === 0 &&
                `${field}.zones must offer ${name} in ${location} (${offered?.join(", ") ?? ""}), got ${outside.join(", ")}`,
        ];
    };
    return [
        boot === undefined &&
            `mlplatform:bootstrapPool.vmSize must be a size of facts/vm-sizes.ts, got "${bootstrapPool.vmSize}"`,
        boot?.gpus !== undefined && `mlplatform:bootstrapPool.vmSize must have no GPUs, got "${bootstrapPool.vmSize}"`,
        ...named(settings).flatMap(offer),
        ...verifiedVmSizes.map(
            (name, index) =>
                !known.includes(name.toLowerCase()) &&
                `mlplatform:verifiedVmSizes[${index}] must be a size of facts/vm-sizes.ts, got "${name}"`,
        ),
    ];
}

/** Quota is per family and region, and often none for GPUs: https://learn.microsoft.com/azure/quotas/per-vm-quota-requests */
function quotas(settings: Settings): Fault[] {
    const families = new Map(vmSizes.map(({ family }) => [family.toLowerCase(), family]));
    const wanted = new Map<string, number>();
    const want = (name: string, machines: number): void => {
        const size = vmSize(name);
        if (size)
            wanted.set(size.family.toLowerCase(), (wanted.get(size.family.toLowerCase()) ?? 0) + size.vCpus * machines);
    };
    want(settings.bootstrapPool.vmSize, 1);
    // Spot machines have a quota of their own.
    for (const [, pool] of named(settings)) if (pool.spot !== true) want(pool.vmSize, pool.maxCount);
    return Object.entries(settings.vcpuQuotas).flatMap(([family, limit]): Fault[] => {
        const needs = wanted.get(family.toLowerCase()) ?? 0;
        return [
            !families.has(family.toLowerCase()) &&
                `mlplatform:vcpuQuotas must name families of facts/vm-sizes.ts, such as "${vmSizes[0]?.family ?? ""}", got "${family}"`,
            needs > limit &&
                `mlplatform:vcpuQuotas["${family}"] must cover ${needs} vCPUs, all pools of the family at their most, got ${limit}`,
        ];
    });
}

function keys({ existingKeys }: Settings): Fault[] {
    return Object.entries(existingKeys).flatMap(([use, key]) =>
        existingKeyFaults(`mlplatform:existingKeys.${use}`, key),
    );
}

function tags({ tags: own, naming, environment }: Settings): Fault[] {
    const platform = Object.keys(platformTags(naming.workload, environment));
    const kept = [...platform, digestTag];
    return [
        ...tagFaults("mlplatform:tags", { ...platformTags(naming.workload, environment, own), [digestTag]: "" }),
        ...Object.keys(own).map(
            (name) =>
                kept.includes(name.toLowerCase()) && `mlplatform:tags: "${name}" is set by the platform; remove it`,
        ),
    ];
}

/** What is worth saying about good settings. */
export function settingsWarnings(settings: Settings, today: Date): string[] {
    const { gpuPools, teardown, environment, tier, lockRecords } = settings;
    const warnings = [
        ...corporateWarnings(settings),
        ...hybridWarnings(settings),
        ...versionWarnings(settings, today),
        tier.records.lockable &&
            !lockRecords &&
            `records can still be shortened and deleted: set mlplatform:lockRecords in a change of its own, once ${environment} is up`,
        teardown && `mlplatform:teardown is on: protection of ${environment} is lifted`,
        ...gpuPools.map(
            ({ prefix, use, minCount }) =>
                use === "serving" &&
                minCount > 0 &&
                `pool ${prefix} keeps ${minCount} GPU machines running, used or not`,
        ),
    ];
    return warnings.filter((warning) => typeof warning === "string");
}
