import type { ZoneRoleBy } from "../components/cluster/cluster-access";
import type { ClusterAddresses, NodeOsChannel, SlaTier, UpgradeChannel } from "../components/cluster/cluster-settings";
import { nodeOsChannels, slaTiers, upgradeChannels } from "../components/cluster/cluster-settings";
import { gpuUses, migProfiles, type GpuShape } from "../components/cluster/gpu-pool";
import { weekDays, type MaintenanceWindow } from "../components/cluster/maintenance";
import type { PoolShape } from "../components/cluster/pool-settings";
import type { ExistingKey } from "../components/encryption/customer-managed-key";
import type { BudgetChoice } from "../components/governance/budget";
import { policyModes, type PolicyMode } from "../components/governance/policy-assignment";
import type { Naming } from "../components/names";
import type { EgressChoice } from "../components/network/egress";
import type { HubChoice } from "../components/network/hub-peering";
import type { HybridChoice } from "../components/network/hybrid";
import type { ZoneChoice } from "../components/network/private-dns";
import type { GroupName } from "../facts/access-table";
import type { RunnerChoice } from "../components/runner/runner-choice";
import { defaultKubernetesVersion } from "../facts/kubernetes-versions";
import { regions } from "../facts/regions";
import { sourceNames, type SourceName } from "../facts/sources";
import { anyNumber, flag, guid, list, number, object, oneOf, optional, record, text, type Parser } from "./parse";
import { environmentBlocks } from "./address-blocks";
import { loadConfig, readConfig, SettingsError, stackKinds, type IsSecret, type ReadConfig } from "./config";
import { hub } from "./settings/network";
import { settingsFaults, settingsWarnings } from "./settings-rules";
import { budget, groups } from "./settings/governance";
import { monitoring, monitoringOf, type MonitoringSettings } from "./settings/monitoring";
import { hybrid, hybridSecrets, type HybridSecrets } from "./settings/hybrid";
import { runner, runnerOf } from "./settings/runner";
import { state, type StateAccess } from "./settings/state";
import { teamNames } from "./team-names";
import { environments, tiers, type Environment, type Tier } from "./tiers";

/** What has a name that is unique in all of Azure, or outlives its deletion. */
export interface Generations {
    vault: number;
    registry: number;
    storage: number;
    /** The workspace with its account and vault, which it never parts with. */
    workspace: number;
    keys: number;
}

/** A way out, with host names that a firewall is to let through besides what is installed. */
export type EgressSetting = EgressChoice & { allowedFqdns?: readonly string[] };

/** A stack's config, read and checked. Everything below gets values from here, and never reads config itself. */
export interface Settings {
    environment: Environment;
    tier: Tier;
    naming: Naming;
    location: string;
    /** Availability zones to spread over. */
    zones: readonly string[];
    tenantId: string;
    addressSpace: string;
    addresses: ClusterAddresses;
    egress: EgressSetting;
    /** Third parties that the runner fetches from. */
    sources: readonly SourceName[];
    hub?: HubChoice;
    zoneChoice: ZoneChoice;
    /** Zone of the API server when policy keeps all others. */
    apiServerZoneId?: string;
    /** Who gives the cluster's identity its role on the API server's zone. */
    zoneRoleBy: ZoneRoleBy;
    dnsServers: readonly string[];
    apiServerClients: readonly string[];
    /** Ways to networks on premises. */
    hybrid?: HybridChoice;
    hybridSecrets: HybridSecrets;
    adminGroupObjectIds: readonly string[];
    /** Of the control plane. */
    kubernetesVersion: string;
    poolsVersion: string;
    upgradeChannel: UpgradeChannel;
    nodeOsChannel: NodeOsChannel;
    slaTier: SlaTier;
    maintenance: MaintenanceWindow;
    bootstrapPool: { vmSize: string; zones: readonly string[] };
    systemPool: PoolShape;
    userPools: readonly PoolShape[];
    gpuPools: readonly GpuShape[];
    /** State account and vault of the bootstrap, to be reached from inside. */
    state?: StateAccess;
    /** CI machines inside the network. */
    runner: RunnerChoice;
    /** Sizes whose offer in the region the operator has looked up. */
    verifiedVmSizes: readonly string[];
    /** vCPUs that the subscription may use in the region, by quota family. */
    vcpuQuotas: Readonly<Record<string, number>>;
    generations: Generations;
    rolePropagationSeconds: number;
    existingKeys: Readonly<Partial<Record<"registry" | "storage" | "disks", ExistingKey>>>;
    /** An existing workspace to log to, instead of one of our own. */
    logAnalyticsWorkspaceId?: string;
    monitoring: MonitoringSettings;
    /** Own tags, with owner and cost centre. */
    tags: Readonly<Record<string, string>>;
    owner?: string;
    costCentre?: string;
    /** Object ids of the directory's groups that get roles. */
    groups: Readonly<Partial<Record<GroupName, string>>>;
    /** What may be spent a month; undefined where nobody watches. */
    budget?: BudgetChoice;
    policyMode: PolicyMode;
    /** When the settings were read: a budget begins with the month in which it is made. */
    today: Date;
    /** Object id of Azure Cosmos DB's service principal in the directory. */
    cosmosDbObjectId: string;
    /** Teams that have a workspace of their own. */
    teamWorkspaces: readonly string[];
    /** Locks the write-once policy of models and ledger, for ever. */
    lockRecords: boolean;
    /** Lifts protection, so that the environment can be destroyed. */
    teardown: boolean;
    /** Worth saying, but no reason to stop. */
    warnings: readonly string[];
}

const pool = {
    prefix: text(),
    vmSize: text(),
    zones: optional(list(text())),
    minCount: anyNumber,
    maxCount: anyNumber,
    osDiskSizeGib: optional(anyNumber),
    maxPods: optional(anyNumber),
    labels: optional(record(text(/^[^]*$/))),
    taints: optional(list(text())),
    fips: optional(flag),
    spot: optional(flag),
    spotMaxPrice: optional(anyNumber),
    capacityReservationGroupId: optional(text()),
};
const gpuPool = {
    ...pool,
    use: oneOf(gpuUses),
    driver: oneOf(["Install", "None"]),
    migProfile: optional(oneOf(migProfiles)),
};
const systemPool = {
    vmSize: optional(text()),
    zones: optional(list(text())),
    minCount: optional(anyNumber),
    maxCount: optional(anyNumber),
    osDiskSizeGib: optional(anyNumber),
    maxPods: optional(anyNumber),
    fips: optional(flag),
};
const existingKey = object({
    keyUriWithVersion: text(),
    vaultId: text(),
    identity: object({ id: text(), clientId: text(), principalId: text() }),
});
const generation = number(1, 99);

/** Every key, with how it is read. `Pulumi.yaml` describes the same keys; a test holds the two together. */
export const configKeys = {
    "mlplatform:kind": oneOf(stackKinds),
    "mlplatform:environment": oneOf(environments),
    "mlplatform:workload": text(/^[a-z][a-z0-9]{1,7}$/, "2 to 8 characters of a-z and 0-9 from a letter on"),
    "mlplatform:location": oneOf(Object.keys(regions)),
    "mlplatform:zones": list(oneOf(["1", "2", "3"])),
    "mlplatform:addressSpace": text(),
    "mlplatform:podCidr": text(),
    "mlplatform:serviceCidr": text(),
    "mlplatform:dnsServiceIp": text(),
    "mlplatform:egress": object({
        kind: oneOf(["natGateway", "firewall", "hubFirewall"]),
        nextHopIpAddress: optional(text()),
        tier: optional(oneOf(["Standard", "Premium"])),
        allowedFqdns: optional(list(text())),
        zone: optional(text()),
        idleTimeoutMinutes: optional(anyNumber),
    }),
    "mlplatform:sources": list(oneOf(sourceNames)),
    "mlplatform:hub": hub,
    "mlplatform:dns": object({
        mode: oneOf(["own", "hub", "policy"]),
        zoneIds: optional(record(text())),
        zoneRoleBy: optional(oneOf(["us", "hub"])),
    }),
    "mlplatform:dnsServers": list(text()),
    "mlplatform:apiServerClients": list(text()),
    "mlplatform:hybrid": hybrid,
    "mlplatform:hybridSecrets": hybridSecrets,
    "mlplatform:adminGroupObjectIds": list(guid, 1),
    "mlplatform:kubernetesVersion": text(/^1\.\d+(\.\d+)?$/, "a version of Kubernetes such as 1.36"),
    "mlplatform:poolsVersion": text(/^1\.\d+(\.\d+)?$/, "a version of Kubernetes such as 1.36"),
    "mlplatform:upgradeChannel": oneOf(upgradeChannels),
    "mlplatform:nodeOsChannel": oneOf(nodeOsChannels),
    "mlplatform:slaTier": oneOf(slaTiers),
    "mlplatform:maintenance": object({
        day: oneOf(weekDays),
        startTime: text(),
        durationHours: anyNumber,
        utcOffset: text(),
    }),
    "mlplatform:bootstrapPool": object({ vmSize: text() }),
    "mlplatform:systemPool": object(systemPool),
    "mlplatform:userPools": list(object(pool)),
    "mlplatform:gpuPools": list(object(gpuPool)),
    "mlplatform:state": state,
    "mlplatform:runner": runner,
    "mlplatform:verifiedVmSizes": list(text()),
    "mlplatform:vcpuQuotas": record(number(0, 1_000_000)),
    "mlplatform:generation": generation,
    "mlplatform:generations": object({
        vault: optional(generation),
        registry: optional(generation),
        storage: optional(generation),
        workspace: optional(generation),
        keys: optional(generation),
    }),
    "mlplatform:rolePropagationSeconds": number(0, 1800, false),
    "mlplatform:existingKeys": object({
        registry: optional(existingKey),
        storage: optional(existingKey),
        disks: optional(existingKey),
    }),
    "mlplatform:logAnalyticsWorkspaceId": text(
        /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i,
        "the full id of a Log Analytics workspace",
    ),
    "mlplatform:monitoring": monitoring,
    "mlplatform:tags": record(text(/^[^]*$/)),
    "mlplatform:owner": text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address"),
    "mlplatform:costCentre": text(/^[A-Za-z0-9-]{1,32}$/, "1 to 32 of A-Z, a-z, 0-9 and hyphens"),
    "mlplatform:groups": groups,
    "mlplatform:budget": budget,
    "mlplatform:policyMode": oneOf(policyModes),
    "mlplatform:cosmosDbObjectId": guid,
    "mlplatform:teamWorkspaces": list(text(teamNames.pattern, teamNames.rule)),
    "mlplatform:lockRecords": flag,
    "mlplatform:teardown": flag,
    "azure-native:subscriptionId": guid,
    "azure-native:tenantId": guid,
} as const satisfies Record<string, Parser<unknown>>;

type ConfigKey = keyof typeof configKeys;
type Read = ReadConfig<typeof configKeys>;

const required = [
    ...(["mlplatform:kind", "mlplatform:environment", "mlplatform:workload", "mlplatform:location"] as const),
    ...(["mlplatform:adminGroupObjectIds", "mlplatform:cosmosDbObjectId"] as const),
    ...(["azure-native:subscriptionId", "azure-native:tenantId"] as const),
] satisfies ConfigKey[];

/**
 * Reads the config of the stack that is running.
 * @throws pulumi.RunError, which is printed without a stack trace: the fault is in the config, not in the program.
 */
export function loadSettings(): Settings {
    return loadConfig((source, secret) => readSettings(source, new Date(), secret));
}

/** Keys whose values must be secrets in the stack's file. */
const secretKeys = ["mlplatform:hybridSecrets"] satisfies ConfigKey[];

/**
 * Reads a stack's config, given as Pulumi holds it: keys with their namespace, values as text.
 * @param secret Tells whether a key's value is a secret in the stack's file.
 * @throws SettingsError naming, for every fault at once, the config key, the rule and the value.
 */
export function readSettings(
    source: Readonly<Record<string, string>>,
    today = new Date(),
    secret: IsSecret = () => true,
): Settings {
    const { read, faults } = readConfig({ kind: "foundation", keys: configKeys, required, secretKeys }, source, secret);
    const draft = drafted(read, today);
    faults.push(...settingsFaults(draft, today));
    if (faults.length > 0) throw new SettingsError(faults);
    return { ...draft, warnings: settingsWarnings(draft, today) };
}

/** Where a value is missing or unreadable, a stand-in lets the other rules be checked all the same. */
function drafted(read: Read, today: Date): Settings {
    const environment = read["mlplatform:environment"] ?? "dev";
    const location = read["mlplatform:location"] ?? "swedencentral";
    const tier = tiers[environment];
    const zones = read["mlplatform:zones"] ?? (regions[location]?.zones === true ? ["1", "2", "3"] : []);
    const all = read["mlplatform:generation"] ?? 1;
    const { "mlplatform:owner": owner, "mlplatform:costCentre": costCentre } = read;
    const kubernetesVersion = read["mlplatform:kubernetesVersion"] ?? defaultKubernetesVersion;
    const serviceCidr = read["mlplatform:serviceCidr"] ?? "10.96.0.0/16";
    const withZones = <T extends { zones?: string[] }>(shape: T): T & { zones: string[] } => ({
        ...shape,
        zones: shape.zones ?? zones,
    });
    return {
        ...{ environment, tier, location, zones },
        naming: {
            workload: read["mlplatform:workload"] ?? "mlp",
            environment,
            subscriptionId: read["azure-native:subscriptionId"] ?? "",
        },
        tenantId: read["azure-native:tenantId"] ?? "",
        addressSpace: read["mlplatform:addressSpace"] ?? environmentBlocks[environment],
        addresses: {
            podCidr: read["mlplatform:podCidr"] ?? "10.244.0.0/16",
            serviceCidr,
            dnsServiceIp: read["mlplatform:dnsServiceIp"] ?? serviceCidr.replace(/\.\d+\/\d+$/, ".10"),
        },
        egress: egressOf(read["mlplatform:egress"], tier),
        sources: read["mlplatform:sources"] ?? [],
        ...defined({ hub: read["mlplatform:hub"] }),
        ...dnsOf(read["mlplatform:dns"], location),
        zoneRoleBy: read["mlplatform:dns"]?.zoneRoleBy ?? "us",
        dnsServers: read["mlplatform:dnsServers"] ?? [],
        apiServerClients: read["mlplatform:apiServerClients"] ?? [],
        ...defined({ hybrid: read["mlplatform:hybrid"] }),
        hybridSecrets: read["mlplatform:hybridSecrets"] ?? {},
        adminGroupObjectIds: read["mlplatform:adminGroupObjectIds"] ?? [],
        kubernetesVersion,
        poolsVersion: read["mlplatform:poolsVersion"] ?? kubernetesVersion,
        upgradeChannel: read["mlplatform:upgradeChannel"] ?? tier.upgradeChannel,
        nodeOsChannel: read["mlplatform:nodeOsChannel"] ?? "NodeImage",
        slaTier: read["mlplatform:slaTier"] ?? tier.slaTier,
        maintenance: read["mlplatform:maintenance"] ?? {
            ...{ day: "Saturday", startTime: "02:00", durationHours: 6, utcOffset: "+00:00" },
        },
        bootstrapPool: { vmSize: read["mlplatform:bootstrapPool"]?.vmSize ?? "Standard_D2ds_v5", zones },
        systemPool: { prefix: "sys", ...tier.systemPool, ...withZones(defined(read["mlplatform:systemPool"] ?? {})) },
        userPools: (read["mlplatform:userPools"] ?? []).map(withZones),
        gpuPools: (read["mlplatform:gpuPools"] ?? []).map(withZones),
        runner: runnerOf(read["mlplatform:runner"], tier),
        verifiedVmSizes: read["mlplatform:verifiedVmSizes"] ?? [],
        vcpuQuotas: read["mlplatform:vcpuQuotas"] ?? {},
        generations: {
            vault: all,
            registry: all,
            storage: all,
            workspace: all,
            keys: all,
            ...defined(read["mlplatform:generations"] ?? {}),
        },
        rolePropagationSeconds: read["mlplatform:rolePropagationSeconds"] ?? 120,
        existingKeys: read["mlplatform:existingKeys"] ?? {},
        ...defined({ state: read["mlplatform:state"] }),
        ...defined({ logAnalyticsWorkspaceId: read["mlplatform:logAnalyticsWorkspaceId"], owner, costCentre }),
        monitoring: monitoringOf(read["mlplatform:monitoring"]),
        tags: { ...read["mlplatform:tags"], ...defined({ owner, "cost-centre": costCentre }) },
        groups: read["mlplatform:groups"] ?? {},
        ...defined({ budget: read["mlplatform:budget"] }),
        ...{ policyMode: read["mlplatform:policyMode"] ?? tier.policyMode, today },
        cosmosDbObjectId: read["mlplatform:cosmosDbObjectId"] ?? "",
        teamWorkspaces: read["mlplatform:teamWorkspaces"] ?? [],
        lockRecords: read["mlplatform:lockRecords"] ?? false,
        teardown: read["mlplatform:teardown"] ?? false,
        warnings: [],
    };
}

function egressOf(read: Read["mlplatform:egress"], tier: Tier): EgressSetting {
    if (read === undefined) return tier.defaultEgress;
    if (read.kind === "natGateway") return { ...read, kind: "natGateway" };
    if (read.kind === "hubFirewall")
        return { ...read, kind: "hubFirewall", nextHopIpAddress: read.nextHopIpAddress ?? "" };
    return { ...read, kind: "firewall", tier: read.tier ?? "Standard" };
}

function dnsOf(read: Read["mlplatform:dns"], location: string): Pick<Settings, "zoneChoice" | "apiServerZoneId"> {
    const zoneIds = read?.zoneIds ?? {};
    if (read?.mode === "hub") return { zoneChoice: { kind: "hub", zoneIds } };
    if (read?.mode !== "policy") return { zoneChoice: { kind: "own" } };
    const apiServerZoneId = zoneIds[`private.${location}.azmk8s.io`];
    return { zoneChoice: { kind: "policy" }, ...(apiServerZoneId !== undefined && { apiServerZoneId }) };
}

/** Without the fields that are undefined, which would otherwise overwrite defaults. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
    return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
        [K in keyof T]?: Exclude<T[K], undefined>;
    };
}
