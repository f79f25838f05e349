import type { DurationQuality } from "./durations";

/** What is lost with a resource, from what nobody can make again to what only the program knows. */
export const dataClasses = [
    "data",
    "keys",
    "records",
    "logs",
    "images",
    "cluster",
    /** An identity, an address or a name that others know it by. */
    "identity",
] as const;
export type DataClass = (typeof dataClasses)[number];

/** How to have back what a resource held. */
export interface Recovery {
    /**
     * Where it comes from: Azure keeps the resource itself for a while (facts/soft-delete.ts), or keeps it as part of
     * another (a vault its keys, an account its containers), or there is another copy, or none.
     */
    from: "kept" | "kept by its vault" | "kept by its account" | "elsewhere" | "nowhere";
    /** How, or why not. */
    how: string;
    /** Roughly, once somebody has begun; left out where that hangs on how much it is. */
    seconds?: number;
    quality: DurationQuality;
}

/** What a type of resource holds. */
export interface Held {
    dataClass: DataClass;
    what: string;
    recovery: Recovery;
    source: string;
}

const learn = (path: string): string => `https://learn.microsoft.com/azure/${path}`;
const unverified = "unverified" as const;

/**
 * Types that hold something which the program alone cannot make again. Written down on 25 November 2026; how long a
 * recovery takes is published for none of them.
 */
export const heldData: Readonly<Record<string, Held>> = {
    "azure-native:keyvault:Vault": {
        dataClass: "keys",
        what: "all keys and secrets in it; without them, whatever they encrypt is unreadable",
        recovery: { from: "kept", how: "az keyvault recover --name NAME", seconds: 60, quality: unverified },
        source: learn("key-vault/general/soft-delete-overview"),
    },
    "azure-native:keyvault:Key": {
        dataClass: "keys",
        what: "a key; without it, whatever it encrypts is unreadable, within an hour",
        recovery: {
            ...{ from: "kept by its vault", seconds: 30, quality: unverified },
            how: "az keyvault key recover --vault-name VAULT --name NAME",
        },
        source: learn("key-vault/general/soft-delete-overview"),
    },
    "azure-native:compute:DiskEncryptionSet": {
        dataClass: "keys",
        what: "the way from disks to their key: machines with disks under it do not start; Azure refuses while there are any",
        recovery: {
            ...{ from: "nowhere", quality: unverified },
            how: "a new one of the same key; disks and snapshots must be moved under it one by one",
        },
        source: learn("virtual-machines/disk-encryption"),
    },
    "azure-native:storage:StorageAccount": {
        dataClass: "data",
        what: "all blobs and files in it",
        recovery: { from: "kept", how: "portal, Storage accounts, Restore", seconds: 600, quality: unverified },
        source: learn("storage/common/storage-account-recover"),
    },
    "azure-native:storage:BlobContainer": {
        dataClass: "data",
        what: "all blobs in it",
        recovery: {
            ...{ from: "kept by its account", seconds: 30, quality: unverified },
            how: "az storage container restore --name NAME --deleted-version VERSION",
        },
        source: learn("storage/blobs/soft-delete-container-overview"),
    },
    "azure-native:containerregistry:Registry": {
        dataClass: "images",
        what: "all images in it; pods that start meanwhile find none",
        recovery: {
            ...{ from: "elsewhere", quality: unverified },
            how: "mirror third-party images again and bring the images stack up: docs/images.md",
        },
        source: learn("container-registry/container-registry-soft-delete-policy"),
    },
    "azure-native:operationalinsights:Workspace": {
        dataClass: "logs",
        what: "all logs, audit logs among them",
        recovery: {
            ...{ from: "kept", seconds: 60, quality: unverified },
            how: "az monitor log-analytics workspace recover --workspace-name NAME",
        },
        source: learn("azure-monitor/logs/delete-workspace"),
    },
    "azure-native:monitor:AzureMonitorWorkspace": {
        dataClass: "logs",
        what: "all metrics of Prometheus",
        recovery: { from: "nowhere", how: "metrics begin anew", quality: unverified },
        source: learn("azure-monitor/metrics/azure-monitor-workspace-overview"),
    },
    "azure-native:dashboard:Grafana": {
        dataClass: "records",
        what: "dashboards and settings that people have made in it",
        recovery: {
            ...{ from: "nowhere", quality: unverified },
            how: "the platform's own dashboards come back by npx mlplatform dashboards; people's do not",
        },
        source: learn("managed-grafana/overview"),
    },
    "azure-native:machinelearningservices:Workspace": {
        dataClass: "records",
        what: "runs, metrics and what is registered; the files themselves lie in its storage account",
        recovery: { from: "kept", how: "make one of the same name anew", seconds: 300, quality: unverified },
        source: learn("machine-learning/concept-soft-delete"),
    },
    "azure-native:containerservice:ManagedCluster": {
        dataClass: "cluster",
        what: "all objects in it, and the disks of its claims, which go with the nodes' group",
        recovery: {
            ...{ from: "elsewhere", quality: unverified },
            how: "bring services and teams up again, and restore disks from their snapshots: docs/backup.md",
        },
        source: learn("aks/faq"),
    },
    "azure-native:managedidentity:UserAssignedIdentity": {
        dataClass: "identity",
        what: "an identity; roles, federations and allow lists that name it name nobody",
        recovery: {
            ...{ from: "nowhere", quality: unverified },
            how: "a new one gets other ids; roles of this program follow it, those of others do not",
        },
        source: learn("active-directory/managed-identities-azure-resources/managed-identities-faq"),
    },
    "azure-native:network:PublicIPAddress": {
        dataClass: "identity",
        what: "an address that others may have let in by their firewalls",
        recovery: {
            from: "nowhere",
            how: "a new one is another address: tell whoever lets it in",
            quality: unverified,
        },
        source: learn("virtual-network/ip-services/public-ip-addresses"),
    },
    "azure-native:resources:ResourceGroup": {
        dataClass: "data",
        what: "everything in it, also what others have put there",
        recovery: { from: "nowhere", how: "each thing in it by itself, where it can be had back", quality: unverified },
        source: learn("azure-resource-manager/management/delete-resource-group"),
    },
    "kubernetes:core/v1:Namespace": {
        dataClass: "cluster",
        what: "everything in it, also what people have put there, and the disks of its claims",
        recovery: {
            ...{ from: "elsewhere", quality: unverified },
            how: "restore its disks from their snapshots: docs/backup.md; what people have put there is gone",
        },
        source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    },
    "kubernetes:core/v1:PersistentVolumeClaim": {
        dataClass: "data",
        what: "a disk, where its class does not keep it",
        recovery: {
            from: "elsewhere",
            how: "from its newest snapshot: docs/backup.md",
            seconds: 300,
            quality: unverified,
        },
        source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming",
    },
};
