import { DataCollectionRuleAssociation } from "@pulumi/azure-native/monitor/dataCollectionRuleAssociation";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, shown } from "../options";
import type { Metrics } from "./metrics";

/** Arguments of {@link CollectedCluster}. */
export interface CollectedClusterArgs {
    clusterId: pulumi.Input<string>;
    metrics: Pick<Metrics, "ruleIds" | "collectionEndpointId">;
}

/**
 * Joins the cluster to the rules by which its metrics and logs are collected, and to the endpoint where its agents ask for
 * them. Agents that are up earlier ask again, so nothing waits for this.
 * @see https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-associations
 */
export class CollectedCluster extends pulumi.ComponentResource {
    constructor(name: string, args: CollectedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:CollectedCluster", name, shown({}), opts);
        const { clusterId: resourceUri, metrics } = args;
        const join = (
            suffix: string,
            associationName: string,
            to: { dataCollectionRuleId: pulumi.Input<string> } | { dataCollectionEndpointId: pulumi.Input<string> },
        ): void => {
            new DataCollectionRuleAssociation(
                `${name}-${suffix}`,
                { resourceUri, associationName, ...to },
                childOptions(this, "monitor:DataCollectionRuleAssociation"),
            );
        };
        // The first name is Azure's: agents find their endpoint by it. The others are those of its own templates.
        join("endpoint", "configurationAccessEndpoint", { dataCollectionEndpointId: metrics.collectionEndpointId });
        join("metrics", "ContainerInsightsMetricsExtension", { dataCollectionRuleId: metrics.ruleIds.metrics });
        join("logs", "ContainerInsightsExtension", { dataCollectionRuleId: metrics.ruleIds.logs });
        this.registerOutputs({});
    }
}
