/** A policy or initiative that Azure has built in, and how the platform uses it. */
export interface PolicyRow {
    kind: "policyDefinitions" | "policySetDefinitions";
    /** The same in every tenant. */
    guid: string;
    title: string;
    /** Resource group whose resources it is about. */
    on: "platform" | "data" | "all";
    parameters: Readonly<Record<string, unknown>>;
    /** Who is refused reads it; at most 512 characters. */
    why: string;
    source: string;
}

const repository = "https://github.com/Azure/azure-policy/tree/master/built-in-policies";
const policies = `${repository}/policyDefinitions`;
const deny = { effect: "Deny" };
const policy = (guid: string, title: string): Pick<PolicyRow, "kind" | "guid" | "title"> => ({
    kind: "policyDefinitions",
    guid,
    title,
});
const initiative = (guid: string, title: string): Pick<PolicyRow, "kind" | "guid" | "title"> => ({
    kind: "policySetDefinitions",
    guid,
    title,
});

/** Namespaces whose pods need more than the baseline: Azure's own, and those that reach for the GPUs of their node. */
export const privilegedNamespaces = ["kube-system", "gatekeeper-system", "azure-arc", "gpu-support"] as const;

/**
 * Built-in policies that are assigned to the platform's own resource groups. They repeat what the program does anyway, for
 * everyone who comes another way. None changes or adds anything (Modify, DeployIfNotExists): what a policy writes is drift
 * to the program, and Modify fails on a registry with an own key (MicrosoftDocs/azure-management-docs#158). So none needs an
 * identity. Read on 24 November 2026.
 */
export const policyRows = {
    "allowed-locations": {
        ...policy("e56962a6-4747-49cd-b67b-bf8b01975c4c", "Allowed locations"),
        on: "all",
        // Its effect is Deny and cannot be chosen; the location comes from config.
        parameters: {},
        why: "Data stays in the region that the environment is in.",
        source: `${policies}/General/AllowedLocations_Deny.json`,
    },
    "vault-private": {
        ...policy("405c5871-3e91-4644-8a63-58e19d68ff5b", "Azure Key Vault should disable public network access"),
        ...{ on: "data", parameters: deny, why: "Vaults are reached through private endpoints alone." },
        source: "https://learn.microsoft.com/azure/key-vault/general/azure-policy",
    },
    "vault-purge-protection": {
        ...policy("0b60c0b2-2dc2-4e1c-b5c9-abbed971de53", "Key vaults should have deletion protection enabled"),
        ...{ on: "data", parameters: deny, why: "Whoever purges a key destroys all that it encrypts." },
        source: "https://learn.microsoft.com/azure/key-vault/general/azure-policy",
    },
    "vault-roles": {
        ...policy("12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5", "Azure Key Vault should use RBAC permission model"),
        ...{ on: "data", parameters: deny, why: "Who may use keys is said by roles, in one table." },
        source: "https://learn.microsoft.com/azure/key-vault/general/azure-policy",
    },
    "registry-private": {
        ...policy(
            "0fdf0491-d080-4575-b627-ad0e843cba0f",
            "Public network access should be disabled for Container registries",
        ),
        ...{ on: "data", parameters: deny, why: "Images are pulled and pushed from inside the network alone." },
        source: `${policies}/Container%20Registry/ACR_PublicNetworkAccess_AuditDeny.json (GUID from second hand)`,
    },
    "registry-no-admin": {
        ...policy(
            "dc921057-6b28-4fbe-9b83-f7bec05db6c2",
            "Container registries should have local admin account disabled.",
        ),
        ...{
            on: "data",
            parameters: deny,
            why: "Pushes and pulls are somebody's; the admin user is whoever knows its secret.",
        },
        source: `${policies}/Container%20Registry/ACR_AdminAccountDisabled_AuditDeny.json (GUID from second hand)`,
    },
    "registry-no-export": {
        ...policy("524b0254-c285-4903-bee6-bb8126cde579", "Container registries should have exports disabled"),
        ...{ on: "data", parameters: deny, why: "Images do not leave by way of another registry's import." },
        source: `${policies}/Container%20Registry/ACR_ExportPolicy_AuditDeny.json (GUID from second hand)`,
    },
    "storage-private": {
        ...policy("b2982f36-99f2-4db5-8eff-283140c09693", "Storage accounts should disable public network access"),
        ...{ on: "data", parameters: deny, why: "Data is reached through private endpoints alone." },
        source: `${policies}/Storage/StoragePublicNetworkAccess_AuditDeny.json`,
    },
    "storage-no-keys": {
        ...policy("8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54", "Storage accounts should prevent shared key access"),
        ...{ on: "data", parameters: deny, why: "An account key opens everything to whoever has it." },
        source: `${policies}/Storage/StorageAccountAllowSharedKeyAccess_Audit.json`,
    },
    "cluster-private": {
        ...policy(
            "040732e8-d947-40b8-95d6-854c95024bf8",
            "Azure Kubernetes Service Private Clusters should be enabled",
        ),
        ...{ on: "platform", parameters: deny, why: "The API server is reached from inside the network alone." },
        source: `${policies}/Kubernetes/AKS_PrivateCluster_Deny.json`,
    },
    "cluster-no-local-accounts": {
        ...policy(
            "993c2fcd-2b29-49d2-9eb0-df2c3a730c32",
            "Azure Kubernetes Service Clusters should have local authentication methods disabled",
        ),
        ...{ on: "platform", parameters: deny, why: "Who rules the cluster is a group of the directory." },
        source: `${policies}/Kubernetes/AKS_DisableLocalAccounts_Deny.json`,
    },
    "workspace-private": {
        ...policy(
            "438c38d2-3772-465a-a9cc-7a6666a275ce",
            "Azure Machine Learning workspaces should disable public network access",
        ),
        ...{ on: "data", parameters: deny, why: "Runs and assets are seen from inside the network alone." },
        source: `${policies}/Machine%20Learning/Workspace_PublicNetworkAccessDisabled_Audit.json`,
    },
    "workspace-identity": {
        ...policy(
            "5f0c7d88-c7de-45b8-ac49-db49e72eaa78",
            "Azure Machine Learning workspaces should use user-assigned managed identity",
        ),
        ...{ on: "data", parameters: deny, why: "Azure gives a workspace's own identity wide roles by itself." },
        source: `${policies}/Machine%20Learning/Workspace_UAIEnabled_Audit.json`,
    },
    "workspace-own-key": {
        ...policy(
            "7f40cee6-e933-4d0f-a782-b96615e0f4a6",
            "Azure Machine Learning workspaces should be encrypted with the use of a customer-managed key",
        ),
        on: "data",
        // It knows no Deny.
        parameters: { effect: "AuditIfNotExists" },
        why: "What is known of runs and assets is under a key of our own.",
        source: `${policies}/Machine%20Learning/Workspace_CMKEnabled_Audit_V2.json`,
    },
    "pods-baseline": {
        ...initiative(
            "a8640138-9b0a-4a28-b8cb-1666c838647d",
            "Kubernetes cluster pod security baseline standards for Linux-based workloads",
        ),
        on: "platform",
        parameters: { ...deny, excludedNamespaces: privilegedNamespaces },
        why: "Pods stay inside their containers, but for those that look after nodes.",
        source: `${repository}/policySetDefinitions/Kubernetes/Kubernetes_PSPBaselineStandard.json`,
    },
    "pods-restricted": {
        ...initiative(
            "42b8ef37-b724-4e24-bbc8-7a7708edfe00",
            "Kubernetes cluster pod security restricted standards for Linux-based workloads",
        ),
        on: "platform",
        // Namespaces of teams enforce it by themselves (Pod Security Admission); this tells who does not.
        parameters: { effect: "Audit", excludedNamespaces: privilegedNamespaces },
        why: "Pods run as nobody in particular and with nothing that they do not need.",
        source: `${repository}/policySetDefinitions/Kubernetes/Kubernetes_PSPRestrictedStandard.json (GUID from second hand)`,
    },
} as const satisfies Record<string, PolicyRow>;

export type PolicyName = keyof typeof policyRows;
