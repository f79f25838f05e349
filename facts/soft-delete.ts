/** What Azure keeps of a deleted resource. */
export interface SoftDelete {
    /** Days that it can be had back: a number, or the path of the input that says so. */
    days: number | { path: string };
    /** Nobody else, and no new one of ours, gets its name meanwhile. */
    holdsName: boolean;
    /** What to know, in a few words. */
    note: string;
    source: string;
}

/** Types that Azure does not forget at once. Written down on 24 November 2026. */
export const softDeletes: Readonly<Record<string, SoftDelete>> = {
    "azure-native:keyvault:Vault": {
        days: { path: "properties.softDeleteRetentionInDays" },
        holdsName: true,
        note: "purge protection: nobody can end it sooner; its keys go and come back with it",
        source: "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
    },
    "azure-native:operationalinsights:Workspace": {
        days: 14,
        holdsName: false,
        note: "a new one of the same name in the same group brings it back, logs and all",
        source: "https://learn.microsoft.com/azure/azure-monitor/logs/delete-workspace",
    },
    "azure-native:machinelearningservices:Workspace": {
        days: 14,
        holdsName: true,
        note: "can be purged sooner: az ml workspace delete --permanently-delete",
        source: "https://learn.microsoft.com/azure/machine-learning/concept-soft-delete",
    },
    "azure-native:storage:StorageAccount": {
        days: 14,
        holdsName: false,
        note: "can be recovered while its key, its group and its name are there; its own soft delete of blobs goes with it",
        source: "https://learn.microsoft.com/azure/storage/common/storage-account-recover",
    },
};
