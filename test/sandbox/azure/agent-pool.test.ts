import { Azure } from "../../../sandbox/azure/azure";
import { valueAt } from "../../../sandbox/azure/properties";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { registeredFeatures } from "../../../sandbox/azure/types/features";
import { clusterId, ClusterEstate, poolId } from "./cluster-estate";
import { answer, group, groupId, location, subnetId } from "./platform";

let estate: ClusterEstate;
beforeEach(async () => {
    estate = await ClusterEstate.open();
    await estate.put({ securityProfile: undefined, diskEncryptionSetID: undefined });
});
afterEach(() => {
    estate.platform.close();
});

const names = () => (estate.platform.seen(clusterId, "agentPoolProfiles") as Properties[]).map(({ name }) => name);

test("tells what AKS makes of it, and the cluster lists it", async () => {
    const { outputs } = await estate.pool("cpu");
    expect(outputs).toMatchObject({
        ...{
            currentOrchestratorVersion: "1.36.5",
            osDiskSizeGB: 128,
            osType: "Linux",
            maxPods: 250,
            scaleDownMode: "Delete",
        },
        ...{
            powerState: { code: "Running" },
            provisioningState: "Succeeded",
            type: "Microsoft.ContainerService/managedClusters/agentPools",
        },
    });
    expect(names()).toEqual(["bootstrap", "cpu"]);
    await estate.platform.azure.delete(poolId("cpu"));
    expect(names()).toEqual(["bootstrap"]);
});

const t4 = { vmSize: "Standard_NC4as_T4_v3", count: 0 };
const a100 = { vmSize: "Standard_NC24ads_A100_v4", count: 0 };
const spot = { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 };
const fixed = { enableAutoScaling: false, minCount: undefined, maxCount: undefined };

type Case = [string, Properties, string];
const refuses = async (over: Properties, code: string) => {
    expect(await answer(estate.pool("pool", over))).toBe(code);
};

const sizes: Case[] = [
    [
        "a T4 from zero",
        { ...t4, gpuProfile: { driver: "Install" }, nodeTaints: ["nvidia.com/gpu=present:NoSchedule"] },
        "accepted",
    ],
    ["a divided A100", { ...a100, gpuInstanceProfile: "MIG1g" }, "accepted"],
    ["a size that is none", { vmSize: "Standard_Z9" }, "VMSizeNotSupported"],
    ["a size that the region has not", { vmSize: "Standard_ND96asr_v4" }, "VMSizeNotSupported"],
    ["a burstable system pool", { vmSize: "Standard_B4ms", mode: "System", minCount: 1 }, "SystemPoolSkuTooLow"],
    ["all zones", { availabilityZones: ["1", "2", "3"] }, "accepted"],
    ["a zone that is none", { availabilityZones: ["4"] }, "AvailabilityZoneNotSupported"],
    ["a zone by another name", { availabilityZones: ["a"] }, "InvalidAvailabilityZoneFormat"],
    ["more vCPUs than the family has", { ...t4, count: 17, maxCount: 20 }, "ErrCode_InsufficientVCPUQuota"],
    ["a family without quota", { vmSize: "Standard_NC40ads_H100_v5", count: 1 }, "ErrCode_InsufficientVCPUQuota"],
    ["a divided T4", { ...t4, gpuInstanceProfile: "MIG1g" }, "VMSizeDoesNotSupportMIG"],
    ["a driver for no GPU", { gpuProfile: { driver: "None" } }, "InvalidParameter"],
    ["an ephemeral disk where none is", { osDiskType: "Ephemeral" }, "VMSizeDoesNotSupportEphemeralOS"],
    [
        "one that does not fit",
        { vmSize: "Standard_D4ds_v5", osDiskType: "Ephemeral", osDiskSizeGB: 151 },
        "VMCacheSizeTooSmall",
    ],
    ["one that fits", { vmSize: "Standard_D4ds_v5", osDiskType: "Ephemeral", osDiskSizeGB: 150 }, "accepted"],
    ["a disk of 29 GB", { osDiskSizeGB: 29 }, "InvalidParameter"],
    ["host encryption", { enableEncryptionAtHost: true }, "accepted"],
];
test.each(sizes)("size: %s", async (_, over, code) => refuses(over, code));

test("host encryption waits for its feature", async () => {
    registeredFeatures.delete("Microsoft.Compute/EncryptionAtHost");
    try {
        await refuses({ enableEncryptionAtHost: true }, "SubscriptionNotEnabledEncryptionAtHost");
    } finally {
        registeredFeatures.add("Microsoft.Compute/EncryptionAtHost");
    }
});

const system = { mode: "System", minCount: 1 };
const modes: Case[] = [
    ["a system pool", { ...system, nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"] }, "accepted"],
    ["on Windows", { ...system, osType: "Windows" }, "SystemPoolMustBeLinux"],
    ["on spot", { ...system, ...spot }, "SystemPoolMustBeRegular"],
    ["with a taint of ours", { ...system, nodeTaints: ["a=b:NoSchedule"] }, "SystemPoolHasRestrictedTaint"],
    ["with a soft taint of ours", { ...system, nodeTaints: ["a=b:PreferNoSchedule"] }, "accepted"],
    ["with 29 pods", { ...system, maxPods: 29 }, "InsufficientAgentPoolMaxPodsPerAgentPool"],
    ["of none", { ...system, ...fixed, count: 0 }, "InvalidParameter"],
    ["down to none", { ...system, minCount: 0 }, "InvalidParameter"],
];
test.each(modes)("system: %s", async (_, over, code) => refuses(over, code));

const counts: Case[] = [
    ["a fixed pool of none", { ...fixed, count: 0 }, "accepted"],
    ["9 pods", { maxPods: 9 }, "InsufficientMaxPods"],
    ["251 pods", { maxPods: 251 }, "MaxPodsLimitExceeded"],
    ["no count", { count: undefined }, "InvalidParameter"],
    ["1001 nodes", { ...fixed, count: 1001, vmSize: undefined }, "InvalidParameter"],
    ["no maximum", { maxCount: undefined }, "InvalidParameter"],
    ["a minimum above the maximum", { minCount: 4 }, "InvalidParameter"],
    ["a first count outside", { count: 4 }, "InvalidParameter"],
    ["a minimum without autoscaler", { ...fixed, minCount: 1 }, "InvalidParameter"],
];
test.each(counts)("count: %s", async (_, over, code) => refuses(over, code));

const spots: Case[] = [
    ["a spot pool", spot, "accepted"],
    ["an eviction policy without spot", { scaleSetEvictionPolicy: "Delete" }, "InvalidParameter"],
    ["a price without spot", { spotMaxPrice: 1 }, "InvalidParameter"],
    ["a price of nothing", { ...spot, spotMaxPrice: 0 }, "InvalidParameter"],
    ["surge on spot", { ...spot, upgradeSettings: { maxSurge: "1" } }, "InvalidParameter"],
    [
        "a reservation for spot",
        { ...spot, capacityReservationGroupID: `${groupId}/providers/Microsoft.Compute/capacityReservationGroups/crg` },
        "CRGConflictWithSpotVM",
    ],
];
test.each(spots)("spot: %s", async (_, over, code) => refuses(over, code));

test("AKS adds its own taint and label to spot nodes", async () => {
    const { outputs } = await estate.pool("spot", { ...spot, nodeTaints: ["a=b:NoSchedule"] });
    expect(outputs.nodeTaints).toEqual(["a=b:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]);
    expect(outputs.nodeLabels).toEqual({ "kubernetes.azure.com/scalesetpriority": "spot" });
});

const words: Case[] = [
    ["a label of ours", { nodeLabels: { "platform.example/pool": "cpu" } }, "accepted"],
    ["a label of Kubernetes", { nodeLabels: { "node-role.kubernetes.io/gpu": "" } }, "BadRequest"],
    ["a label that Kubernetes allows", { nodeLabels: { "node.kubernetes.io/pool": "cpu" } }, "accepted"],
    ["a label of AKS", { nodeLabels: { "kubernetes.azure.com/mode": "user" } }, "NodeLabelKeyNotAllowed"],
    ["a label that is none", { nodeLabels: { pool: "a b" } }, "InvalidParameter"],
    ["a taint without effect", { nodeTaints: ["a=b"] }, "InvalidParameter"],
    ["a taint with a new effect", { nodeTaints: ["a=b:Never"] }, "InvalidParameter"],
    ["one taint twice", { nodeTaints: ["a=b:NoSchedule", "a=c:NoSchedule"] }, "InvalidParameter"],
    ["a taint of AKS", { nodeTaints: ["kubernetes.azure.com/mode=x:NoSchedule"] }, "InvalidParameter"],
];
test.each(words)("words: %s", async (_, over, code) => refuses(over, code));

const rest: Case[] = [
    ["surge by half a node", { upgradeSettings: { maxSurge: "0.5" } }, "InvalidParameter"],
    ["surge of 110%", { upgradeSettings: { maxSurge: "110%" } }, "InvalidParameter"],
    ["surge of a third", { upgradeSettings: { maxSurge: "33%" } }, "accepted"],
    ["a drain of two days", { upgradeSettings: { drainTimeoutInMinutes: 2880 } }, "InvalidParameter"],
    ["a soak of an hour", { upgradeSettings: { nodeSoakDurationInMinutes: 60 } }, "InvalidParameter"],
    ["Windows by SKU alone", { osSKU: "Windows2022" }, "InvalidOSSKU"],
    ["Windows on a cluster without profile", { osType: "Windows" }, "WindowsProfileMissing"],
    ["pods in sandboxes", { workloadRuntime: "KataVmIsolation" }, "PreviewFeatureNotRegistered"],
    ["a version behind", { orchestratorVersion: "1.34" }, "accepted"],
    ["a version ahead", { orchestratorVersion: "1.37" }, "NodePoolMcVersionIncompatible"],
    ["a version that is gone", { orchestratorVersion: "1.20" }, "AgentPoolK8sVersionNotSupported"],
    ["no subnet", { vnetSubnetID: undefined }, "AgentPoolsWithEmptySubnetError"],
    ["a subnet that is not there", { vnetSubnetID: subnetId("none") }, "SubnetNotFound"],
    ["the API server's subnet", { vnetSubnetID: subnetId("apiserver") }, "SubnetIsDelegated"],
    ["more nodes than the subnet has room", { maxCount: 1000 }, "accepted"],
    [
        "more nodes than the subnet has room, after another pool's",
        { maxCount: 1000, vnetSubnetID: subnetId("small") },
        "InsufficientSubnetSize",
    ],
];
test.each(rest)("%s", async (_, over, code) => {
    await estate.platform.put("network:Subnet", { subnetName: "small", addressPrefix: "10.1.12.0/24" });
    await refuses(over, code);
});

test("the subnets of pools: one network, one prefix, none that AKS keeps", async () => {
    const { platform } = estate;
    const addressPrefixes = ["10.9.0.0/16", "172.30.0.0/16"];
    await platform.put("network:VirtualNetwork", { virtualNetworkName: "vnet2", addressSpace: { addressPrefixes } });
    const { id } = await platform.put("network:Subnet", {
        virtualNetworkName: "vnet2",
        subnetName: "a",
        addressPrefix: "10.9.0.0/24",
    });
    await refuses({ vnetSubnetID: id }, "InvalidParameter");
    await platform.put("network:Subnet", { subnetName: "two", addressPrefix: "10.1.12.0/24" });
    platform.azure.set(subnetId("two"), "addressPrefixes", ["10.1.13.0/24"]);
    await refuses({ vnetSubnetID: subnetId("two") }, "MultipleAddressPrefixesSubnetNotSupported");
    await platform.put("network:Subnet", { subnetName: "kept", addressPrefix: "10.1.14.0/24" });
    platform.azure.set(subnetId("kept"), "addressPrefix", "172.30.1.0/24");
    await refuses({ vnetSubnetID: subnetId("kept") }, "SubnetCidrOverlapping");
});

const pools: [string, string, Properties, string][] = [
    ["a name with a capital", "Cpu", {}, "InvalidParameter"],
    ["a name of 13", "a".repeat(13), {}, "InvalidParameter"],
    ["a Windows name of 7", "windows", { osType: "Windows" }, "WindowsAgentPoolNameTooLong"],
    ["the name of an inline pool", "bootstrap", {}, "Conflict"],
];
test.each(pools)("%s", async (_, name, over, code) => {
    expect(await answer(estate.pool(name, over))).toBe(code);
});

describe("other clusters", () => {
    const plain: Properties = {
        securityProfile: undefined,
        diskEncryptionSetID: undefined,
        resourceName: "aks2",
        dnsPrefix: "aks2",
    };
    const pool = (over: Properties = {}) => estate.pool("pool", { resourceName: "aks2", ...over });

    test("user-defined routing excludes public nodes, Windows wants Azure CNI", async () => {
        const kubenet = {
            networkPlugin: "kubenet",
            networkPluginMode: undefined,
            networkDataplane: undefined,
            networkPolicy: "none",
        };
        await estate.put({ ...plain, networkProfile: kubenet });
        expect(await answer(pool({ osType: "Windows" }))).toBe("AzureCNIOnlyForWindows");
        estate.platform.azure.set(
            clusterId.replace(/aks$/, "aks2"),
            "networkProfile.outboundType",
            "userDefinedRouting",
        );
        expect(await answer(pool({ enableNodePublicIP: true }))).toBe("UDRWithNodePublicIPNotAllowed");
    });

    test("node auto-provisioning excludes the autoscaler", async () => {
        await estate.put({ ...plain, nodeProvisioningProfile: { mode: "Auto" } });
        expect(await answer(pool())).toBe("InvalidParameter");
        expect(await answer(pool(fixed))).toBe("accepted");
    });
});

describe("changed", () => {
    const changes: Case[] = [
        ["bounds of the autoscaler", { minCount: 2, maxCount: 5 }, "accepted"],
        ["labels and taints", { nodeLabels: { a: "b" }, nodeTaints: ["a=b:NoSchedule"] }, "accepted"],
        ["size", { vmSize: "Standard_D8s_v5" }, "PropertyChangeNotAllowed"],
        ["zones", { availabilityZones: ["1"] }, "PropertyChangeNotAllowed"],
        ["size of the disk", { osDiskSizeGB: 256 }, "PropertyChangeNotAllowed"],
        ["kind of the disk", { osDiskType: "Ephemeral" }, "CannotChangeOSDiskType"],
        ["where the kubelet keeps its data", { kubeletDiskType: "Temporary" }, "CannotChangeKubeletDisk"],
        ["pods", { maxPods: 110 }, "PropertyChangeNotAllowed"],
        ["subnet", { vnetSubnetID: subnetId("other") }, "PropertyChangeNotAllowed"],
        ["host encryption", { enableEncryptionAtHost: true }, "PropertyChangeNotAllowed"],
        ["spot", spot, "PropertyChangeNotAllowed"],
        ["driver", { gpuProfile: { driver: "None" } }, "PropertyChangeNotAllowed"],
        ["division of the GPU", { gpuInstanceProfile: "MIG1g" }, "PropertyChangeNotAllowed"],
        [
            "the kubelet's settings",
            { kubeletConfig: { podMaxPids: 100 } },
            "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
        ],
        [
            "the kernel's settings",
            { linuxOSConfig: { swapFileSizeMB: 100 } },
            "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
        ],
        ["public addresses", { enableNodePublicIP: true }, "PropertyChangeNotAllowed"],
        ["ultra disks", { enableUltraSSD: true }, "PropertyChangeNotAllowed"],
    ];
    test.each(changes)("%s", async (_, over, code) => {
        await estate.pool("pool");
        await refuses(over, code);
    });

    test("saying what AKS had filled in is no change", async () => {
        await estate.pool("pool");
        expect(await answer(estate.pool("pool", { osDiskSizeGB: 128, osDiskType: "Managed", maxPods: 250 }))).toBe(
            "accepted",
        );
    });

    test("a count that the autoscaler moved is reset by a PUT with the old one", async () => {
        await estate.pool("pool");
        estate.platform.azure.set(poolId("pool"), "count", 3);
        await estate.pool("pool", { tags: { env: "dev" } });
        expect(estate.platform.seen(poolId("pool"), "count")).toBe(1);
    });

    test("a pool's version never goes back", async () => {
        await estate.pool("pool", { orchestratorVersion: "1.36" });
        await refuses({ orchestratorVersion: "1.35" }, "AgentPoolUpgradeVersionNotAllowed");
    });
});

test("the last system pool stays, in mode and in being; with its cluster it goes", async () => {
    await estate.pool("sys", system);
    // The inline pool was deleted elsewhere.
    estate.platform.azure.set(clusterId, "agentPoolProfiles", []);
    expect(await answer(estate.pool("sys", { mode: "User" }))).toBe("MustDefineAtLeastOneSystemPool");
    expect(await answer(estate.platform.azure.delete(poolId("sys")))).toBe("OperationNotAllowed");
    expect(await answer(estate.platform.azure.delete(clusterId))).toBe("accepted");
    expect(estate.platform.azure.get(poolId("sys"))).toBeUndefined();
});

test("a cluster takes 100 pools", async () => {
    const many = Array.from({ length: 100 }, (_, index) => estate.bootstrap({ name: `p${index}` }));
    estate.platform.azure.set(clusterId, "agentPoolProfiles", many);
    await refuses({}, "MaxAgentPoolCountReached");
});

test("one write at a time on a cluster, its pools included", async () => {
    const azure = Azure.open({ store: ":memory:" });
    await azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: group, location });
    const cluster = {
        ...{
            resourceGroupName: group,
            location,
            resourceName: "aks",
            dnsPrefix: "aks",
            identity: { type: "SystemAssigned" },
        },
        agentPoolProfiles: [{ name: "bootstrap", mode: "System", vmSize: "Standard_D2s_v5", count: 1 }],
    };
    const pool = (agentPoolName: string) =>
        azure.put("azure-native:containerservice:AgentPool", {
            ...{ resourceGroupName: group, resourceName: "aks", agentPoolName, vmSize: "Standard_D2s_v5", count: 1 },
        });
    await azure.put("azure-native:containerservice:ManagedCluster", cluster);
    const [first, second, third] = await Promise.all([
        answer(pool("one")),
        answer(pool("two")),
        answer(
            azure.put("azure-native:containerservice:ManagedCluster", {
                ...cluster,
                oidcIssuerProfile: { enabled: true },
            }),
        ),
    ]);
    expect([first, second, third]).toEqual(["accepted", "OperationNotAllowed", "OperationNotAllowed"]);
    expect(await answer(pool("two"))).toBe("accepted");
    expect(valueAt(azure.get(clusterId)?.outputs, "agentPoolProfiles[2].name")).toBe("two");
    azure.close();
});

describe("MaintenanceConfiguration", () => {
    const put = (configName: string, over: Properties) =>
        estate.platform.put("containerservice:MaintenanceConfiguration", { configName, ...over });
    const window = (schedule: Properties, over: Properties = {}): Properties => ({
        maintenanceWindow: { schedule, durationHours: 4, startTime: "01:00", utcOffset: "+01:00", ...over },
    });
    const weekly = { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } };
    const [upgrades, images] = ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];
    const slots = { timeInWeek: [{ day: "Sunday", hourSlots: [1, 2] }] };
    const asked: [string, string, Properties, string][] = [
        ["upgrades on Sundays", upgrades, window(weekly), "accepted"],
        ["images every day", images, window({ daily: { intervalDays: 1 } }), "accepted"],
        ["the old form", "default", slots, "accepted"],
        ["another name", "mine", window(weekly), "InvalidParameter"],
        ["upgrades every day", upgrades, window({ daily: { intervalDays: 1 } }), "InvalidParameter"],
        ["the new form under the old name", "default", window(weekly), "InvalidParameter"],
        ["the old form under a new name", images, slots, "InvalidParameter"],
        ["the old form, empty", "default", {}, "TimeInWeekIsNil"],
        ["hour 24", "default", { timeInWeek: [{ day: "Sunday", hourSlots: [24] }] }, "InvalidHourSlot"],
        [
            "a time that ends first",
            "default",
            { ...slots, notAllowedTime: [{ start: "2026-12-31", end: "2026-12-01" }] },
            "InvalidStartEndTime",
        ],
        ["no schedule", images, window({}), "InvalidParameter"],
        ["two schedules", images, window({ ...weekly, daily: { intervalDays: 1 } }), "InvalidParameter"],
        ["every five weeks", images, window({ weekly: { dayOfWeek: "Sunday", intervalWeeks: 5 } }), "InvalidParameter"],
        ["three hours", images, window(weekly, { durationHours: 3 }), "InvalidParameter"],
        ["at 24:00", images, window(weekly, { startTime: "24:00" }), "InvalidParameter"],
        ["in no time zone", images, window(weekly, { utcOffset: "CET" }), "InvalidParameter"],
    ];
    test.each(asked)("%s", async (_, name, over, code) => {
        expect(await answer(put(name, over))).toBe(code);
    });
});
