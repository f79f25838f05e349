import { Vault, type VaultArgs } from "../../../components/encryption/vault";
import { only, runHook, seen, value } from "../../mocks";
import { place, privateLink } from "../place";

const args = (more: Partial<VaultArgs> = {}): VaultArgs => ({
    ...place,
    ...{ tenantId: "22222222-2222-4222-8222-222222222222", sku: "premium", softDeleteRetentionDays: 90 },
    privateLink: privateLink("vault"),
    ...more,
});

test("is private from its first request on, lets trusted services in and cannot be purged", async () => {
    await value(new Vault("vault", args()).vaultUri);
    expect(only("keyvault:Vault").inputs.properties).toMatchObject({
        sku: { family: "A", name: "premium" },
        publicNetworkAccess: "Disabled",
        networkAcls: { defaultAction: "Deny", bypass: "AzureServices", ipRules: [], virtualNetworkRules: [] },
        enablePurgeProtection: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization: true,
    });
});

test("a workspace's vault has a name that leaves room for long environments", async () => {
    const naming = { ...place.naming, workload: "longname", environment: "staging" };
    const vault = new Vault("vault", args({ naming, holds: "secretsOfWorkspace" }));
    await value(vault.vaultUri);
    expect(vault.vaultName).toMatch(/^kvmllongnamestaging[0-9a-z]{4}1$/);
});

test("is open to insiders only when its name resolves, and to trusted services at once", async () => {
    const vault = new Vault("vault", args());
    await expect(value(vault.trustedUri)).resolves.toBe(`https://${vault.vaultName}.vault.azure.net/`);
    await expect(value(vault.vaultUri)).resolves.toBe(`https://${vault.vaultName}.vault.azure.net/`);
    expect(seen.some(({ type }) => type.endsWith(":PrivateDnsZoneGroup"))).toBe(true);
});

describe("what Azure cannot change on a vault is refused in the preview", () => {
    const properties = {
        ...{ tenantId: "t", softDeleteRetentionInDays: 90, enablePurgeProtection: true, enableSoftDelete: true },
        sku: { family: "A", name: "standard" },
    };
    const before = { location: "swedencentral", properties };

    test.each<[string, object]>([
        ["location", { location: "westeurope" }],
        ["properties.tenantId", { properties: { ...properties, tenantId: "u" } }],
        ["properties.softDeleteRetentionInDays", { properties: { ...properties, softDeleteRetentionInDays: 7 } }],
        ["properties.enablePurgeProtection", { properties: { ...properties, enablePurgeProtection: undefined } }],
        ["properties.enableSoftDelete", { properties: { ...properties, enableSoftDelete: false } }],
    ])("%s", async (path, change) => {
        await value(new Vault("vault", args()).vaultUri);
        const call = { oldInputs: before, newInputs: JSON.parse(JSON.stringify({ ...before, ...change })) as object };
        await expect(runHook("vault-frozen", call)).rejects.toThrow(`vault: ${path} cannot change in place`);
    });

    test("its tier may change", async () => {
        await value(new Vault("vault", args()).vaultUri);
        const premium = { ...before, properties: { ...properties, sku: { family: "A", name: "premium" } } };
        await runHook("vault-frozen", { oldInputs: before, newInputs: premium });
    });
});

test("a name held by a deleted vault is explained with the next one", async () => {
    const vault = new Vault("vault", args({ generation: 3 }));
    await value(vault.vaultUri);
    const errors = ['Code="ConflictError" Message="A vault with the same name already exists in deleted state."'];
    const next = vault.vaultName.replace(/3$/, "4");
    await expect(runHook("vault-held-name", { errors })).rejects.toThrow(
        `vault: the name ${vault.vaultName} is held by a deleted resource or taken; set generation to 4, then it is ${next}`,
    );
});

test.each([6, 91, 7.5])("refuses to keep what is deleted for %d days", (softDeleteRetentionDays) => {
    expect(() => new Vault("vault", args({ softDeleteRetentionDays }))).toThrow(
        `softDeleteRetentionDays must be a whole number from 7 to 90, got ${softDeleteRetentionDays}`,
    );
});

test.each([true, false])("protection by tier reaches everything in it: %s", async (protect) => {
    await value(new Vault("vault", args(), { protect }).vaultUri);
    for (const type of ["keyvault:Vault", "network:PrivateEndpoint", "network:PrivateDnsZoneGroup"])
        expect(only(type).options.protect).toBe(protect);
});
