import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, type ClusterArgs } from "../components/cluster/cluster";
import { GpuPool } from "../components/cluster/gpu-pool";
import { NodePool } from "../components/cluster/node-pool";
import type { PoolShape } from "../components/cluster/pool-settings";
import { existingKey, type CustomerManagedKey } from "../components/encryption/customer-managed-key";
import { DiskEncryption } from "../components/encryption/disk-encryption";
import { Key, type KeyUse, type OwnKey } from "../components/encryption/key";
import { Vault } from "../components/encryption/vault";
import { Lock } from "../components/governance/lock";
import { resourceName } from "../components/names";
import type { Placement } from "../components/placement";
import { Registry } from "../components/registry/registry";
import { recordContainers, workContainers } from "../components/storage/containers";
import { Storage } from "../components/storage/storage";
import { platformTags } from "../components/tags";
import { foundationOutputs } from "./contract";
import { groupAccess } from "./foundation/access";
import { flowLogs } from "./foundation/flow-logs";
import { budget, policies } from "./foundation/governance";
import { hubTeamOutputs } from "./foundation/hub-team";
import { machineLearning, workspaceOutputs } from "./foundation/machine-learning";
import { blockOutputs, corporateNetwork } from "./foundation/network";
import { poolOutputs } from "./foundation/pools";
import { alerts, diagnose, logWorkspace, monitor, monitoringOutputs } from "./foundation/observability";
import { recordServices, workServices } from "./foundation-parts";
import { runner } from "./foundation/runner";
import { stateLinks } from "./foundation/state";
import type { Settings } from "./settings";

type ClusterChoices = Omit<
    ClusterArgs,
    | keyof Placement
    | ("virtualNetworkId" | "nodesSubnet" | "apiServerSubnetId" | "apiServerZoneId" | "outboundType" | "egressReady")
    | ("diskEncryptionSetId" | "disksGroupId" | "etcdKey" | "registryId" | "logAnalyticsWorkspaceId")
>;
type Outputs = Record<string, pulumi.Output<unknown>>;

/** Goes with a destroy, after one setting alone has lifted protection, in a change of its own that people sign. */
const lockNotes =
    "Holds keys, images and data. Goes with a destroy once mlplatform:teardown is on, in a signed change.";

/** The foundation: network, keys, registry, storage and the cluster with its pools. Azure Resource Manager is all it needs. */
export function foundation(settings: Settings): Outputs {
    const { tier, naming, location, zones, teardown } = settings;
    const kept: pulumi.ResourceOptions = { protect: tier.protect && !teardown };
    // A lock on data must not hold back pools and endpoints, which come and go. And the cluster, which may read the group of
    // the disk encryption set, must find nothing else there.
    const platform = group("platform", settings, kept);
    const data = group("data", settings, kept);
    const disksOnly = group("disks", settings, kept);

    const { network, dns, hybrid } = corporateNetwork(settings, platform);
    const privateLink = { subnetId: network.subnetIds.privateEndpoints, dns };

    const vault = new Vault(
        "vault",
        {
            ...{ ...data, privateLink, tenantId: settings.tenantId, sku: tier.keys.vaultSku },
            ...{ softDeleteRetentionDays: tier.vaultRetentionDays, generation: settings.generations.vault },
        },
        kept,
    );
    const key = keys(settings, data, vault, kept);
    const disks = new DiskEncryption("disks", { ...disksOnly, key: key.disks() }, kept);
    const registry = new Registry(
        "registry",
        {
            ...{ ...data, privateLink, key: key.registry() },
            ...{ zoneRedundant: zones.length > 1, generation: settings.generations.registry },
        },
        kept,
    );
    const storageKey = key.storage();
    const storage = accounts(settings, { ...data, privateLink, key: storageKey }, kept);
    const ml = machineLearning(
        settings,
        { ...data, privateLink },
        { storage: storageKey, workspace: key.workspace },
        kept,
    );

    stateLinks(settings, { ...platform, privateLink });
    const logs = logWorkspace(settings, data, kept);
    const flows = flowLogs(
        settings,
        { ...platform, privateLink },
        { key: storageKey, virtualNetworkId: network.virtualNetworkId, logWorkspaceId: logs.workspaceId },
        kept,
    );
    const apiServerZoneId = dns.zoneIds("apiServer")?.[0] ?? settings.apiServerZoneId;
    const cluster = new Cluster(
        "cluster",
        {
            ...{ ...platform, ...clusterChoices(settings) },
            ...{ virtualNetworkId: network.virtualNetworkId, apiServerSubnetId: network.subnetIds.apiServer },
            nodesSubnet: {
                id: network.subnetIds.nodes,
                name: resourceName("subnet", { ...naming, location, instance: "nodes" }),
            },
            ...{ outboundType: network.egress.outboundType, egressReady: network.egress.ready },
            ...(apiServerZoneId !== undefined && { apiServerZoneId }),
            ...{
                diskEncryptionSetId: disks.diskEncryptionSetId,
                disksGroupId: disksOnly.groupId,
                etcdKey: key.cluster(),
                registryId: registry.registryId,
                logAnalyticsWorkspaceId: logs.workspaceId,
            },
        },
        kept,
    );

    const { diskEncryptionSetId } = disks;
    const ci = runner(settings, { at: platform, network, diskEncryptionSetId });
    const made = pools(settings, cluster);
    const monitoring = monitor(settings, platform, {
        ...{ privateLink, logs, clusterId: cluster.clusterId },
        groupIds: { platform: platform.groupId, data: data.groupId },
    });
    const access = groupAccess(settings, {
        ...{ platformGroup: platform.groupId, dataGroup: data.groupId, vault: vault.vaultId },
        ...{ workAccount: storage.work.accountId, recordsAccount: storage.records.accountId },
        ...{ workspace: ml.shared.workspace.workspaceId, workspaceAccount: ml.shared.storage.accountId },
        ...{ cluster: cluster.clusterId, grafana: monitoring.grafana.grafanaId },
    });
    const assigned = policies(settings, {
        ...{ platform: platform.groupId, data: data.groupId, disks: disksOnly.groupId },
    });
    const logging = [
        network,
        vault,
        registry,
        storage.work,
        storage.records,
        ...ml.all.flatMap((one) => [one.workspace, one.storage, one.vault]),
        flows,
        cluster,
        monitoring,
        ...(hybrid ? [hybrid] : []),
    ];
    const diagnostics = diagnose(settings, logs, logging);
    const alerted = alerts(settings, platform, {
        ...{ logs, metrics: monitoring.metrics, parts: logging, natGatewayId: network.egress.natGatewayId },
        cluster: { id: cluster.clusterId, name: cluster.clusterName },
        groupIds: [platform.groupId, data.groupId],
    });
    // The machines are in the nodes' group, and what Azure keeps for a workspace is in one of its own.
    budget(
        settings,
        [
            ...[platform.resourceGroupName, data.resourceGroupName, cluster.nodeResourceGroup],
            ...ml.all.map(({ workspace }) => workspace.managedGroupName),
        ],
        [alerted.actionGroupIds.warning],
    );
    if (tier.locks)
        new Lock(
            "data-lock",
            { scope: data.groupId, notes: lockNotes },
            // The last to come and the first to go. So a destroy without a teardown stops here, before it has taken away
            // what is not protected, such as pools, which must be free to come and go. Whatever is in or on the data group
            // is listed, as Azure deletes nothing there under the lock; test/cli/teardown.e2e.test.ts looks.
            {
                ...kept,
                dependsOn: [
                    network,
                    dns,
                    vault,
                    disks,
                    registry,
                    storage.work,
                    storage.records,
                    ...ml.all.flatMap((one) => [one.workspace, one.storage, one.vault]),
                    cluster,
                    ...made,
                    ...access,
                    ...[diagnostics, monitoring.grafana],
                    ...assigned,
                    ...(pulumi.Resource.isInstance(logs) ? [logs] : []),
                ],
            },
        );

    const outputs = foundationOutputs({
        ...{ environment: settings.environment, workload: naming.workload, location },
        ...{ subscriptionId: naming.subscriptionId, tenantId: settings.tenantId },
        resourceGroups: { platform: platform.resourceGroupName, data: data.resourceGroupName },
        tags: settings.tags,
        network: {
            ...{ virtualNetworkId: network.virtualNetworkId, subnetIds: network.subnetIds },
            blocks: blockOutputs(settings),
            egressIpAddresses: network.egress.publicIpAddresses,
            vpnIpAddresses: hybrid?.vpnIpAddresses ?? [],
            resolverIpAddresses: hybrid?.resolverIpAddresses ?? [],
        },
        vault: { id: vault.vaultId, name: vault.vaultName, uri: vault.vaultUri },
        registry: { id: registry.registryId, name: registry.registryName, loginServer: registry.loginServer },
        storage: { work: accountOutputs(storage.work), records: accountOutputs(storage.records) },
        diskEncryptionSetId,
        runner: ci ? { scaleSetId: ci.scaleSetId } : {},
        machineLearning: {
            ...workspaceOutputs(ml.shared),
            teams: Object.fromEntries(Object.entries(ml.teams).map(([team, one]) => [team, workspaceOutputs(one)])),
        },
        cluster: {
            ...{ id: cluster.clusterId, name: cluster.clusterName, privateFqdn: cluster.privateFqdn },
            ...{ oidcIssuerUrl: cluster.oidcIssuerUrl, nodeResourceGroup: cluster.nodeResourceGroup },
            ...{ kubernetesVersion: settings.kubernetesVersion, kubeletPrincipalId: cluster.kubelet.principalId },
            pools: Object.fromEntries(made.map(({ prefix, poolName }) => [prefix, poolName])),
            nodePools: poolOutputs(settings, made),
        },
        monitoring: monitoringOutputs(logs, monitoring, alerted),
    });
    return { ...outputs, ...hubTeamOutputs(settings, network.virtualNetworkId) };
}

function clusterChoices(settings: Settings): ClusterChoices {
    const { tenantId, adminGroupObjectIds, addresses, maintenance, bootstrapPool, rolePropagationSeconds } = settings;
    const { kubernetesVersion, poolsVersion, upgradeChannel, nodeOsChannel, slaTier } = settings;
    return {
        zoneRoleBy: settings.zoneRoleBy,
        ...{ tenantId, adminGroupObjectIds, addresses, maintenance, bootstrapPool, rolePropagationSeconds },
        ...{ kubernetesVersion, poolsVersion, upgradeChannel, nodeOsChannel, slaTier },
    };
}

interface Group extends Placement {
    groupId: pulumi.Output<string>;
}

function group(instance: "platform" | "data" | "disks", settings: Settings, options: pulumi.ResourceOptions): Group {
    const { naming, location } = settings;
    const tags = platformTags(naming.workload, naming.environment, settings.tags);
    const made = new ResourceGroup(
        `${instance}-group`,
        { resourceGroupName: resourceName("resourceGroup", { ...naming, location, instance }), location, tags },
        // A group goes with all that is still in it.
        { ...options, customTimeouts: { create: "20m", update: "20m", delete: "2h" } },
    );
    return { naming, location, tags, resourceGroupName: made.name, groupId: made.id };
}

/** Keys by use: those that are there already, and the others made in our vault. */
function keys(
    settings: Settings,
    at: Placement,
    vault: Vault,
    options: pulumi.ComponentResourceOptions,
): Record<"registry" | "storage" | "disks", () => CustomerManagedKey> &
    Record<"cluster", () => OwnKey> & { workspace: (team?: string) => OwnKey } {
    const { tier, generations, rolePropagationSeconds, existingKeys } = settings;
    const { type, sizeBits } = tier.keys;
    const own = (use: KeyUse, team?: string): OwnKey =>
        new Key(
            `${team === undefined ? "" : `${team}-`}${use}-key`,
            {
                ...(team !== undefined && { instance: team }),
                ...{ ...at, vault, use, type, sizeBits, rolePropagationSeconds },
                ...{ rotationDays: tier.rotationDays, expiryDays: tier.expiryDays, generation: generations.keys },
            },
            options,
        ).key;
    const either = (use: "registry" | "storage" | "disks") => (): CustomerManagedKey => {
        const existing = existingKeys[use];
        return existing ? existingKey(`mlplatform:existingKeys.${use}`, existing) : own(use);
    };
    return {
        ...{ registry: either("registry"), storage: either("storage"), disks: either("disks") },
        // Always in our vault: this API version reaches a private vault through the network integration, and no HSM pool.
        cluster: () => own("cluster"),
        // Likewise: Azure ML names a vault beside the key.
        workspace: (team) => own("workspace", team),
    };
}

function accounts(
    { tier, generations, lockRecords }: Settings,
    at: Placement & Pick<ConstructorParameters<typeof Storage>[1], "privateLink" | "key">,
    options: pulumi.ComponentResourceOptions,
): { work: Storage; records: Storage } {
    const common = {
        ...{ ...at, redundancy: tier.storageRedundancy, softDeleteDays: tier.storageSoftDeleteDays },
        generation: generations.storage,
    };
    const work = { instance: "work", services: workServices, containers: workContainers };
    const { retentionDays } = tier.records;
    const records = { instance: "rec", services: recordServices, containers: recordContainers };
    return {
        work: new Storage("work", { ...common, ...work }, options),
        records: new Storage(
            "records",
            {
                ...common,
                ...records,
                versioning: true,
                changeFeed: true,
                immutability: { retentionDays, locked: lockRecords },
            },
            options,
        ),
    };
}

const accountOutputs = (
    account: Storage,
): { id: pulumi.Output<string>; name: string; endpoints: Record<string, pulumi.Output<string>> } => ({
    ...{ id: account.accountId, name: account.accountName },
    endpoints: { ...account.endpoints },
});

/** System pool first, then the others by name: a stable order, as each waits for those before it. */
function pools({ systemPool, userPools, gpuPools }: Settings, { home }: Cluster): (NodePool | GpuPool)[] {
    const byPrefix = (a: PoolShape, b: PoolShape): number => (a.prefix < b.prefix ? -1 : 1);
    return [
        new NodePool("pool-sys", { ...systemPool, home, mode: "System" }),
        ...[...userPools]
            .sort(byPrefix)
            .map((shape) => new NodePool(`pool-${shape.prefix}`, { ...shape, home, mode: "User" })),
        ...[...gpuPools].sort(byPrefix).map((shape) => new GpuPool(`pool-${shape.prefix}`, { ...shape, home })),
    ];
}
