/** A resource provider that the subscription must have registered, and what for. */
export interface ResourceProvider {
    namespace: string;
    why: string;
    /** Features to register besides, each of which takes minutes. */
    features?: readonly string[];
}

/**
 * What stacks of the platform ask Resource Manager for. Registering a provider needs `NAMESPACE/register/action`, which Contributor
 * has; nothing is charged for it.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
 */
export const resourceProviders: readonly ResourceProvider[] = [
    {
        namespace: "Microsoft.Compute",
        why: "CI machines, nodes, disk encryption sets",
        // https://learn.microsoft.com/azure/virtual-machines/disks-enable-host-based-encryption-portal
        features: ["EncryptionAtHost"],
    },
    { namespace: "Microsoft.ContainerRegistry", why: "the registry" },
    { namespace: "Microsoft.ContainerService", why: "the cluster and its pools" },
    { namespace: "Microsoft.Dashboard", why: "Grafana" },
    // The next two, and storage, are what Azure ML makes a workspace's metadata of:
    // https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys
    { namespace: "Microsoft.DocumentDB", why: "Cosmos DB, where Azure keeps the workspace's metadata" },
    { namespace: "Microsoft.AlertsManagement", why: "alert rules on metrics that the cluster sends" },
    { namespace: "Microsoft.Dashboard", why: "Grafana" },
    { namespace: "Microsoft.Insights", why: "diagnostic settings, metrics, alerts" },
    { namespace: "Microsoft.KeyVault", why: "vaults and keys" },
    { namespace: "Microsoft.MachineLearningServices", why: "the workspace" },
    { namespace: "Microsoft.ManagedIdentity", why: "identities and their federated credentials" },
    { namespace: "Microsoft.Monitor", why: "where metrics are kept" },
    { namespace: "Microsoft.Network", why: "networks, private endpoints and zones, the way out" },
    { namespace: "Microsoft.OperationalInsights", why: "the log workspace" },
    { namespace: "Microsoft.PolicyInsights", why: "Azure Policy in the cluster" },
    { namespace: "Microsoft.Quota", why: "requests for more vCPUs from the command line" },
    { namespace: "Microsoft.Search", why: "AI Search, with which Azure looks the workspace's metadata up" },
    { namespace: "Microsoft.Security", why: "Microsoft Defender for the cluster" },
    { namespace: "Microsoft.Storage", why: "storage accounts" },
];

/** What a person with the right to register runs once per subscription, before anything else. */
export function registrationCommands(): string[] {
    return resourceProviders.flatMap(({ namespace, features = [] }) => [
        ...features.map((name) => `az feature register --namespace ${namespace} --name ${name}`),
        // After its features, as the provider takes note of them only then.
        `az provider register --namespace ${namespace} --wait`,
    ]);
}
