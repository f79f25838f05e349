/** A metric that Azure keeps of a type of resource. */
export interface PlatformMetric {
    aggregations: readonly ("Average" | "Total" | "Maximum" | "Minimum" | "Count")[];
    source: string;
}

const page = (name: string): string =>
    `https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-${name}-metrics`;
const average = ["Average"] as const;
const storage = {
    Availability: { aggregations: average, source: page("storage-storageaccounts-blobservices") },
} as const;

/** Metrics that alert rules read, by type in Resource Manager. Read on 24 November 2026. */
export const platformMetrics = {
    "Microsoft.Network/azureFirewalls": {
        SNATPortUtilization: { aggregations: average, source: page("network-azurefirewalls") },
        FirewallHealth: { aggregations: average, source: page("network-azurefirewalls") },
    },
    "Microsoft.Network/natGateways": {
        PacketDropCount: { aggregations: ["Total"], source: page("network-natgateways") },
        DatapathAvailability: { aggregations: average, source: page("network-natgateways") },
    },
    "Microsoft.KeyVault/vaults": {
        Availability: { aggregations: average, source: page("keyvault-vaults") },
        SaturationShoebox: { aggregations: average, source: page("keyvault-vaults") },
    },
    "Microsoft.ContainerRegistry/registries": {
        StorageUsed: { aggregations: average, source: page("containerregistry-registries") },
    },
    "Microsoft.ContainerService/managedClusters": {
        cluster_autoscaler_unschedulable_pods_count: {
            aggregations: average,
            source: page("containerservice-managedclusters"),
        },
    },
    "Microsoft.Storage/storageAccounts/blobServices": storage,
} as const satisfies Readonly<Record<string, Readonly<Record<string, PlatformMetric>>>>;

/** Types of resources whose metrics are watched. */
export type MeasuredKind = keyof typeof platformMetrics;
