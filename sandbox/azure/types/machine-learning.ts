import { roleDefinitions } from "../../../facts/role-definitions";
import { stableGuid } from "../guid";
import { nameOf, sameId, subscriptionOf } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Stored, Subscription } from "../resource-type";
import { isMissing, regional, tagged } from "./common-rules";
import { findVault, keyFault, parseKeyUri } from "./keys";
import { endpointConnections, flag, identityMap, onWrite, regionOf, text, texts, userIdentity } from "./reading";

const learn = "https://learn.microsoft.com/azure/machine-learning";
const manage = `${learn}/how-to-manage-workspace`;
const identities = `${learn}/how-to-identity-based-service-authentication`;
const ownKeys = `${learn}/how-to-setup-customer-managed-keys`;
const keyConcepts = `${learn}/concept-customer-managed-keys`;
const accountKeys = `${learn}/how-to-disable-local-auth-storage`;
const secured = `${learn}/how-to-secure-workspace-vnet`;

/**
 * Object id of Azure Cosmos DB in the sandbox's directory; its application id is the same in every one:
 * a232010e-820c-4083-83bb-3ace5fc29d0b.
 */
export const sandboxCosmosDbObjectId = "55555555-5555-4555-8555-0000c0530db0";

const fault = (message: string): Refusal => refusal(400, "BadRequest", message);

const assigned = (inputs: Properties): string[] => texts(inputs, "identity.userAssignedIdentities");
const encrypted = (inputs: Properties): boolean => text(inputs, "encryption.status") === "Enabled";
const linked = (azure: Subscription, inputs: Properties, path: string): Stored | undefined => {
    const id = text(inputs, path);
    return id === undefined ? undefined : azure.find(id);
};

/** What the workspace runs as; a system-assigned identity gets its roles from Azure. */
function ownPrincipal(azure: Subscription, inputs: Properties): string | undefined {
    const id = text(inputs, "primaryUserAssignedIdentity");
    return id === undefined ? undefined : userIdentity(azure, id)?.principalId;
}

/** Roles that the workspace's identity must hold on what it is given. Which narrower ones do as well is unverified. */
const needed = [
    {
        path: "storageAccount",
        role: "Contributor",
        any: [roleDefinitions.contributor, roleDefinitions.owner, roleDefinitions.storageAccountContributor],
    },
    {
        path: "storageAccount",
        role: "Storage Blob Data Contributor",
        any: [roleDefinitions.storageBlobDataContributor, roleDefinitions.storageBlobDataOwner],
    },
    {
        path: "keyVault",
        role: "Contributor",
        any: [roleDefinitions.contributor, roleDefinitions.owner, roleDefinitions.keyVaultContributor],
    },
    { path: "keyVault", role: "Key Vault Administrator", any: [roleDefinitions.keyVaultAdministrator] },
] as const;

function missingRole({ inputs, azure }: Request): Refusal | undefined {
    const principalId = ownPrincipal(azure, inputs);
    if (principalId === undefined) return undefined;
    const lacking = needed.find(({ path, any }) => !azure.hasRole(principalId, any, text(inputs, path) ?? ""));
    const message = `The workspace's identity ${principalId} lacks the role ${lacking?.role ?? ""} on '${text(inputs, lacking?.path ?? "") ?? ""}'.`;
    return lacking && fault(message);
}

function ownKeyRefusal({ inputs, azure }: Request): Refusal | undefined {
    if (!encrypted(inputs)) return undefined;
    const uri = text(inputs, "encryption.keyVaultProperties.keyIdentifier") ?? "";
    const vaultId = text(inputs, "encryption.keyVaultProperties.keyVaultArmId") ?? "";
    const key = parseKeyUri(uri);
    const vault = findVault(azure, key?.vaultUri ?? "");
    if (!vault || !sameId(vault.id, vaultId)) return fault(`The key '${uri}' is not in the key vault '${vaultId}'.`);
    const identity = text(inputs, "encryption.identity.userAssignedIdentity");
    if (identity !== undefined && !assigned(inputs).some((one) => sameId(one, identity)))
        return fault(`The identity '${identity}' that is to use the key is not one of the workspace.`);
    const principalId =
        identity === undefined ? ownPrincipal(azure, inputs) : userIdentity(azure, identity)?.principalId;
    // Cosmos DB comes in as itself, whatever identity the workspace has.
    for (const principal of [principalId, sandboxCosmosDbObjectId]) {
        const found = keyFault(azure, { uri, principalId: principal, operation: "wrap" });
        if (found?.kind === "unprotected")
            return fault("CMK workspaces should have purge protection enabled on their CMK keyvault.");
        if (found) return fault(`The key '${uri}' cannot be used by ${principal ?? "the workspace"}: ${found.text}.`);
    }
    return undefined;
}

const workspace: ResourceType = {
    token: "azure-native:machinelearningservices:Workspace",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}",
    name: {
        pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/,
        rule: "3 to 33 letters, digits, hyphens and underscores, beginning with a letter or digit",
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmachinelearningservices (code unverified)",
    },
    forceNew: [],
    // That they are fixed is documented with the properties (`cannot be changed once the workspace has been created`).
    immutable: [
        ...["storageAccount", "keyVault"].map((path) => ({
            path,
            code: "BadRequest",
            source: `${manage} (code unverified)`,
        })),
        ...["hbiWorkspace", "encryption.status", "encryption.keyVaultProperties.keyVaultArmId"].map((path) => ({
            path,
            code: "BadRequest",
            source: `${keyConcepts} (code unverified)`,
        })),
        { path: "enableDataIsolation", code: "BadRequest", source: `${identities} (code unverified)` },
        { path: "kind", code: "BadRequest", source: `${manage} (unverified)` },
        { path: "enableServiceSideCMKEncryption", code: "BadRequest", source: `${keyConcepts} (unverified)` },
    ],
    rules: [
        ...regional,
        tagged,
        onWrite("https://github.com/Azure/azure-sdk-for-js/issues/10473 (code unverified)", ({ inputs }) => {
            const none = (text(inputs, "identity.type") ?? "None") === "None";
            return none && fault("Make sure to create your workspace using a client which support MSI");
        }),
        onWrite(`${identities}; code unverified`, ({ inputs }) => {
            const [type, primary] = [text(inputs, "identity.type") ?? "", text(inputs, "primaryUserAssignedIdentity")];
            const named = primary !== undefined && assigned(inputs).some((one) => sameId(one, primary));
            const message = `primaryUserAssignedIdentity '${primary ?? ""}' must be one of the workspace's user-assigned identities.`;
            return (type === "UserAssigned" || primary !== undefined) && !named && fault(message);
        }),
        ...["storageAccount", "keyVault"].map((path) =>
            onWrite(`${manage} (associated resources); code unverified`, ({ inputs, azure }) => {
                const id = text(inputs, path);
                if (id !== undefined && !isMissing(azure, id)) return undefined;
                return fault(`The ${path} '${id ?? ""}' of the workspace was not found.`);
            }),
        ),
        onWrite(`${manage} (no premium account, no hierarchical namespace); code unverified`, ({ inputs, azure }) => {
            const account = linked(azure, inputs, "storageAccount");
            const [kind, sku] = [text(account?.inputs, "kind") ?? "", text(account?.inputs, "sku.name") ?? ""];
            const wrong = flag(account?.inputs, "isHnsEnabled") || sku.startsWith("Premium") || kind === "BlobStorage";
            const message = `The default storage account of a workspace must have blobs and files, be no premium account and have no hierarchical namespace, got ${kind} ${sku}.`;
            return account && wrong && fault(message);
        }),
        onWrite(accountKeys, ({ inputs, azure }) => {
            const account = linked(azure, inputs, "storageAccount");
            const keysOff = account?.inputs.allowSharedKeyAccess === false;
            const mode = (text(inputs, "systemDatastoresAuthMode") ?? "AccessKey").toLowerCase();
            const message = "Key based authentication is not permitted on this storage account.";
            return keysOff && mode === "accesskey" && refusal(403, "KeyBasedAuthenticationNotPermitted", message);
        }),
        onWrite(`${secured} (trusted services of storage and vault); code unverified`, ({ inputs, azure }) => {
            const shut = [
                ["storageAccount", "networkRuleSet.bypass", "publicNetworkAccess"],
                ["keyVault", "properties.networkAcls.bypass", "properties.publicNetworkAccess"],
            ].find(([path = "", bypass = "", access = ""]) => {
                const found = linked(azure, inputs, path);
                const closed = text(found?.inputs, access) === "Disabled";
                return closed && text(found?.inputs, bypass)?.includes("AzureServices") !== true;
            });
            const message = `The workspace cannot reach its ${shut?.[0] ?? ""}: its firewall shuts trusted Azure services out.`;
            return shut && refusal(403, "Forbidden", message);
        }),
        onWrite(`${identities} (roles of a user-assigned identity); code unverified`, missingRole),
        onWrite(`${ownKeys} (same subscription); code unverified`, ({ inputs, azure }) => {
            const vault = text(inputs, "encryption.keyVaultProperties.keyVaultArmId") ?? "";
            const elsewhere = !sameId(subscriptionOf(vault) ?? "", `/subscriptions/${azure.subscriptionId}`);
            const message = `The key vault '${vault}' must be in the subscription of the workspace.`;
            return encrypted(inputs) && elsewhere && fault(message);
        }),
        onWrite(`${keyConcepts} (no vault with public access disabled); code unverified`, ({ inputs, azure }) => {
            const vault = linked(azure, inputs, "encryption.keyVaultProperties.keyVaultArmId");
            const closed = text(vault?.inputs, "properties.publicNetworkAccess") === "Disabled";
            const message = "Service-side encryption takes no key of a vault whose public network access is disabled.";
            return flag(inputs, "enableServiceSideCMKEncryption") && closed && fault(message);
        }),
        onWrite(`https://github.com/MicrosoftDocs/azure-docs/issues/108584; ${ownKeys}`, ownKeyRefusal),
    ],
    outputs: ({ id, inputs, azure }) => {
        const [region, guid] = [regionOf(inputs), stableGuid(id, "workspace")];
        return {
            location: region,
            workspaceId: guid,
            tenantId: azure.tenantId,
            discoveryUrl: `https://${region}.api.azureml.ms/discovery`,
            mlFlowTrackingUri: `azureml://${region}.api.azureml.ms/mlflow/v1.0${id}`,
            storageHnsEnabled: false,
            publicNetworkAccess: text(inputs, "publicNetworkAccess") ?? "Enabled",
            ...(encrypted(inputs) && { serviceProvisionedResourceGroup: `azureml-rg-${nameOf(id)}_${guid}` }),
            notebookInfo: { fqdn: `ml-${nameOf(id).toLowerCase()}-${region}-${guid}.${region}.notebooks.azure.net` },
            identity: { userAssignedIdentities: identityMap(azure, assigned(inputs)), tenantId: azure.tenantId },
            privateEndpointConnections: endpointConnections(azure, id),
            privateLinkCount: endpointConnections(azure, id).length,
        };
    },
    view: ({ id }, azure) => {
        const connections = endpointConnections(azure, id);
        return { privateEndpointConnections: connections, privateLinkCount: connections.length };
    },
    deletion: {
        softDeleteDays: () => 14,
        source: `${learn}/concept-soft-delete; https://github.com/Azure/ResourceModules/issues/3596`,
        code: "BadRequest",
        message: "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
    },
};

const environmentPath = `${workspace.path}/environments/{name}`;
const environmentName = {
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$/,
    rule: "1 to 255 letters, digits, hyphens and underscores, beginning with a letter or digit",
    code: "UserError",
    source: "https://learn.microsoft.com/rest/api/azureml/environment-containers/create-or-update (code unverified)",
};

const environmentContainer: ResourceType = {
    token: "azure-native:machinelearningservices:EnvironmentContainer",
    path: environmentPath,
    name: environmentName,
    ...{ forceNew: [], immutable: [], rules: [] },
    outputs: () => ({}),
};

const environments = `${learn}/how-to-manage-environments-v2`;

const environmentVersion: ResourceType = {
    token: "azure-native:machinelearningservices:EnvironmentVersion",
    path: `${environmentPath}/versions/{version}`,
    name: environmentName,
    forceNew: [],
    immutable: ["image", "condaFile", "build", "osType"].map((property) => ({
        path: `properties.${property}`,
        code: "UserError",
        source: `${environments} (a version is immutable; code unverified)`,
    })),
    rules: [
        onWrite(`${environments} (an image, or what one is built of); code unverified`, ({ inputs }) => {
            const [image, built] = [text(inputs, "properties.image"), inputs.properties as Properties | undefined];
            const none = image === undefined && built?.build === undefined;
            return none && refusal(400, "UserError", "An environment needs an image or a build context.");
        }),
    ],
    outputs: () => ({}),
};

export const machineLearningTypes: readonly ResourceType[] = [workspace, environmentContainer, environmentVersion];
