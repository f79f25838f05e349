import { AzureMonitorWorkspace } from "@pulumi/azure-native/monitor/azureMonitorWorkspace";
import { DataCollectionEndpoint } from "@pulumi/azure-native/monitor/dataCollectionEndpoint";
import { DataCollectionRule } from "@pulumi/azure-native/monitor/dataCollectionRule";
import type { DataCollectionRuleArgs } from "@pulumi/azure-native/monitor/dataCollectionRule";
import * as pulumi from "@pulumi/pulumi";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import type { LogSource } from "./log-source";
import type { Scoped } from "./monitor-private-link";

/** Arguments of {@link Metrics}. */
export interface MetricsArgs extends Placement {
    privateLink: PrivateLinkPlace;
    /** Log Analytics workspace that takes what containers print. In the same region. */
    logWorkspaceId: pulumi.Input<string>;
}

/**
 * Managed Prometheus for the cluster's metrics, and what brings metrics and logs there: an endpoint that is reached by
 * private link alone, and one rule for each. All of it can be made beside the cluster; `CollectedCluster` joins them.
 * @see https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-private-link
 */
export class Metrics extends pulumi.ComponentResource {
    /** Azure Monitor workspace: where Prometheus keeps metrics. */
    readonly workspaceId: pulumi.Output<string>;
    /** Where it answers queries. */
    readonly queryUrl: pulumi.Output<string>;
    readonly collectionEndpointId: pulumi.Output<string>;
    /** Rules that the cluster is to be joined to. */
    readonly ruleIds: Readonly<Record<"metrics" | "logs", pulumi.Output<string>>>;
    /** What the private link scope must hold. Queries have an endpoint of their own. */
    readonly scoped: readonly Scoped[];
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: MetricsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:Metrics", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, privateLink } = args;
        const common = { resourceGroupName, location, tags };
        const azureMonitorWorkspaceName = resourceName("monitorWorkspace", { ...naming, location });
        const workspace = new AzureMonitorWorkspace(
            name,
            { azureMonitorWorkspaceName, ...common, publicNetworkAccess: "Disabled" },
            childOptions(this, "monitor:AzureMonitorWorkspace"),
        );
        new PrivateLink(
            `${name}-link`,
            {
                ...{ naming, location, resourceGroupName, tags, privateLink },
                ...{ target: "metrics", targetId: workspace.id, targetName: azureMonitorWorkspaceName },
            },
            { parent: this },
        );
        const endpoint = new DataCollectionEndpoint(
            name,
            {
                dataCollectionEndpointName: resourceName("dataCollectionEndpoint", { ...naming, location }),
                ...{ ...common, kind: "Linux", networkAcls: { publicNetworkAccess: "Disabled" } },
            },
            childOptions(this, "monitor:DataCollectionEndpoint"),
        );
        const rule = (use: "metrics" | "logs", what: Partial<DataCollectionRuleArgs>): DataCollectionRule =>
            new DataCollectionRule(
                `${name}-${use}`,
                {
                    dataCollectionRuleName: resourceName("dataCollectionRule", { ...naming, location, instance: use }),
                    ...{ ...common, kind: "Linux", dataCollectionEndpointId: endpoint.id, ...what },
                },
                childOptions(this, "monitor:DataCollectionRule", {
                    ...{ replaceOnChanges: ["kind"], deleteBeforeReplace: true },
                }),
            );
        const rules = { metrics: rule("metrics", toPrometheus(workspace.id)), logs: rule("logs", toLogs(args)) };

        this.workspaceId = workspace.id;
        this.queryUrl = workspace.metrics.apply(({ prometheusQueryEndpoint }) => prometheusQueryEndpoint);
        this.collectionEndpointId = endpoint.id;
        this.ruleIds = { metrics: rules.metrics.id, logs: rules.logs.id };
        this.scoped = [{ name: "collection-endpoint", id: endpoint.id }];
        this.logSources = [
            { kind: "Microsoft.Monitor/accounts", name, id: workspace.id },
            { kind: "Microsoft.Insights/dataCollectionRules", name: `${name}-metrics`, id: rules.metrics.id },
            { kind: "Microsoft.Insights/dataCollectionRules", name: `${name}-logs`, id: rules.logs.id },
        ];
        this.registerOutputs({ workspaceId: this.workspaceId });
    }
}

/** @see https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable */
function toPrometheus(accountResourceId: pulumi.Input<string>): Partial<DataCollectionRuleArgs> {
    const streams = ["Microsoft-PrometheusMetrics"];
    return {
        dataSources: { prometheusForwarder: [{ name: "prometheus", streams }] },
        destinations: { monitoringAccounts: [{ name: "metrics", accountResourceId }] },
        dataFlows: [{ streams, destinations: ["metrics"] }],
    };
}

/** What containers print, events and the inventory that names them. Figures are Prometheus's to keep, once and not twice. */
function toLogs({ logWorkspaceId: workspaceResourceId }: MetricsArgs): Partial<DataCollectionRuleArgs> {
    const streams = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];
    const extensionSettings = {
        dataCollectionSettings: {
            ...{ interval: "5m", enableContainerLogV2: true },
            // What the system prints is Azure's to read, and is most of what there is.
            ...{ namespaceFilteringMode: "Exclude", namespaces: ["kube-system", "gatekeeper-system"] },
        },
    };
    return {
        dataSources: {
            extensions: [{ name: "containers", extensionName: "ContainerInsights", streams, extensionSettings }],
        },
        destinations: { logAnalytics: [{ name: "logs", workspaceResourceId }] },
        dataFlows: [{ streams, destinations: ["logs"] }],
    };
}
