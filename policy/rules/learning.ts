import { learn, mandatory, type Rule } from "../rule";

const types = ["azure-native:machinelearningservices:Workspace"];
const remedy = "make it with components/machine-learning, which sets it";

export const learningRules: readonly Rule[] = [
    mandatory({
        ...{ name: "workspace-closed", types, remedy },
        requires: [
            { path: "publicNetworkAccess", is: "Disabled" },
            { path: "v1LegacyMode", isNot: true },
        ],
        reason: "runs and models are reached by private endpoints alone",
        source: `${learn("machine-learning/how-to-configure-private-link")}, CKV_AZURE_144`,
    }),
    mandatory({
        ...{ name: "workspace-own-key", types, remedy },
        requires: [
            { path: "encryption.status", is: "Enabled" },
            { path: "encryption.keyVaultProperties", given: true },
            { path: "hbiWorkspace", is: true },
        ],
        reason: "what Azure keeps of runs is encrypted with a key of ours, and it collects less",
        source: `${learn("machine-learning/concept-customer-managed-keys")}, CKV2_AZURE_50`,
    }),
    mandatory({
        ...{ name: "workspace-by-identity", types, remedy },
        requires: [
            { path: "identity.type", is: "UserAssigned" },
            { path: "primaryUserAssignedIdentity", given: true },
            { path: "systemDatastoresAuthMode", oneOf: ["Identity", "UserDelegationSAS"] },
        ],
        reason: "keys of accounts are off, and access is by identity",
        source: learn("machine-learning/how-to-identity-based-service-authentication"),
    }),
];
