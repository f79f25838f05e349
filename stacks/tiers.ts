import type { NodeOsChannel, SlaTier, UpgradeChannel } from "../components/cluster/cluster-settings";
import type { PolicyMode } from "../components/governance/policy-assignment";
import type { EgressChoice } from "../components/network/egress";
import type { Severity } from "../components/observability/alert-rules";
import type { LogRetention } from "../components/observability/log-analytics";
import type { StorageFeatures } from "../components/storage/features";
import type { GroupName } from "../facts/access-table";

export const environments = ["dev", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];

/** Parties that sign a change before it runs. */
export type Signer = "operations" | "security" | "finance";

/**
 * What an environment is, beside its own config: the same code, other sizes and other care. Staging is prod in
 * everything that decides whether a change works; what differs is how much there is and how hard it is to lose.
 */
export interface Tier {
    /** Keys of our own in software or in hardware modules. */
    keys: { type: "RSA" | "RSA-HSM"; sizeBits: 3072 | 4096; vaultSku: "standard" | "premium" };
    rotationDays: number;
    expiryDays: number;
    /** Days that deleted vaults and keys can be had back; their names are taken for as long. */
    vaultRetentionDays: number;
    /** Days that deleted blobs, containers and shares can be had back. */
    storageSoftDeleteDays: number;
    /** Within the region: copies elsewhere would leave where the data may be, and not every region has a pair. */
    storageRedundancy: StorageFeatures["redundancy"];
    /** Write-once days of records. A lock on them can never be taken back, and keeps the account alive as long. */
    records: { retentionDays: number; lockable: boolean };
    /** Days that flows of the network are recorded for: intruders are mostly found after months. */
    flowLogDays: number;
    /** Availability zones that must be there. */
    leastZones: 0 | 3;
    /** Ways out that are good enough. */
    egress: readonly EgressChoice["kind"][];
    defaultEgress: EgressChoice;
    slaTier: SlaTier;
    slaTiers: readonly SlaTier[];
    upgradeChannel: UpgradeChannel;
    upgradeChannels: readonly UpgradeChannel[];
    nodeOsChannels: readonly NodeOsChannel[];
    systemPool: { vmSize: string; minCount: number; maxCount: number };
    /** Fewest system nodes. */
    leastSystemNodes: number;
    /** CI machines, where config does not say how many. */
    runnerMachines: number;
    /** What holds data or keys is not deleted without an explicit teardown. */
    protect: boolean;
    /** Nor by anyone outside of Pulumi. */
    locks: boolean;
    /** Tags without which nobody knows whom to call and whom to bill. */
    needs: readonly ("owner" | "costCentre")[];
    /** Groups without which nobody can be asked or sign. */
    needsGroups: readonly GroupName[];
    /** Somebody must be told what is spent. */
    needsBudget: boolean;
    /** Whether Azure Policy refuses or only reports, where config does not say. */
    policyMode: PolicyMode;
    policyModes: readonly PolicyMode[];
    /** Seconds to wait for a role, at least. */
    leastPropagationSeconds: number;
    /** Logs: for how long, how much, and whether with the categories of much volume. */
    logs: LogRetention & { detail: boolean };
    /** Alert rules beyond this severity are not made. */
    alertsUpTo: Severity;
    /** Somebody must be told. */
    needsReceivers: boolean;
    /** Dashboards go on when a zone is lost. */
    grafanaInZones: boolean;
    signedBy: readonly Signer[];
}

const careful = {
    keys: { type: "RSA-HSM", sizeBits: 4096, vaultSku: "premium" },
    rotationDays: 180,
    expiryDays: 730,
    vaultRetentionDays: 90,
    leastZones: 3,
    egress: ["firewall", "hubFirewall"],
    upgradeChannel: "patch",
    upgradeChannels: ["none", "patch", "stable", "node-image"],
    nodeOsChannels: ["NodeImage", "SecurityPatch"],
    runnerMachines: 2,
    ...{ protect: true, locks: true, grafanaInZones: true },
    ...{ alertsUpTo: 3, needsReceivers: true },
    ...{ policyMode: "enforce", policyModes: ["enforce"] },
    leastPropagationSeconds: 60,
} as const satisfies Partial<Tier>;

export const tiers: Readonly<Record<Environment, Tier>> = {
    dev: {
        keys: { type: "RSA", sizeBits: 3072, vaultSku: "standard" },
        ...{ rotationDays: 180, expiryDays: 730, vaultRetentionDays: 7 },
        ...{ storageSoftDeleteDays: 7, storageRedundancy: "LRS", records: { retentionDays: 1, lockable: false } },
        leastZones: 0,
        egress: ["natGateway", "firewall", "hubFirewall"],
        defaultEgress: { kind: "natGateway" },
        ...{ slaTier: "Free", slaTiers: ["Free", "Standard", "Premium"] },
        upgradeChannel: "patch",
        upgradeChannels: ["none", "patch", "stable", "rapid", "node-image"],
        nodeOsChannels: ["None", "Unmanaged", "NodeImage", "SecurityPatch"],
        systemPool: { vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 3 },
        leastSystemNodes: 1,
        runnerMachines: 1,
        ...{ protect: false, locks: false },
        ...{ needs: [], needsGroups: [], needsBudget: false },
        ...{ policyMode: "report", policyModes: ["enforce", "report"] },
        leastPropagationSeconds: 0,
        flowLogDays: 91,
        logs: { retentionDays: 30, auditDays: 30, dailyCapGib: 1, detail: false },
        ...{ grafanaInZones: false, alertsUpTo: 2, needsReceivers: false },
        signedBy: ["operations"],
    },
    staging: {
        ...careful,
        ...{ storageSoftDeleteDays: 14, storageRedundancy: "ZRS", records: { retentionDays: 7, lockable: false } },
        defaultEgress: { kind: "firewall", tier: "Standard" },
        ...{ slaTier: "Standard", slaTiers: ["Standard", "Premium"] },
        systemPool: { vmSize: "Standard_D4ds_v5", minCount: 2, maxCount: 6 },
        leastSystemNodes: 2,
        flowLogDays: 91,
        logs: { retentionDays: 30, auditDays: 90, dailyCapGib: 5, detail: true },
        ...{ needs: ["owner"], needsGroups: ["operations", "security"], needsBudget: false },
        signedBy: ["operations", "security"],
    },
    prod: {
        ...careful,
        ...{ storageSoftDeleteDays: 30, storageRedundancy: "ZRS", records: { retentionDays: 365, lockable: true } },
        defaultEgress: { kind: "firewall", tier: "Premium" },
        ...{ slaTier: "Standard", slaTiers: ["Standard", "Premium"] },
        systemPool: { vmSize: "Standard_D8ds_v5", minCount: 3, maxCount: 9 },
        leastSystemNodes: 3,
        flowLogDays: 365,
        logs: { retentionDays: 90, auditDays: 730, dailyCapGib: 50, detail: true },
        ...{ needs: ["owner", "costCentre"], needsGroups: ["operations", "security", "finance"], needsBudget: true },
        signedBy: ["operations", "security", "finance"],
    },
};
