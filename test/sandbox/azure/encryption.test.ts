import type { Properties } from "../../../sandbox/azure/resource-type";
import { encryptionTypes } from "../../../sandbox/azure/types/encryption";
import { answer, idOf, Platform } from "./platform";
import type { OwnKey } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const vaultOf = (properties: Properties): Properties => ({ properties });

describe("Vault", () => {
    test("tells its URL and keeps what was left out", async () => {
        const { outputs } = await platform.put("keyvault:Vault", { vaultName: "KV-ml-dev-1" });
        expect(outputs.properties).toMatchObject({
            vaultUri: "https://kv-ml-dev-1.vault.azure.net/",
            enableSoftDelete: true,
            softDeleteRetentionInDays: 7,
            enablePurgeProtection: true,
            privateEndpointConnections: [],
        });
    });

    const asked: [string, Properties, string][] = [
        ["a standard vault", vaultOf({ sku: { name: "standard" } }), "accepted"],
        ["a name that begins with a digit", { vaultName: "1kv" }, "VaultNameNotValid"],
        ["a name with two hyphens", { vaultName: "kv--ml" }, "VaultNameNotValid"],
        ["a name of 25", { vaultName: "k".repeat(25) }, "VaultNameNotValid"],
        ["purge protection off", vaultOf({ enablePurgeProtection: false }), "BadRequest"],
        ["soft delete off", vaultOf({ enableSoftDelete: false }), "BadRequest"],
        ["6 days of soft delete", vaultOf({ softDeleteRetentionInDays: 6 }), "BadRequest"],
        ["91 days of soft delete", vaultOf({ softDeleteRetentionInDays: 91 }), "BadRequest"],
        ["another tenant", vaultOf({ tenantId: "33333333-3333-4333-8333-333333333333" }), "BadRequest"],
        ["1025 access policies", vaultOf({ accessPolicies: Array<Properties>(1025).fill({}) }), "BadRequest"],
        ["recovery of nothing", vaultOf({ createMode: "recover" }), "SoftDeletedVaultDoesNotExist"],
    ];
    test.each(asked)("%s", async (_, over, code) => {
        expect(await answer(platform.put("keyvault:Vault", over))).toBe(code);
    });

    const changes: [string, Properties, string][] = [
        ["tags", { tags: { env: "dev" } }, "accepted"],
        ["standard to premium and back", vaultOf({ sku: { name: "standard" } }), "accepted"],
        ["no more purge protection", vaultOf({ enablePurgeProtection: false }), "BadRequest"],
        ["other days of soft delete", vaultOf({ softDeleteRetentionInDays: 30 }), "BadRequest"],
        ["another region", { location: "westeurope" }, "InvalidResourceLocation"],
    ];
    test.each(changes)("changed: %s", async (_, over, code) => {
        await platform.put("keyvault:Vault");
        expect(await answer(platform.put("keyvault:Vault", over))).toBe(code);
    });

    test("purge protection left out of an update stays", async () => {
        const { id } = await platform.put("keyvault:Vault");
        await platform.put("keyvault:Vault", vaultOf({ enablePurgeProtection: undefined }));
        expect(platform.seen(id, "properties.enablePurgeProtection")).toBe(true);
    });

    test("a name is unique across Azure", async () => {
        await platform.put("keyvault:Vault");
        await platform.azure.put("azure-native:resources:ResourceGroup", {
            resourceGroupName: "rg-2",
            location: "swedencentral",
        });
        expect(await answer(platform.put("keyvault:Vault", { resourceGroupName: "rg-2" }))).toBe("VaultAlreadyExists");
        platform.azure.take("azure-native:keyvault:Vault", "kv-theirs");
        expect(await answer(platform.put("keyvault:Vault", { vaultName: "kv-theirs" }))).toBe("VaultAlreadyExists");
    });

    test("a deleted vault keeps its name for the days of soft delete", async () => {
        const { id } = await platform.put("keyvault:Vault");
        await platform.azure.delete(id);
        expect(await answer(platform.put("keyvault:Vault"))).toBe("ConflictError");
        await platform.clock.wait(8 * 86_400_000);
        expect(await answer(platform.put("keyvault:Vault"))).toBe("accepted");
    });
});

describe("Key", () => {
    beforeEach(() => platform.put("keyvault:Vault"));

    test("tells its URL with and without version", async () => {
        const { outputs } = await platform.put("keyvault:Key");
        expect(outputs.keyUri).toBe("https://kv-ml-dev-1.vault.azure.net/keys/key");
        expect(outputs.keyUriWithVersion).toMatch(/\/keys\/key\/[0-9a-f]{32}$/);
        expect(outputs).toMatchObject({ kty: "RSA-HSM", keySize: 3072, attributes: { enabled: true } });
    });

    const rotating = (attributes: Properties, ...lifetimeActions: Properties[]): Properties => ({
        properties: { rotationPolicy: { attributes, lifetimeActions } },
    });
    const rotate = (trigger: Properties): Properties => ({ action: { type: "Rotate" }, trigger });
    const asked: [string, Properties, string][] = [
        ["an elliptic key", { properties: { kty: "EC", curveName: "P-256", keySize: undefined } }, "accepted"],
        ["a rotation", rotating({ expiryTime: "P1Y" }, rotate({ timeAfterCreate: "P90D" })), "accepted"],
        ["a name with a dot", { keyName: "a.b" }, "BadParameter"],
        ["an odd size", { properties: { keySize: 1024 } }, "BadParameter"],
        ["a curve on RSA", { properties: { curveName: "P-256" } }, "BadParameter"],
        ["an expiry of a week", rotating({ expiryTime: "P7D" }), "BadParameter"],
        ["a rotation after a day", rotating({ expiryTime: "P1Y" }, rotate({ timeAfterCreate: "P1D" })), "BadParameter"],
        [
            "a rotation after the expiry",
            rotating({ expiryTime: "P90D" }, rotate({ timeAfterCreate: "P1Y" })),
            "BadParameter",
        ],
        ["a rotation without trigger", rotating({ expiryTime: "P1Y" }, rotate({})), "BadParameter"],
        ["a trigger before no expiry", rotating({}, rotate({ timeBeforeExpiry: "P30D" })), "BadParameter"],
        ["a vault that is not there", { vaultName: "kv-none" }, "ParentResourceNotFound"],
    ];
    test.each(asked)("%s", async (_, over, code) => {
        expect(await answer(platform.put("keyvault:Key", over))).toBe(code);
    });

    test("an HSM key needs a premium vault", async () => {
        await platform.put("keyvault:Vault", { vaultName: "kv-std", properties: { sku: { name: "standard" } } });
        expect(await answer(platform.put("keyvault:Key", { vaultName: "kv-std" }))).toBe("Forbidden");
    });

    test("a second PUT writes nothing: ARM answers with the key that is there", async () => {
        const first = await platform.put("keyvault:Key");
        const second = await platform.put("keyvault:Key", { properties: { kty: "RSA", keySize: 4096 } });
        expect(second.outputs).toMatchObject({
            kty: "RSA-HSM",
            keySize: 3072,
            keyUriWithVersion: first.outputs.keyUriWithVersion,
        });
    });

    test("there is no DELETE: the key stays", async () => {
        const { id } = await platform.put("keyvault:Key");
        await platform.azure.delete(id);
        expect(platform.azure.get(id)).toBeDefined();
    });
});

describe("DiskEncryptionSet", () => {
    const setOf = ({ identity, versioned, vaultId }: OwnKey, over: Properties = {}): Properties => ({
        encryptionType: "EncryptionAtRestWithPlatformAndCustomerKeys",
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        activeKey: { keyUrl: versioned, sourceVault: { id: vaultId } },
        ...over,
    });

    test("is made with a key that its identity may use, and tells that identity", async () => {
        const key = await platform.keyFor("id-disk");
        const { id } = await platform.put("compute:DiskEncryptionSet", setOf(key));
        expect(platform.seen(id, "identity.userAssignedIdentities")).toEqual({
            [key.identity.id]: { clientId: key.identity.clientId, principalId: key.identity.principalId },
        });
    });

    const asked: [string, (key: OwnKey) => Properties, string][] = [
        ["a key without version", (key) => ({ activeKey: { keyUrl: key.uri } }), "InvalidParameter"],
        ["no identity", () => ({ identity: { type: "None" } }), "InvalidParameter"],
        [
            "an identity that is not there",
            () => ({
                identity: {
                    type: "UserAssigned",
                    userAssignedIdentities: [idOf("Microsoft.ManagedIdentity/userAssignedIdentities/none")],
                },
            }),
            "FailedIdentityOperation",
        ],
        [
            "an identity of its own, which no role can wait for",
            () => ({ identity: { type: "SystemAssigned" } }),
            "KeyVaultAccessForbidden",
        ],
        [
            "another vault than the key's",
            (key) => ({
                activeKey: { keyUrl: key.versioned, sourceVault: { id: idOf("Microsoft.KeyVault/vaults/other") } },
            }),
            "InvalidParameter",
        ],
        [
            "a key that is not there",
            (key) => ({ activeKey: { keyUrl: key.versioned.replace("/keys/key/", "/keys/other/") } }),
            "KeyVaultKeyNotFound",
        ],
        [
            "a vault that is not there",
            (key) => ({ activeKey: { keyUrl: key.versioned.replace("kv-ml", "kv-no") } }),
            "KeyVaultKeyNotFound",
        ],
        ["another region than the vault's", () => ({ location: "westeurope" }), "InvalidParameter"],
        ["a bad name", () => ({ diskEncryptionSetName: "des.1" }), "InvalidParameter"],
    ];
    test.each(asked)("%s", async (_, over, code) => {
        const key = await platform.keyFor("id-disk");
        expect(await answer(platform.put("compute:DiskEncryptionSet", setOf(key, over(key))))).toBe(code);
    });

    const vaults: [string, Properties, Properties, string][] = [
        ["a vault without purge protection", vaultOf({ enablePurgeProtection: undefined }), {}, "InvalidParameter"],
        ["a vault that trusts nobody", vaultOf({ networkAcls: { bypass: "None" } }), {}, "KeyVaultAccessForbidden"],
        ["an elliptic key", {}, { properties: { kty: "EC", keySize: undefined } }, "InvalidParameter"],
        ["a disabled key", {}, { properties: { attributes: { enabled: false } } }, "InvalidParameter"],
    ];
    test.each(vaults)("%s", async (_, vault, key, code) => {
        const own = await platform.keyFor("id-disk", vault, key);
        expect(await answer(platform.put("compute:DiskEncryptionSet", setOf(own)))).toBe(code);
    });

    test("a role works a minute after its assignment", async () => {
        const identity = await platform.identity("id-disk");
        const { id: vaultId } = await platform.put("keyvault:Vault");
        const { id: keyId, outputs } = await platform.put("keyvault:Key");
        const key = {
            identity,
            vaultId,
            keyId,
            uri: String(outputs.keyUri),
            versioned: String(outputs.keyUriWithVersion),
        };
        await platform.grant(identity, "keyVaultCryptoServiceEncryptionUser", keyId, 5);
        expect(await answer(platform.put("compute:DiskEncryptionSet", setOf(key)))).toBe("KeyVaultAccessForbidden");
        await platform.clock.wait(60_000);
        expect(await answer(platform.put("compute:DiskEncryptionSet", setOf(key)))).toBe("accepted");
    });

    test("a vault with access policies grants by them", async () => {
        const identity = await platform.identity("id-disk");
        const permissions = { keys: ["get", "wrapKey", "unwrapKey"] };
        const accessPolicies = [
            { tenantId: "22222222-2222-4222-8222-222222222222", objectId: identity.principalId, permissions },
        ];
        const key = await platform.keyFor("id-disk", vaultOf({ enableRbacAuthorization: false, accessPolicies }));
        expect(await answer(platform.put("compute:DiskEncryptionSet", setOf(key)))).toBe("accepted");
    });

    test("keeps its kind of encryption", async () => {
        const key = await platform.keyFor("id-disk");
        await platform.put("compute:DiskEncryptionSet", setOf(key));
        const other = setOf(key, { encryptionType: "EncryptionAtRestWithCustomerKey" });
        expect(await answer(platform.put("compute:DiskEncryptionSet", other))).toBe("PropertyChangeNotAllowed");
    });
});

test("every rule says where it comes from", () => {
    const sources = encryptionTypes.flatMap((type) => [...type.rules, ...type.immutable].map(({ source }) => source));
    expect(sources.filter((source) => !source.startsWith("https://"))).toEqual([]);
});
