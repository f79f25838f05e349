import { regions } from "../../../facts/regions";
import { nameOf, sameId } from "../ids";
import { isObject } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType } from "../resource-type";
import { stableGuid, stableHex } from "../guid";
import { regional, tagged } from "./common-rules";
import { keyFault, parseKeyUri } from "./keys";
import { amount, endpointConnections, flag, identityMap, onUpdate, onWrite, records } from "./reading";
import { regionOf, text, texts, userIdentity } from "./reading";

const learn = "https://learn.microsoft.com/azure/container-registry";
const skus = `${learn}/container-registry-skus`;
const ownKey = `${learn}/tutorial-customer-managed-keys`;
const ownKeyFaults = `${learn}/tutorial-troubleshoot-customer-managed-keys`;
const dataLoss = `${learn}/data-loss-prevention`;
const softDelete = `${learn}/container-registry-soft-delete-policy`;

const skuOf = (value: unknown): string => text(value, "sku.name") ?? "";
const encrypted = (value: unknown): boolean => text(value, "encryption.status") === "enabled";
const enabled = (inputs: Properties, policy: string): boolean =>
    text(inputs, `policies.${policy}.status`) === "enabled";
const closed = (inputs: Properties): boolean => text(inputs, "publicNetworkAccess") === "Disabled";

/** What only the Premium tier has, and the code that says so. Codes but the first are unverified. */
const premiumOnly: readonly { code: string; feature: string; asked: (inputs: Properties) => boolean }[] = [
    { code: "DisablingPublicNetworkAccessNotSupported", feature: "Disabling public network access", asked: closed },
    { code: "SkuNotSupported", feature: "Encryption with a customer-managed key", asked: encrypted },
    {
        code: "SkuNotSupported",
        feature: "A network rule set",
        asked: (inputs) =>
            text(inputs, "networkRuleSet.defaultAction") === "Deny" ||
            records(inputs, "networkRuleSet.ipRules").length > 0,
    },
    {
        code: "SkuNotSupported",
        feature: "A dedicated data endpoint",
        asked: (inputs) => flag(inputs, "dataEndpointEnabled"),
    },
    { code: "SkuNotSupported", feature: "A retention policy", asked: (inputs) => enabled(inputs, "retentionPolicy") },
    { code: "SkuNotSupported", feature: "Content trust", asked: (inputs) => enabled(inputs, "trustPolicy") },
    {
        code: "SkuNotSupported",
        feature: "Disabling export",
        asked: (inputs) => text(inputs, "policies.exportPolicy.status") === "disabled",
    },
];

const registry: ResourceType = {
    token: "azure-native:containerregistry:Registry",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}",
    name: {
        pattern: /^[a-zA-Z0-9]{5,50}$/,
        rule: "5 to 50 letters and digits",
        code: "InvalidResourceName",
        global: true,
        // https://github.com/MicrosoftDocs/azure-dev-docs/issues/1303
        takenCode: "AlreadyInUse",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerregistry (code unverified)",
    },
    forceNew: ["location"],
    immutable: [
        // Documented as fixed; the code is unverified.
        {
            path: "zoneRedundancy",
            code: "PropertyChangeNotAllowed",
            source: `${learn}/zone-redundancy (code unverified)`,
        },
    ],
    rules: [
        ...regional,
        tagged,
        onWrite(skus, ({ inputs }) => {
            if (skuOf(inputs) === "Premium") return undefined;
            const refused = premiumOnly.find(({ asked }) => asked(inputs));
            const message = `${refused?.feature ?? ""} is not supported for the SKU ${skuOf(inputs)}. For more information, please visit https://aka.ms/acr/skus.`;
            return refused && refusal(400, refused.code, message);
        }),
        onWrite(skus, ({ inputs }) => {
            const refused = flag(inputs, "anonymousPullEnabled") && skuOf(inputs) === "Basic";
            return refused && refusal(400, "SkuNotSupported", "Anonymous pull is not supported for the SKU Basic.");
        }),
        onUpdate(`${learn}/container-registry-private-link (code unverified)`, ({ id, inputs, azure }) => {
            const linked = skuOf(inputs) !== "Premium" && endpointConnections(azure, id).length > 0;
            const message = `The registry '${nameOf(id)}' has private endpoints, which the SKU ${skuOf(inputs)} does not support.`;
            return linked && refusal(400, "SkuNotSupported", message);
        }),
        onWrite(`${learn}/zone-redundancy (code unverified)`, ({ inputs }) => {
            const refused = text(inputs, "zoneRedundancy") === "Enabled" && regions[regionOf(inputs)]?.zones === false;
            return (
                refused &&
                refusal(400, "ZoneRedundancyNotSupported", `The region ${regionOf(inputs)} has no availability zones.`)
            );
        }),
        // Key at creation or never: https://github.com/Azure/acr/issues/416. The code is unverified.
        onUpdate(ownKey, ({ id, inputs }, previous) => {
            const message = `Encryption of the registry '${nameOf(id)}' can be set at creation only, from ${encrypted(previous.inputs)} to ${encrypted(inputs)} is no update.`;
            return encrypted(previous.inputs) !== encrypted(inputs) && refusal(400, "BadRequest", message);
        }),
        onWrite(ownKey, ownKeyRefusal),
        onWrite("https://github.com/Azure/PSRule.Rules.Azure/issues/1810", ({ id, inputs }) => {
            const message = `This feature 'ContentTrust' is currently not supported when encryption is enabled for the resource ${nameOf(id)}. For more information on customer-managed keys, please visit 'https://aka.ms/acr/cmk'.`;
            return (
                encrypted(inputs) &&
                enabled(inputs, "trustPolicy") &&
                refusal(400, "BlockedForEncryptionEnabledRegistry", message)
            );
        }),
        // Text and code: https://github.com/Azure-Samples/holiday-peak-hub/pull/830
        onWrite(dataLoss, ({ id, inputs }) => {
            const message = `Enabling public network access is not supported because the registry '${nameOf(id)}' has exports disabled.`;
            const sealed = text(inputs, "policies.exportPolicy.status") === "disabled";
            return sealed && !closed(inputs) && refusal(400, "BadRequest", message);
        }),
        onWrite(`${softDelete} (code unverified)`, ({ inputs }) => {
            const both = enabled(inputs, "retentionPolicy") && enabled(inputs, "softDeletePolicy");
            const message = "The retention policy and the soft delete policy cannot be enabled at the same time.";
            return both && refusal(400, "BadRequest", message);
        }),
        onWrite(`${softDelete} (code unverified)`, ({ inputs }) => {
            const days = amount(inputs, "policies.softDeletePolicy.retentionDays");
            const wrong = days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 90);
            return wrong && refusal(400, "BadRequest", `softDeletePolicy.retentionDays must be 1 to 90, got ${days}.`);
        }),
        onWrite(`${learn}/container-registry-retention-policy (code unverified)`, ({ inputs }) => {
            const days = amount(inputs, "policies.retentionPolicy.days");
            const wrong = days !== undefined && !(Number.isInteger(days) && days >= 0 && days <= 365);
            return wrong && refusal(400, "BadRequest", `retentionPolicy.days must be 0 to 365, got ${days}.`);
        }),
    ],
    outputs: ({ id, inputs, previous, azure }) => {
        const [name, region] = [nameOf(id).toLowerCase(), regionOf(inputs)];
        const identities = texts(inputs, "identity.userAssignedIdentities");
        const uri = text(inputs, "encryption.keyVaultProperties.keyIdentifier");
        return {
            location: region,
            type: "Microsoft.ContainerRegistry/registries",
            sku: { name: skuOf(inputs), tier: skuOf(inputs) },
            loginServer: `${name}.azurecr.io`,
            creationDate: new Date(previous?.createdAt ?? azure.now()).toISOString(),
            adminUserEnabled: flag(inputs, "adminUserEnabled"),
            anonymousPullEnabled: flag(inputs, "anonymousPullEnabled"),
            dataEndpointEnabled: flag(inputs, "dataEndpointEnabled"),
            dataEndpointHostNames: flag(inputs, "dataEndpointEnabled") ? [`${name}.${region}.data.azurecr.io`] : [],
            publicNetworkAccess: text(inputs, "publicNetworkAccess") ?? "Enabled",
            networkRuleBypassOptions: text(inputs, "networkRuleBypassOptions") ?? "AzureServices",
            zoneRedundancy: text(inputs, "zoneRedundancy") ?? "Disabled",
            policies: {
                quarantinePolicy: { status: text(inputs, "policies.quarantinePolicy.status") ?? "disabled" },
                trustPolicy: { type: "Notary", status: text(inputs, "policies.trustPolicy.status") ?? "disabled" },
                retentionPolicy: {
                    days: amount(inputs, "policies.retentionPolicy.days") ?? 7,
                    status: text(inputs, "policies.retentionPolicy.status") ?? "disabled",
                },
                exportPolicy: { status: text(inputs, "policies.exportPolicy.status") ?? "enabled" },
                softDeletePolicy: {
                    retentionDays: amount(inputs, "policies.softDeletePolicy.retentionDays") ?? 7,
                    status: text(inputs, "policies.softDeletePolicy.status") ?? "disabled",
                },
                azureADAuthenticationAsArmPolicy: {
                    status: text(inputs, "policies.azureADAuthenticationAsArmPolicy.status") ?? "enabled",
                },
            },
            encryption:
                uri === undefined
                    ? { status: "disabled" }
                    : {
                          keyVaultProperties: {
                              keyRotationEnabled: parseKeyUri(uri)?.version === undefined,
                              versionedKeyIdentifier: versioned(uri),
                          },
                      },
            ...(isObject(inputs.identity)
                ? {
                      identity: {
                          userAssignedIdentities: identityMap(azure, identities),
                          ...((text(inputs, "identity.type") ?? "").includes("SystemAssigned")
                              ? { principalId: stableGuid(id, "principal"), tenantId: azure.tenantId }
                              : {}),
                      },
                  }
                : {}),
            privateEndpointConnections: endpointConnections(azure, id),
        };
    },
    view: ({ id }, azure) => ({ privateEndpointConnections: endpointConnections(azure, id) }),
};

/** The version of the key that a registry uses; a stable one where the key is not known here (a managed HSM's). */
function versioned(uri: string): string {
    return parseKeyUri(uri)?.version === undefined ? `${uri}/${stableHex(uri, 32)}` : uri;
}

function ownKeyRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    if (!encrypted(inputs)) return undefined;
    const uri = text(inputs, "encryption.keyVaultProperties.keyIdentifier") ?? "";
    const clientId = text(inputs, "encryption.keyVaultProperties.identity") ?? "";
    const identities = texts(inputs, "identity.userAssignedIdentities").map((one) => userIdentity(azure, one));
    const identity = identities.find((one) => one?.clientId !== undefined && sameId(one.clientId, clientId));
    // Text: the troubleshooting page and https://github.com/MicrosoftDocs/azure-docs/issues/61015. Codes are unverified.
    if (!identity) {
        const message = `Azure resource '${id}' does not have access to identity '${clientId}'. For more information on bring your own key, please visit 'https://aka.ms/acr/cmk'.`;
        return refusal(400, "BadRequest", `${message} See ${ownKeyFaults}.`);
    }
    const fault = keyFault(azure, { uri, principalId: identity.principalId, operation: "wrap" });
    if (!fault) return undefined;
    const message = `Failed to access KeyId '${uri}'. Verify that identity '${clientId}' has 'Get, Wrap Key, Unwrap Key' permission on key '${uri}'. For more information on bring your own key, please visit 'https://aka.ms/acr/cmk'.`;
    return refusal(400, "BadRequest", `${message} (${fault.text})`);
}

export const registryTypes: readonly ResourceType[] = [registry];
