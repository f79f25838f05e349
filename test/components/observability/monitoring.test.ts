import { CollectedCluster } from "../../../components/observability/collected-cluster";
import { Grafana } from "../../../components/observability/grafana";
import { Metrics } from "../../../components/observability/metrics";
import { MonitorPrivateLink, type MonitorScope } from "../../../components/observability/monitor-private-link";
import { all, only, runHook, value } from "../../mocks";
import { place, privateLink } from "../place";

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 100));
// What a test makes and does not look at must not turn up in the next.
afterEach(settled);

describe("the private link scope", () => {
    const scoped = [
        { name: "logs", id: "/logs" },
        { name: "collection-endpoint", id: "/dce" },
    ];
    const make = (scope: MonitorScope): MonitorPrivateLink =>
        new MonitorPrivateLink("monitor", { ...place, scope, scoped, privateLink: privateLink("monitor") });
    const scopeIn = (subscription: string): string =>
        `/subscriptions/${subscription}/resourceGroups/hub/providers/Microsoft.Insights/privateLinkScopes/ampls-hub`;

    test("of our own lets in and out nothing but private links, and resolves in all five zones", async () => {
        await value(make({ kind: "own" }).ready);
        expect(only("monitor:PrivateLinkScope").inputs).toMatchObject({
            location: "global",
            accessModeSettings: { ingestionAccessMode: "PrivateOnly", queryAccessMode: "PrivateOnly", exclusions: [] },
        });
        expect(only("network:PrivateEndpoint").inputs).toMatchObject({
            privateEndpointName: "pep-ampls-mlp-dev-sdc-azuremonitor",
            privateLinkServiceConnections: [{ groupIds: ["azuremonitor"], privateLinkServiceId: "/id/monitor" }],
        });
        expect(only("network:PrivateDnsZoneGroup").inputs.privateDnsZoneConfigs).toHaveLength(5);
    });

    test("takes in one resource after the other", async () => {
        const monitor = make({ kind: "own" });
        await value(monitor.ready);
        const [logs, endpoint] = all("monitor:PrivateLinkScopedResource");
        expect([logs, endpoint].map((one) => one?.inputs.linkedResourceId)).toEqual(["/logs", "/dce"]);
        expect(endpoint?.options.dependsOn.some((urn) => urn.endsWith("monitor-logs"))).toBe(true);
        await expect(value(monitor.left)).resolves.toEqual([]);
    });

    test("of a hub in our subscription takes our resources in, and is not made again", async () => {
        await value(make({ kind: "hub", scopeId: scopeIn(place.naming.subscriptionId) }).ready);
        expect(all("monitor:PrivateLinkScope")).toEqual([]);
        for (const { inputs } of all("monitor:PrivateLinkScopedResource"))
            expect(inputs).toMatchObject({ resourceGroupName: "hub", scopeName: "ampls-hub" });
    });

    test("of a hub elsewhere leaves to its team what goes in", async () => {
        const monitor = make({ kind: "hub", scopeId: scopeIn("33333333-3333-4333-8333-333333333333") });
        await expect(value(monitor.left)).resolves.toEqual(["/logs", "/dce"]);
        expect(all("monitor:PrivateLinkScopedResource")).toEqual([]);
    });

    test("is named by a full id", () => {
        expect(() => make({ kind: "hub", scopeId: "ampls-hub" })).toThrow(
            'scope.scopeId must be the full id of an Azure Monitor private link scope, got "ampls-hub"',
        );
    });
});

describe("metrics", () => {
    const make = (): Metrics =>
        new Metrics("metrics", { ...place, privateLink: privateLink("metrics"), logWorkspaceId: "/logs" });

    test("come in and are read by private link alone, in the region's own zone", async () => {
        await value(make().workspaceId);
        await settled();
        expect(only("monitor:AzureMonitorWorkspace").inputs.publicNetworkAccess).toBe("Disabled");
        expect(only("monitor:DataCollectionEndpoint").inputs.networkAcls).toEqual({ publicNetworkAccess: "Disabled" });
        expect(only("privatedns:PrivateZone").inputs.privateZoneName).toBe(
            "privatelink.swedencentral.prometheus.monitor.azure.com",
        );
    });

    test("go to Prometheus, what containers print to the logs, both through the endpoint", async () => {
        await value(make().workspaceId);
        await settled();
        const [metrics, logs] = all("monitor:DataCollectionRule").map(({ inputs }) => inputs);
        for (const rule of [metrics, logs]) expect(rule?.dataCollectionEndpointId).toBe("/id/metrics");
        expect(metrics).toMatchObject({
            destinations: { monitoringAccounts: [{ accountResourceId: "/id/metrics" }] },
            dataFlows: [{ streams: ["Microsoft-PrometheusMetrics"], destinations: ["metrics"] }],
        });
        expect(logs).toMatchObject({ destinations: { logAnalytics: [{ workspaceResourceId: "/logs" }] } });
        expect(JSON.stringify(logs)).toContain('"enableContainerLogV2":true');
    });

    test("of the cluster are collected once it is joined to rules and endpoint", async () => {
        new CollectedCluster("collected", { clusterId: "/aks", metrics: make() });
        await settled();
        expect(all("monitor:DataCollectionRuleAssociation").map(({ inputs }) => inputs)).toEqual([
            {
                resourceUri: "/aks",
                associationName: "configurationAccessEndpoint",
                dataCollectionEndpointId: "/id/metrics",
            },
            {
                resourceUri: "/aks",
                associationName: "ContainerInsightsMetricsExtension",
                dataCollectionRuleId: "/id/metrics-metrics",
            },
            {
                resourceUri: "/aks",
                associationName: "ContainerInsightsExtension",
                dataCollectionRuleId: "/id/metrics-logs",
            },
        ]);
    });
});

describe("Grafana", () => {
    const make = (): Grafana =>
        new Grafana("grafana", {
            ...{ ...place, privateLink: privateLink("grafana"), metricsWorkspaceId: "/metrics", zoneRedundant: true },
            shows: { platform: "/platform", data: "/data" },
        });

    test("is opened from inside with Entra alone, and spans zones", async () => {
        await value(make().grafanaId);
        expect(only("dashboard:Grafana").inputs).toMatchObject({
            workspaceName: "amgmlpdevsdc",
            sku: { name: "Standard" },
            identity: { type: "SystemAssigned" },
            properties: { publicNetworkAccess: "Disabled", apiKey: "Disabled", zoneRedundancy: "Enabled" },
        });
    });

    test("reads metrics by an endpoint of its own, and may read what it shows and no more", async () => {
        await value(make().grafanaId);
        await settled();
        expect(only("dashboard:ManagedPrivateEndpoint").inputs).toMatchObject({
            privateLinkResourceId: "/metrics",
            groupIds: ["prometheusMetrics"],
        });
        const scopes = all("authorization:RoleAssignment").map(({ inputs }) => inputs.scope);
        expect(scopes).toEqual(["/metrics", "/platform", "/data"]);
    });

    test("keeps to its zones: a change is refused in the preview", async () => {
        await value(make().grafanaId);
        const call = {
            oldInputs: { properties: { zoneRedundancy: "Enabled" } },
            newInputs: { properties: { zoneRedundancy: "Disabled" } },
        };
        await expect(runHook("grafana-frozen", call)).rejects.toThrow(
            "grafana: properties.zoneRedundancy cannot change in place",
        );
    });
});
