import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, idOf, layered, Platform } from "./platform";
import type { OwnKey } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const account = (over: Properties = {}) => platform.put("storage:StorageAccount", over);
const sku = (name: string): Properties => ({ sku: { name } });
const encryptedBy = ({ identity, vaultId }: OwnKey): Properties => ({
    identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
    encryption: {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: {
            keyName: "key",
            keyVaultUri: `https://${vaultId.split("/").at(-1) ?? ""}.vault.azure.net`,
        },
        encryptionIdentity: { encryptionUserAssignedIdentity: identity.id },
    },
});

describe("StorageAccount", () => {
    test("tells its endpoints and what Azure fills in", async () => {
        const { outputs } = await account({ isHnsEnabled: true });
        expect(outputs).toMatchObject({
            primaryEndpoints: {
                blob: "https://stmldev1.blob.core.windows.net/",
                dfs: "https://stmldev1.dfs.core.windows.net/",
            },
            networkRuleSet: { defaultAction: "Allow" },
            minimumTlsVersion: "TLS1_2",
            primaryLocation: "swedencentral",
        });
    });

    const asked: [string, Properties, string][] = [
        ["a file account", { kind: "FileStorage", ...sku("Premium_ZRS") }, "accepted"],
        ["a name with a capital", { accountName: "StMl" }, "AccountNameInvalid"],
        ["a name of two", { accountName: "st" }, "AccountNameInvalid"],
        ["a SKU that is none", sku("Standard_XRS"), "InvalidAccountType"],
        ["a premium kind of standard SKU", { kind: "BlockBlobStorage" }, "InvalidAccountType"],
        ["zones where there are none", { location: "westus" }, "AccountTypeNotSupportedInLocation"],
        ["a blob account without tier", { kind: "BlobStorage", ...sku("Standard_LRS") }, "InvalidAccessTier"],
        [
            "files with a hierarchical namespace",
            { kind: "FileStorage", ...sku("Premium_LRS"), isHnsEnabled: true },
            "InvalidRequestPropertyValue",
        ],
        [
            "version-level immutability with one",
            { isHnsEnabled: true, immutableStorageWithVersioning: { enabled: true } },
            "InvalidRequestPropertyValue",
        ],
        ["SFTP without one", { isSftpEnabled: true }, "InvalidRequestPropertyValue"],
        ["NFS without one", { enableNfsV3: true }, "InvalidRequestPropertyValue"],
        ["TLS 1.0", { minimumTlsVersion: "TLS1_0" }, "InvalidRequestPropertyValue"],
        [
            "queue keys of a blob account",
            {
                kind: "BlobStorage",
                ...sku("Standard_LRS"),
                accessTier: "Hot",
                encryption: { keySource: "Microsoft.Storage", services: { queue: { keyType: "Account" } } },
            },
            "InvalidRequestPropertyValue",
        ],
        [
            "a key without source",
            { encryption: { keyVaultProperties: { keyName: "key" } } },
            "MissingEncryptionKeySource",
        ],
    ];
    test.each(asked)("%s", async (_, over, code) => {
        expect(await answer(account(over))).toBe(code);
    });

    test("a name is unique across Azure", async () => {
        platform.azure.take("azure-native:storage:StorageAccount", "stmldev1");
        expect(await answer(account())).toBe("StorageAccountAlreadyTaken");
    });

    const own = {
        encryption: {
            keySource: "Microsoft.Storage",
            requireInfrastructureEncryption: true,
            services: { queue: { keyType: "Account" } },
        },
    };
    const changes: [string, Properties, string][] = [
        ["shared keys", { allowSharedKeyAccess: false }, "accepted"],
        ["geo-redundancy with the same zones", sku("Standard_GZRS"), "accepted"],
        ["zones", sku("Standard_LRS"), "StorageAccountTypeConversionNotAllowed"],
        ["standard to premium", sku("Premium_ZRS"), "StorageAccountTypeConversionNotAllowed"],
        ["kind", { kind: "Storage" }, "AccountPropertyCannotBeUpdated"],
        ["hierarchical namespace", { isHnsEnabled: true }, "AccountPropertyCannotBeUpdated"],
        [
            "infrastructure encryption",
            { encryption: { requireInfrastructureEncryption: false } },
            "AccountPropertyCannotBeUpdated",
        ],
        [
            "key of queues",
            { encryption: { services: { queue: { keyType: "Service" } } } },
            "AccountPropertyCannotBeUpdated",
        ],
        ["NFS", { enableNfsV3: true }, "AccountPropertyCannotBeUpdated"],
        [
            "account immutability",
            { immutableStorageWithVersioning: { enabled: true } },
            "AccountPropertyCannotBeUpdated",
        ],
    ];
    test.each(changes)("changed: %s", async (_, over, code) => {
        await account(own);
        expect(await answer(account(layered(own, over)))).toBe(code);
    });

    test("a policy of the account is locked in a step of its own, and then only grows", async () => {
        const policy = (state: string, days: number, appends = true) => ({
            immutableStorageWithVersioning: {
                enabled: true,
                immutabilityPolicy: {
                    state,
                    immutabilityPeriodSinceCreationInDays: days,
                    allowProtectedAppendWrites: appends,
                },
            },
        });
        expect(await answer(account(policy("Locked", 30)))).toBe("InvalidRequestPropertyValue");
        expect(await answer(account(policy("Unlocked", 0)))).toBe("InvalidRequestPropertyValue");
        const { id } = await account(policy("Unlocked", 30));
        expect(await answer(account(policy("Unlocked", 20)))).toBe("accepted");
        expect(await answer(account(policy("Locked", 20)))).toBe("accepted");
        expect(await answer(account(policy("Locked", 40)))).toBe("accepted");
        const refused = [policy("Locked", 30), policy("Unlocked", 40), policy("Locked", 40, false)];
        for (const asked of refused) expect(await answer(account(asked))).toBe("AccountImmutabilityPolicyLocked");
        expect(await answer(platform.azure.delete(id))).toBe("ContainerProtectedFromDeletion");
    });

    test("an old kind can become the new one", async () => {
        await account({ kind: "Storage" });
        expect(await answer(account())).toBe("accepted");
    });
});

describe("StorageAccount with a key of ours", () => {
    test("follows the key's versions", async () => {
        const key = await platform.keyFor("id-st");
        expect(await answer(account(encryptedBy(key)))).toBe("accepted");
    });

    const wrong: [string, Properties, string][] = [
        [
            "without key name",
            { encryption: { keyVaultProperties: { keyName: undefined } } },
            "InvalidRequestPropertyValue",
        ],
        [
            "by an identity that it does not have",
            { identity: { userAssignedIdentities: [] } },
            "InvalidRequestPropertyValue",
        ],
        [
            "of another name",
            { encryption: { keyVaultProperties: { keyName: "other" } } },
            "InvalidRequestPropertyValue",
        ],
        [
            "by no identity at creation",
            { identity: { type: "SystemAssigned" }, encryption: { encryptionIdentity: undefined } },
            "KeyVaultAuthenticationFailure",
        ],
    ];
    test.each(wrong)("%s", async (_, over, code) => {
        const key = await platform.keyFor("id-st");
        expect(await answer(account(layered(encryptedBy(key), over)))).toBe(code);
    });

    const vaults: [string, Properties, string][] = [
        ["without purge protection", { enablePurgeProtection: undefined }, "KeyVaultPolicyError"],
        ["that trusts no Azure service", { networkAcls: { bypass: "None" } }, "KeyVaultAuthenticationFailure"],
    ];
    test.each(vaults)("of a vault %s", async (_, properties, code) => {
        const key = await platform.keyFor("id-st", { properties });
        expect(await answer(account(encryptedBy(key)))).toBe(code);
    });

    test("waits for the role", async () => {
        const key = await platform.keyFor("id-other");
        const identity = await platform.identity("id-late");
        await platform.grant(identity, "keyVaultCryptoServiceEncryptionUser", key.keyId, 5);
        expect(await answer(account(encryptedBy({ ...key, identity })))).toBe("KeyVaultAuthenticationFailure");
        await platform.clock.wait(60_000);
        expect(await answer(account(encryptedBy({ ...key, identity })))).toBe("accepted");
    });
});

describe("BlobServiceProperties", () => {
    const put = (over: Properties) => platform.put("storage:BlobServiceProperties", over);

    test("is reset by a delete, and the account's containers stay", async () => {
        await account();
        const { id } = await put({ isVersioningEnabled: true });
        const container = await platform.put("storage:BlobContainer");
        await platform.azure.delete(id);
        expect(platform.azure.get(id)).toBeUndefined();
        expect(platform.azure.get(container.id)).toBeDefined();
    });
    const restore = {
        isVersioningEnabled: true,
        changeFeed: { enabled: true },
        deleteRetentionPolicy: { enabled: true, days: 14 },
        restorePolicy: { enabled: true, days: 7 },
    };
    const asked: [string, Properties, Properties, string][] = [
        ["soft delete", {}, { deleteRetentionPolicy: { enabled: true, days: 7 } }, "accepted"],
        ["point-in-time restore", {}, restore, "accepted"],
        ["another name", {}, { blobServicesName: "mine" }, "InvalidResourceName"],
        ["of a file account", { kind: "FileStorage", ...sku("Premium_LRS") }, {}, "FeatureNotSupportedForAccount"],
        [
            "versions with a hierarchical namespace",
            { isHnsEnabled: true },
            { isVersioningEnabled: true },
            "ConflictFeatureEnabled",
        ],
        ["restore with one", { isHnsEnabled: true }, restore, "ConflictFeatureEnabled"],
        ["restore without versions", {}, { ...restore, isVersioningEnabled: false }, "ConflictFeatureEnabled"],
        [
            "restore beyond soft delete",
            {},
            { ...restore, restorePolicy: { enabled: true, days: 14 } },
            "InvalidRequestPropertyValue",
        ],
        [
            "restore of immutable blobs",
            { immutableStorageWithVersioning: { enabled: true } },
            restore,
            "ConflictFeatureEnabled",
        ],
        [
            "restore and permanent delete",
            {},
            layered(restore, { deleteRetentionPolicy: { allowPermanentDelete: true } }),
            "ConflictFeatureEnabled",
        ],
        [
            "immutable versions without versions",
            { immutableStorageWithVersioning: { enabled: true } },
            {},
            "ConflictFeatureEnabled",
        ],
        [
            "366 days of soft delete",
            {},
            { deleteRetentionPolicy: { enabled: true, days: 366 } },
            "InvalidRequestPropertyValue",
        ],
        [
            "no days for containers",
            {},
            { containerDeleteRetentionPolicy: { enabled: true } },
            "InvalidRequestPropertyValue",
        ],
    ];
    test.each(asked)("%s", async (_, of, over, code) => {
        await account(of);
        expect(await answer(put(over))).toBe(code);
    });
});

describe("FileServiceProperties", () => {
    const multichannel = { protocolSettings: { smb: { multichannel: { enabled: true } } } };
    const asked: [string, Properties, Properties, string][] = [
        ["soft delete", {}, { shareDeleteRetentionPolicy: { enabled: true, days: 7 } }, "accepted"],
        ["another name", {}, { fileServicesName: "mine" }, "InvalidResourceName"],
        ["of a blob account", { kind: "BlockBlobStorage", ...sku("Premium_LRS") }, {}, "FeatureNotSupportedForAccount"],
        ["multichannel of a standard account", {}, multichannel, "FeatureNotSupportedForAccount"],
        [
            "0 days of soft delete",
            {},
            { shareDeleteRetentionPolicy: { enabled: true, days: 0 } },
            "InvalidRequestPropertyValue",
        ],
    ];
    test.each(asked)("%s", async (_, of, over, code) => {
        await account(of);
        expect(await answer(platform.put("storage:FileServiceProperties", over))).toBe(code);
    });
});

describe("BlobContainer and its immutability", () => {
    const container = (over: Properties = {}) => platform.put("storage:BlobContainer", over);
    const policy = (over: Properties = {}) => platform.put("storage:BlobContainerImmutabilityPolicy", over);
    const policyId = idOf(
        "Microsoft.Storage/storageAccounts/stmldev1/blobServices/default/containers/models/immutabilityPolicies/default",
    );
    const lock = () => platform.azure.set(policyId, "state", "Locked");
    beforeEach(() => account());

    const asked: [string, Properties, string][] = [
        ["a closed one", {}, "accepted"],
        ["a name with a capital", { containerName: "Models" }, "InvalidResourceName"],
        ["a name with two hyphens", { containerName: "a--b" }, "InvalidResourceName"],
        ["open to the world", { publicAccess: "Blob" }, "PublicAccessNotPermitted"],
        [
            "immutable versions without versions",
            { immutableStorageWithVersioning: { enabled: true } },
            "ConflictFeatureEnabled",
        ],
    ];
    test.each(asked)("%s", async (_, over, code) => {
        expect(await answer(container(over))).toBe(code);
    });

    test("immutable versions stay", async () => {
        await platform.put("storage:BlobServiceProperties", { isVersioningEnabled: true });
        await container({ immutableStorageWithVersioning: { enabled: true } });
        expect(await answer(container({ immutableStorageWithVersioning: { enabled: false } }))).toBe(
            "PropertyChangeNotAllowed",
        );
        expect(await answer(policy())).toBe("ConflictFeatureEnabled");
    });

    const policies: [string, Properties, string][] = [
        ["30 days", {}, "accepted"],
        ["0 days", { immutabilityPeriodSinceCreationInDays: 0 }, "InvalidRequestPropertyValue"],
        ["146001 days", { immutabilityPeriodSinceCreationInDays: 146_001 }, "InvalidRequestPropertyValue"],
        [
            "two kinds of appending",
            { allowProtectedAppendWrites: true, allowProtectedAppendWritesAll: true },
            "InvalidRequestPropertyValue",
        ],
        ["another name", { immutabilityPolicyName: "mine" }, "InvalidResourceName"],
    ];
    test.each(policies)("a policy of %s", async (_, over, code) => {
        await container();
        expect(await answer(policy(over))).toBe(code);
    });

    test("an unlocked policy can be shortened and deleted, a locked one neither", async () => {
        const { id } = await container();
        await policy();
        expect(await answer(policy({ immutabilityPeriodSinceCreationInDays: 7 }))).toBe("accepted");
        lock();
        expect(await answer(policy({ immutabilityPeriodSinceCreationInDays: 1 }))).toBe(
            "ContainerImmutabilityPolicyFailure",
        );
        expect(await answer(platform.azure.delete(policyId))).toBe("ContainerImmutabilityPolicyFailure");
        expect(await answer(platform.azure.delete(id))).toBe("ContainerProtectedFromDeletion");
        expect(await answer(platform.azure.delete(idOf("Microsoft.Storage/storageAccounts/stmldev1")))).toBe(
            "ContainerProtectedFromDeletion",
        );
    });
});

describe("ManagementPolicy", () => {
    const rule = (
        actions: Properties,
        filters: Properties = { blobTypes: ["blockBlob"] },
        name = "tier-down",
    ): Properties => ({
        name,
        type: "Lifecycle",
        enabled: true,
        definition: { actions, filters },
    });
    const cool = { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 30 } } };
    const archive = { baseBlob: { tierToArchive: { daysAfterModificationGreaterThan: 90 } } };
    const seen = { baseBlob: { tierToCool: { daysAfterLastAccessTimeGreaterThan: 30 } } };
    const asked: [string, Properties[], string][] = [
        ["cool after a month", [rule(cool)], "accepted"],
        ["no rule", [], "InvalidRequestPropertyValue"],
        [
            "101 rules",
            Array.from({ length: 101 }, (_, index) => rule(cool, undefined, `r${index}`)),
            "InvalidRequestPropertyValue",
        ],
        ["one name twice", [rule(cool), rule(cool)], "InvalidRequestPropertyValue"],
        ["a name with a blank", [rule(cool, undefined, "tier down")], "InvalidRequestPropertyValue"],
        ["no action", [rule({})], "InvalidRequestPropertyValue"],
        ["no blob types", [rule(cool, { prefixMatch: ["models/"] })], "InvalidRequestPropertyValue"],
        ["tiers of append blobs", [rule(cool, { blobTypes: ["appendBlob"] })], "InvalidRequestPropertyValue"],
        ["the archive of a zone-redundant account", [rule(archive)], "InvalidRequestPropertyValue"],
        [
            "an age below nothing",
            [rule({ baseBlob: { delete: { daysAfterModificationGreaterThan: -1 } } })],
            "InvalidRequestPropertyValue",
        ],
        [
            "two ages",
            [rule({ baseBlob: { delete: { daysAfterModificationGreaterThan: 1, daysAfterCreationGreaterThan: 1 } } })],
            "InvalidRequestPropertyValue",
        ],
        ["the last access, untracked", [rule(seen)], "InvalidRequestPropertyValue"],
    ];
    test.each(asked)("%s", async (_, rules, code) => {
        await account();
        expect(await answer(platform.put("storage:ManagementPolicy", { policy: { rules } }))).toBe(code);
    });

    test("the last access, tracked", async () => {
        await account();
        await platform.put("storage:BlobServiceProperties", { lastAccessTimeTrackingPolicy: { enable: true } });
        expect(await answer(platform.put("storage:ManagementPolicy", { policy: { rules: [rule(seen)] } }))).toBe(
            "accepted",
        );
    });
});
