import type { Receivers } from "../../components/observability/alerts";
import type { MonitorScope } from "../../components/observability/monitor-private-link";
import { list, object, optional, text, type Parsed } from "../parse";

/** Who is told what, and whose private link scope Azure Monitor is reached by. */
export const monitoring = object({
    alertEmails: optional(list(text())),
    criticalEmails: optional(list(text())),
    webhookUri: optional(text()),
    privateLinkScopeId: optional(
        text(
            /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Insights\/privateLinkScopes\/[^/]+$/i,
            "the full id of an Azure Monitor private link scope",
        ),
    ),
});

/** The same, with what follows where config says nothing. */
export interface MonitoringSettings {
    scope: MonitorScope;
    receivers: Receivers;
}

/** What config says of monitoring: without addresses of their own, critical alerts go where the others go. */
export function monitoringOf(read: Parsed<typeof monitoring> | undefined): MonitoringSettings {
    const { privateLinkScopeId: scopeId, alertEmails: warning = [], criticalEmails: critical = warning } = read ?? {};
    const webhookUri = read?.webhookUri;
    return {
        scope: scopeId === undefined ? { kind: "own" } : { kind: "hub", scopeId },
        receivers: { critical, warning, ...(webhookUri !== undefined && { webhookUri }) },
    };
}
