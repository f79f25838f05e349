import { sandboxCosmosDbObjectId } from "../sandbox/azure/types/machine-learning";

/** Config of a dev environment, as a stack's file holds it. */
export const liveConfig = {
    "mlplatform:kind": "foundation",
    "mlplatform:environment": "dev",
    "mlplatform:workload": "mlp",
    "mlplatform:location": "swedencentral",
    "mlplatform:addressSpace": "10.20.0.0/20",
    "mlplatform:cosmosDbObjectId": sandboxCosmosDbObjectId,
    "mlplatform:adminGroupObjectIds": ["55555555-5555-4555-8555-555555555555"],
    "mlplatform:rolePropagationSeconds": "0.5",
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
};
