import { stableHex } from "../guid";
import { ancestorId, nameOf } from "../ids";
import { refusal } from "../refusal";
import type { Refusal, ResourceType } from "../resource-type";
import { amount, flag, onDelete, onUpdate, onWrite, text } from "./reading";
import { onlyDefault } from "./storage-service";

const learn = "https://learn.microsoft.com/azure/storage/blobs";
const worm = `${learn}/immutable-storage-overview`;
const containerPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}";

export const immutabilityToken = "azure-native:storage:BlobContainerImmutabilityPolicy";

/**
 * A locked container goes only when it is empty. The sandbox keeps no blobs and takes a locked container to hold some,
 * as everything that is worth a lock does.
 */
export function protectedFromDeletion(policyId: string): Refusal {
    const [account, container] = [nameOf(ancestorId(policyId, 1)), nameOf(ancestorId(policyId, 3))];
    const message = `The storage account ${account} container ${container} is protected from deletion due to ImmutabilityPolicy.`;
    return refusal(409, "ContainerProtectedFromDeletion", message);
}

const container: ResourceType = {
    token: "azure-native:storage:BlobContainer",
    path: containerPath,
    name: {
        pattern: /^(?=.{3,63}$)(\$root|\$web|[a-z0-9](-?[a-z0-9])*)$/,
        rule: "3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or digit",
        code: "InvalidResourceName",
        source: "https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata",
    },
    forceNew: [],
    immutable: [
        {
            path: "immutableStorageWithVersioning.enabled",
            code: "PropertyChangeNotAllowed",
            source: `${learn}/immutable-policy-configure-container-scope (code unverified)`,
        },
        {
            path: "defaultEncryptionScope",
            code: "PropertyChangeNotAllowed",
            source: `${learn}/encryption-scope-overview (code unverified)`,
        },
    ],
    rules: [
        onWrite(`${learn}/anonymous-read-access-prevent`, ({ id, inputs, azure }) => {
            const open = !["None", undefined].includes(text(inputs, "publicAccess"));
            const allowed = flag(azure.find(ancestorId(id, 1))?.outputs, "allowBlobPublicAccess");
            return (
                open &&
                !allowed &&
                refusal(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
            );
        }),
        // Code unverified: version-level immutability needs versioning and no hierarchical namespace.
        onWrite(`${learn}/immutable-policy-configure-version-scope`, ({ id, inputs, azure }) => {
            const account = ancestorId(id, 1);
            const versioned = flag(azure.find(`${account}/blobServices/default`)?.inputs, "isVersioningEnabled");
            const hns = flag(azure.find(account)?.inputs, "isHnsEnabled");
            const message = `Version-level immutability of '${nameOf(id)}' needs blob versioning and an account without hierarchical namespace.`;
            const asked = flag(inputs, "immutableStorageWithVersioning.enabled");
            return asked && (hns || !versioned) && refusal(409, "ConflictFeatureEnabled", message);
        }),
        onDelete(worm, ({ id, azure }) => {
            const policy = azure.find(`${id}/immutabilityPolicies/default`);
            return policy && text(policy.outputs, "state") === "Locked" && protectedFromDeletion(policy.id);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        type: "Microsoft.Storage/storageAccounts/blobServices/containers",
        publicAccess: text(inputs, "publicAccess") ?? "None",
        defaultEncryptionScope: text(inputs, "defaultEncryptionScope") ?? "$account-encryption-key",
        denyEncryptionScopeOverride: flag(inputs, "denyEncryptionScopeOverride"),
        hasImmutabilityPolicy: azure.find(`${id}/immutabilityPolicies/default`) !== undefined,
        hasLegalHold: false,
        leaseState: "Available",
        leaseStatus: "Unlocked",
    }),
    view: ({ id }, azure) => ({
        hasImmutabilityPolicy: azure.find(`${id}/immutabilityPolicies/default`) !== undefined,
    }),
};

// The codes of this type are unverified; the rules are Azure's.
const lockedCode = "ContainerImmutabilityPolicyFailure";

const immutabilityPolicy: ResourceType = {
    token: immutabilityToken,
    path: `${containerPath}/immutabilityPolicies/{immutabilityPolicyName}`,
    name: onlyDefault(
        "https://learn.microsoft.com/rest/api/storagerp/blob-containers/create-or-update-immutability-policy",
    ),
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${worm}#limits (code unverified)`, ({ inputs }) => {
            const days = amount(inputs, "immutabilityPeriodSinceCreationInDays");
            const fine = days !== undefined && Number.isInteger(days) && days >= 1 && days <= 146_000;
            const message = `immutabilityPeriodSinceCreationInDays must be 1 to 146000, got ${days ?? "nothing"}.`;
            return !fine && refusal(400, "InvalidRequestPropertyValue", message);
        }),
        onWrite(`${worm}#allow-protected-append-blobs-writes (code unverified)`, ({ inputs }) => {
            const both = flag(inputs, "allowProtectedAppendWrites") && flag(inputs, "allowProtectedAppendWritesAll");
            const message = "allowProtectedAppendWrites and allowProtectedAppendWritesAll exclude each other.";
            return both && refusal(400, "InvalidRequestPropertyValue", message);
        }),
        onWrite(`${learn}/immutable-policy-configure-container-scope (code unverified)`, ({ id, azure }) => {
            const versioned = flag(azure.find(ancestorId(id, 3))?.inputs, "immutableStorageWithVersioning.enabled");
            const message = `Container '${nameOf(ancestorId(id, 3))}' has version-level immutability, so it takes no container-level policy.`;
            return versioned && refusal(409, "ConflictFeatureEnabled", message);
        }),
        // A PUT changes unlocked policies only; a locked one is extended by another operation, five times at most.
        onUpdate(`${worm}#locked-versus-unlocked-policies (code unverified)`, ({ inputs }, previous) => {
            const path = "immutabilityPeriodSinceCreationInDays";
            const [before, after] = [amount(previous.inputs, path) ?? 0, amount(inputs, path) ?? 0];
            const message = `A locked immutability policy cannot be changed by this operation (${before} to ${after} days); its period can only be extended.`;
            return text(previous.outputs, "state") === "Locked" && refusal(412, lockedCode, message);
        }),
        onDelete(`${worm}#locked-versus-unlocked-policies (code unverified)`, ({ previous }) => {
            const message = "A locked immutability policy cannot be deleted.";
            return text(previous?.outputs, "state") === "Locked" && refusal(412, lockedCode, message);
        }),
    ],
    outputs: ({ id, inputs, previous }) => ({
        type: "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
        // Locking is an operation of its own (POST .../lock), which azure-native has no resource for.
        state: text(previous?.outputs, "state") ?? "Unlocked",
        etag: `"${stableHex(`${id}${JSON.stringify(inputs)}`, 16)}"`,
        allowProtectedAppendWrites: flag(inputs, "allowProtectedAppendWrites"),
        allowProtectedAppendWritesAll: flag(inputs, "allowProtectedAppendWritesAll"),
    }),
};

export const containerTypes: readonly ResourceType[] = [container, immutabilityPolicy];
