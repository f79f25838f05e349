import type * as pulumi from "@pulumi/pulumi";
import { Diagnostics } from "../../components/observability/diagnostics";
import { LogAnalytics } from "../../components/observability/log-analytics";
import type { LogSource } from "../../components/observability/log-source";
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

/** Logs of everything that has any. Whoever adds to the foundation what logs adds it to this list; a test looks. */
export function diagnose(
    { tier }: Settings,
    logs: Logs,
    parts: readonly { logSources: readonly LogSource[] }[],
): Diagnostics {
    const sources = [logs, ...parts].flatMap((part) => part.logSources);
    return new Diagnostics("diagnostics", { workspaceId: logs.workspaceId, sources, detail: tier.logs.detail });
}
