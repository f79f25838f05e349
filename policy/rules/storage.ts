import { advisory, learn, mandatory, type Rule } from "../rule";

const account = ["azure-native:storage:StorageAccount"];
const remedy = "make it with components/storage/storage.ts, which sets it";

export const storageRules: readonly Rule[] = [
    mandatory({
        ...{ name: "storage-closed", types: account, remedy },
        requires: [
            { path: "publicNetworkAccess", is: "Disabled" },
            { path: "networkRuleSet.defaultAction", is: "Deny" },
            { path: "networkRuleSet.bypass", is: "None" },
            { path: "networkRuleSet.ipRules[*].iPAddressOrRange", given: false },
            { path: "networkRuleSet.virtualNetworkRules", given: false },
        ],
        reason: "data is reached by private endpoints alone",
        source: `${learn("storage/common/storage-network-security")}, CKV_AZURE_35, CKV_AZURE_59`,
    }),
    mandatory({
        ...{ name: "storage-no-anonymous-access", types: account, remedy },
        requires: [{ path: "allowBlobPublicAccess", is: false }],
        reason: "nothing is read without signing in",
        source: `${learn("storage/blobs/anonymous-read-access-prevent")}, CKV_AZURE_190`,
    }),
    mandatory({
        ...{ name: "storage-no-keys", types: account, remedy },
        requires: [
            { path: "allowSharedKeyAccess", is: false },
            { path: "defaultToOAuthAuthentication", is: true },
            { path: "isLocalUserEnabled", is: false },
            { path: "isSftpEnabled", is: false },
        ],
        reason: "keys belong to nobody and end never: access is by identity",
        source: `${learn("storage/common/shared-key-authorization-prevent")}, CKV2_AZURE_40, CKV_AZURE_244`,
    }),
    mandatory({
        ...{ name: "storage-encrypted-in-transit", types: account, remedy },
        requires: [
            { path: "enableHttpsTrafficOnly", is: true },
            { path: "minimumTlsVersion", oneOf: ["TLS1_2", "TLS1_3"] },
        ],
        reason: "nobody on the way reads along",
        source: `${learn("storage/common/transport-layer-security-configure-minimum-version")}, CKV_AZURE_3, CKV_AZURE_44`,
    }),
    mandatory({
        ...{ name: "storage-own-key", types: account, remedy },
        requires: [
            { path: "encryption.keySource", is: "Microsoft.Keyvault" },
            { path: "encryption.keyVaultProperties", given: true },
            { path: "encryption.requireInfrastructureEncryption", is: true },
            { path: "identity.type", is: "UserAssigned" },
        ],
        reason: "whoever has the disks does not have the data, and the key can be withdrawn",
        source: `${learn("storage/common/customer-managed-keys-overview")}, CKV2_AZURE_1`,
    }),
    mandatory({
        ...{ name: "storage-stays-in-tenant", types: account, remedy },
        requires: [
            { path: "allowCrossTenantReplication", is: false },
            { path: "allowedCopyScope", oneOf: ["AAD", "PrivateLink"] },
        ],
        reason: "nobody copies data into an account of another tenant",
        source: learn("storage/blobs/object-replication-prevent-cross-tenant-policies"),
    }),
    mandatory({
        name: "blobs-can-be-had-back",
        types: ["azure-native:storage:BlobServiceProperties"],
        requires: [
            { path: "deleteRetentionPolicy.enabled", is: true },
            { path: "deleteRetentionPolicy.days", atLeast: 7 },
            { path: "deleteRetentionPolicy.allowPermanentDelete", isNot: true },
            { path: "containerDeleteRetentionPolicy.enabled", is: true },
            { path: "containerDeleteRetentionPolicy.days", atLeast: 7 },
        ],
        reason: "a mistake can be taken back for a week at least",
        remedy: "leave it to the tier table (storageSoftDeleteDays)",
        source: `${learn("storage/blobs/soft-delete-blob-overview")}, CKV2_AZURE_38`,
    }),
    mandatory({
        name: "shares-can-be-had-back",
        types: ["azure-native:storage:FileServiceProperties"],
        requires: [
            { path: "shareDeleteRetentionPolicy.enabled", is: true },
            { path: "shareDeleteRetentionPolicy.days", atLeast: 7 },
        ],
        reason: "a mistake can be taken back for a week at least",
        remedy: "leave it to the tier table (storageSoftDeleteDays)",
        source: learn("storage/files/storage-files-prevent-file-share-deletion"),
    }),
    mandatory({
        name: "shares-encrypted-in-transit",
        types: ["azure-native:storage:FileServiceProperties"],
        requires: [
            { path: "protocolSettings.smb.versions", is: "SMB3.1.1" },
            { path: "protocolSettings.smb.channelEncryption", is: "AES-256-GCM" },
            { path: "protocolSettings.smb.authenticationMethods", is: "Kerberos" },
        ],
        reason: "older dialects and NTLM with keys can be listened to and replayed",
        remedy,
        source: learn("storage/files/files-smb-protocol"),
    }),
    mandatory({
        name: "containers-not-anonymous",
        types: ["azure-native:storage:BlobContainer"],
        requires: [{ path: "publicAccess", oneOf: ["None"] }],
        reason: "nothing is read without signing in",
        remedy: "say publicAccess None",
        source: `${learn("storage/blobs/anonymous-read-access-configure")}, CKV_AZURE_34`,
    }),
    advisory({
        name: "storage-in-zones",
        types: account,
        requires: [{ path: "sku.name", matches: /^(Standard|Premium)_(ZRS|GZRS|RAGZRS)$/ }],
        when: [{ path: "tags.environment", oneOf: ["staging", "prod"] }],
        reason: "data survives the loss of a zone",
        remedy: "leave it to the tier table (storageRedundancy)",
        source: learn("storage/common/storage-redundancy"),
    }),
];
