/** Config of a bootstrap, as Pulumi holds it: everything is text. */
export const good: Readonly<Record<string, string>> = {
    "mlplatform-bootstrap:workload": "mlp",
    "mlplatform-bootstrap:location": "swedencentral",
    "mlplatform-bootstrap:environments": '["dev","prod"]',
    "mlplatform-bootstrap:operationsGroupId": "5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11",
    "mlplatform-bootstrap:github": '{"organisation":"contoso","repository":"mlplatform"}',
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
};
