import { ancestorId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType, Stored } from "../resource-type";
import { amount, flag, onWrite, text } from "./reading";

const learn = "https://learn.microsoft.com/azure/storage";
const pointInTime = `${learn}/blobs/point-in-time-restore-overview`;
const accountPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";

/** The one name that a part of an account can have. */
export const onlyDefault = (source: string): NonNullable<ResourceType["name"]> => ({
    pattern: /^default$/,
    rule: "the only name is 'default'",
    code: "InvalidResourceName",
    source,
});

/** Two features of one account that exclude each other. */
function conflicting(feature: string, state: string): Refusal {
    // As Azure words it: https://github.com/Azure/azure-rest-api-specs/issues/11237
    return refusal(
        409,
        "ConflictFeatureEnabled",
        `Conflicting feature '${feature}' is '${state}'. Please disable it and retry.`,
    );
}

function unsupported(feature: string, account: Stored | undefined): Refusal {
    const message = `${feature} is not supported for the account of kind ${text(account?.inputs, "kind") ?? ""}.`;
    return refusal(400, "FeatureNotSupportedForAccount", message);
}

/** Days of a retention policy, 1 to 365, named when the policy is on. */
function retentionFault(inputs: Properties, policy: string): Refusal | undefined {
    const days = amount(inputs, `${policy}.days`);
    const fine =
        days === undefined ? !flag(inputs, `${policy}.enabled`) : Number.isInteger(days) && days >= 1 && days <= 365;
    // The code is unverified.
    return fine
        ? undefined
        : refusal(400, "InvalidRequestPropertyValue", `${policy}.days must be 1 to 365, got ${days ?? "nothing"}.`);
}

const blobService: ResourceType = {
    token: "azure-native:storage:BlobServiceProperties",
    path: `${accountPath}/blobServices/{blobServicesName}`,
    name: onlyDefault("https://learn.microsoft.com/rest/api/storagerp/blob-services/set-service-properties"),
    forceNew: [],
    immutable: [],
    rules: [
        onWrite("https://learn.microsoft.com/rest/api/storagerp/srp_error_codes_common", ({ id, azure }) => {
            const account = azure.find(ancestorId(id, 1));
            return text(account?.inputs, "kind") === "FileStorage" && unsupported("The blob service", account);
        }),
        // 409 as seen in https://github.com/hashicorp/terraform-provider-azurerm/pull/32722; the code's text is unverified.
        onWrite(`${learn}/blobs/storage-feature-support-in-storage-accounts`, ({ id, inputs, azure }) => {
            const asked = ["isVersioningEnabled", "changeFeed.enabled", "restorePolicy.enabled"].some((path) =>
                flag(inputs, path),
            );
            return (
                asked &&
                flag(azure.find(ancestorId(id, 1))?.inputs, "isHnsEnabled") &&
                conflicting("isHnsEnabled", "enabled")
            );
        }),
        onWrite(pointInTime, ({ inputs }) => {
            const needed = ["isVersioningEnabled", "changeFeed.enabled", "deleteRetentionPolicy.enabled"];
            const missing = needed.find((path) => !flag(inputs, path));
            return flag(inputs, "restorePolicy.enabled") && missing !== undefined && conflicting(missing, "disabled");
        }),
        // Code unverified; the bound is documented.
        onWrite(pointInTime, ({ inputs }) => {
            const [days, kept] = [
                amount(inputs, "restorePolicy.days"),
                amount(inputs, "deleteRetentionPolicy.days") ?? 0,
            ];
            const wrong = flag(inputs, "restorePolicy.enabled") && !(days !== undefined && days >= 1 && days < kept);
            const message = `restorePolicy.days must be at least 1 and below deleteRetentionPolicy.days (${kept}), got ${days ?? "nothing"}.`;
            return wrong && refusal(400, "InvalidRequestPropertyValue", message);
        }),
        onWrite(`${pointInTime}#limitations-and-known-issues`, ({ id, inputs, azure }) => {
            const worm = flag(azure.find(ancestorId(id, 1))?.inputs, "immutableStorageWithVersioning.enabled");
            return (
                flag(inputs, "restorePolicy.enabled") &&
                worm &&
                conflicting("immutableStorageWithVersioning", "enabled")
            );
        }),
        onWrite("https://github.com/Azure/azure-rest-api-specs/issues/11237", ({ inputs }) => {
            const both =
                flag(inputs, "restorePolicy.enabled") && flag(inputs, "deleteRetentionPolicy.allowPermanentDelete");
            return both && conflicting("restorePolicy", "enabled");
        }),
        onWrite(`${learn}/blobs/immutable-policy-configure-version-scope`, ({ id, inputs, azure }) => {
            const worm = flag(azure.find(ancestorId(id, 1))?.inputs, "immutableStorageWithVersioning.enabled");
            const off = valueAt(inputs, "isVersioningEnabled") !== true;
            return worm && off && conflicting("immutableStorageWithVersioning", "enabled");
        }),
        onWrite(`${learn}/blobs/soft-delete-blob-overview`, ({ inputs }) =>
            retentionFault(inputs, "deleteRetentionPolicy"),
        ),
        onWrite(`${learn}/blobs/soft-delete-container-overview`, ({ inputs }) =>
            retentionFault(inputs, "containerDeleteRetentionPolicy"),
        ),
    ],
    outputs: ({ id, inputs, azure }) => ({
        type: "Microsoft.Storage/storageAccounts/blobServices",
        sku: valueAt(azure.find(ancestorId(id, 1))?.outputs, "sku"),
        deleteRetentionPolicy: { enabled: flag(inputs, "deleteRetentionPolicy.enabled"), allowPermanentDelete: false },
        ...(valueAt(inputs, "cors") === undefined ? { cors: { corsRules: [] } } : {}),
    }),
    deletion: "reset",
};

const fileService: ResourceType = {
    token: "azure-native:storage:FileServiceProperties",
    path: `${accountPath}/fileServices/{fileServicesName}`,
    name: onlyDefault("https://learn.microsoft.com/rest/api/storagerp/file-services/set-service-properties"),
    forceNew: [],
    immutable: [],
    rules: [
        onWrite("https://learn.microsoft.com/rest/api/storagerp/srp_error_codes_common", ({ id, azure }) => {
            const account = azure.find(ancestorId(id, 1));
            const without = ["BlockBlobStorage", "BlobStorage"].includes(text(account?.inputs, "kind") ?? "");
            return without && unsupported("The file service", account);
        }),
        onWrite(`${learn}/files/storage-files-prevent-file-share-deletion`, ({ inputs }) =>
            retentionFault(inputs, "shareDeleteRetentionPolicy"),
        ),
        onWrite(`${learn}/files/smb-performance#smb-multichannel`, ({ id, inputs, azure }) => {
            const account = azure.find(ancestorId(id, 1));
            const asked = flag(inputs, "protocolSettings.smb.multichannel.enabled");
            return asked && text(account?.inputs, "kind") !== "FileStorage" && unsupported("SMB Multichannel", account);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        type: "Microsoft.Storage/storageAccounts/fileServices",
        sku: valueAt(azure.find(ancestorId(id, 1))?.outputs, "sku"),
        ...(valueAt(inputs, "shareDeleteRetentionPolicy") === undefined
            ? { shareDeleteRetentionPolicy: { enabled: true, days: 7 } }
            : {}),
    }),
    deletion: "reset",
};

export const serviceTypes: readonly ResourceType[] = [blobService, fileService];
