import { poolName, type FixedPoolFields } from "../../../components/cluster/pool-name";

const fields: FixedPoolFields = {
    vmSize: "Standard_D4ds_v5",
    subnet: "nodes",
    zones: ["1", "2"],
    osSku: "Ubuntu",
    osDiskType: "Ephemeral",
    osDiskSizeGib: 128,
    kubeletDiskType: "OS",
    maxPods: 110,
    fips: false,
    hostEncryption: true,
    ultraSsd: false,
    nodePublicIp: false,
    secureBoot: true,
    virtualTpm: true,
    scaleSetPriority: "Regular",
};

test("the same fields give the same name, however they are written down", () => {
    const { vmSize, ...others } = fields;
    expect(poolName("work", { ...others, vmSize: vmSize.toLowerCase() })).toBe(poolName("work", fields));
    expect(poolName("work", { ...fields, spotMaxPrice: undefined })).toBe(poolName("work", fields));
});

test("names keep to Azure's rule, up to the longest prefix", () => {
    for (const prefix of ["a", "workload"]) expect(poolName(prefix, fields)).toMatch(/^[a-z][a-z0-9]{0,11}$/);
});

test.each([
    [{ vmSize: "Standard_D8ds_v5" }],
    [{ subnet: "other" }],
    [{ zones: ["1"] }],
    [{ osSku: "AzureLinux" }],
    [{ osDiskType: "Managed" }],
    [{ osDiskSizeGib: 64 }],
    [{ kubeletDiskType: "Temporary" }],
    [{ maxPods: 60 }],
    [{ fips: true }],
    [{ hostEncryption: false }],
    [{ ultraSsd: true }],
    [{ nodePublicIp: true }],
    [{ secureBoot: false }],
    [{ virtualTpm: false }],
    [{ kubeletConfig: { cpuManagerPolicy: "static" } }],
    [{ linuxOsConfig: { transparentHugePageEnabled: "never" } }],
    [{ scaleSetPriority: "Spot" }],
    [{ spotMaxPrice: 0.5 }],
    [{ scaleSetEvictionPolicy: "Deallocate" }],
    [{ gpuDriver: "None" }],
    [{ gpuInstanceProfile: "MIG1g" }],
    [{ capacityReservationGroupId: "/group" }],
    [{ hostGroupId: "/hosts" }],
    [{ proximityPlacementGroupId: "/near" }],
    [{ snapshotId: "/snapshot" }],
    [{ podSubnet: "pods" }],
    [{ workloadRuntime: "KataMshvVmIsolation" }],
    [{ messageOfTheDay: "hello" }],
    [{ spotTaints: ["a=b:NoSchedule"] }],
] satisfies [Partial<FixedPoolFields>][])("a change of %j is another pool", (change) => {
    expect(poolName("work", { ...fields, ...change })).not.toBe(poolName("work", fields));
});

test.each(["", "Work", "9pool", "a-b", "ninechars"])("refuses the prefix %j", (prefix) => {
    expect(() => poolName(prefix, fields)).toThrow(`prefix must be 1 to 8 characters of a-z and 0-9 from a letter on`);
});
