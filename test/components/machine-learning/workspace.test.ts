import * as pulumi from "@pulumi/pulumi";
import type { OwnKey } from "../../../components/encryption/key";
import { Vault } from "../../../components/encryption/vault";
import { Workspace, type WorkspaceArgs } from "../../../components/machine-learning/workspace";
import { Storage, type StorageArgs } from "../../../components/storage/storage";
import { roleDefinitions } from "../../../facts/role-definitions";
import { all, only, runHook, value } from "../../mocks";
import { key, place, privateLink } from "../place";

const token = "machinelearningservices:Workspace";
const link = (): WorkspaceArgs["privateLink"] => privateLink("workspace", "vault", "blob", "file");

function workspace(more: Partial<WorkspaceArgs & Pick<StorageArgs, "services">> = {}): Workspace {
    const { services = ["blob", "file"], ...own } = more;
    const privateLinkPlace = link();
    const common = { ...place, privateLink: privateLinkPlace };
    return new Workspace("workspace", {
        ...common,
        key: { ...key, keyId: pulumi.output("/vault/keys/k") } satisfies OwnKey,
        storage: new Storage("storage", {
            ...{ ...common, key, services, instance: "mlw", containers: [], redundancy: "LRS", softDeleteDays: 7 },
            trustsAzureServices: true,
        }),
        vault: new Vault("vault", {
            ...{ ...common, tenantId: "t", sku: "standard", softDeleteRetentionDays: 7, holds: "secretsOfWorkspace" },
        }),
        ...{ cosmosDbObjectId: "cosmos", rolePropagationSeconds: 0, ...own },
    });
}

test("tracks and keeps assets, and nothing else: private, encrypted with our key, no registry, no compute, no keys", async () => {
    await value(workspace().trackingUri);
    const { inputs } = only(token);
    expect(inputs).toMatchObject({
        workspaceName: "mlw-mlp-dev-sdc-1",
        ...{ publicNetworkAccess: "Disabled", managedNetwork: { isolationMode: "Disabled" } },
        ...{ systemDatastoresAuthMode: "Identity", v1LegacyMode: false, hbiWorkspace: true },
        ...{ storageAccount: "/id/storage", keyVault: "/id/vault" },
        identity: { type: "UserAssigned", userAssignedIdentities: ["/identity"] },
        primaryUserAssignedIdentity: "/identity",
        encryption: {
            status: "Enabled",
            identity: { userAssignedIdentity: "/identity" },
            keyVaultProperties: {
                keyVaultArmId: "/vault",
                keyIdentifier: "https://kv.vault.azure.net/keys/k/0123",
            },
        },
    });
    for (const absent of ["containerRegistry", "imageBuildCompute", "applicationInsights", "serverlessComputeSettings"])
        expect(inputs).not.toHaveProperty(absent);
});

test("is reached through an endpoint with both of its zones, which comes after it", async () => {
    const made = workspace();
    await expect(value(made.trackingUri)).resolves.toBe("azureml://mlw-mlp-dev-sdc-1");
    expect(only("network:PrivateEndpoint", "workspace-link").inputs).toMatchObject({
        privateLinkServiceConnections: [{ groupIds: ["amlworkspace"], privateLinkServiceId: "/id/workspace" }],
    });
    const { inputs } = only("network:PrivateDnsZoneGroup", "workspace-link");
    expect(inputs.privateDnsZoneConfigs).toMatchObject([
        { name: "privatelink-api-azureml-ms" },
        { name: "privatelink-notebooks-azure-net" },
    ]);
    await expect(value(made.managedGroupName)).resolves.toBe("azureml-rg-mlw-mlp-dev-sdc-1");
});

test("its identity gets what it needs on account and vault of its own, and Cosmos DB the key, before there is one", async () => {
    await value(workspace().trackingUri);
    const roles = all("authorization:RoleAssignment").map(({ inputs }) => {
        const guid = String(inputs.roleDefinitionId).split("/").pop();
        const role = Object.entries(roleDefinitions).find(([, one]) => one === guid)?.[0];
        return `${role ?? "?"} on ${String(inputs.scope)} to ${String(inputs.principalId)}`;
    });
    expect(roles.sort()).toEqual([
        "keyVaultAdministrator on /id/vault to identity-principal",
        "keyVaultContributor on /id/vault to identity-principal",
        "keyVaultCryptoServiceEncryptionUser on /vault/keys/k to cosmos",
        "storageAccountContributor on /id/storage to identity-principal",
        "storageBlobDataContributor on /id/storage to identity-principal",
    ]);
    const waits = only(token).options.dependsOn.filter((urn) => urn.includes("RoleAssignment"));
    expect(waits).toHaveLength(5);
});

test("an account without files is refused", () => {
    expect(() => workspace({ services: ["blob"] })).toThrow("storage must have the service file");
});

const before = {
    ...{ location: "swedencentral", storageAccount: "/a", keyVault: "/v", hbiWorkspace: true, kind: "Default" },
    encryption: { status: "Enabled", keyVaultProperties: { keyVaultArmId: "/v", keyIdentifier: "/k/1" } },
};

test.each<[string, object]>([
    ["location", { location: "westeurope" }],
    ["storageAccount", { storageAccount: "/b" }],
    ["keyVault", { keyVault: "/w" }],
    ["hbiWorkspace", { hbiWorkspace: false }],
    ["encryption.status", { encryption: { ...before.encryption, status: "Disabled" } }],
    [
        "encryption.keyVaultProperties.keyVaultArmId",
        { encryption: { status: "Enabled", keyVaultProperties: { keyVaultArmId: "/w" } } },
    ],
])("a change of %s is refused in the preview", async (path, change) => {
    await value(workspace().trackingUri);
    await expect(
        runHook("workspace-frozen", { oldInputs: before, newInputs: { ...before, ...change } }),
    ).rejects.toThrow(`workspace: ${path} cannot change in place`);
});

test("a new version of the key is an update", async () => {
    await value(workspace().trackingUri);
    const keyVaultProperties = { keyVaultArmId: "/v", keyIdentifier: "/k/2" };
    const newInputs = { ...before, encryption: { status: "Enabled", keyVaultProperties } };
    await expect(runHook("workspace-frozen", { oldInputs: before, newInputs })).resolves.toBeUndefined();
});

test("a name that a deleted workspace holds comes with the next one", async () => {
    await value(workspace().trackingUri);
    const errors = [
        'Status=409 Code="BadRequest" Message="Soft-deleted workspace exists. Please purge or recover it."',
    ];
    await expect(runHook("workspace-held-name", { newInputs: {}, errors })).rejects.toThrow(
        "set generation to 2, then it is mlw-mlp-dev-sdc-2",
    );
});
