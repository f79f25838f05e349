import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, idOf, location, Platform, subnetId } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
    await platform.put("operationalinsights:Workspace", { location, workspaceName: "log-ml" });
    await platform.put("monitor:AzureMonitorWorkspace", { location, azureMonitorWorkspaceName: "amw-ml" });
    await platform.put("monitor:DataCollectionEndpoint", { location, dataCollectionEndpointName: "dce-ml" });
});
afterEach(() => {
    platform.close();
});

const logsId = idOf("Microsoft.OperationalInsights/workspaces/log-ml");
const metricsId = idOf("Microsoft.Monitor/accounts/amw-ml");
const endpointId = idOf("Microsoft.Insights/dataCollectionEndpoints/dce-ml");
const ruleId = idOf("Microsoft.Insights/dataCollectionRules/dcr-ml");
const streams = ["Microsoft-PrometheusMetrics"];
const rule = (over: Properties = {}) =>
    platform.put("monitor:DataCollectionRule", {
        ...{ location, dataCollectionRuleName: "dcr-ml", kind: "Linux", dataCollectionEndpointId: endpointId },
        dataSources: { prometheusForwarder: [{ name: "prometheus", streams }] },
        destinations: { monitoringAccounts: [{ name: "metrics", accountResourceId: metricsId }] },
        dataFlows: [{ streams, destinations: ["metrics"] }],
        ...over,
    });

test("a workspace of metrics says where to ask", () => {
    expect(platform.seen(metricsId, "metrics.prometheusQueryEndpoint")).toMatch(
        /^https:\/\/amw-ml-[0-9a-f]{4}\.swedencentral\.prometheus\.monitor\.azure\.com$/,
    );
});

describe("a collection rule", () => {
    test.each<[string, Properties, string]>([
        ["to what it does not declare", { dataFlows: [{ streams, destinations: ["logs"] }] }, "InvalidPayload"],
        [
            "of what no source gives",
            { dataFlows: [{ streams: ["Microsoft-Perf"], destinations: ["metrics"] }] },
            "InvalidPayload",
        ],
        ["by an endpoint that is not there", { dataCollectionEndpointId: `${endpointId}2` }, "InvalidPayload"],
        ["by an endpoint in another region", { location: "westeurope" }, "InvalidPayload"],
        ["of two letters", { dataCollectionRuleName: "dc" }, "InvalidResourceName"],
    ])("%s is refused", async (_, over, code) => {
        expect(await answer(rule(over))).toBe(code);
    });

    test("keeps its kind", async () => {
        await rule();
        expect(await answer(rule({ kind: "Windows" }))).toBe("InvalidPayload");
    });

    test("keeps its endpoint from being deleted", async () => {
        await rule();
        expect(await answer(platform.azure.delete(endpointId))).toBe("Conflict");
        await platform.azure.delete(ruleId);
        expect(await answer(platform.azure.delete(endpointId))).toBe("accepted");
    });
});

test.each<[string, Properties, string]>([
    [
        "a rule and an endpoint at once",
        { dataCollectionRuleId: ruleId, dataCollectionEndpointId: endpointId },
        "InvalidPayload",
    ],
    ["an endpoint under any other name", { dataCollectionEndpointId: endpointId }, "InvalidPayload"],
    [
        "a rule under the endpoint's name",
        { associationName: "configurationAccessEndpoint", dataCollectionRuleId: ruleId },
        "InvalidPayload",
    ],
    ["a rule that is not there", { dataCollectionRuleId: `${ruleId}2` }, "ResourceNotFound"],
    ["a rule", { dataCollectionRuleId: ruleId }, "accepted"],
    [
        "an endpoint by its name",
        { associationName: "configurationAccessEndpoint", dataCollectionEndpointId: endpointId },
        "accepted",
    ],
])("an association with %s", async (_, over, code) => {
    await rule();
    const association = { resourceUri: logsId, associationName: "collected", ...over };
    expect(await answer(platform.azure.put("azure-native:monitor:DataCollectionRuleAssociation", association))).toBe(
        code,
    );
});

test("an endpoint serves its own region", async () => {
    await platform.put("operationalinsights:Workspace", { location: "westeurope", workspaceName: "log-we" });
    const association = {
        ...{ resourceUri: idOf("Microsoft.OperationalInsights/workspaces/log-we") },
        ...{ associationName: "configurationAccessEndpoint", dataCollectionEndpointId: endpointId },
    };
    expect(await answer(platform.azure.put("azure-native:monitor:DataCollectionRuleAssociation", association))).toBe(
        "InvalidPayload",
    );
});

describe("a private link scope", () => {
    const put = (over: Properties = {}) =>
        platform.put("monitor:PrivateLinkScope", {
            ...{ location: "global", scopeName: "ampls" },
            accessModeSettings: { ingestionAccessMode: "PrivateOnly", queryAccessMode: "PrivateOnly" },
            ...over,
        });
    const scoped = (over: Properties = {}) =>
        platform.put("monitor:PrivateLinkScopedResource", {
            ...{ scopeName: "ampls", name: "logs", linkedResourceId: logsId },
            ...over,
        });
    const endpoint = (name: string, scopeName: string) =>
        platform.put("network:PrivateEndpoint", {
            ...{ location, privateEndpointName: name, subnet: { id: subnetId("snet") } },
            privateLinkServiceConnections: [
                {
                    ...{ name: "azuremonitor", groupIds: ["azuremonitor"] },
                    privateLinkServiceId: idOf(`Microsoft.Insights/privateLinkScopes/${scopeName}`),
                },
            ],
        });

    test("is in no region", async () => {
        expect(await answer(put({ location }))).toBe("LocationNotAvailableForResourceType");
    });

    test.each<[string, Properties, string]>([
        ["a workspace", {}, "accepted"],
        ["a collection endpoint", { linkedResourceId: endpointId }, "accepted"],
        ["a workspace of metrics, which has an endpoint of its own", { linkedResourceId: metricsId }, "BadRequest"],
        ["what is not there", { linkedResourceId: `${logsId}2` }, "ResourceNotFound"],
    ])("holds %s", async (_, over, code) => {
        await put();
        expect(await answer(scoped(over))).toBe(code);
    });

    test("holds each once, and the same under one name", async () => {
        await put();
        await scoped();
        expect(await answer(scoped({ name: "again" }))).toBe("Conflict");
        expect(await answer(scoped({ linkedResourceId: endpointId }))).toBe("BadRequest");
    });

    test("is the only one that a network connects to", async () => {
        await platform.put("network:VirtualNetwork");
        await platform.put("network:Subnet", { subnetName: "snet", addressPrefix: "10.1.1.0/24" });
        await put();
        await put({ scopeName: "ampls-2" });
        expect(await answer(endpoint("pe-1", "ampls"))).toBe("accepted");
        expect(await answer(endpoint("pe-2", "ampls-2"))).toBe("BadRequest");
        expect(await answer(platform.azure.delete(idOf("Microsoft.Insights/privateLinkScopes/ampls")))).toBe(
            "Conflict",
        );
    });
});

describe("Grafana", () => {
    const put = (over: Properties = {}) =>
        platform.put("dashboard:Grafana", {
            ...{ location, workspaceName: "amgml", sku: { name: "Standard" }, identity: { type: "SystemAssigned" } },
            properties: { zoneRedundancy: "Enabled" },
            ...over,
        });
    const endpoint = (over: Properties = {}) =>
        platform.put("dashboard:ManagedPrivateEndpoint", {
            ...{ location, workspaceName: "amgml", managedPrivateEndpointName: "metrics" },
            ...{ privateLinkResourceId: metricsId, groupIds: ["prometheusMetrics"] },
            ...over,
        });
    const integration = (id: string): Properties => ({
        grafanaIntegrations: { azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: id }] },
    });

    test("answers with its URL and its identity", async () => {
        const { id } = await put();
        expect(platform.seen(id, "properties.endpoint")).toMatch(
            /^https:\/\/amgml-\w+\.swedencentral\.grafana\.azure\.com$/,
        );
        expect(platform.seen(id, "identity.principalId")).toMatch(/^[0-9a-f-]{36}$/);
    });

    test.each<[string, Properties, string]>([
        ["a name of 24 letters", { workspaceName: "a".repeat(24) }, "InvalidResourceName"],
        ["zones in the small tier", { sku: { name: "Essential" } }, "BadRequest"],
        ["zones where there are none", { location: "westus" }, "BadRequest"],
        ["metrics that are not there", { properties: integration(`${metricsId}2`) }, "BadRequest"],
    ])("refuses %s", async (_, over, code) => {
        expect(await answer(put(over))).toBe(code);
    });

    test("keeps to its zones", async () => {
        await put();
        expect(await answer(put({ properties: { zoneRedundancy: "Disabled" } }))).toBe("BadRequest");
    });

    test("reaches metrics by an endpoint that waits for approval", async () => {
        await put();
        const { id } = await endpoint();
        expect(platform.seen(id, "connectionState.status")).toBe("Pending");
        expect(await answer(endpoint({ groupIds: ["vault"] }))).toBe("BadRequest");
        expect(await answer(endpoint({ managedPrivateEndpointName: "other", groupIds: ["vault"] }))).toBe("BadRequest");
        expect(
            await answer(endpoint({ managedPrivateEndpointName: "other", privateLinkResourceId: `${metricsId}2` })),
        ).toBe("BadRequest");
    });

    test("of the small tier has no endpoints", async () => {
        await put({ sku: { name: "Essential" }, properties: {} });
        expect(await answer(endpoint())).toBe("BadRequest");
    });
});
