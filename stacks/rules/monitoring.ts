import { receiverFaults, type Receivers } from "../../components/observability/alerts";
import type { Settings } from "../settings";

/** Keys of config by what they become. */
const keys: Readonly<Record<keyof Receivers, string>> = {
    ...{ critical: "criticalEmails", warning: "alertEmails", webhookUri: "webhookUri" },
};

/** What is wrong with who is told, and with the way to Azure Monitor. */
export function monitoringRules({ monitoring, zoneChoice, tier, environment }: Settings): (string | false)[] {
    const { scope, receivers } = monitoring;
    const faults = receiverFaults("mlplatform:monitoring", receivers).map((fault) =>
        fault.replace(/(?<=monitoring\.)\w+/, (name) => keys[name as keyof Receivers]),
    );
    const field = "mlplatform:monitoring.privateLinkScopeId";
    return [
        // Where only alertEmails are given, they are both.
        ...new Set(
            receivers.critical === receivers.warning
                ? faults.map((fault) => fault.replace("criticalEmails", "alertEmails"))
                : faults,
        ),
        tier.needsReceivers &&
            receivers.warning.length === 0 &&
            `mlplatform:monitoring.alertEmails must name whom alerts go to in ${environment}`,
        // https://learn.microsoft.com/azure/azure-monitor/fundamentals/private-link-design
        scope.kind === "own" &&
            zoneChoice.kind !== "own" &&
            `${field} must name the hub's private link scope with mlplatform:dns.mode ${zoneChoice.kind}: a scope of our own would turn Azure Monitor's names around in zones that others use, too`,
        scope.kind === "hub" &&
            zoneChoice.kind === "own" &&
            `${field} must be left out with mlplatform:dns.mode own: our zones do not know the endpoint of another scope, got "${scope.scopeId}"`,
    ];
}
