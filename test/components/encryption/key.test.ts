import { existingKey, existingKeyFaults, type ExistingKey } from "../../../components/encryption/customer-managed-key";
import { DiskEncryption } from "../../../components/encryption/disk-encryption";
import { Key, type KeyArgs } from "../../../components/encryption/key";
import { Vault } from "../../../components/encryption/vault";
import { roleDefinitions } from "../../../facts/role-definitions";
import { only, runHook, value } from "../../mocks";
import { key, place, privateLink } from "../place";

const vault = (sku: "standard" | "premium" = "premium"): Vault =>
    new Vault("vault", {
        ...place,
        ...{ tenantId: "t", sku, softDeleteRetentionDays: 7, privateLink: privateLink("vault") },
    });
const args = (more: Partial<KeyArgs> = {}): KeyArgs => ({
    ...place,
    ...{ vault: vault(), use: "registry", type: "RSA-HSM", sizeBits: 3072 },
    ...{ rotationDays: 180, expiryDays: 365, rolePropagationSeconds: 0 },
    ...more,
});

test("is made through Resource Manager in the vault, and rotates by itself", async () => {
    await value(new Key("key", args()).key.keyUri);
    expect(only("keyvault:Key").inputs).toMatchObject({
        keyName: "key-mlp-dev-sdc-registry",
        properties: {
            ...{ kty: "RSA-HSM", keySize: 3072, keyOps: ["wrapKey", "unwrapKey"] },
            rotationPolicy: {
                attributes: { expiryTime: "P365D" },
                lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P180D" } }],
            },
        },
    });
});

test("waits for the vault, not for its endpoint: Resource Manager needs none", async () => {
    await value(new Key("key", args()).key.keyUri);
    const awaited = only("keyvault:Key").options.dependsOn.join();
    expect(awaited).toContain("keyvault:Vault::vault");
    expect(awaited).not.toContain("PrivateEndpoint");
});

test("one identity may use it, and nothing else in the vault", async () => {
    await value(new Key("key", args()).key.keyUri);
    expect(only("authorization:RoleAssignment").inputs).toMatchObject({
        scope: "/id/key",
        principalId: "key-identity-principal",
        principalType: "ServicePrincipal",
        roleDefinitionId: expect.stringContaining(roleDefinitions.keyVaultCryptoServiceEncryptionUser) as string,
    });
});

test("hands itself out only after its identity's role had its time to apply", async () => {
    const { key: made } = new Key("key", args());
    await value(made.keyUri);
    const { options } = only("authorization:RoleAssignment");
    expect(options.hooks).toEqual(["key-access-propagation"]);
    const registered = only("keyvault:Vault").inputs.vaultName as string;
    await expect(value(made.keyUri)).resolves.toBe(
        `https://${registered}.vault.azure.net/keys/key-mlp-dev-sdc-registry`,
    );
    await expect(value(made.vaultUri)).resolves.toBe(`https://${registered}.vault.azure.net/`);
});

test("the cluster's KMS plugin encrypts instead of wrapping, for which it needs another role", async () => {
    await value(new Key("key", args({ use: "cluster" })).key.keyUri);
    expect(only("keyvault:Key").inputs.properties).toMatchObject({ keyOps: ["encrypt", "decrypt"] });
    expect(only("authorization:RoleAssignment").inputs.roleDefinitionId).toContain(roleDefinitions.keyVaultCryptoUser);
});

test("another generation is another key with another identity", async () => {
    await value(new Key("key", args({ generation: 2 })).key.keyUri);
    expect(only("keyvault:Key").inputs.keyName).toBe("key-mlp-dev-sdc-registry-2");
    expect(only("managedidentity:UserAssignedIdentity").inputs.resourceName).toBe("id-mlp-dev-sdc-registry-2");
});

describe("Resource Manager answers a change of a key with the key as it is, so it is refused", () => {
    const properties = { kty: "RSA", keySize: 3072, keyOps: ["wrapKey"], rotationPolicy: { attributes: {} } };

    test.each<[string, object]>([
        ["kty", { kty: "RSA-HSM" }],
        ["keySize", { keySize: 4096 }],
        ["keyOps", { keyOps: ["encrypt"] }],
        ["rotationPolicy", { rotationPolicy: { attributes: { expiryTime: "P90D" } } }],
    ])("properties.%s", async (path, change) => {
        await value(new Key("key", args()).key.keyUri);
        const call = { oldInputs: { properties }, newInputs: { properties: { ...properties, ...change } } };
        await expect(runHook("key-frozen", call)).rejects.toThrow(
            new RegExp(`key: properties.${path} cannot change in place.*raise the key's generation`),
        );
    });

    test("tags stay as they were made", async () => {
        await value(new Key("key", args()).key.keyUri);
        expect(only("keyvault:Key").options.ignoreChanges).toEqual(["tags"]);
    });
});

test.each<[Partial<KeyArgs>, string]>([
    [{ rotationDays: 360, expiryDays: 365 }, "rotationDays must be a whole number from 7 to 358, got 360"],
    [{ rotationDays: 6 }, "rotationDays must be a whole number from 7 to 358, got 6"],
    [{ expiryDays: 27 }, "expiryDays must be a whole number from 28 to 3650, got 27"],
])("refuses %j", (more, message) => {
    expect(() => new Key("key", args(more))).toThrow(message);
});

test("refuses a hardware key in a vault that keeps keys in software", () => {
    expect(() => new Key("key", args({ vault: vault("standard") }))).toThrow('type "RSA-HSM" needs a premium vault');
});

describe("a key that is already there", () => {
    const hsm: ExistingKey = {
        keyUriWithVersion: "https://corp.managedhsm.azure.net/keys/ml/0123456789abcdef0123456789abcdef",
        vaultId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/corp",
        identity: {
            id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ml",
            clientId: "11111111-1111-4111-8111-111111111111",
            principalId: "22222222-2222-4222-8222-222222222222",
        },
    };

    test("of a managed HSM is taken, with and without its version", async () => {
        const taken = existingKey("keys.registry", hsm);
        await expect(value(taken.keyUri)).resolves.toBe("https://corp.managedhsm.azure.net/keys/ml");
        await expect(value(taken.keyUriWithVersion)).resolves.toBe(hsm.keyUriWithVersion);
        await expect(value(taken.vaultUri)).resolves.toBe("https://corp.managedhsm.azure.net/");
        await expect(value(taken.keyName)).resolves.toBe("ml");
        expect(taken.keyId).toBeUndefined();
    });

    test.each<[Partial<ExistingKey>, string]>([
        [
            { keyUriWithVersion: "https://corp.managedhsm.azure.net/keys/ml" },
            "keyUriWithVersion must be https://<name>.managedhsm",
        ],
        [{ vaultId: "corp" }, "vaultId must be the full id of a vault or managed HSM"],
        [
            { vaultId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/corp" },
            "keyUriWithVersion must be https://<name>.vault.azure.net",
        ],
        [{ identity: { ...hsm.identity, clientId: "ml" } }, "identity.clientId must be a GUID"],
        [{ identity: { ...hsm.identity, id: "ml" } }, "identity.id must be the full id of a user-assigned identity"],
    ])("is refused with %j", (change, fault) => {
        expect(existingKeyFaults("keys.registry", { ...hsm, ...change }).join("; ")).toContain(
            `keys.registry.${fault}`,
        );
        expect(() => existingKey("keys.registry", { ...hsm, ...change })).toThrow(fault);
    });
});

describe("disks", () => {
    test("are encrypted with a version of our key, and follow it to the next by themselves", async () => {
        await value(new DiskEncryption("disks", { ...place, key }).diskEncryptionSetId);
        expect(only("compute:DiskEncryptionSet").inputs).toMatchObject({
            diskEncryptionSetName: "des-mlp-dev-sdc",
            encryptionType: "EncryptionAtRestWithCustomerKey",
            activeKey: { keyUrl: "https://kv.vault.azure.net/keys/k/0123" },
            rotationToLatestKeyVersionEnabled: true,
            identity: { type: "UserAssigned", userAssignedIdentities: ["/identity"] },
        });
    });

    test("are encrypted twice if asked", async () => {
        await value(new DiskEncryption("disks", { ...place, key, double: true }).diskEncryptionSetId);
        const { inputs } = only("compute:DiskEncryptionSet");
        expect(inputs.encryptionType).toBe("EncryptionAtRestWithPlatformAndCustomerKeys");
    });

    test("keep how they are encrypted: a change is refused in the preview", async () => {
        await value(new DiskEncryption("disks", { ...place, key }).diskEncryptionSetId);
        const call = { oldInputs: { encryptionType: "a" }, newInputs: { encryptionType: "b" } };
        await expect(runHook("disks-frozen", call)).rejects.toThrow("disks: encryptionType cannot change in place");
    });
});
