import type { MonitorScope } from "../../components/observability/monitor-private-link";
import { object, optional, text, type Parsed } from "../parse";

/** Who is told what, and whose private link scope Azure Monitor is reached by. */
export const monitoring = object({
    privateLinkScopeId: optional(
        text(
            /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Insights\/privateLinkScopes\/[^/]+$/i,
            "the full id of an Azure Monitor private link scope",
        ),
    ),
});

/** The same, with defaults. */
export interface MonitoringSettings {
    scope: MonitorScope;
}

/** What config says of monitoring, with what follows where it says nothing. */
export function monitoringOf(read: Parsed<typeof monitoring> | undefined): MonitoringSettings {
    const scopeId = read?.privateLinkScopeId;
    return { scope: scopeId === undefined ? { kind: "own" } : { kind: "hub", scopeId } };
}
