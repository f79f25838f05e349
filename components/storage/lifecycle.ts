import type { storage } from "@pulumi/azure-native/types/input";
import type { StorageFeatures } from "./features";

/**
 * Rules by which the account moves and deletes blobs by itself; empty when there are none.
 * @see https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview
 */
export function lifecycleRules(features: StorageFeatures): storage.ManagementPolicyRuleArgs[] {
    const byContainer = features.containers
        .filter(({ coolAfterDays, deleteAfterDays }) => coolAfterDays !== undefined || deleteAfterDays !== undefined)
        .map(({ name, coolAfterDays, deleteAfterDays }) =>
            rule(
                name,
                {
                    baseBlob: {
                        ...(coolAfterDays === undefined
                            ? {}
                            : { tierToCool: { daysAfterModificationGreaterThan: coolAfterDays } }),
                        ...(deleteAfterDays === undefined
                            ? {}
                            : { delete: { daysAfterModificationGreaterThan: deleteAfterDays } }),
                    },
                },
                [`${name}/`],
            ),
        );
    if (features.versioning !== true) return byContainer;
    // Without it each overwrite is paid for, for ever.
    const versions = rule("versions", {
        version: { delete: { daysAfterCreationGreaterThan: features.versionDays ?? 30 } },
    });
    return [...byContainer, versions];
}

function rule(
    name: string,
    actions: storage.ManagementPolicyActionArgs,
    prefixMatch?: string[],
): storage.ManagementPolicyRuleArgs {
    const filters = { blobTypes: ["blockBlob"], ...(prefixMatch && { prefixMatch }) };
    return { name, type: "Lifecycle", enabled: true, definition: { actions, filters } };
}
