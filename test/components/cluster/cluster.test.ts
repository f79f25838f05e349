import * as pulumi from "@pulumi/pulumi";
import { bootstrapDigest, digestTag } from "../../../components/cluster/bootstrap-pool";
import { Cluster, type ClusterArgs } from "../../../components/cluster/cluster";
import { clusterAddressFaults, frozenClusterFields } from "../../../components/cluster/cluster-settings";
import { hoursOfWeek } from "../../../components/cluster/maintenance";
import { upgradeFault } from "../../../components/cluster/upgrade";
import { roleDefinitions } from "../../../facts/role-definitions";
import { all, only, runHook, value, type Seen } from "../../mocks";
import { key, place } from "../place";

const args: ClusterArgs = {
    ...place,
    tenantId: "22222222-2222-4222-8222-222222222222",
    ...{
        kubernetesVersion: "1.36",
        poolsVersion: "1.36",
        upgradeChannel: "patch",
        nodeOsChannel: "NodeImage",
        slaTier: "Standard",
    },
    adminGroupObjectIds: ["group"],
    bootstrapPool: { vmSize: "Standard_D2ds_v5", zones: ["1", "2", "3"] },
    addresses: { podCidr: "10.244.0.0/16", serviceCidr: "10.96.0.0/16", dnsServiceIp: "10.96.0.10" },
    maintenance: { day: "Sunday", startTime: "00:30", durationHours: 4, utcOffset: "+02:00" },
    ...{ virtualNetworkId: "/vnet", nodesSubnet: { id: "/vnet/nodes", name: "nodes" } },
    ...{ apiServerSubnetId: "/vnet/api", apiServerZoneId: "/zones/private.swedencentral.azmk8s.io" },
    ...{
        outboundType: "userAssignedNATGateway",
        egressReady: "/nat",
        diskEncryptionSetId: "/des",
        disksGroupId: "/disks",
    },
    ...{ etcdKey: key, registryId: "/registry", rolePropagationSeconds: 0 },
    logAnalyticsWorkspaceId: "/workspace",
};

async function cluster(change: Partial<ClusterArgs> = {}): Promise<Seen> {
    const made = new Cluster("cluster", { ...args, ...change });
    await value(made.clusterId);
    return only("containerservice:ManagedCluster");
}

test("is private: its API server in our network, no public name, no run command, no local accounts", async () => {
    expect((await cluster()).inputs).toMatchObject({
        publicNetworkAccess: "Disabled",
        disableLocalAccounts: true,
        aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: ["group"] },
        apiServerAccessProfile: {
            enablePrivateCluster: true,
            enablePrivateClusterPublicFQDN: false,
            disableRunCommand: true,
            enableVnetIntegration: true,
            subnetId: "/vnet/api",
            privateDNSZone: "/zones/private.swedencentral.azmk8s.io",
        },
    });
});

test("leaves the zone to AKS when nobody gives one, as `none` without a public name is not supported", async () => {
    const others = Object.fromEntries(Object.entries(args).filter(([name]) => name !== "apiServerZoneId"));
    const made = new Cluster("cluster", others as unknown as ClusterArgs);
    await value(made.clusterId);
    expect(only("containerservice:ManagedCluster").inputs).toMatchObject({
        apiServerAccessProfile: { privateDNSZone: "system", enablePrivateClusterPublicFQDN: false },
    });
});

test("encrypts disks and etcd with our keys; the etcd key has a version, and its vault is private", async () => {
    expect((await cluster()).inputs).toMatchObject({
        diskEncryptionSetID: "/des",
        securityProfile: {
            azureKeyVaultKms: {
                enabled: true,
                keyId: "https://kv.vault.azure.net/keys/k/0123",
                keyVaultNetworkAccess: "Private",
                keyVaultResourceId: "/vault",
            },
        },
        identity: { type: "UserAssigned", userAssignedIdentities: ["/identity"] },
    });
});

test("runs Cilium on an overlay, with the way out it is given", async () => {
    expect((await cluster({ outboundType: "userDefinedRouting" })).inputs).toMatchObject({
        networkProfile: {
            ...{
                networkPlugin: "azure",
                networkPluginMode: "overlay",
                networkDataplane: "cilium",
                networkPolicy: "cilium",
            },
            ...{ outboundType: "userDefinedRouting", dnsServiceIP: "10.96.0.10" },
        },
    });
});

test("keeps what wants account keys, or opens a way around the firewall, off", async () => {
    expect((await cluster()).inputs).toMatchObject({
        storageProfile: {
            fileCSIDriver: { enabled: false },
            blobCSIDriver: { enabled: false },
            diskCSIDriver: { enabled: true },
        },
        nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true }, imageCleaner: { enabled: true } },
        addonProfiles: { azurepolicy: { enabled: true }, azureKeyvaultSecretsProvider: { enabled: true } },
    });
});

test.each([
    ["Free", false],
    ["Standard", true],
] as const)("on tier %s, cost analysis is %p: Azure takes it with a paid tier only", async (slaTier, enabled) => {
    expect((await cluster({ slaTier })).inputs.metricsProfile).toEqual({ costAnalysis: { enabled } });
});

test("Defender watches and reports to the workspace", async () => {
    expect((await cluster()).inputs).toMatchObject({
        securityProfile: {
            defender: { logAnalyticsWorkspaceResourceId: "/workspace", securityMonitoring: { enabled: true } },
        },
    });
});

test("its identities get each role on the narrowest scope, before there is a cluster", async () => {
    const { options } = await cluster();
    const given = all("authorization:RoleAssignment").map(({ inputs }) => {
        const id = String(inputs.roleDefinitionId).split("/").pop();
        const role = Object.entries(roleDefinitions).find(([, guid]) => guid === id)?.[0];
        expect(inputs.principalType).toBe("ServicePrincipal");
        return `${role ?? "?"} on ${String(inputs.scope)} to ${String(inputs.principalId)}`;
    });
    expect(given.sort()).toEqual([
        "acrPull on /registry to cluster-kubelet-principal",
        "diskSnapshotContributor on /disks to identity-principal",
        "keyVaultContributor on /vault to identity-principal",
        "managedIdentityOperator on /id/cluster-kubelet to identity-principal",
        "networkContributor on /vnet to identity-principal",
        "networkContributor on /vnet/api to identity-principal",
        "networkContributor on /vnet/nodes to identity-principal",
        "privateDnsZoneContributor on /zones/private.swedencentral.azmk8s.io to identity-principal",
        "reader on /disks to identity-principal",
    ]);
    const awaited = options.dependsOn.filter((urn) => urn.includes("RoleAssignment"));
    expect(awaited).toHaveLength(8);
    // Pods pull images, the cluster itself does not: it must not wait for the registry.
    expect(awaited.join()).not.toContain("cluster-registry");
});

test("maintenance has its three windows, the oldest of them in hours of the week", async () => {
    const made = new Cluster("kept", args);
    await Promise.all(made.home.writes.map((write) => value(write.urn)));
    const windows = all("containerservice:MaintenanceConfiguration")
        .filter(({ name }) => name.startsWith("kept-"))
        .map(({ inputs }) => inputs.configName);
    expect(windows).toEqual(["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"]);
    expect(hoursOfWeek(args.maintenance)).toEqual([
        { day: "Saturday", hourSlots: [22, 23] },
        { day: "Sunday", hourSlots: [0, 1] },
    ]);
    expect(hoursOfWeek({ ...args.maintenance, day: "Monday" })[0]).toEqual({ day: "Sunday", hourSlots: [22, 23] });
});

// The bootstrap pool.
test("one small pool is inside the cluster, and is stated alone with every update", async () => {
    const { inputs, options } = await cluster({ poolsVersion: "1.35" });
    expect(inputs.agentPoolProfiles).toEqual([
        expect.objectContaining({
            name: "bootstrap",
            mode: "System",
            count: 1,
            enableAutoScaling: false,
            orchestratorVersion: "1.35",
        }),
    ]);
    // After a refresh the old inputs hold all pools with their numbers of nodes: ignoring changes would send those back,
    // undo the autoscaler's work and bring back pools that are gone (pulumi/pulumi-azure-native#2719).
    expect(options.ignoreChanges).toEqual([]);
});

test("its digest is recorded on the cluster, and follows what it is made of but not its version", async () => {
    const { inputs } = await cluster();
    const digest = bootstrapDigest(args.bootstrapPool, "nodes");
    expect(inputs.tags).toEqual({ environment: "dev", [digestTag]: digest });
    expect(bootstrapDigest({ ...args.bootstrapPool, vmSize: "Standard_D4ds_v5" }, "nodes")).not.toBe(digest);
    expect(bootstrapDigest({ ...args.bootstrapPool, zones: ["1"] }, "nodes")).not.toBe(digest);
    expect(bootstrapDigest(args.bootstrapPool, "other")).not.toBe(digest);
});

test("a change of it is refused against the recorded digest, even when a refresh has written all pools in its place", async () => {
    await cluster();
    const oldInputs = {
        tags: { [digestTag]: "old" },
        agentPoolProfiles: [{ name: "t4abcd", count: 2 }, { name: "bootstrap" }],
    };
    const change = runHook("cluster-bootstrap-pool", { oldInputs, newInputs: { tags: { [digestTag]: "new" } } });
    await expect(change).rejects.toThrow(
        "agentPoolProfiles cannot change: the cluster was made with bootstrap pool old",
    );
    await runHook("cluster-bootstrap-pool", { oldInputs, newInputs: { tags: { [digestTag]: "old" } } });
});

test("a digest that someone took away is put back", async () => {
    await cluster();
    await runHook("cluster-bootstrap-pool", { oldInputs: { tags: {} }, newInputs: { tags: { [digestTag]: "new" } } });
});

// What cannot change in place.
test.each(frozenClusterFields.map(({ path }) => [path]))("a change of %s is refused in the preview", async (path) => {
    await cluster();
    const at = (leaf: unknown): object =>
        path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), leaf) as object;
    await expect(runHook("cluster-frozen", { oldInputs: at("a"), newInputs: at("b") })).rejects.toThrow(
        `${path} cannot change in place`,
    );
});

test.each([
    ["1.35", "1.36", "1.35", undefined],
    ["1.35", "1.36", "1.34", undefined],
    ["1.36", "1.36", "1.36", undefined],
    ["1.36.4", "1.36", "1.36", undefined],
    ["1.34", "1.36", "1.34", "one minor version at a time, got 1.34 -> 1.36; go to 1.35 first"],
    [
        "1.36",
        "1.35",
        "1.35",
        "cannot go back, got 1.36 -> 1.35; where Azure has gone ahead (channel stable or rapid), set",
    ],
    ["1.35", "1.36", "1.36", "before the pools do, got 1.35 -> 1.36 with poolsVersion 1.36; set poolsVersion to 1.35"],
])("control plane from %s to %s, pools at %s: %s", (before, after, pools, fault) => {
    const found = upgradeFault("cluster", before, after, pools);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
});

const inline = (version: string): object => ({ name: "bootstrap", orchestratorVersion: version });
test.each([
    [{ kubernetesVersion: "1.34" }, { kubernetesVersion: "1.36" }, "one minor version at a time"],
    [
        { agentPoolProfiles: [{ name: "work", orchestratorVersion: "1.35" }, inline("1.36")] },
        { agentPoolProfiles: [inline("1.35")] },
        "bootstrap pool: poolsVersion cannot go back, got 1.36 -> 1.35",
    ],
])("an upgrade path that Azure does not take is refused in the preview: %j -> %j", async (before, after, message) => {
    const { options } = await cluster();
    expect(options.hooks).toContain("cluster-version");
    await expect(runHook("cluster-version", { oldInputs: before, newInputs: after })).rejects.toThrow(message);
});

test.each<[Partial<ClusterArgs>, string]>([
    [{ kubernetesVersion: "1.36.1" }, "kubernetesVersion must be a minor version such as 1.36"],
    [
        { poolsVersion: "1.37" },
        'poolsVersion must be kubernetesVersion 1.36 or up to 2 minor versions behind it, got "1.37"',
    ],
    [{ upgradeChannel: "node-image", nodeOsChannel: "SecurityPatch" }, 'nodeOsChannel must be "NodeImage"'],
    [{ adminGroupObjectIds: [] }, "adminGroupObjectIds must name a group"],
    [
        { maintenance: { ...args.maintenance, durationHours: 2 } },
        "maintenance.durationHours must be a whole number from 4 to 24, got 2",
    ],
])("refuses %j", (change, message) => {
    expect(() => new Cluster("cluster", { ...args, ...change })).toThrow(message);
});

test("hands out no kubeconfig, and nothing that is a secret", async () => {
    const made = new Cluster("cluster", args);
    expect(await pulumi.isSecret(made.privateFqdn)).toBe(false);
    expect(Object.keys(made)).not.toContain("kubeconfig");
});

test("pods need a /24 for every node", () => {
    const addresses = { ...args.addresses, podCidr: "10.244.0.0/22" };
    expect(clusterAddressFaults(addresses, "10.20.0.0/20", 4)).toEqual([]);
    expect(clusterAddressFaults(addresses, "10.20.0.0/20", 5)).toEqual([
        'podCidr must hold a /24 for each of 5 nodes (all pools at their most, and one more each to upgrade), got "10.244.0.0/22"',
    ]);
});
