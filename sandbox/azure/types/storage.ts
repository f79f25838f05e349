import { regions } from "../../../facts/regions";
import { stableGuid } from "../guid";
import { isAtOrBelow, nameOf, sameId } from "../ids";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType } from "../resource-type";
import { regional, tagged } from "./common-rules";
import { keyFault } from "./keys";
import { amount, endpointConnections, flag, identityMap, onDelete, onUpdate, onWrite } from "./reading";
import { regionOf, text, texts, userIdentity } from "./reading";
import { containerTypes, immutabilityToken, protectedFromDeletion } from "./storage-container";
import { lifecycleTypes } from "./storage-lifecycle";
import { serviceTypes } from "./storage-service";

const learn = "https://learn.microsoft.com/azure/storage";
const errors = "https://learn.microsoft.com/rest/api/storagerp/srp_error_codes_common";
const redundancy = `${learn}/common/redundancy-migration`;
const hnsRules = `${learn}/blobs/storage-feature-support-in-storage-accounts`;
const ownKey = `${learn}/common/customer-managed-keys-configure-new-account`;

const accountPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";

/** SKUs of Azure Storage. @see https://learn.microsoft.com/rest/api/storagerp/srp_sku_types */
const skus = ["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"]
    .map((one) => `Standard_${one}`)
    .concat("Premium_LRS", "Premium_ZRS");
const skuOf = (value: unknown): string => text(value, "sku.name") ?? "";
const kindOf = (value: unknown): string => text(value, "kind") ?? "";
const ownKeyAsked = (inputs: Properties): boolean =>
    (text(inputs, "encryption.keySource") ?? "").toLowerCase() === "microsoft.keyvault";
const notAllowed = (property: string, value: string): Refusal => {
    const message = `The value '${value}' is not allowed for property ${property}. For more information, see - https://aka.ms/storageaccountset.`;
    return refusal(400, "InvalidRequestPropertyValue", message);
};

const policyState = "immutableStorageWithVersioning.immutabilityPolicy.state";
const accountPolicy =
    "https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create#accountimmutabilitypolicystate (code unverified)";

/** Set when the account is made and never again. */
const fixed = [
    "isHnsEnabled",
    "enableNfsV3",
    "dnsEndpointType",
    "encryption.requireInfrastructureEncryption",
    "encryption.services.queue.keyType",
    "encryption.services.table.keyType",
    "immutableStorageWithVersioning.enabled",
];

const account: ResourceType = {
    token: "azure-native:storage:StorageAccount",
    path: accountPath,
    name: {
        pattern: /^[a-z0-9]{3,24}$/,
        rule: "3 to 24 lower-case letters and digits",
        code: "AccountNameInvalid",
        global: true,
        takenCode: "StorageAccountAlreadyTaken",
        source: `${learn}/common/storage-account-overview#storage-account-name`,
    },
    forceNew: ["location", "isHnsEnabled"],
    immutable: fixed.map((path) => ({ path, code: "AccountPropertyCannotBeUpdated", source: errors })),
    rules: [
        ...regional,
        tagged,
        onWrite(errors, ({ inputs }) => {
            const message = `The account type '${skuOf(inputs)}' is not one of ${skus.join(", ")}.`;
            return !skus.includes(skuOf(inputs)) && refusal(400, "InvalidAccountType", message);
        }),
        onWrite(errors, ({ inputs }) => {
            const zonal = skuOf(inputs).endsWith("ZRS") && regions[regionOf(inputs)]?.zones === false;
            const message = `The account type ${skuOf(inputs)} is not supported in the location ${regionOf(inputs)}.`;
            return zonal && refusal(400, "AccountTypeNotSupportedInLocation", message);
        }),
        onWrite(`${learn}/common/storage-account-overview#types-of-storage-accounts`, ({ inputs }) => {
            const premium = skuOf(inputs).startsWith("Premium_");
            const premiumOnly = ["BlockBlobStorage", "FileStorage"].includes(kindOf(inputs));
            const wrong = premiumOnly !== premium && !(premium && ["StorageV2", "Storage"].includes(kindOf(inputs)));
            return (
                wrong &&
                refusal(
                    400,
                    "InvalidAccountType",
                    `The SKU ${skuOf(inputs)} does not go with the kind ${kindOf(inputs)}.`,
                )
            );
        }),
        // Adding or removing zones is a conversion, which no PUT starts; standard never becomes premium.
        onUpdate(redundancy, ({ inputs }, previous) => {
            const [before, after] = [skuOf(previous.inputs), skuOf(inputs)];
            const zonal = (sku: string): boolean => sku.endsWith("ZRS");
            const premium = (sku: string): boolean => sku.startsWith("Premium_");
            const moved = zonal(before) !== zonal(after) || premium(before) !== premium(after);
            const message = `The storage account does not support a conversion from ${before} to ${after}.`;
            return moved && refusal(400, "StorageAccountTypeConversionNotAllowed", message);
        }),
        onUpdate(`${learn}/common/storage-account-upgrade`, ({ inputs }, previous) => {
            const [before, after] = [kindOf(previous.inputs), kindOf(inputs)];
            const upgrade = after === "StorageV2" && ["Storage", "BlobStorage"].includes(before);
            const message = `The property 'kind' was specified in the input, but it cannot be updated as it is read-only. For more information, see - https://aka.ms/storageaccountupdate`;
            return before !== after && !upgrade && refusal(400, "AccountPropertyCannotBeUpdated", message);
        }),
        onWrite(errors, ({ inputs }) => {
            const tier = text(inputs, "accessTier");
            const message = `The access tier ${tier ?? "none"} is not allowed for the kind ${kindOf(inputs)}.`;
            const missing = kindOf(inputs) === "BlobStorage" && tier === undefined;
            const premium = skuOf(inputs).startsWith("Premium_") && tier !== undefined && tier !== "Premium";
            return (missing || premium) && refusal(400, "InvalidAccessTier", message);
        }),
        onWrite(`${hnsRules} (code unverified)`, ({ inputs }) => {
            const supported = ["StorageV2", "BlockBlobStorage"].includes(kindOf(inputs));
            return flag(inputs, "isHnsEnabled") && !supported && notAllowed("isHnsEnabled", "True");
        }),
        onWrite(`${learn}/blobs/immutable-storage-overview (code unverified)`, ({ inputs }) => {
            const worm = flag(inputs, "immutableStorageWithVersioning.enabled");
            return worm && flag(inputs, "isHnsEnabled") && notAllowed("immutableStorageWithVersioning.enabled", "True");
        }),
        onWrite(`${learn}/blobs/secure-file-transfer-protocol-support (code unverified)`, ({ inputs }) => {
            return (
                flag(inputs, "isSftpEnabled") && !flag(inputs, "isHnsEnabled") && notAllowed("isSftpEnabled", "True")
            );
        }),
        onWrite(`${learn}/blobs/network-file-system-protocol-support-how-to (code unverified)`, ({ inputs }) => {
            return flag(inputs, "enableNfsV3") && !flag(inputs, "isHnsEnabled") && notAllowed("enableNfsV3", "True");
        }),
        // TLS 1.0 and 1.1 are retired since February 2026; that a PUT with them is refused is unverified.
        onWrite(`${learn}/common/transport-layer-security-configure-migrate-to-tls2 (unverified)`, ({ inputs }) => {
            const version = text(inputs, "minimumTlsVersion");
            return (version === "TLS1_0" || version === "TLS1_1") && notAllowed("minimumTlsVersion", version);
        }),
        onWrite(`${learn}/common/account-encryption-key-create (code unverified)`, ({ inputs }) => {
            const services = ["queue", "table"].filter(
                (one) => text(inputs, `encryption.services.${one}.keyType`) === "Account",
            );
            const wrong = services.length > 0 && kindOf(inputs) !== "StorageV2";
            return wrong && notAllowed(`encryption.services.${services.join(", ")}.keyType`, "Account");
        }),
        onWrite(errors, ({ inputs }) => {
            const missing = isObject(inputs.encryption) && text(inputs, "encryption.keySource") === undefined;
            const message = "The Encryption KeySource is missing from the request.";
            return (
                missing &&
                isObject(valueAt(inputs, "encryption.keyVaultProperties")) &&
                refusal(400, "MissingEncryptionKeySource", message)
            );
        }),
        onWrite(ownKey, ownKeyRefusal),
        // The states are in the API's own description of AccountImmutabilityPolicyState; the codes are unverified.
        onWrite(accountPolicy, ({ inputs, previous }) => {
            const [before, after] = [text(previous?.inputs, policyState) ?? "Disabled", text(inputs, policyState)];
            const skipped = after === "Locked" && !["Unlocked", "Locked"].includes(before);
            return skipped && notAllowed(policyState, "Locked");
        }),
        onUpdate(accountPolicy, ({ inputs }, previous) => {
            if (text(previous.inputs, policyState) !== "Locked") return undefined;
            const [days, appends] = ["immutabilityPeriodSinceCreationInDays", "allowProtectedAppendWrites"].map(
                (name) => `immutableStorageWithVersioning.immutabilityPolicy.${name}`,
            ) as [string, string];
            const opened = text(inputs, policyState) !== "Locked";
            const shorter = (amount(inputs, days) ?? 0) < (amount(previous.inputs, days) ?? 0);
            const toggled = flag(inputs, appends) !== flag(previous.inputs, appends);
            const message =
                "The immutability policy of the account is locked: its period can be made longer, nothing else.";
            return (opened || shorter || toggled) && refusal(409, "AccountImmutabilityPolicyLocked", message);
        }),
        onWrite(accountPolicy, ({ inputs }) => {
            const path = "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays";
            const days = amount(inputs, path);
            const wrong = days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 146_000);
            return wrong && notAllowed(path, String(days));
        }),
        // As with containers, what is locked is taken to hold something.
        onDelete(accountPolicy, ({ id, previous }) => {
            const message = `The storage account ${nameOf(id)} is protected from deletion due to ImmutabilityPolicy.`;
            const locked = text(previous?.outputs, policyState) === "Locked";
            return locked && refusal(409, "ContainerProtectedFromDeletion", message);
        }),
        onDelete(`${learn}/blobs/immutable-storage-overview`, ({ id, azure }) => {
            const locked = azure
                .list(immutabilityToken)
                .filter((policy) => isAtOrBelow(policy.id, id) && text(policy.outputs, "state") === "Locked");
            return locked[0] && protectedFromDeletion(locked[0].id);
        }),
    ],
    outputs: ({ id, inputs, previous, azure }) => accountOutputs({ id, inputs, previous, azure }),
    view: ({ id }, azure) => ({ privateEndpointConnections: endpointConnections(azure, id) }),
};

function accountOutputs({
    id,
    inputs,
    previous,
    azure,
}: Pick<Request, "id" | "inputs" | "previous" | "azure">): Properties {
    const [name, type] = [nameOf(id), text(inputs, "identity.type") ?? "None"];
    const services: Readonly<Record<string, readonly string[]>> = {
        FileStorage: ["file"],
        BlockBlobStorage: ["blob", "web", "dfs"],
        BlobStorage: ["blob", "table"],
    };
    const own = services[kindOf(inputs)] ?? ["blob", "file", "queue", "table", "web", "dfs"];
    const host = (service: string): string =>
        `https://${name}.${service === "web" ? "z1.web" : service}.core.windows.net/`;
    const created = new Date(previous?.createdAt ?? azure.now()).toISOString();
    const user = type.includes("UserAssigned");
    const keys = valueAt(inputs, "encryption.keyVaultProperties");
    return {
        location: regionOf(inputs),
        type: "Microsoft.Storage/storageAccounts",
        sku: { name: skuOf(inputs), tier: skuOf(inputs).split("_")[0] },
        primaryLocation: regionOf(inputs),
        statusOfPrimary: "available",
        creationTime: created,
        keyCreationTime: { key1: created, key2: created },
        primaryEndpoints: Object.fromEntries(own.map((service) => [service, host(service)])),
        accessTier: text(inputs, "accessTier") ?? (skuOf(inputs).startsWith("Premium_") ? "Premium" : "Hot"),
        allowBlobPublicAccess: flag(inputs, "allowBlobPublicAccess"),
        allowSharedKeyAccess: valueAt(inputs, "allowSharedKeyAccess") !== false,
        enableHttpsTrafficOnly: valueAt(inputs, "enableHttpsTrafficOnly") !== false,
        minimumTlsVersion: text(inputs, "minimumTlsVersion") ?? "TLS1_2",
        publicNetworkAccess: text(inputs, "publicNetworkAccess") ?? "Enabled",
        isHnsEnabled: flag(inputs, "isHnsEnabled"),
        // Left out of a request, the firewall stands open: azure-native fills in the same when the property goes.
        networkRuleSet: {
            bypass: "AzureServices",
            defaultAction: "Allow",
            ...(isObject(inputs.networkRuleSet) ? inputs.networkRuleSet : {}),
        },
        encryption: {
            keySource: text(inputs, "encryption.keySource") ?? "Microsoft.Storage",
            services: { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
            ...(isObject(keys)
                ? {
                      keyVaultProperties: {
                          currentVersionedKeyIdentifier: `${text(keys, "keyVaultUri") ?? ""}keys/${text(keys, "keyName") ?? ""}`,
                      },
                  }
                : {}),
        },
        ...(isObject(inputs.identity)
            ? {
                  identity: {
                      type,
                      ...(type.includes("SystemAssigned")
                          ? { principalId: stableGuid(id, "principal"), tenantId: azure.tenantId }
                          : {}),
                      ...(user
                          ? {
                                userAssignedIdentities: identityMap(
                                    azure,
                                    texts(inputs, "identity.userAssignedIdentities"),
                                ),
                            }
                          : {}),
                  },
              }
            : {}),
        privateEndpointConnections: endpointConnections(azure, id),
    };
}

function ownKeyRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    if (!ownKeyAsked(inputs)) return undefined;
    const [uri, name] = [
        text(inputs, "encryption.keyVaultProperties.keyVaultUri"),
        text(inputs, "encryption.keyVaultProperties.keyName"),
    ];
    const user = text(inputs, "encryption.encryptionIdentity.encryptionUserAssignedIdentity");
    const assigned = texts(inputs, "identity.userAssignedIdentities");
    const listed = user !== undefined && assigned.some((one) => sameId(one, user));
    const system = (text(inputs, "identity.type") ?? "").includes("SystemAssigned");
    // Text: https://github.com/Azure/azure-service-operator/issues/4122; the code is unverified.
    if (uri === undefined || name === undefined || !(listed || (user === undefined && system))) {
        const message =
            "Missing pre-requisites to enable EncryptionAtRest/Customer Managed Key for this storage account. For more information, see - https://aka.ms/storagecmkconfiguration";
        return refusal(400, "InvalidRequestPropertyValue", message);
    }
    const principalId = user === undefined ? stableGuid(id, "principal") : userIdentity(azure, user)?.principalId;
    const version = text(inputs, "encryption.keyVaultProperties.keyVersion");
    const keyUri = `${uri.replace(/\/*$/, "")}/keys/${name}${version === undefined ? "" : `/${version}`}`;
    const fault = keyFault(azure, { uri: keyUri, principalId, operation: "wrap" });
    switch (fault?.kind) {
        case undefined:
            return undefined;
        case "unprotected":
            return refusal(400, "KeyVaultPolicyError", "Keyvault policy recoverable is not set");
        case "firewall":
        case "forbidden": {
            const message =
                "The operation failed because of authentication issue on the keyvault. For more information, see - https://aka.ms/storagekeyvaultaccesspolicy";
            return refusal(400, "KeyVaultAuthenticationFailure", message);
        }
        // The code of these is unverified.
        case "malformed":
        case "noVault":
        case "noKey":
        case "disabled":
        case "notRsa":
            return refusal(400, "InvalidRequestPropertyValue", `The key of the account cannot be used: ${fault.text}.`);
    }
}

export const storageTypes: readonly ResourceType[] = [account, ...serviceTypes, ...containerTypes, ...lifecycleTypes];
