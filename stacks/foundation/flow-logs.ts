import type * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../../components/encryption/customer-managed-key";
import { FlowLogs } from "../../components/network/flow-logs";
import type { PrivateLinkPlace } from "../../components/network/private-link";
import type { Placement } from "../../components/placement";
import { Storage } from "../../components/storage/storage";
import type { Settings } from "../settings";

interface Recorded {
    virtualNetworkId: pulumi.Input<string>;
    logWorkspaceId: pulumi.Input<string>;
    key: CustomerManagedKey;
}

/**
 * Records the network's flows in an account of their own: Azure's watcher must be let in there, and nowhere else.
 * @returns the account, which logs itself.
 */
export function flowLogs(
    { tier, generations, rolePropagationSeconds }: Settings,
    at: Placement & { privateLink: PrivateLinkPlace },
    { key, ...about }: Recorded,
    options: pulumi.ComponentResourceOptions,
): Storage {
    const storage = new Storage(
        "flow-storage",
        {
            ...{ ...at, instance: "flow", key, generation: generations.storage },
            // The watcher makes its container itself.
            ...{ services: ["blob"], containers: [], trustsAzureServices: true },
            ...{ redundancy: tier.storageRedundancy, softDeleteDays: tier.storageSoftDeleteDays },
        },
        options,
    );
    new FlowLogs("flow-logs", {
        ...{ ...at, ...about, rolePropagationSeconds },
        ...{ accountId: storage.accountId, retentionDays: tier.flowLogDays },
    });
    return storage;
}
