import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { idOf, layered, location, networkId, Platform, subnetId } from "./platform";
import type { Identity, OwnKey } from "./platform";

export const clusterId = idOf("Microsoft.ContainerService/managedClusters/aks");
export const poolId = (name: string): string => `${clusterId}/agentPools/${name}`;
export const zoneId = (name: string): string => idOf(`Microsoft.Network/privateDnsZones/${name}`);

/** Everything that a private cluster with own keys needs, roles granted, and the cluster's inputs. */
export class ClusterEstate {
    private constructor(
        readonly platform: Platform,
        readonly control: Identity,
        readonly kubelet: Identity,
        readonly key: OwnKey,
    ) {}

    static async open(): Promise<ClusterEstate> {
        const platform = await Platform.open();
        await platform.put("network:VirtualNetwork");
        await platform.put("network:PublicIPAddress", {
            ...{ location, publicIpAddressName: "pip", publicIPAllocationMethod: "Static" },
            sku: { name: "Standard" },
        });
        await platform.put("network:NatGateway", {
            ...{ location, natGatewayName: "nat", sku: { name: "Standard" } },
            publicIpAddresses: [{ id: idOf("Microsoft.Network/publicIPAddresses/pip") }],
        });
        const natGateway = { id: idOf("Microsoft.Network/natGateways/nat") };
        await platform.put("network:Subnet", { subnetName: "nodes", addressPrefix: "10.1.0.0/22", natGateway });
        const delegations = [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }];
        await platform.put("network:Subnet", { subnetName: "apiserver", addressPrefix: "10.1.8.0/28", delegations });
        await platform.put("privatedns:PrivateZone", {
            location: "global",
            privateZoneName: "private.swedencentral.azmk8s.io",
        });

        const [control, kubelet] = [await platform.identity("id-aks"), await platform.identity("id-kubelet")];
        const key = await platform.keyFor("id-disk");
        await platform.put("compute:DiskEncryptionSet", {
            encryptionType: "EncryptionAtRestWithPlatformAndCustomerKeys",
            identity: { type: "UserAssigned", userAssignedIdentities: [key.identity.id] },
            activeKey: { keyUrl: key.versioned },
        });
        await platform.grant(control, "networkContributor", networkId);
        await platform.grant(control, "privateDnsZoneContributor", zoneId("private.swedencentral.azmk8s.io"));
        await platform.grant(control, "managedIdentityOperator", kubelet.id);
        await platform.grant(control, "reader", idOf("Microsoft.Compute/diskEncryptionSets/des"));
        await platform.grant(control, "keyVaultCryptoUser", key.vaultId);
        await platform.grant(control, "keyVaultContributor", key.vaultId);
        return new ClusterEstate(platform, control, kubelet, key);
    }

    /** The one inline pool. */
    bootstrap(over: Properties = {}): Properties {
        const vnetSubnetID = subnetId("nodes");
        return layered({ name: "bootstrap", mode: "System", vmSize: "Standard_D2s_v5", count: 1, vnetSubnetID }, over);
    }

    inputs(over: Properties = {}): Properties {
        const { control, kubelet, key } = this;
        const usual: Properties = {
            ...{ resourceName: "aks", location, dnsPrefix: "aks-ml", kubernetesVersion: "1.36" },
            sku: { name: "Base", tier: "Standard" },
            identity: { type: "UserAssigned", userAssignedIdentities: [control.id] },
            identityProfile: {
                kubeletidentity: { resourceId: kubelet.id, clientId: kubelet.clientId, objectId: kubelet.principalId },
            },
            agentPoolProfiles: [this.bootstrap()],
            networkProfile: {
                ...{
                    networkPlugin: "azure",
                    networkPluginMode: "overlay",
                    networkDataplane: "cilium",
                    networkPolicy: "cilium",
                },
                ...{ podCidr: "10.244.0.0/16", serviceCidr: "10.2.0.0/16", dnsServiceIP: "10.2.0.10" },
                outboundType: "userAssignedNATGateway",
            },
            apiServerAccessProfile: {
                ...{ enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false, enableVnetIntegration: true },
                ...{ subnetId: subnetId("apiserver"), privateDNSZone: zoneId("private.swedencentral.azmk8s.io") },
            },
            aadProfile: { managed: true, enableAzureRBAC: true },
            disableLocalAccounts: true,
            oidcIssuerProfile: { enabled: true },
            securityProfile: {
                workloadIdentity: { enabled: true },
                azureKeyVaultKms: {
                    ...{
                        enabled: true,
                        keyId: key.versioned,
                        keyVaultNetworkAccess: "Private",
                        keyVaultResourceId: key.vaultId,
                    },
                },
            },
            diskEncryptionSetID: idOf("Microsoft.Compute/diskEncryptionSets/des"),
        };
        return layered(usual, over);
    }

    put(over: Properties = {}): Promise<Stored> {
        return this.platform.put("containerservice:ManagedCluster", this.inputs(over));
    }

    pool(agentPoolName: string, over: Properties = {}): Promise<Stored> {
        const usual = {
            ...{
                resourceName: "aks",
                agentPoolName,
                mode: "User",
                vmSize: "Standard_D4s_v5",
                vnetSubnetID: subnetId("nodes"),
            },
            ...{ enableAutoScaling: true, count: 1, minCount: 0, maxCount: 3 },
        };
        return this.platform.put("containerservice:AgentPool", layered(usual, over));
    }
}
