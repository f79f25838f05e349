import { sandboxTenantId } from "../../../sandbox/azure/azure";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { sandboxCosmosDbObjectId } from "../../../sandbox/azure/types/machine-learning";
import { answer, idOf, layered, location, Platform, type OwnKey } from "./platform";

let platform: Platform;
let key: OwnKey;
let ids: { account: string; vault: string };
beforeEach(async () => {
    platform = await Platform.open();
    key = await platform.keyFor("workspace");
    const account = await platform.put("storage:StorageAccount", {
        ...{ allowSharedKeyAccess: false, publicNetworkAccess: "Disabled" },
        networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
    });
    const vault = await platform.put("keyvault:Vault", { vaultName: "kv-ml-secrets" });
    ids = { account: account.id, vault: vault.id };
    const cosmos = { id: "", clientId: "", principalId: sandboxCosmosDbObjectId };
    await platform.grant(cosmos, "keyVaultCryptoServiceEncryptionUser", key.keyId);
    await platform.grant(key.identity, "storageAccountContributor", account.id);
    await platform.grant(key.identity, "storageBlobDataContributor", account.id);
    await platform.grant(key.identity, "keyVaultContributor", vault.id);
    await platform.grant(key.identity, "keyVaultAdministrator", vault.id);
});
afterEach(() => {
    platform.close();
});

const kind = "machinelearningservices:Workspace";
const usual = (): Properties => ({
    ...{ location, workspaceName: "mlw", kind: "Default", storageAccount: ids.account, keyVault: ids.vault },
    identity: { type: "UserAssigned", userAssignedIdentities: [key.identity.id] },
    ...{ primaryUserAssignedIdentity: key.identity.id, systemDatastoresAuthMode: "Identity" },
    ...{ publicNetworkAccess: "Disabled", hbiWorkspace: true },
    encryption: {
        status: "Enabled",
        identity: { userAssignedIdentity: key.identity.id },
        keyVaultProperties: { keyVaultArmId: key.vaultId, keyIdentifier: key.versioned },
    },
});
const put = (over: Properties = {}) => platform.put(kind, layered(usual(), over));
const withoutRole = (role: string) => {
    const all = platform.azure.list("azure-native:authorization:RoleAssignment");
    const found = all.filter(({ inputs }) => String(inputs.roleDefinitionId).endsWith(role));
    for (const { id } of found) platform.azure.remove(id);
};

test("tells where runs are tracked, its identity and the group that Azure makes for it", async () => {
    const { id } = await put();
    expect(platform.azure.get(id)?.outputs).toMatchObject({
        mlFlowTrackingUri: `azureml://${location}.api.azureml.ms/mlflow/v1.0${id}`,
        serviceProvisionedResourceGroup: expect.stringMatching(/^azureml-rg-mlw_[0-9a-f-]{36}$/) as string,
        tenantId: sandboxTenantId,
        identity: { userAssignedIdentities: { [key.identity.id]: { principalId: key.identity.principalId } } },
        ...{ privateLinkCount: 0, provisioningState: "Succeeded" },
    });
});

const elsewhere =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
const asked: [string, () => Properties, string][] = [
    ["as it should be", () => ({}), "accepted"],
    ["without a key of its own", () => ({ encryption: undefined }), "accepted"],
    ["a name of two letters", () => ({ workspaceName: "ml" }), "BadRequest"],
    ["an unknown region", () => ({ location: "atlantis" }), "LocationNotAvailableForResourceType"],
    ["no identity", () => ({ identity: { type: "None" } }), "BadRequest"],
    ["no primary identity", () => ({ primaryUserAssignedIdentity: undefined }), "BadRequest"],
    ["a primary identity of others", () => ({ primaryUserAssignedIdentity: `${key.identity.id}-x` }), "BadRequest"],
    ["no storage", () => ({ storageAccount: undefined }), "BadRequest"],
    ["storage that is not there", () => ({ storageAccount: `${ids.account}x` }), "BadRequest"],
    ["no vault", () => ({ keyVault: undefined }), "BadRequest"],
    [
        "account keys where they are off",
        () => ({ systemDatastoresAuthMode: undefined }),
        "KeyBasedAuthenticationNotPermitted",
    ],
    [
        "a key of another vault",
        () => ({ encryption: { keyVaultProperties: { keyVaultArmId: ids.vault } } }),
        "BadRequest",
    ],
    [
        "a vault of another subscription",
        () => ({ encryption: { keyVaultProperties: { keyVaultArmId: elsewhere } } }),
        "BadRequest",
    ],
    [
        "a key that is not there",
        () => ({ encryption: { keyVaultProperties: { keyIdentifier: `${key.uri}x` } } }),
        "BadRequest",
    ],
    ["service-side encryption with a private vault", () => ({ enableServiceSideCMKEncryption: true }), "BadRequest"],
];
test.each(asked)("%s", async (_, over, code) => {
    expect(await answer(put(over()))).toBe(code);
});

test.each([
    ["Cosmos DB may not use the key", "e147488a-f6f5-4113-8e2d-b22465e65bf6"],
    ["its identity may not manage the account", "17d1049b-9a84-46fb-8f53-869881c3d3ab"],
    ["its identity may not write blobs", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"],
    ["its identity may not manage the vault", "f25e0fa2-a7c8-4377-a976-54943a77a395"],
    ["its identity may not keep secrets", "00482a5a-887f-4fb3-b363-3b7fe8e74483"],
])("is refused when %s", async (_, role) => {
    withoutRole(role);
    expect(await answer(put())).toBe("BadRequest");
});

test("is refused while the key's vault can be purged", async () => {
    platform.azure.set(key.vaultId, "properties.enablePurgeProtection", undefined);
    await expect(put()).rejects.toThrow("CMK workspaces should have purge protection enabled on their CMK keyvault.");
});

test.each<[string, string, unknown, string]>([
    ["storage shuts Azure's services out", "networkRuleSet.bypass", "None", "Forbidden"],
    ["storage has folders", "isHnsEnabled", true, "BadRequest"],
    ["storage is premium", "sku.name", "Premium_LRS", "BadRequest"],
])("is refused when %s", async (_, path, to, code) => {
    platform.azure.set(ids.account, path, to);
    expect(await answer(put())).toBe(code);
});

const changes: [string, () => Properties, string][] = [
    ["its description", () => ({ description: "ours" }), "accepted"],
    ["its storage", () => ({ storageAccount: `${ids.account}x` }), "BadRequest"],
    ["its vault", () => ({ keyVault: key.vaultId }), "BadRequest"],
    ["what it tells Microsoft", () => ({ hbiWorkspace: false }), "BadRequest"],
    ["to Azure's own key", () => ({ encryption: { status: "Disabled" } }), "BadRequest"],
    ["its data isolation", () => ({ enableDataIsolation: true }), "BadRequest"],
    ["its kind", () => ({ kind: "Hub" }), "BadRequest"],
    ["its region", () => ({ location: "westeurope" }), "InvalidResourceLocation"],
];
test.each(changes)("a change of %s", async (_, over, code) => {
    await put();
    expect(await answer(put(over()))).toBe(code);
});

test("a deleted one holds its name for two weeks, and says so as Azure does", async () => {
    const { id } = await put();
    await platform.azure.delete(id);
    await expect(put()).rejects.toThrow('Code="BadRequest" Message="Soft-deleted workspace exists.');
    await platform.clock.wait(14 * 86_400_000);
    expect(await answer(put())).toBe("accepted");
});

describe("a private endpoint", () => {
    const endpoint = (groupId: string) =>
        platform.put("network:PrivateEndpoint", {
            ...{
                location,
                privateEndpointName: "pe",
                subnet: { id: idOf("Microsoft.Network/virtualNetworks/vnet/subnets/pe") },
            },
            privateLinkServiceConnections: [
                {
                    name: "ml",
                    groupIds: [groupId],
                    privateLinkServiceId: idOf("Microsoft.MachineLearningServices/workspaces/mlw"),
                },
            ],
        });
    beforeEach(async () => {
        await platform.put("network:VirtualNetwork");
        await platform.put("network:Subnet", { subnetName: "pe", addressPrefix: "10.1.1.0/24" });
    });

    test("comes after the workspace, reaches it by one group, and takes an address for each host", async () => {
        expect(await answer(endpoint("amlworkspace"))).toBe("InvalidResourceReference");
        const { id } = await put();
        expect(await answer(endpoint("workspace"))).toBe("BadRequest");
        const made = await endpoint("amlworkspace");
        expect(platform.seen(made.id, "customDnsConfigs")).toHaveLength(3);
        expect(platform.seen(id, "privateLinkCount")).toBe(1);
    });
});

describe("environments", () => {
    const image = `cr.azurecr.io/a@sha256:${"a".repeat(64)}`;
    const at = { workspaceName: "mlw", name: "vision" };
    const version = (over: Properties = {}) =>
        platform.put(
            "machinelearningservices:EnvironmentVersion",
            layered({ ...at, version: "1", properties: { image, osType: "Linux" } }, over),
        );
    beforeEach(async () => {
        await put();
        await platform.put("machinelearningservices:EnvironmentContainer", { ...at, properties: {} });
    });

    test("a version names an image, and never another one", async () => {
        const { id } = await version();
        expect(id).toMatch(/\/environments\/vision\/versions\/1$/);
        expect(await answer(version())).toBe("accepted");
        expect(await answer(version({ properties: { image: `${image.slice(0, -1)}b` } }))).toBe("UserError");
    });

    test("a version of nothing is refused", async () => {
        expect(await answer(version({ properties: { image: undefined } }))).toBe("UserError");
    });

    test("a name with a dot is refused", async () => {
        const wrong = { ...at, name: "vision.2", properties: {} };
        expect(await answer(platform.put("machinelearningservices:EnvironmentContainer", wrong))).toBe("UserError");
    });
});
