import type * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../../components/encryption/customer-managed-key";
import type { OwnKey } from "../../components/encryption/key";
import { Vault } from "../../components/encryption/vault";
import { Workspace } from "../../components/machine-learning/workspace";
import type { PrivateLinkPlace } from "../../components/network/private-link";
import type { Placement } from "../../components/placement";
import { Storage } from "../../components/storage/storage";
import type { Settings } from "../settings";

/** The workspace with the account and the vault that it insists on. */
export interface MachineLearning {
    workspace: Workspace;
    storage: Storage;
    vault: Vault;
}

/**
 * Makes the one workspace that an environment shares. Azure ML manages whatever account and vault it is given, and never
 * parts with them: so it gets its own, and the platform's data and keys stay out of its reach. The three are one
 * generation.
 */
export function machineLearning(
    { tier, tenantId, generations, rolePropagationSeconds, cosmosDbObjectId }: Settings,
    at: Placement & { privateLink: PrivateLinkPlace },
    keys: { storage: CustomerManagedKey; workspace: OwnKey },
    options: pulumi.ComponentResourceOptions,
): MachineLearning {
    const generation = generations.workspace;
    const vault = new Vault(
        "workspace-vault",
        {
            ...{ ...at, tenantId, holds: "secretsOfWorkspace", sku: "standard", generation },
            softDeleteRetentionDays: tier.vaultRetentionDays,
        },
        options,
    );
    const storage = new Storage(
        "workspace-storage",
        {
            ...{ ...at, instance: "mlw", key: keys.storage, generation },
            // It makes its containers itself.
            ...{ services: ["blob", "file"], containers: [], trustsAzureServices: true },
            ...{ redundancy: tier.storageRedundancy, softDeleteDays: tier.storageSoftDeleteDays },
        },
        options,
    );
    const workspace = new Workspace(
        "workspace",
        { ...at, key: keys.workspace, storage, vault, cosmosDbObjectId, rolePropagationSeconds, generation },
        options,
    );
    return { workspace, storage, vault };
}
