import * as pulumi from "@pulumi/pulumi";
import { foundationOutputs, foundationContract } from "../../stacks/contract";
import { goodContract } from "./good-contract";
import { all, only, seen, value } from "../mocks";
import { buildFoundation } from "./built-foundation";
import { dev, hubMonitoring, hubZoneIds, prod } from "./good-settings";

// A whole foundation takes a while on a busy machine: every resource resolves its aliases.
jest.setTimeout(60_000);

const pools = {
    "mlplatform:userPools": '[{"prefix":"work","vmSize":"Standard_D4ds_v5","minCount":0,"maxCount":3}]',
    "mlplatform:gpuPools":
        '[{"prefix":"t4","vmSize":"Standard_NC4as_T4_v3","use":"training","driver":"Install","minCount":0,"maxCount":2}]',
};

test("the foundation keeps its contract", async () => {
    const { outputs } = await buildFoundation({ ...dev, ...pools });
    // The mocks answer with little; what is made up here, Azure gives.
    const cluster = {
        ...(outputs.cluster as object),
        privateFqdn: "aks.private.swedencentral.azmk8s.io",
        oidcIssuerUrl: "https://oidc",
    };
    const contract = foundationContract.read("dev", { ...outputs, cluster });
    expect(contract.registry.name).toMatch(/^crmlpdev/);
    expect(Object.keys(contract.cluster.pools)).toEqual(["sys", "work", "t4"]);
    expect(contract.cluster.nodePools.map(({ prefix, name }) => [prefix, name])).toEqual(
        Object.entries(contract.cluster.pools),
    );
    expect(contract.cluster.nodePools.at(-1)).toMatchObject({
        ...{ mode: "User", vmSize: "Standard_NC4as_T4_v3", spot: false },
        taints: ["nvidia.com/gpu=present:NoSchedule"],
    });
    expect(contract.network.blocks).toMatchObject({ nodes: "10.20.0.0/21", services: "10.96.0.0/16" });
    expect(Object.keys(contract.storage.work.endpoints)).toEqual(["blob", "file", "queue"]);
});

test("everything that takes tags carries the platform's", async () => {
    await buildFoundation({ ...dev, ...pools });
    const tagged = seen.filter(({ type, inputs }) => type.startsWith("azure-native:") && "tags" in inputs);
    expect(tagged.length).toBeGreaterThan(40);
    for (const { inputs } of tagged)
        expect(inputs.tags).toMatchObject({ workload: "mlp", environment: "dev", "managed-by": "pulumi" });
});

test("pools wait for the cluster, its windows and all pools before them", async () => {
    await buildFoundation({ ...dev, ...pools });
    const [system, work, t4] = all("containerservice:AgentPool");
    expect([system, work, t4].map((pool) => String(pool?.inputs.agentPoolName).slice(0, -4))).toEqual([
        "sys",
        "work",
        "t4",
    ]);
    const waits = [system, work, t4].map((pool) => pool?.options.dependsOn ?? []);
    const first = waits[0]?.length ?? 0;
    expect(waits.map((urns) => urns.length)).toEqual([first, first + 1, first + 2]);
    for (const urns of waits)
        expect(urns.filter((urn) => /ManagedCluster|MaintenanceConfiguration/.test(urn))).toHaveLength(4);
});

test("dev can be thrown away: nothing is protected or locked", async () => {
    await buildFoundation(dev);
    expect(seen.filter(({ options }) => options.protect)).toEqual([]);
    expect(all("authorization:ManagementLockByScope")).toEqual([]);
});

test("in prod, what holds data or keys is protected and its group locked", async () => {
    await buildFoundation(prod);
    for (const type of [
        "keyvault:Vault",
        "keyvault:Key",
        "containerregistry:Registry",
        "storage:StorageAccount",
        "machinelearningservices:Workspace",
        "containerservice:ManagedCluster",
    ])
        for (const { options } of all(type)) expect(options.protect).toBe(true);
    expect(only("authorization:ManagementLockByScope").inputs.level).toBe("CanNotDelete");
    // Pools come and go beside a lock on data, not under it.
    expect(all("containerservice:AgentPool").some(({ options }) => options.protect)).toBe(false);
    expect(only("authorization:ManagementLockByScope").inputs.scope).toBe("/id/data-group");
    expect(only("containerservice:ManagedCluster").inputs.resourceGroupName).not.toBe(
        only("keyvault:Vault", "vault").inputs.resourceGroupName,
    );
});

test("a destroy by mistake stops at the lock, which waits for everything, pools included", async () => {
    await buildFoundation({ ...prod, ...pools });
    expect(only("authorization:ManagementLockByScope").options.protect).toBe(true);
    const names = only("mlplatform:governance:Lock").options.dependsOn.map((urn) => urn.split("::").pop());
    for (const { name } of all("containerservice:AgentPool")) expect(names).toContain(name);
    for (const name of ["vault", "registry", "work", "records", "workspace", "cluster", "network"])
        expect(names).toContain(name);
});

test("a teardown lifts protection", async () => {
    await buildFoundation({ ...prod, "mlplatform:teardown": "true" });
    expect(all("keyvault:Vault")).toHaveLength(2);
    expect(seen.filter(({ options }) => options.protect)).toEqual([]);
});

test("with a hub's zones, none is made here", async () => {
    await buildFoundation({
        ...dev,
        ...hubMonitoring,
        "mlplatform:dns": JSON.stringify({ mode: "hub", zoneIds: hubZoneIds }),
    });
    expect(all("privatedns:PrivateZone")).toEqual([]);
    expect(only("containerservice:ManagedCluster").inputs).toMatchObject({
        apiServerAccessProfile: { privateDNSZone: hubZoneIds["private.swedencentral.azmk8s.io"] },
    });
});

test("a key of a managed HSM is used as it is", async () => {
    const identity = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/hsm";
    const registry = {
        keyUriWithVersion: `https://corp.managedhsm.azure.net/keys/ml/${"0".repeat(32)}`,
        vaultId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/corp",
        identity: {
            id: identity,
            clientId: "44444444-4444-4444-8444-444444444444",
            principalId: "55555555-5555-4555-8555-555555555555",
        },
    };
    await buildFoundation({ ...dev, "mlplatform:existingKeys": JSON.stringify({ registry }) });
    expect(
        all("keyvault:Key")
            .map(({ name }) => name)
            .sort(),
    ).toEqual(["cluster-key", "disks-key", "storage-key", "workspace-key"]);
    expect(JSON.stringify(only("containerregistry:Registry").inputs)).toContain("corp.managedhsm.azure.net/keys/ml");
});

test("everything logs to a workspace of our own, or to the one from config", async () => {
    const { outputs: own } = await buildFoundation(dev);
    expect(own.monitoring).toMatchObject({ logWorkspaceId: "/id/logs" });
    expect(only("operationalinsights:Workspace").inputs.retentionInDays).toBe(30);
    seen.length = 0;
    const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/corp";
    await buildFoundation({ ...dev, "mlplatform:logAnalyticsWorkspaceId": id });
    expect(all("operationalinsights:Workspace")).toEqual([]);
    expect(only("containerservice:ManagedCluster").inputs).toMatchObject({
        securityProfile: { defender: { logAnalyticsWorkspaceResourceId: id } },
    });
});

test("state and its key are reached from inside once config names them", async () => {
    await buildFoundation(dev);
    const without = all("network:PrivateEndpoint").length;
    seen.length = 0;
    const group = "/subscriptions/s/resourceGroups/rg-mlp-boot-sdc/providers";
    const accountId = `${group}/Microsoft.Storage/storageAccounts/stmlpbootstate`;
    const vaultId = `${group}/Microsoft.KeyVault/vaults/kv-mlp-boot`;
    await buildFoundation({ ...dev, "mlplatform:state": JSON.stringify({ accountId, vaultId }) });
    expect(all("network:PrivateEndpoint").length).toBe(without + 2);
    const targets = (name: string): object => ({
        privateLinkServiceConnections: [{ privateLinkServiceId: name }],
    });
    expect(only("network:PrivateEndpoint", "state-account").inputs).toMatchObject(targets(accountId));
    expect(only("network:PrivateEndpoint", "state-vault").inputs).toMatchObject(targets(vaultId));
});

test("an upper stack is told everything that a lower one fails to promise", () => {
    expect(() => foundationContract.read("dev", { contractVersion: 2, cluster: {} })).toThrow(
        /stack dev is not a foundation of contract 1/,
    );
    expect(() => foundationContract.read("dev", { contractVersion: 2, cluster: {} })).toThrow(
        /dev\.registry must be an object/,
    );
    expect(() => foundationContract.read("dev", { contractVersion: 2, cluster: {} })).toThrow(
        /dev\.contractVersion must be a whole number from 1 to 1, got 2/,
    );
});

test("an upper stack does not mind outputs of a newer foundation", async () => {
    const outputs = await value(pulumi.output(foundationOutputs(goodContract)));
    expect(foundationContract.read("dev", { ...outputs, novelty: true })).toEqual({
        contractVersion: 1,
        ...goodContract,
    });
});
