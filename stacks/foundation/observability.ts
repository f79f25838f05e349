import type * as pulumi from "@pulumi/pulumi";
import { CollectedCluster } from "../../components/observability/collected-cluster";
import { Diagnostics } from "../../components/observability/diagnostics";
import { Grafana } from "../../components/observability/grafana";
import { LogAnalytics } from "../../components/observability/log-analytics";
import type { LogSource } from "../../components/observability/log-source";
import { Metrics } from "../../components/observability/metrics";
import { MonitorPrivateLink } from "../../components/observability/monitor-private-link";
import type { PrivateLinkPlace } from "../../components/network/private-link";
import type { Placement } from "../../components/placement";
import type { Settings } from "../settings";

/** What is logged to, and what of it logs in turn. */
export interface Logs {
    workspaceId: pulumi.Input<string>;
    logSources: readonly LogSource[];
}

/** Where everything logs to: the workspace from config, which others look after, or one of our own. */
export function logWorkspace(
    { logAnalyticsWorkspaceId, tier }: Settings,
    at: Placement,
    options: pulumi.ComponentResourceOptions,
): Logs {
    if (logAnalyticsWorkspaceId !== undefined) return { workspaceId: logAnalyticsWorkspaceId, logSources: [] };
    const { retentionDays, auditDays, dailyCapGib } = tier.logs;
    return new LogAnalytics("logs", { ...at, retentionDays, auditDays, dailyCapGib }, options);
}

/** What is watched, and where from. */
export interface Watched {
    privateLink: PrivateLinkPlace;
    logs: Logs;
    clusterId: pulumi.Input<string>;
    groupIds: Readonly<Record<"platform" | "data", pulumi.Input<string>>>;
}

/** What watches the platform. */
export interface Monitoring {
    metrics: Metrics;
    grafana: Grafana;
    privateLink: MonitorPrivateLink;
    logSources: readonly LogSource[];
}

/** Metrics, dashboards and the private way to both. Nothing of the platform waits for any of it. */
export function monitor(settings: Settings, at: Placement, watched: Watched): Monitoring {
    const { privateLink, logs, clusterId, groupIds } = watched;
    const metrics = new Metrics("metrics", { ...at, privateLink, logWorkspaceId: logs.workspaceId });
    const scope = new MonitorPrivateLink("monitor", {
        ...{ ...at, privateLink, scope: settings.monitoring.scope },
        scoped: [{ name: "logs", id: logs.workspaceId }, ...metrics.scoped],
    });
    new CollectedCluster("collected", { clusterId, metrics });
    const grafana = new Grafana("grafana", {
        ...{ ...at, privateLink, metricsWorkspaceId: metrics.workspaceId, shows: groupIds },
        zoneRedundant: settings.tier.grafanaInZones && settings.zones.length > 1,
    });
    return { metrics, grafana, privateLink: scope, logSources: [...metrics.logSources, ...grafana.logSources] };
}

/** What upper stacks and people are told of it. */
export function monitoringOutputs(
    logs: Logs,
    { metrics, grafana, privateLink }: Monitoring,
): Record<"logWorkspaceId" | "metricsWorkspaceId" | "grafanaUrl", pulumi.Input<string>> & {
    leftToScope: pulumi.Output<string[]>;
} {
    return {
        ...{ logWorkspaceId: logs.workspaceId, metricsWorkspaceId: metrics.workspaceId, grafanaUrl: grafana.url },
        leftToScope: privateLink.left,
    };
}

/** Logs of everything that has any. Whoever adds to the foundation what logs adds it to this list; a test looks. */
export function diagnose(
    { tier }: Settings,
    logs: Logs,
    parts: readonly { logSources: readonly LogSource[] }[],
): Diagnostics {
    const sources = [logs, ...parts].flatMap((part) => part.logSources);
    return new Diagnostics("diagnostics", { workspaceId: logs.workspaceId, sources, detail: tier.logs.detail });
}
