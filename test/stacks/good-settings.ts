/** Config of a small dev environment, as Pulumi holds it: everything is text. */
export const dev: Readonly<Record<string, string>> = {
    "mlplatform:kind": "foundation",
    "mlplatform:environment": "dev",
    "mlplatform:workload": "mlp",
    "mlplatform:location": "swedencentral",
    "mlplatform:addressSpace": "10.20.0.0/20",
    "mlplatform:adminGroupObjectIds": '["5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11"]',
    "mlplatform:cosmosDbObjectId": "88888888-8888-4888-8888-888888888888",
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
};

/** Groups of people, by what they do. */
export const groups = {
    operations: "66666666-0000-4000-8000-000000000001",
    security: "66666666-0000-4000-8000-000000000002",
    finance: "66666666-0000-4000-8000-000000000003",
    dataOwners: "66666666-0000-4000-8000-000000000004",
    dataScience: "66666666-0000-4000-8000-000000000005",
};

/** Config of a production environment with nothing that could be left out. */
export const prod: Readonly<Record<string, string>> = {
    ...dev,
    "mlplatform:environment": "prod",
    "mlplatform:addressSpace": "10.22.0.0/18",
    "mlplatform:owner": "platform@example.com",
    "mlplatform:costCentre": "ML-42",
    "mlplatform:groups": JSON.stringify(groups),
    "mlplatform:monitoring": JSON.stringify({ alertEmails: ["operations@example.com"] }),
    "mlplatform:budget": '{"amount":20000,"emails":["finance@example.com"]}',
};

export const hubZoneId = (zone: string): string =>
    `/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/${zone}`;

/** With zones that others use, Azure Monitor is reached by the hub's private link scope. */
export const hubScopeId =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/hub/providers/Microsoft.Insights/privateLinkScopes/ampls-hub";
export const hubMonitoring = { "mlplatform:monitoring": JSON.stringify({ privateLinkScopeId: hubScopeId }) };

/** Ids of every zone that the foundation asks a hub for. */
export const hubZoneIds: Readonly<Record<string, string>> = Object.fromEntries(
    [
        "private.swedencentral.azmk8s.io",
        "privatelink.azurecr.io",
        "privatelink.vaultcore.azure.net",
        "privatelink.api.azureml.ms",
        "privatelink.notebooks.azure.net",
        "privatelink.blob.core.windows.net",
        "privatelink.file.core.windows.net",
        "privatelink.queue.core.windows.net",
        "privatelink.swedencentral.prometheus.monitor.azure.com",
        "privatelink.grafana.azure.com",
    ].map((zone) => [zone, hubZoneId(zone)]),
);
