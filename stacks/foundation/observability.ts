import type * as pulumi from "@pulumi/pulumi";
import { Alerts, type Measured } from "../../components/observability/alerts";
import { CollectedCluster } from "../../components/observability/collected-cluster";
import { Diagnostics } from "../../components/observability/diagnostics";
import { Grafana } from "../../components/observability/grafana";
import { LogAnalytics } from "../../components/observability/log-analytics";
import type { LogSource } from "../../components/observability/log-source";
import { Metrics } from "../../components/observability/metrics";
import { MonitorPrivateLink } from "../../components/observability/monitor-private-link";
import { platformMetrics, type MeasuredKind } from "../../facts/platform-metrics";
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
    { actionGroupIds }: Alerts,
): Record<"logWorkspaceId" | "metricsWorkspaceId" | "metricsQueryUrl" | "grafanaUrl", pulumi.Input<string>> & {
    actionGroupIds: Alerts["actionGroupIds"];
    leftToScope: pulumi.Output<string[]>;
} {
    return {
        actionGroupIds,
        ...{ logWorkspaceId: logs.workspaceId, metricsWorkspaceId: metrics.workspaceId, grafanaUrl: grafana.url },
        metricsQueryUrl: metrics.queryUrl,
        leftToScope: privateLink.left,
    };
}

/** What alerts are about. */
export interface Alerted {
    logs: Logs;
    metrics: Metrics;
    cluster: { id: pulumi.Input<string>; name: string };
    groupIds: readonly pulumi.Input<string>[];
    /** The parts whose metrics are watched, by what of them logs. */
    parts: readonly { logSources: readonly LogSource[] }[];
    /** Where there is one: it has metrics, but no logs. */
    natGatewayId: pulumi.Input<string> | undefined;
}

/** Who is told of what, and when. */
export function alerts({ tier, monitoring }: Settings, at: Placement, about: Alerted): Alerts {
    const { logs, metrics, cluster, groupIds, parts, natGatewayId } = about;
    const measured = parts
        .flatMap((part) => part.logSources)
        .flatMap(({ kind, ...rest }): Measured[] => (isMeasured(kind) ? [{ kind, ...rest }] : []));
    if (natGatewayId !== undefined)
        measured.push({ kind: "Microsoft.Network/natGateways", name: "egress", id: natGatewayId });
    return new Alerts("alerts", {
        ...{ ...at, receivers: monitoring.receivers, upToSeverity: tier.alertsUpTo, measured, cluster, groupIds },
        ...{ logWorkspaceId: logs.workspaceId, metricsWorkspaceId: metrics.workspaceId },
    });
}

const isMeasured = (kind: string): kind is MeasuredKind => Object.hasOwn(platformMetrics, kind);

/** Logs of everything that has any. Whoever adds to the foundation what logs adds it to this list; a test looks. */
export function diagnose(
    { tier }: Settings,
    logs: Logs,
    parts: readonly { logSources: readonly LogSource[] }[],
): Diagnostics {
    const sources = [logs, ...parts].flatMap((part) => part.logSources);
    return new Diagnostics("diagnostics", { workspaceId: logs.workspaceId, sources, detail: tier.logs.detail });
}
