import { poolToken } from "../../../../sandbox/azure/types/agent-pool";
import { fleetOf, showCounts } from "../../../../sandbox/kubernetes/nodes/fleet-facts";
import type { FleetDescription } from "../../../../sandbox/kubernetes/nodes/description";
import type { Stored } from "../../../../sandbox/azure/resource-type";
import { clusterId, ClusterEstate, poolId } from "../../azure/cluster-estate";

let estate: ClusterEstate;
beforeEach(async () => {
    estate = await ClusterEstate.open();
    await estate.put({ securityProfile: undefined, diskEncryptionSetID: undefined });
    await estate.pool("t4", { vmSize: "Standard_NC4as_T4_v3", count: 1 });
});
afterEach(() => {
    estate.platform.close();
});

function cluster(): Stored {
    const found = estate.platform.azure.find(clusterId);
    if (!found) throw new Error("the cluster must be there");
    return found;
}
const fleet = (): FleetDescription => fleetOf(estate.platform.azure, cluster());

test("a cluster's machines are told by its pools, inline ones too, its blocks and the quota that others leave", () => {
    const { cluster: told, pools, vcpuQuota } = fleet();
    expect(told).toMatchObject({
        name: "aks",
        location: "swedencentral",
        podCidr: "10.244.0.0/16",
        nodeCidr: "10.1.0.0/22",
    });
    expect(pools.map(({ name }) => name).sort()).toEqual(["bootstrap", "t4"]);
    // Its own machine is not somebody else's.
    expect(vcpuQuota["Standard NCASv3_T4 Family"]).toBe(64);
});

test("Azure shows the number of machines that the autoscaler has reached, and counts it against the quota", () => {
    const { azure } = estate.platform;
    showCounts(azure, cluster(), { t4: 3, bootstrap: 1 });
    expect(azure.find(poolId("t4"))?.outputs.count).toBe(3);
    expect(azure.list(poolToken)).toHaveLength(1);
    expect(azure.quota("swedencentral", "Standard NCASv3_T4 Family").used).toBe(12);
});
