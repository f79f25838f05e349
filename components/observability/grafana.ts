import { Grafana as AzureGrafana } from "@pulumi/azure-native/dashboard/grafana";
import { ManagedPrivateEndpoint } from "@pulumi/azure-native/dashboard/managedPrivateEndpoint";
import * as pulumi from "@pulumi/pulumi";
import type { AccessRowName } from "../../facts/access-table";
import { Access } from "../governance/access";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import { resourceName } from "../names";
import { childOptions, renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";
import type { LogSource } from "./log-source";

/** Arguments of {@link Grafana}. */
export interface GrafanaArgs extends Placement {
    privateLink: PrivateLinkPlace;
    /** Azure Monitor workspace with the metrics. */
    metricsWorkspaceId: pulumi.Input<string>;
    /** Keeps it running when a zone is lost; only in regions that have zones, and only from the first day on. */
    zoneRedundant: boolean;
    /** Full ids of the resource groups whose metrics and logs it shows. */
    shows: Readonly<Record<"platform" | "data", pulumi.Input<string>>>;
}

/**
 * Managed Grafana over the platform's metrics and logs: people sign in with Entra from inside the network, there are no
 * API keys, and it reads metrics through a private endpoint of its own. That endpoint waits until somebody approves it on
 * the workspace; Azure has no other way.
 * @see https://learn.microsoft.com/azure/managed-grafana/how-to-connect-to-data-source-privately
 */
export class Grafana extends pulumi.ComponentResource {
    readonly grafanaId: pulumi.Output<string>;
    /** URL. Resolves once its name resolves inside. */
    readonly url: pulumi.Output<string>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:Grafana", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, privateLink, metricsWorkspaceId, zoneRedundant } = args;
        const workspaceName = resourceName("grafana", { ...naming, location });
        const grafana = new AzureGrafana(
            name,
            {
                ...{ workspaceName, resourceGroupName, location, tags },
                // The only tier with private endpoints and zones.
                sku: { name: "Standard" },
                identity: { type: "SystemAssigned" },
                properties: {
                    ...{ publicNetworkAccess: "Disabled", apiKey: "Disabled", deterministicOutboundIP: "Disabled" },
                    zoneRedundancy: zoneRedundant ? "Enabled" : "Disabled",
                    grafanaIntegrations: {
                        azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: metricsWorkspaceId }],
                    },
                },
            },
            renamedOptions(this, "dashboard:Grafana", refuseChanges(name, frozen)),
        );
        const link = new PrivateLink(
            `${name}-link`,
            {
                ...{ naming, location, resourceGroupName, tags, privateLink },
                ...{ target: "grafana", targetId: grafana.id, targetName: workspaceName },
            },
            { parent: this },
        );
        new ManagedPrivateEndpoint(
            `${name}-metrics`,
            {
                ...{ resourceGroupName, workspaceName: grafana.name, location, tags },
                ...{ managedPrivateEndpointName: "metrics", groupIds: ["prometheusMetrics"] },
                ...{ privateLinkResourceId: metricsWorkspaceId, privateLinkResourceRegion: location },
                requestMessage: "Grafana of the platform reads its metrics",
            },
            childOptions(this, "dashboard:ManagedPrivateEndpoint", {
                replaceOnChanges: ["privateLinkResourceId", "groupIds", "privateLinkResourceRegion"],
                deleteBeforeReplace: true,
            }),
        );
        const principalId = grafana.identity.apply((identity) => identity?.principalId ?? "");
        const { subscriptionId } = naming;
        const reads: [AccessRowName, pulumi.Input<string>][] = [
            ["grafana-metrics", metricsWorkspaceId],
            ["grafana-platform", args.shows.platform],
            ["grafana-data", args.shows.data],
        ];
        for (const [row, scope] of reads)
            // Nothing waits for it: a dashboard that is opened too early is opened again.
            new Access(row, { row, scope, principalId, subscriptionId, propagationSeconds: 0 }, { parent: this });

        this.grafanaId = grafana.id;
        this.url = pulumi.all([grafana.properties, link.ready]).apply(([{ endpoint }]) => endpoint);
        this.logSources = [{ kind: "Microsoft.Dashboard/grafana", name, id: grafana.id }];
        this.registerOutputs({ grafanaId: this.grafanaId, url: this.url });
    }
}

const frozen = [
    {
        path: "properties.zoneRedundancy",
        instead: "it is set when Grafana is made; delete it and bring it up again, dashboards saved in it are lost",
    },
];
