import { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster";
import type { containerservice } from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../encryption/customer-managed-key";
import { managedIdentity, type ManagedIdentity } from "../encryption/managed-identity";
import { Access } from "../governance/access";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { bootstrapDigest, bootstrapProfile, digestTag, keepBootstrapPool, type BootstrapPool } from "./bootstrap-pool";
import { clusterAccess, type ZoneRoleBy } from "./cluster-access";
import * as settings from "./cluster-settings";
import { maintenanceFaults, maintenanceWindows, type MaintenanceWindow } from "./maintenance";
import type { PoolHome } from "./node-pool";
import { keepToUpgradePath, skewFault } from "./upgrade";
import { needZoneRole } from "./zone-role";

/** Arguments of {@link Cluster}. */
export interface ClusterArgs extends Placement {
    tenantId: string;
    /** Minor version of the control plane, e.g. `1.36`. */
    kubernetesVersion: string;
    /** Minor version of the pools; never ahead of the control plane, and raised in a change of its own. */
    poolsVersion: string;
    upgradeChannel: settings.UpgradeChannel;
    nodeOsChannel: settings.NodeOsChannel;
    /** `Free` has no promise of availability, and no cost analysis. */
    slaTier: settings.SlaTier;
    /** Entra groups whose members rule the cluster. */
    adminGroupObjectIds: readonly string[];
    bootstrapPool: BootstrapPool;
    addresses: settings.ClusterAddresses;
    maintenance: MaintenanceWindow;
    virtualNetworkId: pulumi.Input<string>;
    nodesSubnet: { id: pulumi.Input<string>; name: string };
    apiServerSubnetId: pulumi.Input<string>;
    /** Zone `private.<region>.azmk8s.io`. @default - AKS keeps one among the nodes' resources */
    apiServerZoneId?: pulumi.Input<string>;
    /** Who gives the cluster's identity its role on that zone. @default "us" */
    zoneRoleBy?: ZoneRoleBy;
    outboundType: "userDefinedRouting" | "userAssignedNATGateway";
    /** Resolves once packets get out: nodes that cannot reach their sources fail, and the cluster with them. */
    egressReady: pulumi.Input<string>;
    diskEncryptionSetId: pulumi.Input<string>;
    /** Resource group of the disk encryption set, which must hold nothing else: the cluster may read what is in it. */
    disksGroupId: pulumi.Input<string>;
    /** Encrypts secrets in etcd. Its identity becomes the control plane's: AKS has exactly one, which must hold the key. */
    etcdKey: CustomerManagedKey;
    registryId: pulumi.Input<string>;
    /** Where Defender reports to and container logs go, both of which are on. */
    logAnalyticsWorkspaceId: pulumi.Input<string>;
    rolePropagationSeconds: number;
}

/**
 * Private Kubernetes cluster: API server inside the network, Entra and Azure roles only, our keys on disks and secrets,
 * Cilium, workload identity, everything about nodes locked. Built on API 2025-09-01, which azure-native ships.
 *
 * There is no kubeconfig among its outputs: Azure gives the API server's certificate authority to callers with a
 * credential alone (listClusterUserCredential), never with the cluster. Stacks that talk to the cluster ask for it.
 * @see https://learn.microsoft.com/azure/aks/api-server-vnet-integration
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Cluster extends pulumi.ComponentResource {
    readonly clusterId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly clusterName: string;
    /** Host name of the API server, resolved inside the network only. */
    readonly privateFqdn: pulumi.Output<string>;
    /** Issuer that federated credentials of workloads name. */
    readonly oidcIssuerUrl: pulumi.Output<string>;
    readonly nodeResourceGroup: string;
    /** The nodes' identity. */
    readonly kubelet: ManagedIdentity;
    /** What pools are made in. */
    readonly home: PoolHome;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:cluster:Cluster", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, kubernetesVersion, nodesSubnet, slaTier } = args;
        this.clusterName = resourceName("cluster", { ...naming, location });
        this.nodeResourceGroup = resourceName("nodeResourceGroup", { ...naming, location });
        refuse(this, [...clusterFaults(args), ...dnsPrefixFaults(this.clusterName)]);
        this.kubelet = managedIdentity(`${name}-kubelet`, "kubelet", args, this);
        const { identity } = args.etcdKey;
        const access = clusterAccess(
            name,
            {
                ...args,
                ...{ subscriptionId: naming.subscriptionId, identity, kubelet: this.kubelet },
                ...{ nodesSubnetId: nodesSubnet.id, apiServerZoneId: args.apiServerZoneId },
                zoneRoleBy: args.zoneRoleBy ?? "us",
            },
            this,
        );
        // Pods pull from the registry, the cluster itself does not: so it waits for neither registry nor role.
        new Access(
            `${name}-registry`,
            {
                ...{ row: "cluster-registry", scope: args.registryId, principalId: this.kubelet.principalId },
                subscriptionId: naming.subscriptionId,
                propagationSeconds: args.rolePropagationSeconds,
            },
            { parent: this },
        );
        // A cluster made before its identities may do their work stays behind as failed.
        const ready = pulumi.all([args.egressReady, ...access.map((role) => role.ready)]);
        const allowed = pulumi.all([identity.id, ready]).apply(([id]) => id);

        const cluster = new ManagedCluster(
            name,
            {
                ...{ resourceName: this.clusterName, resourceGroupName, location },
                ...{ dnsPrefix: this.clusterName, nodeResourceGroup: this.nodeResourceGroup },
                tags: { ...tags, [digestTag]: bootstrapDigest(args.bootstrapPool, nodesSubnet.name) },
                sku: { name: "Base", tier: slaTier },
                ...{ supportPlan: "KubernetesOfficial", kubernetesVersion },
                ...settings.hardening,
                addonProfiles: {
                    ...settings.hardening.addonProfiles,
                    omsagent: logAgent(args.logAnalyticsWorkspaceId),
                },
                // Which metrics go where is said by a rule that the cluster is joined to later.
                azureMonitorProfile: { metrics: { enabled: true } },
                identity: { type: "UserAssigned", userAssignedIdentities: [allowed] },
                identityProfile: {
                    kubeletidentity: {
                        resourceId: this.kubelet.id,
                        clientId: this.kubelet.clientId,
                        objectId: this.kubelet.principalId,
                    },
                },
                aadProfile: {
                    ...{ managed: true, enableAzureRBAC: true, tenantID: args.tenantId },
                    adminGroupObjectIDs: [...args.adminGroupObjectIds],
                },
                apiServerAccessProfile: {
                    ...{ enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false, disableRunCommand: true },
                    ...{ enableVnetIntegration: true, subnetId: args.apiServerSubnetId },
                    privateDNSZone: args.apiServerZoneId ?? "system",
                },
                agentPoolProfiles: [bootstrapProfile(args.bootstrapPool, nodesSubnet, args.poolsVersion)],
                networkProfile: settings.networkProfile(args.addresses, args.outboundType),
                diskEncryptionSetID: args.diskEncryptionSetId,
                securityProfile: securityProfile(args),
                autoUpgradeProfile: {
                    upgradeChannel: args.upgradeChannel,
                    nodeOSUpgradeChannel: args.nodeOsChannel,
                },
                // Azure takes it with a paid tier only.
                metricsProfile: { costAnalysis: { enabled: slaTier !== "Free" } },
            },
            this.options(name, args, access),
        );
        const windows = maintenanceWindows(
            name,
            { resourceGroupName, clusterName: cluster.name },
            args.maintenance,
            this,
        );

        this.clusterId = cluster.id;
        this.logSources = [{ kind: "Microsoft.ContainerService/managedClusters", name, id: cluster.id }];
        this.privateFqdn = cluster.privateFQDN;
        this.oidcIssuerUrl = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
        this.home = {
            ...{ resourceGroupName, clusterName: cluster.name, poolsVersion: args.poolsVersion, nodesSubnet, tags },
            writes: [cluster, ...windows],
        };
        this.registerOutputs({ clusterId: this.clusterId, privateFqdn: this.privateFqdn });
    }

    private options(name: string, args: ClusterArgs, dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
        const { poolsVersion, etcdKey, apiServerZoneId: zoneId, zoneRoleBy } = args;
        const frozen = refuseChanges(name, settings.frozenClusterFields);
        const upgrade = keepToUpgradePath(name, poolsVersion);
        return childOptions(this, "containerservice:ManagedCluster", {
            dependsOn,
            hooks: {
                ...(zoneRoleBy === "hub" &&
                    zoneId !== undefined && {
                        beforeCreate: [needZoneRole(name, etcdKey.identity.principalId, zoneId)],
                    }),
                beforeUpdate: [...(frozen.hooks?.beforeUpdate ?? []), keepBootstrapPool(name), upgrade],
            },
            // Not ignored, but always stated as the bootstrap pool alone: Azure leaves pools that are not named as they
            // are. A refresh writes all pools with their present numbers of nodes into this property; ignoring changes
            // would send those back with the next update, which undoes the autoscaler's work, and fails with "A new
            // agent pool was introduced" once a pool is gone (pulumi/pulumi-azure-native#2719). The list that a preview
            // would show after a refresh reads like pools being deleted; none is.
            hideDiffs: ["agentPoolProfiles"],
        });
    }
}

/** Container insights with the agents' identity, as the workspace knows no keys. */
function logAgent(
    logAnalyticsWorkspaceResourceID: pulumi.Input<string>,
): containerservice.ManagedClusterAddonProfileArgs {
    return { enabled: true, config: { logAnalyticsWorkspaceResourceID, useAADAuth: "true" } };
}

function securityProfile({ etcdKey, logAnalyticsWorkspaceId: workspaceId }: ClusterArgs): object {
    return {
        azureKeyVaultKms: {
            enabled: true,
            // With a version: this API knows no other. A rotation is one update of the cluster, after which secrets must
            // be written again: https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
            keyId: etcdKey.keyUriWithVersion,
            keyVaultNetworkAccess: "Private",
            keyVaultResourceId: etcdKey.vaultId,
        },
        imageCleaner: { enabled: true, intervalHours: 48 },
        workloadIdentity: { enabled: true },
        defender: { logAnalyticsWorkspaceResourceId: workspaceId, securityMonitoring: { enabled: true } },
    };
}

function clusterFaults(args: ClusterArgs): (string | false | undefined)[] {
    const { upgradeChannel, nodeOsChannel, kubernetesVersion, poolsVersion, adminGroupObjectIds, maintenance } = args;
    return [
        ...Object.entries({ kubernetesVersion, poolsVersion }).map(
            ([field, version]) =>
                !/^1\.\d+$/.test(version) &&
                `${field} must be a minor version such as 1.36, patches are Azure's to pick, got "${version}"`,
        ),
        skewFault(kubernetesVersion, poolsVersion),
        upgradeChannel === "node-image" &&
            nodeOsChannel !== "NodeImage" &&
            `nodeOsChannel must be "NodeImage" with upgradeChannel "node-image", got "${nodeOsChannel}"`,
        adminGroupObjectIds.length === 0 &&
            "adminGroupObjectIds must name a group: without local accounts nobody else gets in",
        ...maintenanceFaults("maintenance", maintenance),
    ];
}

/** The longest first label that Azure takes. */
function dnsPrefixFaults(prefix: string): string[] {
    return prefix.length <= 54 ? [] : [`dnsPrefix must be at most 54 characters, got "${prefix}" (${prefix.length})`];
}
