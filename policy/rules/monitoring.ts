import { learn, mandatory, type Rule } from "../rule";

const remedy = "make it with components/observability, which sets it";

export const monitoringRules: readonly Rule[] = [
    mandatory({
        ...{ name: "logs-closed", types: ["azure-native:operationalinsights:Workspace"], remedy },
        requires: [
            { path: "publicNetworkAccessForIngestion", is: "Disabled" },
            { path: "publicNetworkAccessForQuery", is: "Disabled" },
            { path: "features.disableLocalAuth", is: true },
        ],
        reason: "logs name people and machines, and whoever could write some could hide in them",
        source: learn("azure-monitor/logs/private-link-security"),
    }),
    mandatory({
        ...{ name: "logs-kept", types: ["azure-native:operationalinsights:Workspace"], remedy },
        requires: [
            { path: "retentionInDays", atLeast: 30 },
            { path: "workspaceCapping.dailyQuotaGb", atLeast: 1 },
        ],
        reason: "they are there when somebody looks, and cost no more than was agreed",
        source: learn("azure-monitor/logs/data-retention-configure"),
    }),
    mandatory({
        ...{ name: "metrics-closed", types: ["azure-native:monitor:AzureMonitorWorkspace"], remedy },
        requires: [{ path: "publicNetworkAccess", is: "Disabled" }],
        reason: "what runs and how much is nobody's business outside",
        source: learn("azure-monitor/essentials/azure-monitor-workspace-private-endpoint"),
    }),
    mandatory({
        ...{ name: "collection-closed", types: ["azure-native:monitor:DataCollectionEndpoint"], remedy },
        requires: [{ path: "networkAcls.publicNetworkAccess", is: "Disabled" }],
        reason: "nodes send by private endpoints alone",
        source: learn("azure-monitor/essentials/data-collection-endpoint-overview"),
    }),
    mandatory({
        ...{ name: "monitor-private-only", types: ["azure-native:monitor:PrivateLinkScope"], remedy },
        requires: [
            { path: "accessModeSettings.ingestionAccessMode", is: "PrivateOnly" },
            { path: "accessModeSettings.queryAccessMode", is: "PrivateOnly" },
        ],
        reason: "nothing in the network sends logs to somebody else's workspace",
        source: learn("azure-monitor/logs/private-link-design"),
    }),
    mandatory({
        ...{ name: "dashboards-closed", types: ["azure-native:dashboard:Grafana"], remedy },
        requires: [
            { path: "properties.publicNetworkAccess", is: "Disabled" },
            { path: "properties.apiKey", is: "Disabled" },
        ],
        reason: "keys belong to nobody; dashboards show what runs",
        source: learn("managed-grafana/how-to-set-up-private-access"),
    }),
    mandatory({
        ...{ name: "diagnostics-go-somewhere", types: ["azure-native:monitor:DiagnosticSetting"], remedy },
        requires: [
            { path: "workspaceId", given: true },
            { path: "resourceUri", given: true },
        ],
        reason: "a setting without a target records nothing",
        source: learn("azure-monitor/essentials/diagnostic-settings"),
    }),
    mandatory({
        name: "diagnostics-on",
        types: ["azure-native:monitor:DiagnosticSetting"],
        each: "logs[*]",
        requires: [{ path: "enabled", is: true }],
        reason: "what is named is recorded",
        remedy,
        source: learn("azure-monitor/essentials/diagnostic-settings"),
    }),
    mandatory({
        name: "budget-tells",
        types: ["azure-native:consumption:Budget"],
        requires: [
            { path: "notifications", given: true },
            { path: "amount", atLeast: 1 },
        ],
        reason: "a budget stops nothing: somebody must be told",
        remedy,
        source: learn("cost-management-billing/costs/tutorial-acm-create-budgets"),
    }),
    mandatory({
        name: "alerts-on",
        types: [
            "azure-native:monitor:MetricAlert",
            "azure-native:monitor:ActivityLogAlert",
            "azure-native:monitor:ScheduledQueryRule",
            "azure-native:alertsmanagement:PrometheusRuleGroup",
            "azure-native:monitor:ActionGroup",
        ],
        requires: [{ path: "enabled", is: true }],
        reason: "an alert that is off tells nobody",
        remedy: "leave out what is not wanted",
        source: learn("azure-monitor/alerts/alerts-overview"),
    }),
];
