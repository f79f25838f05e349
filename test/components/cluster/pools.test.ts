import * as pulumi from "@pulumi/pulumi";
import { GpuPool, type GpuShape } from "../../../components/cluster/gpu-pool";
import { NodePool, type PoolHome } from "../../../components/cluster/node-pool";
import type { PoolShape } from "../../../components/cluster/pool-settings";
import { all, only, runHook, type Seen, value } from "../../mocks";

const home = (): PoolHome => ({
    resourceGroupName: "rg",
    clusterName: "aks",
    poolsVersion: "1.36",
    nodesSubnet: { id: pulumi.output("/subnet"), name: "snet-nodes" },
    tags: { environment: "dev" },
    writes: [],
});
const shape: PoolShape = {
    prefix: "work",
    vmSize: "Standard_D4ds_v5",
    zones: ["1", "2", "3"],
    minCount: 0,
    maxCount: 3,
};
const gpu: GpuShape = {
    ...{ prefix: "t4", vmSize: "Standard_NC4as_T4_v3", zones: [], minCount: 0, maxCount: 2 },
    ...{ use: "training", driver: "Install" },
};

async function nodePool(change: Partial<PoolShape> = {}, mode: "System" | "User" = "User"): Promise<Seen> {
    const pool = new NodePool("pool", { ...shape, ...change, home: home(), mode });
    await value(pool.poolId);
    return only("containerservice:AgentPool");
}
async function gpuPool(change: Partial<GpuShape> = {}): Promise<Seen> {
    const pool = new GpuPool("gpu", { ...gpu, ...change, home: home() });
    await value(pool.poolId);
    return only("containerservice:AgentPool");
}

test("both names of a pool end in the hash of what cannot change", async () => {
    const { name, inputs } = await nodePool();
    const hash = String(inputs.agentPoolName).slice("work".length);
    expect(hash).toMatch(/^[a-z0-9]{4}$/);
    expect(name).toBe(`pool-${hash}`);
});

test("another size is another pool, another bound is the same", async () => {
    const before = await nodePool();
    const { name: bound } = await nodePool({ maxCount: 9 }).catch(() => before);
    expect(bound).toBe(before.name);
});

test("nodes are encrypted on their host, start with secure boot and have no public addresses", async () => {
    expect((await nodePool()).inputs).toMatchObject({
        enableEncryptionAtHost: true,
        enableNodePublicIP: false,
        securityProfile: { enableSecureBoot: true, enableVTPM: true },
        osSKU: "Ubuntu",
        vnetSubnetID: "/subnet",
        orchestratorVersion: "1.36",
        availabilityZones: ["1", "2", "3"],
    });
});

test("the autoscaler's number of nodes is the autoscaler's", async () => {
    const { inputs, options } = await nodePool({ minCount: 1, maxCount: 5 });
    expect(inputs).toMatchObject({ enableAutoScaling: true, minCount: 1, maxCount: 5, count: 1 });
    expect(options.ignoreChanges).toEqual(["count"]);
});

test("a pool's version never goes back, says the preview", async () => {
    const { name } = await nodePool();
    const back = runHook(`${name}-version`, {
        oldInputs: { orchestratorVersion: "1.36" },
        newInputs: { orchestratorVersion: "1.35" },
    });
    await expect(back).rejects.toThrow("poolsVersion cannot go back, got 1.36 -> 1.35");
});

test.each([
    ["Standard_D4ds_v5", undefined, { osDiskType: "Ephemeral", osDiskSizeGB: 128 }],
    ["Standard_D2ds_v5", undefined, { osDiskType: "Ephemeral", osDiskSizeGB: 75 }],
    ["Standard_D2ds_v5", 60, { osDiskType: "Ephemeral", osDiskSizeGB: 60 }],
    ["Standard_D4s_v5", undefined, { osDiskType: "Managed", osDiskSizeGB: 128 }],
])("%s with %p GiB gets the disk that fits its host", async (vmSize, osDiskSizeGib, disk) => {
    expect((await nodePool({ vmSize, ...(osDiskSizeGib && { osDiskSizeGib }) })).inputs).toMatchObject(disk);
});

test("system pools keep everything else out", async () => {
    const { inputs } = await nodePool({ minCount: 1 }, "System");
    expect(inputs).toMatchObject({ mode: "System", nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"] });
});

test("pools are written one at a time: each waits for all before it", async () => {
    const shared = home();
    const made = ["a", "b", "c"].map(
        (prefix) => new NodePool(prefix, { ...shape, prefix, home: shared, mode: "User" }),
    );
    await Promise.all(made.map((pool) => value(pool.poolId)));
    const waits = all("containerservice:AgentPool").map(({ name, options }) => [
        name.split("-")[0],
        options.dependsOn.length,
    ]);
    expect(Object.fromEntries(waits)).toEqual({ a: 0, b: 1, c: 2 });
});

test("nodes carry their pool's prefix, which stays when the pool's name changes", async () => {
    const { inputs } = await nodePool({ prefix: "apps", labels: { tier: "web" } });
    expect(inputs.nodeLabels).toEqual({ tier: "web", "mlplatform/pool": "apps" });
});

test("spot pools are deleted on eviction and take no surge", async () => {
    const { inputs } = await nodePool({ spot: true });
    expect(inputs).toMatchObject({ scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 });
    expect(inputs.upgradeSettings).not.toHaveProperty("maxSurge");
});

test("regular pools say nothing of spot, which Azure would refuse", async () => {
    const { inputs } = await nodePool();
    expect(Object.keys(inputs)).not.toContain("scaleSetEvictionPolicy");
    expect(Object.keys(inputs)).not.toContain("spotMaxPrice");
});

test("a GPU pool costs nothing while nobody asks, keeps others out and tells schedulers what it has", async () => {
    const { inputs } = await gpuPool();
    expect(inputs).toMatchObject({
        minCount: 0,
        count: 0,
        nodeTaints: ["nvidia.com/gpu=present:NoSchedule"],
        nodeLabels: { "mlplatform/gpu-model": "T4", "mlplatform/gpu-count": "1", "mlplatform/gpu-memory-gib": "16" },
        gpuProfile: { driver: "Install" },
        // Drivers do not load under secure boot.
        securityProfile: { enableSecureBoot: false },
        // One GPU goes before its successor comes: quota is scarce.
        upgradeSettings: { maxSurge: "0", maxUnavailable: "1" },
    });
});

test("a GPU can be divided where it is made for it, and the division is part of the name", async () => {
    const whole = await gpuPool({ vmSize: "Standard_NC24ads_A100_v4" });
    const divided = new GpuPool("mig", {
        ...gpu,
        vmSize: "Standard_NC24ads_A100_v4",
        migProfile: "MIG3g",
        home: home(),
    });
    await value(divided.poolId);
    const { inputs } = all("containerservice:AgentPool")[1] ?? whole;
    expect(inputs).toMatchObject({ gpuInstanceProfile: "MIG3g", nodeLabels: { "mlplatform/gpu-mig": "MIG3g" } });
    expect(inputs.agentPoolName).not.toBe(whole.inputs.agentPoolName);
});

test.each<[Partial<GpuShape>, string]>([
    [{ use: "serving", spot: true }, "pool.spot must be false for serving"],
    [{ minCount: 1 }, "pool.minCount must be 0 for training"],
    [{ migProfile: "MIG1g" }, "pool.migProfile needs an A100, H100 or H200"],
    [{ vmSize: "Standard_D4ds_v5" }, "pool.vmSize must have GPUs"],
    [
        { vmSize: "Standard_NV36ads_A10_v5", driver: "None" },
        'pool.driver must be "Install" for "Standard_NV36ads_A10_v5"',
    ],
])("refuses GPU pool %j", (change, message) => {
    expect(() => new GpuPool("gpu", { ...gpu, ...change, home: home() })).toThrow(message);
});

test("refuses with all faults at once", () => {
    const bad = { ...shape, prefix: "Too-Long-Prefix", minCount: -1, maxPods: 5, spot: true };
    const make = (): NodePool => new NodePool("bad", { ...bad, home: home(), mode: "System" });
    for (const fault of ["prefix must be", "minCount must be", "maxPods must be", "spot must be false"])
        expect(make).toThrow(fault);
});
