import { learn, mandatory, type Rule } from "../rule";

const vault = ["azure-native:keyvault:Vault"];
const key = ["azure-native:keyvault:Key"];
const remedy = "make it with components/encryption, which sets it";

export const keyRules: readonly Rule[] = [
    mandatory({
        ...{ name: "vault-closed", types: vault, remedy },
        requires: [
            { path: "properties.publicNetworkAccess", is: "Disabled" },
            { path: "properties.networkAcls.defaultAction", is: "Deny" },
            { path: "properties.networkAcls.ipRules[*].value", given: false },
            { path: "properties.networkAcls.virtualNetworkRules", given: false },
        ],
        reason: "keys are reached by private endpoints alone",
        source: `${learn("key-vault/general/network-security")}, CKV_AZURE_109, CKV_AZURE_189`,
    }),
    mandatory({
        ...{ name: "vault-can-be-had-back", types: vault, remedy },
        requires: [
            { path: "properties.enableSoftDelete", is: true },
            { path: "properties.enablePurgeProtection", is: true },
            { path: "properties.softDeleteRetentionInDays", atLeast: 7 },
        ],
        reason: "without its key, whatever it encrypts is lost; nobody may make that final at once",
        source: `${learn("key-vault/general/soft-delete-overview")}, CKV_AZURE_42, CKV_AZURE_110, CKV_AZURE_111`,
    }),
    mandatory({
        ...{ name: "vault-by-roles", types: vault, remedy },
        requires: [
            { path: "properties.enableRbacAuthorization", is: true },
            { path: "properties.accessPolicies", given: false },
            { path: "properties.enabledForDeployment", isNot: true },
            { path: "properties.enabledForDiskEncryption", isNot: true },
            { path: "properties.enabledForTemplateDeployment", isNot: true },
        ],
        reason: "who may use keys is said in one place, by roles",
        source: learn("key-vault/general/rbac-guide"),
    }),
    mandatory({
        ...{ name: "key-strong", types: key, remedy },
        requires: [
            { path: "properties.kty", oneOf: ["RSA", "RSA-HSM"] },
            { path: "properties.keySize", atLeast: 3072 },
            { path: "properties.attributes.exportable", isNot: true },
        ],
        reason: "as strong as is asked for beyond 2030, and never outside of its vault",
        source: `${learn("key-vault/keys/about-keys")}, CKV_AZURE_112`,
    }),
    mandatory({
        ...{ name: "key-wraps-only", types: key, remedy },
        requires: [{ path: "properties.keyOps[*]", oneOf: ["wrapKey", "unwrapKey"] }],
        reason: "a key of encryption signs and decrypts nothing else",
        source: learn("key-vault/keys/about-keys-details"),
    }),
    mandatory({
        ...{ name: "key-rotates", types: key, remedy },
        requires: [
            { path: "properties.rotationPolicy.lifetimeActions", given: true },
            { path: "properties.rotationPolicy.attributes.expiryTime", matches: /^P\d+[DMY]$/ },
        ],
        reason: "what one version encrypts ends",
        source: `${learn("key-vault/keys/how-to-configure-key-rotation")}, CKV_AZURE_40`,
    }),
    mandatory({
        name: "disks-own-key",
        types: ["azure-native:compute:DiskEncryptionSet"],
        requires: [
            {
                path: "encryptionType",
                oneOf: ["EncryptionAtRestWithCustomerKey", "EncryptionAtRestWithPlatformAndCustomerKeys"],
            },
            { path: "activeKey.keyUrl", given: true },
            { path: "rotationToLatestKeyVersionEnabled", is: true },
            { path: "identity.type", is: "UserAssigned" },
        ],
        reason: "whoever has the disks does not have the data",
        remedy,
        source: `${learn("virtual-machines/disk-encryption")}, CKV_AZURE_93`,
    }),
];
