import type * as pulumi from "@pulumi/pulumi";
import { LogAnalytics } from "../../components/observability/log-analytics";
import type { Placement } from "../../components/placement";
import type { Settings } from "../settings";

/** Where everything logs to: the workspace from config, or one of our own. */
export function logWorkspace(
    { logAnalyticsWorkspaceId, tier }: Settings,
    at: Placement,
    options: pulumi.ComponentResourceOptions,
): pulumi.Input<string> {
    if (logAnalyticsWorkspaceId !== undefined) return logAnalyticsWorkspaceId;
    return new LogAnalytics("logs", { ...at, ...tier.logs }, options).workspaceId;
}
