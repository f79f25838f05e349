import { wholeNumberFault } from "../units";
import { containerFaults, type Container } from "./containers";

/** Services of a storage account; each gets a private endpoint of its own. */
export type StorageService = "blob" | "file" | "dfs" | "queue" | "table";

/** What makes one storage account different from another. */
export interface StorageFeatures {
    services: readonly StorageService[];
    /** Copies of the data: in one zone, in three, and each with copies in the paired region. */
    redundancy: "LRS" | "ZRS" | "GRS" | "GZRS";
    containers: readonly Container[];
    /** Days until a deleted blob, container or share is gone for good, 1 to 365. */
    softDeleteDays: number;
    /** Folders that can be renamed and given rights as one, for analytics. Set for life. @default false */
    hierarchicalNamespace?: boolean;
    /** Keeps every earlier version of a blob; `versionDays` bounds them. @default false */
    versioning?: boolean;
    /** Days that earlier versions are kept, 1 to 99999. @default 30 */
    versionDays?: number;
    /** Logs every change of a blob, in order: what labelling and retraining follow. @default false */
    changeFeed?: boolean;
    /**
     * An Azure service that has no way into the network writes here by its identity, as one of those that storage trusts. Set
     * for such accounts alone. @default false
     * @see https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
     */
    trustsAzureServices?: boolean;
    /** Nothing can be changed or deleted for so many days. @default - everything can */
    immutability?: Immutability;
}

/** Write once, read many: for the whole account, as one policy in its properties. */
export interface Immutability {
    /** Days from a blob's creation on, 1 to 146000. */
    retentionDays: number;
    /**
     * An unlocked policy can be shortened and taken away again. A locked one can only be lengthened, by anyone, for ever, and
     * its data and account cannot be deleted: for production alone.
     */
    locked: boolean;
}

/**
 * What is wrong with the features of an account, all at once; empty when nothing is.
 * @see https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts
 * @see https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview
 */
export function featureFaults(features: StorageFeatures): string[] {
    const { services, containers, softDeleteDays, versionDays = 30, immutability } = features;
    const { hierarchicalNamespace: hns = false, versioning = false, changeFeed = false } = features;
    const blob = services.includes("blob");
    const faults = [
        services.length === 0 && "services must name at least one service, got none",
        new Set(services).size < services.length && `services must name each service once, got ${services.join(", ")}`,
        ...containerFaults("containers", containers),
        wholeNumberFault("softDeleteDays", softDeleteDays, 1, 365),
        wholeNumberFault("versionDays", versionDays, 1, 99999),
        containers.length > 0 && !blob && "containers need the service blob, which is not in services",
        services.includes("dfs") && !hns && "the service dfs needs hierarchicalNamespace, which is false",
        // Clients of the dfs endpoint fall back to the blob endpoint for some calls.
        services.includes("dfs") &&
            !blob &&
            "the service dfs needs the service blob beside it, which is not in services",
        hns && versioning && "versioning and hierarchicalNamespace exclude each other, both are true",
        hns && changeFeed && "changeFeed and hierarchicalNamespace exclude each other, both are true",
        hns && immutability && "immutability of versions and hierarchicalNamespace exclude each other, both are set",
        immutability && !versioning && "immutability needs versioning, which is false",
        immutability && wholeNumberFault("immutability.retentionDays", immutability.retentionDays, 1, 146000),
        ...containers.map(
            ({ name, deleteAfterDays }) =>
                immutability &&
                deleteAfterDays !== undefined &&
                deleteAfterDays <= immutability.retentionDays &&
                `deleteAfterDays of "${name}" must be more than immutability.retentionDays ${immutability.retentionDays}, got ${deleteAfterDays}`,
        ),
    ];
    return faults.filter((fault) => typeof fault === "string");
}
