/** What a type of resource lets a diagnostic setting collect. */
export interface LogCategories {
    logs: readonly string[];
    metrics: boolean;
}

const none: LogCategories = { logs: [], metrics: false };
const storage: LogCategories = { logs: ["StorageRead", "StorageWrite", "StorageDelete"], metrics: true };

/**
 * By type in Resource Manager, in lower case; a type that logs nothing is listed all the same, so that one which nobody
 * looked up can be told from it.
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/logs-index
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index
 */
export const logCategories: Readonly<Record<string, LogCategories>> = {
    "microsoft.containerregistry/registries": {
        logs: ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"],
        metrics: true,
    },
    "microsoft.containerservice/managedclusters": {
        logs: [
            ...["cloud-controller-manager", "cluster-autoscaler", "csi-azuredisk-controller"],
            ...["csi-azurefile-controller", "csi-snapshot-controller", "fleet-mcs-controller-manager"],
            ...["fleet-member-agent", "fleet-member-net-controller-manager", "guard", "karpenter-events"],
            ...["kube-apiserver", "kube-audit", "kube-audit-admin", "kube-controller-manager", "kube-scheduler"],
        ],
        metrics: true,
    },
    "microsoft.dashboard/grafana": { logs: ["GrafanaLoginEvents", "GrafanaUsageInsightsEvents"], metrics: true },
    "microsoft.insights/datacollectionrules": { logs: ["LogErrors"], metrics: true },
    "microsoft.keyvault/vaults": { logs: ["AuditEvent", "AzurePolicyEvaluationDetails"], metrics: true },
    "microsoft.machinelearningservices/workspaces": {
        logs: [
            ...["AmlComputeClusterEvent", "AmlComputeCpuGpuUtilization", "AmlComputeJobEvent"],
            "AmlRunStatusChangedEvent",
        ],
        metrics: true,
    },
    "microsoft.monitor/accounts": { logs: ["MetricsUsageDetails"], metrics: true },
    "microsoft.network/azurefirewalls": {
        logs: [
            ...["AZFWApplicationRule", "AZFWApplicationRuleAggregation", "AZFWDnsAdditional", "AZFWDnsQuery"],
            ...["AZFWFatFlow", "AZFWFlowTrace", "AZFWFqdnResolveFailure", "AZFWIdpsSignature", "AZFWNatRule"],
            ...["AZFWNatRuleAggregation", "AZFWNetworkRule", "AZFWNetworkRuleAggregation", "AZFWThreatIntel"],
            ...["AzureFirewallApplicationRule", "AzureFirewallDnsProxy", "AzureFirewallNetworkRule"],
        ],
        metrics: true,
    },
    "microsoft.network/bastionhosts": { logs: ["BastionAuditLogs"], metrics: true },
    "microsoft.network/expressroutecircuits": { logs: ["PeeringRouteLog"], metrics: true },
    "microsoft.network/networksecuritygroups": {
        logs: ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"],
        metrics: false,
    },
    "microsoft.network/publicipaddresses": {
        logs: ["DDoSMitigationFlowLogs", "DDoSMitigationReports", "DDoSProtectionNotifications"],
        metrics: true,
    },
    "microsoft.network/virtualnetworkgateways": {
        logs: [
            ...["GatewayDiagnosticLog", "IKEDiagnosticLog", "P2SDiagnosticLog"],
            ...["RouteDiagnosticLog", "TunnelDiagnosticLog"],
        ],
        metrics: true,
    },
    "microsoft.network/virtualnetworks": { logs: ["VMProtectionAlerts"], metrics: true },
    "microsoft.operationalinsights/workspaces": { logs: ["Audit"], metrics: true },
    "microsoft.storage/storageaccounts": { logs: [], metrics: true },
    "microsoft.storage/storageaccounts/blobservices": storage,
    "microsoft.storage/storageaccounts/fileservices": storage,
    "microsoft.storage/storageaccounts/queueservices": storage,
    "microsoft.storage/storageaccounts/tableservices": storage,

    // Flow logs are of SKU StandardV2 alone, and no metric can be copied.
    "microsoft.network/natgateways": none,
    "microsoft.network/localnetworkgateways": none,
    "microsoft.network/connections": { logs: [], metrics: true },
    "microsoft.network/dnsresolvers": { logs: [], metrics: true },
    "microsoft.network/dnsresolvers/inboundendpoints": none,
    "microsoft.network/dnsresolvers/outboundendpoints": none,
    "microsoft.network/dnsforwardingrulesets": { logs: [], metrics: true },
    "microsoft.network/dnsforwardingrulesets/forwardingrules": none,
    "microsoft.network/dnsforwardingrulesets/virtualnetworklinks": none,
    "microsoft.network/networkwatchers/flowlogs": none,
    "microsoft.network/privateendpoints": { logs: [], metrics: true },
    "microsoft.network/firewallpolicies": none,
    "microsoft.network/firewallpolicies/rulecollectiongroups": none,
    "microsoft.network/privateendpoints/privatednszonegroups": none,
    "microsoft.network/privatednszones": { logs: [], metrics: true },
    "microsoft.network/privatednszones/virtualnetworklinks": none,
    "microsoft.network/routetables": none,
    "microsoft.network/routetables/routes": none,
    "microsoft.network/virtualnetworks/subnets": none,
    "microsoft.network/virtualnetworks/virtualnetworkpeerings": none,
    "microsoft.authorization/locks": none,
    "microsoft.authorization/roleassignments": none,
    "microsoft.authorization/policyassignments": none,
    "microsoft.consumption/budgets": none,
    "microsoft.compute/diskencryptionsets": none,
    "microsoft.compute/virtualmachinescalesets": { logs: [], metrics: true },
    "microsoft.containerservice/managedclusters/agentpools": none,
    "microsoft.containerservice/managedclusters/maintenanceconfigurations": none,
    "microsoft.dashboard/grafana/managedprivateendpoints": none,
    "microsoft.insights/datacollectionendpoints": none,
    "microsoft.insights/datacollectionruleassociations": none,
    "microsoft.alertsmanagement/prometheusrulegroups": none,
    "microsoft.insights/actiongroups": none,
    "microsoft.insights/activitylogalerts": none,
    "microsoft.insights/diagnosticsettings": none,
    "microsoft.insights/metricalerts": none,
    "microsoft.insights/scheduledqueryrules": none,
    "microsoft.insights/privatelinkscopes": none,
    "microsoft.insights/privatelinkscopes/scopedresources": none,
    "microsoft.keyvault/vaults/keys": none,
    "microsoft.managedidentity/userassignedidentities": none,
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": none,
    "microsoft.operationalinsights/workspaces/tables": none,
    "microsoft.resources/resourcegroups": none,
    "microsoft.storage/storageaccounts/blobservices/containers": none,
    "microsoft.storage/storageaccounts/blobservices/containers/immutabilitypolicies": none,
    "microsoft.storage/storageaccounts/managementpolicies": none,
};

/** What a resource can log; undefined for a type that is not listed. */
export const logCategoriesOf = (armType: string): LogCategories | undefined => logCategories[armType.toLowerCase()];
