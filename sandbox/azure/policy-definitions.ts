import { isObject, valueAt } from "./properties";
import type { Properties } from "./resource-type";

/** A policy or initiative that Azure has built in, as its definition says. */
export interface PolicyDefinition {
    /** Parameters with a default, but for `effect`; those without are `needs`. */
    takes: readonly string[];
    needs: readonly string[];
    /** Values of the parameter `effect`; without, the effect is Deny for good. */
    effects?: readonly string[];
    /** Type that it is about; without, any. */
    about?: string;
    /** Does a request break it? Missing where it is about what the sandbox does not hold, such as pods. */
    breaks?: (inputs: Properties, parameters: Properties) => boolean;
    source: string;
}

const repository = "https://github.com/Azure/azure-policy/tree/master/built-in-policies";
const auditDeny = ["Audit", "Deny", "Disabled"];
const unless =
    (path: string, wanted: unknown) =>
    (inputs: Properties): boolean =>
        valueAt(inputs, path) !== wanted;
const about = (type: string, breaks: PolicyDefinition["breaks"], source: string): PolicyDefinition => ({
    ...{ takes: [], needs: [], effects: auditDeny, about: type, source: `${repository}/policyDefinitions/${source}` },
    ...(breaks && { breaks }),
});
const vaults = "Microsoft.KeyVault/vaults";
const registries = "Microsoft.ContainerRegistry/registries";
const accounts = "Microsoft.Storage/storageAccounts";
const clusters = "Microsoft.ContainerService/managedClusters";
const workspaces = "Microsoft.MachineLearningServices/workspaces";
const pods: PolicyDefinition = {
    ...{ takes: ["excludedNamespaces", "namespaces"], needs: [], effects: ["Audit", "Deny", "Disabled"] },
    source: `${repository}/policySetDefinitions/Kubernetes`,
};

/**
 * What the sandbox knows of built-in policies, by GUID: an assignment of any other is refused by name. Conditions are those
 * of the definitions; where a request leaves a property out, its default counts as Azure Policy counts it, as missing.
 */
export const policyDefinitions: Readonly<Record<string, PolicyDefinition>> = {
    "e56962a6-4747-49cd-b67b-bf8b01975c4c": {
        ...{ takes: [], needs: ["listOfAllowedLocations"] },
        breaks: (inputs, { listOfAllowedLocations: allowed }) => {
            const location =
                typeof inputs.location === "string" ? inputs.location.toLowerCase().replaceAll(" ", "") : "";
            const listed = Array.isArray(allowed) && allowed.some((one) => String(one).toLowerCase() === location);
            return location !== "" && location !== "global" && !listed;
        },
        source: `${repository}/policyDefinitions/General/AllowedLocations_Deny.json`,
    },
    "405c5871-3e91-4644-8a63-58e19d68ff5b": about(
        vaults,
        unless("properties.publicNetworkAccess", "Disabled"),
        "Key%20Vault (condition from its title)",
    ),
    "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53": about(
        vaults,
        unless("properties.enablePurgeProtection", true),
        "Key%20Vault (condition from its title)",
    ),
    "12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5": about(
        vaults,
        unless("properties.enableRbacAuthorization", true),
        "Key%20Vault (condition from its title)",
    ),
    "0fdf0491-d080-4575-b627-ad0e843cba0f": about(
        registries,
        unless("publicNetworkAccess", "Disabled"),
        "Container%20Registry/ACR_PublicNetworkAccess_AuditDeny.json (condition from its title)",
    ),
    "dc921057-6b28-4fbe-9b83-f7bec05db6c2": about(
        registries,
        ({ adminUserEnabled }) => adminUserEnabled === true,
        "Container%20Registry/ACR_AdminAccountDisabled_AuditDeny.json (condition from its title)",
    ),
    "524b0254-c285-4903-bee6-bb8126cde579": about(
        registries,
        unless("policies.exportPolicy.status", "disabled"),
        "Container%20Registry/ACR_ExportPolicy_AuditDeny.json (condition from its title)",
    ),
    "b2982f36-99f2-4db5-8eff-283140c09693": about(
        accounts,
        unless("publicNetworkAccess", "Disabled"),
        "Storage/StoragePublicNetworkAccess_AuditDeny.json",
    ),
    "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54": about(
        accounts,
        ({ allowSharedKeyAccess }) => allowSharedKeyAccess === true,
        "Storage/StorageAccountAllowSharedKeyAccess_Audit.json",
    ),
    "040732e8-d947-40b8-95d6-854c95024bf8": about(
        clusters,
        unless("apiServerAccessProfile.enablePrivateCluster", true),
        "Kubernetes/AKS_PrivateCluster_Deny.json",
    ),
    "993c2fcd-2b29-49d2-9eb0-df2c3a730c32": about(
        clusters,
        unless("disableLocalAccounts", true),
        "Kubernetes/AKS_DisableLocalAccounts_Deny.json",
    ),
    "438c38d2-3772-465a-a9cc-7a6666a275ce": about(
        workspaces,
        unless("publicNetworkAccess", "Disabled"),
        "Machine%20Learning/Workspace_PublicNetworkAccessDisabled_Audit.json",
    ),
    "5f0c7d88-c7de-45b8-ac49-db49e72eaa78": about(
        workspaces,
        ({ primaryUserAssignedIdentity: identity }) => typeof identity !== "string" || identity === "",
        "Machine%20Learning/Workspace_UAIEnabled_Audit.json",
    ),
    "7f40cee6-e933-4d0f-a782-b96615e0f4a6": {
        ...about(workspaces, undefined, "Machine%20Learning/Workspace_CMKEnabled_Audit_V2.json"),
        effects: ["AuditIfNotExists", "Disabled"],
    },
    "a8640138-9b0a-4a28-b8cb-1666c838647d": pods,
    "42b8ef37-b724-4e24-bbc8-7a7708edfe00": pods,
};

/** Values of an assignment's parameters by name. */
export function parameterValues(inputs: Properties): Properties {
    const given = isObject(inputs.parameters) ? inputs.parameters : {};
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, valueAt(value, "value")]));
}
