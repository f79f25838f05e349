/**
 * How a category of logs is kept: `always` in every environment, `detail` where there is room for detail, `never` where
 * it says what another one says or what nobody asks.
 */
export type CategoryUse = "always" | "detail" | "never";

/** What a kind of resource can log by a diagnostic setting. */
export interface LoggedKind {
    categories: Readonly<Record<string, CategoryUse>>;
    /** Can its metrics be copied to a workspace (`AllMetrics`). */
    metrics: boolean;
    /** Writes to tables of its own when asked to, instead of to the one that all share. */
    ownTables: boolean;
    source: string;
}

const reference = "https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs";

/** A service of a storage account: reads are most of what happens there, and the least of what is asked about. */
const storageService = (name: string): LoggedKind => ({
    categories: { StorageRead: "detail", StorageWrite: "always", StorageDelete: "always" },
    ...{ metrics: true, ownTables: false },
    source: `${reference}/microsoft-storage-storageaccounts-${name}-logs`,
});

/**
 * By type in Resource Manager. Read on 24 November 2026 from the pages named, and where those were not to be had from the
 * list of all categories of September 2022 (MicrosoftDocs/azure-docs, resource-logs-categories.md).
 */
export const loggedKinds = {
    "Microsoft.KeyVault/vaults": {
        categories: { AuditEvent: "always", AzurePolicyEvaluationDetails: "detail" },
        ...{ metrics: true, ownTables: true },
        source: `${reference}/microsoft-keyvault-vaults-logs`,
    },
    "Microsoft.ContainerRegistry/registries": {
        categories: { ContainerRegistryLoginEvents: "always", ContainerRegistryRepositoryEvents: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-containerregistry-registries-logs`,
    },
    "Microsoft.Storage/storageAccounts/blobServices": storageService("blobservices"),
    "Microsoft.Storage/storageAccounts/fileServices": storageService("fileservices"),
    "Microsoft.Storage/storageAccounts/queueServices": storageService("queueservices"),
    "Microsoft.Storage/storageAccounts/tableServices": storageService("tableservices"),
    "Microsoft.ContainerService/managedClusters": {
        categories: {
            // Everything but reads, at a tenth of the volume of `kube-audit`, which holds it.
            "kube-audit-admin": "always",
            "kube-audit": "never",
            guard: "always",
            "cluster-autoscaler": "always",
            "kube-apiserver": "detail",
            "kube-controller-manager": "detail",
            "kube-scheduler": "detail",
            "cloud-controller-manager": "detail",
            "csi-azuredisk-controller": "detail",
            "csi-snapshot-controller": "detail",
            // Drivers and features that are off.
            "csi-azurefile-controller": "never",
            "karpenter-events": "never",
            "fleet-member-agent": "never",
            "fleet-member-net-controller-manager": "never",
            "fleet-mcs-controller-manager": "never",
        },
        ...{ metrics: true, ownTables: true },
        source: `${reference}/microsoft-containerservice-managedclusters-logs`,
    },
    "Microsoft.Network/azureFirewalls": {
        categories: {
            AZFWApplicationRule: "always",
            AZFWNetworkRule: "always",
            AZFWThreatIntel: "always",
            AZFWIdpsSignature: "always",
            AZFWDnsQuery: "detail",
            AZFWNatRule: "detail",
            // Asked for by features that are off: aggregation for policy analytics, and traces of single flows.
            AZFWApplicationRuleAggregation: "never",
            AZFWNetworkRuleAggregation: "never",
            AZFWNatRuleAggregation: "never",
            AZFWFatFlow: "never",
            AZFWFlowTrace: "never",
            AZFWDnsAdditional: "never",
            AZFWFqdnResolveFailure: "never",
            // The same in the older form.
            AzureFirewallApplicationRule: "never",
            AzureFirewallNetworkRule: "never",
            AzureFirewallDnsProxy: "never",
        },
        ...{ metrics: true, ownTables: true },
        source: `${reference}/microsoft-network-azurefirewalls-logs`,
    },
    "Microsoft.Network/networkSecurityGroups": {
        // What was let through and what not is in the flow logs.
        categories: { NetworkSecurityGroupEvent: "always", NetworkSecurityGroupRuleCounter: "detail" },
        ...{ metrics: false, ownTables: false },
        source: `${reference}/microsoft-network-networksecuritygroups-logs`,
    },
    "Microsoft.Network/virtualNetworks": {
        categories: { VMProtectionAlerts: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-network-virtualnetworks-logs`,
    },
    "Microsoft.Network/publicIPAddresses": {
        categories: {
            DDoSProtectionNotifications: "always",
            DDoSMitigationReports: "always",
            DDoSMitigationFlowLogs: "detail",
        },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-network-publicipaddresses-logs`,
    },
    "Microsoft.Network/virtualNetworkGateways": {
        categories: {
            GatewayDiagnosticLog: "always",
            TunnelDiagnosticLog: "always",
            RouteDiagnosticLog: "always",
            IKEDiagnosticLog: "detail",
            // No people dial in.
            P2SDiagnosticLog: "never",
        },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-network-virtualnetworkgateways-logs`,
    },
    "Microsoft.Network/expressRouteCircuits": {
        categories: { PeeringRouteLog: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-network-expressroutecircuits-logs`,
    },
    "Microsoft.Network/bastionHosts": {
        categories: { BastionAuditLogs: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-network-bastionhosts-logs`,
    },
    "Microsoft.OperationalInsights/workspaces": {
        categories: { Audit: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-operationalinsights-workspaces-logs`,
    },
    "Microsoft.Dashboard/grafana": {
        categories: { GrafanaLoginEvents: "always", GrafanaUsageInsightsEvents: "detail" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-dashboard-grafana-logs`,
    },
    "Microsoft.Insights/dataCollectionRules": {
        categories: { LogErrors: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-insights-datacollectionrules-logs`,
    },
    "Microsoft.Monitor/accounts": {
        // Which metrics are paid for and never read.
        categories: { MetricsUsageDetails: "always" },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-monitor-accounts-logs`,
    },
    "Microsoft.MachineLearningServices/workspaces": {
        categories: {
            AmlComputeClusterEvent: "always",
            AmlComputeJobEvent: "always",
            AmlRunStatusChangedEvent: "always",
            AmlComputeCpuGpuUtilization: "detail",
        },
        ...{ metrics: true, ownTables: false },
        source: `${reference}/microsoft-machinelearningservices-workspaces-logs (of more categories, those of the list of 2022)`,
    },
} as const satisfies Readonly<Record<string, LoggedKind>>;

/** Kinds of resources that log. */
export type LoggedKindName = keyof typeof loggedKinds;

/** A kind by its name, with its categories readable one by one. */
export const loggedKind = (name: LoggedKindName): LoggedKind => loggedKinds[name];
