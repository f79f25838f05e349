import { vcpuQuota } from "../../sandbox/azure/quota";
import type { Properties, Stored } from "../../sandbox/azure/resource-type";

const t4 = "Standard NCASv3_T4 Family";
const cluster = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";
const stored = (id: string, token: string, inputs: Properties, outputs: Properties = inputs): Stored => ({
    ...{ id, token: `azure-native:containerservice:${token}`, inputs, outputs, createdAt: 0 },
});
const clusterWith = (...agentPoolProfiles: Properties[]): Stored =>
    stored(cluster, "ManagedCluster", { location: "Sweden Central", agentPoolProfiles });
const pool = (name: string, vmSize: string, count: number, now = count): Stored =>
    stored(`${cluster}/agentPools/${name}`, "AgentPool", { vmSize, count }, { vmSize, count: now });

const used = (live: Stored[], location = "swedencentral"): number => vcpuQuota(live, location, t4).used;

test("vCPUs of a family add up over a cluster's pools in the region", () => {
    const inline = { name: "boot", vmSize: "Standard_NC4as_T4_v3", count: 1 };
    const live = [clusterWith(inline), pool("gpu", "Standard_NC8as_T4_v3", 2), pool("cpu", "Standard_D4ds_v5", 3)];
    expect(used(live)).toBe(4 + 16);
    expect(used(live, "westus2")).toBe(0);
});

test("a pool counts with the nodes that it has now, and once", () => {
    const scaled = pool("gpu", "Standard_NC4as_T4_v3", 0, 3);
    expect(used([clusterWith({ name: "gpu", vmSize: "Standard_NC4as_T4_v3", count: 5 }), scaled])).toBe(12);
});

test("large GPU families have to be asked for", () => {
    expect(vcpuQuota([], "swedencentral", "standardNDSH100v5Family").limit).toBe(0);
    expect(vcpuQuota([], "swedencentral", t4).limit).toBeGreaterThanOrEqual(16);
    expect(vcpuQuota([], "swedencentral", "standardDDSv5Family").limit).toBeGreaterThanOrEqual(100);
});
