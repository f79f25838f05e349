/** What a private endpoint may lead to. */
export const privateLinkTargets = {
    registry: { groupId: "registry", zones: ["privatelink.azurecr.io"] },
    vault: { groupId: "vault", zones: ["privatelink.vaultcore.azure.net"] },
    blob: { groupId: "blob", zones: ["privatelink.blob.core.windows.net"] },
    file: { groupId: "file", zones: ["privatelink.file.core.windows.net"] },
    dfs: { groupId: "dfs", zones: ["privatelink.dfs.core.windows.net"] },
    queue: { groupId: "queue", zones: ["privatelink.queue.core.windows.net"] },
    table: { groupId: "table", zones: ["privatelink.table.core.windows.net"] },
    // One endpoint, two zones: without the second, notebooks do not resolve (caf-enterprise-scale#873).
    workspace: { groupId: "amlworkspace", zones: ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"] },
    metrics: { groupId: "prometheusMetrics", zones: ["privatelink.{region}.prometheus.monitor.azure.com"] },
    grafana: { groupId: "grafana", zones: ["privatelink.grafana.azure.com"] },
    monitor: {
        groupId: "azuremonitor",
        zones: [
            "privatelink.monitor.azure.com",
            "privatelink.oms.opinsights.azure.com",
            "privatelink.ods.opinsights.azure.com",
            "privatelink.agentsvc.azure-automation.net",
            "privatelink.blob.core.windows.net",
        ],
    },
} as const satisfies Record<string, { groupId: string; zones: readonly string[] }>;

/** @see https://learn.microsoft.com/azure/private-link/private-endpoint-dns */
export type PrivateLinkTargetKind = keyof typeof privateLinkTargets;

/** What a private DNS zone serves: a private endpoint's target, or the API server of clusters in that region. */
export type ZoneUse = PrivateLinkTargetKind | "apiServer";

/** Zones that names of that use are resolved in, in that region. */
export function zoneNames(use: ZoneUse, location: string): readonly string[] {
    // With API-server VNet integration there is no private link, and the zone is `private.` instead of `privatelink.`:
    // https://learn.microsoft.com/azure/aks/private-clusters
    if (use === "apiServer") return [`private.${location}.azmk8s.io`];
    return privateLinkTargets[use].zones.map((zone) => zone.replace("{region}", location));
}
