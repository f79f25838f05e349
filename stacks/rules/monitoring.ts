import type { Settings } from "../settings";

/** What is wrong with the way to Azure Monitor. */
export function monitoringRules({ monitoring: { scope }, zoneChoice }: Settings): (string | false)[] {
    const field = "mlplatform:monitoring.privateLinkScopeId";
    return [
        // https://learn.microsoft.com/azure/azure-monitor/fundamentals/private-link-design
        scope.kind === "own" &&
            zoneChoice.kind !== "own" &&
            `${field} must name the hub's private link scope with mlplatform:dns.mode ${zoneChoice.kind}: a scope of our own would turn Azure Monitor's names around in zones that others use, too`,
        scope.kind === "hub" &&
            zoneChoice.kind === "own" &&
            `${field} must be left out with mlplatform:dns.mode own: our zones do not know the endpoint of another scope, got "${scope.scopeId}"`,
    ];
}
