import { ancestorId, nameOf, sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import { stableGuid, stableHex } from "../guid";
import type { Properties, Refusal, Request, ResourceType } from "../resource-type";
import { regional, tagged } from "./common-rules";
import { findVault, keyFault, keyToken, parseKeyUri, protectedFromPurge, vaultToken, vaultUri } from "./keys";
import { amount, endpointConnections, flag, identityMap, onCreate, onUpdate, onWrite, records } from "./reading";
import { regionOf, text, texts, userIdentity } from "./reading";

const learn = "https://learn.microsoft.com/azure";
const softDelete = `${learn}/key-vault/general/soft-delete-overview`;
const vaultPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}";

const vault: ResourceType = {
    token: vaultToken,
    path: vaultPath,
    name: {
        pattern: /^(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])*$/,
        rule: "3 to 24 letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
        code: "VaultNameNotValid",
        global: true,
        takenCode: "VaultAlreadyExists",
        source: `${learn}/key-vault/general/common-error-codes`,
    },
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onCreate("https://github.com/hashicorp/terraform-provider-azurerm/issues/12972", ({ id, inputs, azure }) => {
            const gone = !azure.softDeleted(vaultToken).some((other) => sameId(other.id, id));
            const recover = text(inputs, "properties.createMode") === "recover";
            return (
                recover &&
                gone &&
                refusal(404, "SoftDeletedVaultDoesNotExist", `A soft deleted vault with the given name does not exist.`)
            );
        }),
        // Refused at creation too: https://github.com/Azure/azure-rest-api-specs/issues/18106
        onWrite(`${softDelete}#purge-protection`, ({ inputs }) => {
            const text =
                'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.';
            return valueAt(inputs, "properties.enablePurgeProtection") === false && refusal(400, "BadRequest", text);
        }),
        onWrite(`${learn}/key-vault/general/soft-delete-change`, ({ inputs }) => {
            const text =
                'The property "enableSoftDelete" cannot be set to false. Soft delete cannot be turned off for a vault.';
            return valueAt(inputs, "properties.enableSoftDelete") === false && refusal(400, "BadRequest", text);
        }),
        onWrite(softDelete, ({ inputs }) => {
            const days = amount(inputs, "properties.softDeleteRetentionInDays") ?? 90;
            const text = `The property "softDeleteRetentionInDays" must be between 7 and 90, got ${days}.`;
            return !(days >= 7 && days <= 90) && refusal(400, "BadRequest", text);
        }),
        onUpdate(softDelete, ({ inputs }, previous) => {
            const path = "properties.softDeleteRetentionInDays";
            const [before, after] = [amount(previous.outputs, path) ?? 90, amount(inputs, path)];
            const text = `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`;
            return after !== undefined && after !== before && refusal(400, "BadRequest", text);
        }),
        // The code is unverified; that the tenant must be the subscription's is not.
        onWrite(`${learn}/key-vault/general/move-subscription`, ({ inputs, azure }) => {
            const tenant = text(inputs, "properties.tenantId") ?? "";
            const wrong = `Invalid value found at properties.tenantId: '${tenant}' is not the tenant of the subscription.`;
            return !sameId(tenant, azure.tenantId) && refusal(400, "BadRequest", wrong);
        }),
        onWrite(`${learn}/key-vault/general/assign-access-policy#limits`, ({ inputs }) => {
            const policies = records(inputs, "properties.accessPolicies").length;
            return (
                policies > 1024 && refusal(400, "BadRequest", `A vault takes 1024 access policies, got ${policies}.`)
            );
        }),
    ],
    outputs: ({ id, inputs, previous, azure }) => ({
        location: regionOf(inputs),
        type: "Microsoft.KeyVault/vaults",
        properties: {
            vaultUri: vaultUri(id),
            enableSoftDelete: true,
            softDeleteRetentionInDays:
                amount(inputs, "properties.softDeleteRetentionInDays") ??
                amount(previous?.outputs, "properties.softDeleteRetentionInDays") ??
                90,
            // Left out of an update, the protection stays; left out at creation, it is not there.
            ...(flag(inputs, "properties.enablePurgeProtection") || (previous && protectedFromPurge(previous))
                ? { enablePurgeProtection: true }
                : {}),
            enableRbacAuthorization: flag(inputs, "properties.enableRbacAuthorization"),
            publicNetworkAccess: text(inputs, "properties.publicNetworkAccess") ?? "Enabled",
            accessPolicies: valueAt(inputs, "properties.accessPolicies") ?? [],
            provisioningState: "Succeeded",
            privateEndpointConnections: endpointConnections(azure, id),
        },
    }),
    view: ({ id }, azure) => ({ properties: { privateEndpointConnections: endpointConnections(azure, id) } }),
    deletion: {
        softDeleteDays: (previous) => amount(previous.outputs, "properties.softDeleteRetentionInDays") ?? 90,
        source: softDelete,
        code: "ConflictError",
    },
};

const keyDetails = `${learn}/key-vault/keys/about-keys-details`;
const rotation = `${learn}/key-vault/keys/how-to-configure-key-rotation`;

const key: ResourceType = {
    token: keyToken,
    path: `${vaultPath}/keys/{keyName}`,
    name: {
        pattern: /^[a-zA-Z0-9-]{1,127}$/,
        rule: "1 to 127 letters, digits and hyphens",
        code: "BadParameter",
        source: `${learn}/azure-resource-manager/management/resource-name-rules#microsoftkeyvault`,
    },
    forceNew: [],
    immutable: [],
    rules: [
        onCreate(keyDetails, ({ inputs }) => {
            const [kty, size] = [text(inputs, "properties.kty") ?? "RSA", amount(inputs, "properties.keySize")];
            const wrong = kty.startsWith("RSA") && size !== undefined && ![2048, 3072, 4096].includes(size);
            return wrong && refusal(400, "BadParameter", `RSA key size must be 2048, 3072 or 4096, got ${size}.`);
        }),
        onCreate(keyDetails, ({ inputs }) => {
            const [kty, curve] = [text(inputs, "properties.kty") ?? "RSA", text(inputs, "properties.curveName")];
            const wrong = curve !== undefined && !kty.startsWith("EC");
            return wrong && refusal(400, "BadParameter", `Property curveName does not apply to a key of type ${kty}.`);
        }),
        // The refusal is in https://github.com/MicrosoftDocs/azure-docs/issues/34948; its code over ARM is unverified.
        onCreate(`${learn}/key-vault/keys/about-keys`, ({ id, inputs, azure }) => {
            const kty = text(inputs, "properties.kty") ?? "RSA";
            const sku = text(azure.find(ancestorId(id, 1))?.outputs, "properties.sku.name");
            const wrong = `Keys of type ${kty} need a vault with sku premium, got ${sku ?? "none"}.`;
            return kty.endsWith("-HSM") && sku !== "premium" && refusal(403, "Forbidden", wrong);
        }),
        onCreate(rotation, ({ inputs }) => {
            const fault = rotationFault(inputs);
            return fault !== undefined && refusal(400, "BadParameter", fault);
        }),
    ],
    outputs: ({ id, inputs, previous }) => {
        // ARM makes the first version of a key. A PUT on a key that exists writes nothing and answers with what is there.
        // https://learn.microsoft.com/rest/api/keyvault/keyvault/keys/create-if-not-exist
        if (previous) return previous.outputs;
        const uri = `${vaultUri(ancestorId(id, 1))}keys/${nameOf(id)}`;
        const kty = text(inputs, "properties.kty") ?? "RSA";
        const details = kty.startsWith("EC")
            ? { curveName: text(inputs, "properties.curveName") ?? "P-256" }
            : { keySize: amount(inputs, "properties.keySize") ?? 2048 };
        const operations = texts(inputs, "properties.keyOps");
        const all = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
        return {
            kty,
            ...details,
            keyOps: operations.length > 0 ? operations : all,
            keyUri: uri,
            keyUriWithVersion: `${uri}/${stableHex(`${id.toLowerCase()}\nversion`, 32)}`,
            attributes: {
                enabled: valueAt(inputs, "properties.attributes.enabled") !== false,
                exportable: flag(inputs, "properties.attributes.exportable"),
                recoveryLevel: "Recoverable+ProtectedSubscription",
            },
            rotationPolicy: valueAt(inputs, "properties.rotationPolicy"),
            type: "Microsoft.KeyVault/vaults/keys",
        };
    },
    deletion: "forget",
};

/** Days of an ISO 8601 duration in years, months, weeks or days, as rotation policies have them. */
function days(duration: string): number | undefined {
    const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration);
    if (!match || duration === "P") return undefined;
    const [years = 0, months = 0, weeks = 0, rest = 0] = match
        .slice(1)
        .map((part: string | undefined) => Number(part ?? 0));
    return years * 365 + months * 30 + weeks * 7 + rest;
}

function rotationFault(inputs: Properties): string | undefined {
    const expiry = text(inputs, "properties.rotationPolicy.attributes.expiryTime");
    const life = expiry === undefined ? undefined : days(expiry);
    if (expiry !== undefined && (life === undefined || life < 28)) {
        return `rotationPolicy.attributes.expiryTime must be at least P28D, got ${expiry}.`;
    }
    for (const action of records(inputs, "properties.rotationPolicy.lifetimeActions")) {
        const type = text(action, "action.type") ?? "";
        const [after, before] = [text(action, "trigger.timeAfterCreate"), text(action, "trigger.timeBeforeExpiry")];
        if ((after === undefined) === (before === undefined)) {
            return `lifetimeActions of type ${type} must have exactly one of timeAfterCreate and timeBeforeExpiry.`;
        }
        const time = days(after ?? before ?? "");
        if (time === undefined || (type.toLowerCase() === "rotate" && time < 7)) {
            return `A key rotates no sooner than 7 days after its creation or before its expiry, got ${after ?? before ?? ""}.`;
        }
        if (before !== undefined && life === undefined)
            return "timeBeforeExpiry needs rotationPolicy.attributes.expiryTime.";
        if (life !== undefined && time >= life)
            return `A trigger of ${after ?? before ?? ""} is not within the expiry of ${expiry ?? ""}.`;
    }
    return undefined;
}

const diskKeys = `${learn}/virtual-machines/disk-encryption#restrictions`;
const keyUrlRule =
    "https://learn.microsoft.com/rest/api/compute/disk-encryption-sets/create-or-update#keyfordiskencryptionset";

/** Where clusters and scale sets name the set of their disks. */
const diskSetPaths = [
    "diskEncryptionSetID",
    "virtualMachineProfile.storageProfile.osDisk.managedDisk.diskEncryptionSet.id",
];

const diskEncryptionSet: ResourceType = {
    token: "azure-native:compute:DiskEncryptionSet",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/diskEncryptionSets/{diskEncryptionSetName}",
    name: {
        pattern: /^[a-zA-Z0-9_-]{1,80}$/,
        rule: "1 to 80 letters, digits, underscores and hyphens",
        code: "InvalidParameter",
        source: "https://learn.microsoft.com/rest/api/compute/disk-encryption-sets/create-or-update#uri-parameters",
    },
    forceNew: ["location"],
    immutable: [
        { path: "encryptionType", code: "PropertyChangeNotAllowed", source: diskKeys },
        { path: "federatedClientId", code: "PropertyChangeNotAllowed", source: `${diskKeys} (unverified)` },
    ],
    rules: [
        ...regional,
        tagged,
        onWrite(keyUrlRule, ({ inputs }) => {
            const url = text(inputs, "activeKey.keyUrl") ?? "";
            const wrong = `The value '${url}' of parameter activeKey.keyUrl is invalid: the URL of a key with its version is required.`;
            return parseKeyUri(url)?.version === undefined && refusal(400, "InvalidParameter", wrong);
        }),
        onWrite(`${learn}/virtual-machines/disks-enable-customer-managed-keys-portal`, ({ inputs }) => {
            const type = text(inputs, "identity.type") ?? "None";
            const missing = `The value '${type}' of parameter identity.type is invalid: a disk encryption set needs an identity.`;
            return type === "None" && refusal(400, "InvalidParameter", missing);
        }),
        onWrite(keyUrlRule, ({ inputs, azure }) => {
            const [source, uri] = [text(inputs, "activeKey.sourceVault.id"), text(inputs, "activeKey.keyUrl") ?? ""];
            const vault = findVault(azure, parseKeyUri(uri)?.vaultUri ?? "");
            const wrong = `The value '${source ?? ""}' of parameter activeKey.sourceVault.id is invalid: the key is not in that vault.`;
            return (
                source !== undefined && vault && !sameId(vault.id, source) && refusal(400, "InvalidParameter", wrong)
            );
        }),
        // That they share a region is documented; the code is unverified.
        onCreate(diskKeys, ({ inputs, azure }) => {
            const vault = findVault(azure, parseKeyUri(text(inputs, "activeKey.keyUrl") ?? "")?.vaultUri ?? "");
            const wrong = `The key vault is in '${regionOf(vault?.outputs)}' and the disk encryption set in '${regionOf(inputs)}'; they must be in one region.`;
            return vault && regionOf(vault.outputs) !== regionOf(inputs) && refusal(400, "InvalidParameter", wrong);
        }),
        onWrite("https://aka.ms/keyvaultaccessssecmk", diskKeyRefusal),
        {
            on: ["delete"],
            // Codes as Compute answers for a set that disks use: https://github.com/hashicorp/terraform-provider-azurerm/issues/13346
            source: diskKeys,
            refuse: ({ id, azure }) => {
                const users = azure
                    .list()
                    .filter(({ inputs }) => diskSetPaths.some((path) => sameId(text(inputs, path) ?? "", id)));
                const names = users.map((user) => nameOf(user.id)).join(", ");
                const used = `Disk encryption set '${nameOf(id)}' cannot be deleted: it encrypts the disks of ${names}.`;
                return users.length > 0 ? refusal(409, "OperationNotAllowed", used) : undefined;
            },
        },
    ],
    outputs: ({ id, inputs, azure }) => {
        const type = text(inputs, "identity.type") ?? "None";
        const system = type.includes("SystemAssigned");
        return {
            location: regionOf(inputs),
            encryptionType: text(inputs, "encryptionType") ?? "EncryptionAtRestWithCustomerKey",
            rotationToLatestKeyVersionEnabled: flag(inputs, "rotationToLatestKeyVersionEnabled"),
            previousKeys: [],
            identity: {
                type,
                ...(system ? { principalId: stableGuid(id, "principal"), tenantId: azure.tenantId } : {}),
                ...(type.includes("UserAssigned")
                    ? { userAssignedIdentities: identityMap(azure, texts(inputs, "identity.userAssignedIdentities")) }
                    : {}),
            },
            type: "Microsoft.Compute/diskEncryptionSets",
        };
    },
};

function diskKeyRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    const uri = text(inputs, "activeKey.keyUrl") ?? "";
    const [user] = texts(inputs, "identity.userAssignedIdentities");
    const identity = user === undefined ? undefined : userIdentity(azure, user);
    if (user !== undefined && !identity) {
        const missing = `The identity '${user}' was not found.`;
        return refusal(400, "FailedIdentityOperation", missing);
    }
    const fault = keyFault(azure, {
        uri,
        principalId: user === undefined ? stableGuid(id, "principal") : identity?.principalId,
        operation: "wrap",
    });
    switch (fault?.kind) {
        case undefined:
        case "malformed":
            return undefined;
        case "firewall":
        case "forbidden": {
            const who = user === undefined ? "the system-assigned identity" : `user-assigned identity '${user}'`;
            const wrong = `Unable to access key vault resource '${uri}' to enable encryption at rest. Please grant get, wrap and unwrap key permissions to ${who}. Please visit https://aka.ms/keyvaultaccessssecmk for more information.`;
            return refusal(400, "KeyVaultAccessForbidden", wrong);
        }
        // Codes of the rest are unverified.
        case "noVault":
        case "noKey":
            return refusal(400, "KeyVaultKeyNotFound", `Unable to encrypt at rest: ${fault.text}.`);
        case "unprotected":
        case "disabled":
        case "notRsa":
            return refusal(400, "InvalidParameter", `The value of parameter activeKey is invalid: ${fault.text}.`);
    }
}

export const encryptionTypes: readonly ResourceType[] = [vault, key, diskEncryptionSet];
