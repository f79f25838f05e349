import {
    gpuResources,
    nodeCapacity,
    reservedBytes,
    reservedMilliCpus,
} from "../../../../sandbox/kubernetes/nodes/capacity";
import { poolsOf, type NodePool } from "../../../../sandbox/kubernetes/nodes/description";
import { exchangeStep } from "../../../../sandbox/kubernetes/nodes/upgrade";

function poolWith(profile: Record<string, unknown>): NodePool {
    const cluster = { name: "aks", location: "westeurope", subscriptionId: "s", nodeResourceGroup: "g" };
    const pools = [{ name: "pool", profile: { currentOrchestratorVersion: "1.36.1", ...profile } }];
    const [pool] = poolsOf({ cluster: { ...cluster, autoScalerProfile: {} }, pools, vcpuQuota: {}, images: [] }).pools;
    if (!pool) throw new Error("the size must be known");
    return pool;
}

test.each([
    [1, 60],
    [2, 100],
    [4, 140],
    [8, 180],
    [16, 260],
    [32, 420],
    [64, 740],
])("of %d cores AKS keeps %d milli-CPUs", (vCpus, reserved) => {
    expect(reservedMilliCpus(vCpus)).toBe(reserved);
});

test("memory is kept by the number of pods, a quarter of it at most", () => {
    expect(reservedBytes(8, 30)).toBe(650e6);
    expect(reservedBytes(4, 70)).toBe(1024 ** 3);
});

test("a node has what its size has, and offers it without what AKS keeps", () => {
    const { capacity, allocatable } = nodeCapacity(poolWith({ vmSize: "Standard_D4ds_v5", maxPods: 110 }));
    expect(capacity).toMatchObject({ cpu: "4", memory: `${16 * 1024 ** 2}Ki`, pods: "110" });
    expect(allocatable).toMatchObject({ cpu: "3860m", pods: "110" });
});

test.each([
    ["Standard_NC4as_T4_v3", undefined, "none", { "nvidia.com/gpu": "1" }],
    ["Standard_NC64as_T4_v3", undefined, "mixed", { "nvidia.com/gpu": "4" }],
    ["Standard_NC48ads_A100_v4", "MIG3g", "single", { "nvidia.com/gpu": "4" }],
    ["Standard_NC24ads_A100_v4", "MIG1g", "mixed", { "nvidia.com/mig-1g.10gb": "7" }],
    ["Standard_NC40ads_H100_v5", "MIG3g", "mixed", { "nvidia.com/mig-3g.47gb": "2" }],
    ["Standard_D4ds_v5", undefined, "none", {}],
] as const)("%s divided by %p offers with strategy %s: %p", (vmSize, gpuInstanceProfile, strategy, offered) => {
    expect(gpuResources(poolWith({ vmSize, ...(gpuInstanceProfile && { gpuInstanceProfile }) }), strategy)).toEqual(
        offered,
    );
});

test("without a driver, no GPU is offered", () => {
    const pool = poolWith({ vmSize: "Standard_NC4as_T4_v3", gpuProfile: { driver: "None" } });
    expect(gpuResources(pool, "none")).toEqual({});
});

test.each([
    [{ maxSurge: "33%" }, 5, { surge: 2, atOnce: 2 }],
    [{ maxSurge: "0", maxUnavailable: "1" }, 5, { surge: 0, atOnce: 1 }],
    [{ maxSurge: "0", maxUnavailable: "50%" }, 5, { surge: 0, atOnce: 2 }],
])("with %p, an upgrade of %d nodes goes by %p", (upgradeSettings, count, step) => {
    expect(exchangeStep(poolWith({ vmSize: "Standard_D4ds_v5", upgradeSettings }), count)).toEqual(step);
});

test("spot pools are upgraded without surge", () => {
    expect(exchangeStep(poolWith({ vmSize: "Standard_D4ds_v5", scaleSetPriority: "Spot" }), 5)).toEqual({
        surge: 0,
        atOnce: 1,
    });
});

test("a size that the table does not know is left out, by name", () => {
    const cluster = { name: "aks", location: "westeurope", subscriptionId: "s", nodeResourceGroup: "g" };
    const pools = [{ name: "odd", profile: { vmSize: "Standard_Q1" } }];
    expect(poolsOf({ cluster: { ...cluster, autoScalerProfile: {} }, pools, vcpuQuota: {}, images: [] })).toEqual({
        pools: [],
        unknown: ['pool odd: vmSize "Standard_Q1" is not known'],
    });
});
