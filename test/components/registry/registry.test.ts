import { Registry, type RegistryArgs } from "../../../components/registry/registry";
import { all, only, runHook, seen, value } from "../../mocks";
import { key, place, privateLink } from "../place";

const args = (more: Partial<RegistryArgs> = {}): RegistryArgs => ({
    ...place,
    ...{ key, privateLink: privateLink("registry"), zoneRedundant: true },
    ...more,
});
const token = "containerregistry:Registry";

test("is closed, encrypted with our key and follows its rotation", async () => {
    await value(new Registry("images", args()).loginServer);
    expect(only(token).inputs).toMatchObject({
        registryName: expect.stringMatching(/^crmlpdev[0-9a-z]{4}1$/) as string,
        sku: { name: "Premium" },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: "Disabled",
        networkRuleSet: { defaultAction: "Deny" },
        dataEndpointEnabled: true,
        zoneRedundancy: "Enabled",
        identity: { type: "UserAssigned", userAssignedIdentities: { "/identity": {} } },
        // No version at the end of the URL; the identity by its client id.
        encryption: {
            status: "enabled",
            keyVaultProperties: { keyIdentifier: "https://kv.vault.azure.net/keys/k", identity: "identity-client" },
        },
        tags: { environment: "dev" },
    });
});

test("never deletes what pods pull by digest, and lets no image out", async () => {
    await value(new Registry("images", args()).loginServer);
    expect(only(token).inputs.policies).toMatchObject({
        retentionPolicy: { status: "disabled" },
        softDeletePolicy: { status: "disabled" },
        exportPolicy: { status: "disabled" },
        azureADAuthenticationAsArmPolicy: { status: "disabled" },
        trustPolicy: { status: "disabled" },
        quarantinePolicy: { status: "disabled" },
    });
});

test("gives its host name out only when that resolves inside", async () => {
    const registry = new Registry("images", args());
    await expect(value(registry.loginServer)).resolves.toMatch(/^crmlpdev[0-9a-z]{4}1\.azurecr\.io$/);
    expect(seen.map(({ name, type }) => `${name} ${type.split(":")[2] ?? ""}`)).toEqual(
        expect.arrayContaining(["images Registry", "images-link PrivateEndpoint", "images-link PrivateDnsZoneGroup"]),
    );
    expect(all("network:PrivateDnsZoneGroup")).toHaveLength(1);
});

describe("what Azure cannot change on a registry is refused in the preview", () => {
    const before = {
        location: "swedencentral",
        zoneRedundancy: "Enabled",
        encryption: { status: "enabled" },
        tags: { environment: "dev" },
    };

    test.each([
        ["location", { location: "westeurope" }],
        ["zoneRedundancy", { zoneRedundancy: "Disabled" }],
        ["encryption.status", { encryption: { status: "disabled" } }],
    ])("%s", async (path, change) => {
        await value(new Registry("images", args()).loginServer);
        const call = { oldInputs: before, newInputs: { ...before, ...change } };
        await expect(runHook("images-frozen", call)).rejects.toThrow(`images: ${path} cannot change in place`);
    });

    test("and other changes pass", async () => {
        await value(new Registry("images", args()).loginServer);
        await runHook("images-frozen", { oldInputs: before, newInputs: { ...before, tags: {} } });
    });
});

test("a taken name is explained with the next one", async () => {
    const registry = new Registry("images", args());
    await value(registry.loginServer);
    const next = `${registry.registryName.slice(0, -1)}2`;
    const errors = ['Code="AlreadyInUse" Message="The registry DNS name is already in use."'];
    await expect(runHook("images-held-name", { errors })).rejects.toThrow(`set generation to 2, then it is ${next}`);
    await runHook("images-held-name", { errors: ['Code="InternalServerError"'] });
});
