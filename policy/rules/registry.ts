import { advisory, learn, mandatory, type Rule } from "../rule";

const types = ["azure-native:containerregistry:Registry"];
const remedy = "make it with components/registry/registry.ts, which sets it";

export const registryRules: readonly Rule[] = [
    mandatory({
        ...{ name: "registry-closed", types, remedy },
        requires: [
            { path: "publicNetworkAccess", is: "Disabled" },
            { path: "networkRuleSet.defaultAction", is: "Deny" },
            { path: "networkRuleSet.ipRules", given: false },
            { path: "sku.name", is: "Premium" },
        ],
        reason: "images are pulled and pushed by private endpoints alone, which take the Premium tier",
        source: `${learn("container-registry/container-registry-private-link")}, CKV_AZURE_139`,
    }),
    mandatory({
        ...{ name: "registry-by-identity", types, remedy },
        requires: [
            { path: "adminUserEnabled", is: false },
            { path: "anonymousPullEnabled", is: false },
            { path: "policies.azureADAuthenticationAsArmPolicy.status", is: "disabled" },
        ],
        reason: "the admin's password is shared by all, and tokens for Azure itself are good for more than images",
        source: `${learn("container-registry/container-registry-authentication")}, CKV_AZURE_137, CKV_AZURE_138`,
    }),
    mandatory({
        ...{ name: "registry-own-key", types, remedy },
        requires: [
            { path: "encryption.status", is: "enabled" },
            { path: "encryption.keyVaultProperties", given: true },
            { path: "identity.type", is: "UserAssigned" },
        ],
        reason: "whoever has the disks does not have the images, and the key can be withdrawn",
        source: learn("container-registry/tutorial-enable-customer-managed-keys"),
    }),
    mandatory({
        ...{ name: "registry-no-export", types, remedy },
        requires: [{ path: "policies.exportPolicy.status", is: "disabled" }],
        reason: "nobody copies models out in an image",
        source: learn("container-registry/data-loss-prevention"),
    }),
    mandatory({
        ...{ name: "registry-data-endpoint", types, remedy },
        requires: [{ path: "dataEndpointEnabled", is: true }],
        reason: "firewalls let layers through by the registry's own name, not by all of Azure's storage",
        source: `${learn("container-registry/container-registry-dedicated-data-endpoints")}, CKV_AZURE_237`,
    }),
    advisory({
        ...{ name: "registry-in-zones", types, remedy },
        requires: [{ path: "zoneRedundancy", is: "Enabled" }],
        when: [{ path: "tags.environment", oneOf: ["staging", "prod"] }],
        reason: "pods start when a zone is lost",
        source: `${learn("container-registry/zone-redundancy")}, CKV_AZURE_233`,
    }),
];
