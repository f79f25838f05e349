import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice/managedCluster";
import type { containerservice } from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { inside, overlap, parseCidr } from "../network/cidr";
import { reservedRanges } from "../network/address-plan";
import type { Frozen } from "../refuse";

/** How new versions of Kubernetes come. `patch` takes patches of the minor version that is asked for, and no new minor. */
export const upgradeChannels = ["none", "patch", "stable", "rapid", "node-image"] as const;
export type UpgradeChannel = (typeof upgradeChannels)[number];

/** How new images of the nodes' operating system come. */
export const nodeOsChannels = ["None", "Unmanaged", "NodeImage", "SecurityPatch"] as const;
export type NodeOsChannel = (typeof nodeOsChannels)[number];

export const slaTiers = ["Free", "Standard", "Premium"] as const;
export type SlaTier = (typeof slaTiers)[number];

/** Addresses inside the cluster. Of no network that it will ever be joined with. */
export interface ClusterAddresses {
    /** Each node takes a /24 of it. */
    podCidr: string;
    serviceCidr: string;
    /** Inside `serviceCidr`, but not its first. */
    dnsServiceIp: string;
}

/**
 * What the hardened cluster has in common, whoever asks for it.
 * @see https://learn.microsoft.com/azure/aks/best-practices
 */
export const hardening = {
    publicNetworkAccess: "Disabled",
    enableRBAC: true,
    // Certificates that cannot be taken back; people and pipelines come with their Entra identity.
    disableLocalAccounts: true,
    oidcIssuerProfile: { enabled: true },
    nodeProvisioningProfile: { mode: "Manual" },
    // Whatever is changed by hand among the nodes' resources breaks the next upgrade.
    nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
    addonProfiles: {
        azurepolicy: { enabled: true },
        azureKeyvaultSecretsProvider: {
            enabled: true,
            config: { enableSecretRotation: "true", rotationPollInterval: "2m" },
        },
    },
    // Volumes are disks under our key. The file driver wants account keys. The blob driver adds a service endpoint to the
    // nodes' subnet unasked, which leads around the firewall (Azure/terraform-azurerm-aks#424).
    storageProfile: {
        diskCSIDriver: { enabled: true },
        fileCSIDriver: { enabled: false },
        blobCSIDriver: { enabled: false },
        snapshotController: { enabled: true },
    },
    autoScalerProfile: {
        expander: "least-waste",
        balanceSimilarNodeGroups: "true",
        // A GPU node takes up to fifteen minutes until it is usable, and costs from the first.
        maxNodeProvisionTime: "20m",
        scaleDownUnneededTime: "10m",
        scaleDownDelayAfterAdd: "10m",
        skipNodesWithLocalStorage: "false",
        skipNodesWithSystemPods: "true",
    },
} as const satisfies Partial<ManagedClusterArgs>;

/** Cilium on an overlay: pods take no addresses of the network, and policies are held in the kernel. */
export function networkProfile(
    addresses: ClusterAddresses,
    outboundType: pulumi.Input<string>,
): containerservice.ContainerServiceNetworkProfileArgs {
    return {
        ...{
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
        },
        ...{ podCidr: addresses.podCidr, serviceCidr: addresses.serviceCidr, dnsServiceIP: addresses.dnsServiceIp },
        ...{ outboundType, loadBalancerSku: "standard", ipFamilies: ["IPv4"] },
    };
}

const newCluster = "Azure sets it once, when the cluster is made; make a new environment";

/** What azure-native would preview as an update and Azure would refuse. It replaces the cluster for the rest. */
export const frozenClusterFields: readonly Frozen[] = [
    { path: "apiServerAccessProfile.enablePrivateCluster", instead: newCluster },
    { path: "apiServerAccessProfile.enableVnetIntegration", instead: newCluster },
    { path: "apiServerAccessProfile.subnetId", instead: newCluster },
    // https://learn.microsoft.com/azure/aks/private-clusters: the one change allowed is to `none`.
    { path: "apiServerAccessProfile.privateDNSZone", instead: newCluster },
    { path: "aadProfile.managed", instead: "Entra sign-in cannot be turned off again" },
    { path: "aadProfile.tenantID", instead: newCluster },
    { path: "enableRBAC", instead: newCluster },
    { path: "servicePrincipalProfile.clientId", instead: "the cluster runs as a managed identity and keeps to it" },
    { path: "oidcIssuerProfile.enabled", instead: "the issuer cannot be turned off again" },
    { path: "networkProfile.loadBalancerSku", instead: newCluster },
    { path: "networkProfile.ipFamilies", instead: newCluster },
    {
        path: "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess",
        instead: "turn encryption by key off, wait for it, and on again with the other mode",
    },
    {
        path: "securityProfile.azureKeyVaultKms.enabled",
        instead: "every secret must be written again on the way; do it by hand, as the page on etcd encryption says",
    },
    {
        path: "identityProfile.kubeletidentity.resourceId",
        instead: "nodes keep their identity until they are reimaged; make a new environment",
    },
];

/**
 * What is wrong with the cluster's own addresses, in a network of that block; empty when nothing is.
 * @see https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
 */
export function clusterAddressFaults(
    { podCidr, serviceCidr, dnsServiceIp }: ClusterAddresses,
    networkBlock: string,
    mostNodes: number,
): string[] {
    const [pods, services, network] = [parseCidr(podCidr), parseCidr(serviceCidr), parseCidr(networkBlock)];
    const dns = parseCidr(`${dnsServiceIp}/32`);
    const shape = "must be an IPv4 block at its first address, such as 10.244.0.0/16";
    const faults: (string | false | undefined)[] = [
        pods === undefined && `podCidr ${shape}, got "${podCidr}"`,
        services === undefined && `serviceCidr ${shape}, got "${serviceCidr}"`,
        dns === undefined && `dnsServiceIp must be an IPv4 address, got "${dnsServiceIp}"`,
        pods &&
            network &&
            overlap(pods, network) &&
            `podCidr must not overlap addressSpace ${networkBlock}, got "${podCidr}"`,
        services &&
            network &&
            overlap(services, network) &&
            `serviceCidr must not overlap addressSpace ${networkBlock}, got "${serviceCidr}"`,
        pods &&
            services &&
            overlap(pods, services) &&
            `podCidr must not overlap serviceCidr ${serviceCidr}, got "${podCidr}"`,
        services && services.prefix <= 12 && `serviceCidr must be smaller than a /12, got "${serviceCidr}"`,
        services && services.prefix > 28 && `serviceCidr must be a /28 or larger, got "${serviceCidr}"`,
        dns &&
            services &&
            !inside(dns, services) &&
            `dnsServiceIp must lie in serviceCidr ${serviceCidr}, got "${dnsServiceIp}"`,
        dns?.first === services?.first &&
            dns &&
            `dnsServiceIp must not be the first address of serviceCidr ${serviceCidr}, got "${dnsServiceIp}"`,
        pods &&
            2 ** Math.max(0, 24 - pods.prefix) < mostNodes &&
            `podCidr must hold a /24 for each of ${mostNodes} nodes (all pools at their most, and one more each to upgrade), got "${podCidr}"`,
    ];
    for (const [field, block, text] of [
        ["podCidr", pods, podCidr],
        ["serviceCidr", services, serviceCidr],
    ] as const)
        for (const range of reservedRanges) {
            const kept = parseCidr(range);
            faults.push(
                block &&
                    kept &&
                    overlap(block, kept) &&
                    `${field} must not overlap ${range}, which AKS keeps, got "${text}"`,
            );
        }
    return faults.filter((fault) => typeof fault === "string");
}
