import type { Properties } from "../../../sandbox/azure/resource-type";
import { ClusterEstate } from "./cluster-estate";
import { answer, idOf, location, networkId, subnetId } from "./platform";

let estate: ClusterEstate;
beforeEach(async () => {
    estate = await ClusterEstate.open();
});
afterEach(() => {
    estate.platform.close();
});

type Case = [string, (estate: ClusterEstate) => Properties | Promise<Properties>, string];
const refuses = async (over: Case[1], code: string) => {
    expect(await answer(estate.put(await over(estate)))).toBe(code);
};
const network = (over: Properties): Properties => ({ networkProfile: over });
const server = (over: Properties): Properties => ({ apiServerAccessProfile: over });
const subnet = (name: string, addressPrefix: string, over: Properties = {}) =>
    estate.platform.put("network:Subnet", { subnetName: name, addressPrefix, ...over });

const plugins: Case[] = [
    [
        "overlay on kubenet",
        () => network({ networkPlugin: "kubenet", networkDataplane: "azure", networkPolicy: "none" }),
        "InvalidNetworkingConfig",
    ],
    [
        "overlay with a pod subnet",
        (world) => ({ agentPoolProfiles: [world.bootstrap({ podSubnetID: subnetId("pods") })] }),
        "InvalidNetworkingConfig",
    ],
    [
        "cilium on kubenet",
        () => network({ networkPlugin: "kubenet", networkPluginMode: undefined }),
        "InvalidNetworkingConfig",
    ],
    ["cilium on flat addresses", () => network({ networkPluginMode: undefined }), "InvalidNetworkingConfig"],
    ["cilium with calico", () => network({ networkPolicy: "calico" }), "InvalidNetworkingConfig"],
    ["cilium's policy without it", () => network({ networkDataplane: "azure" }), "InvalidNetworkingConfig"],
    [
        "azure's policy on kubenet",
        () =>
            network({
                networkPlugin: "kubenet",
                networkPluginMode: undefined,
                networkDataplane: "azure",
                networkPolicy: "azure",
            }),
        "NetworkPolicyAzureNotSupportedForKubenet",
    ],
    [
        "a policy without plugin",
        () =>
            network({
                networkPlugin: "none",
                networkPluginMode: undefined,
                networkDataplane: "azure",
                networkPolicy: "calico",
            }),
        "NetworkPolicyNotSupportedForNone",
    ],
    [
        "a basic balancer",
        () => ({ ...network({ loadBalancerSku: "basic" }) }),
        "PrivateClusterNotSupportedWithBasicLoadBalancer",
    ],
];
test.each(plugins)("network: %s", async (_, over, code) => refuses(over, code));

const ranges: Case[] = [
    ["services that are no CIDR", () => network({ serviceCidr: "10.2.0.0" }), "CidrStringParseError"],
    ["services of a /12", () => network({ serviceCidr: "10.16.0.0/12" }), "InvalidParameter"],
    ["services where AKS is", () => network({ serviceCidr: "172.30.0.0/16" }), "ServiceCidrOverlapping"],
    [
        "services over a subnet",
        () => network({ serviceCidr: "10.1.0.0/16", dnsServiceIP: "10.1.0.10" }),
        "ServiceCidrOverlapExistingSubnetsCidr",
    ],
    ["DNS that is no address", () => network({ dnsServiceIP: "dns" }), "DnsServiceIpParseError"],
    ["DNS outside", () => network({ dnsServiceIP: "10.3.0.10" }), "DnsServiceIpOutOfServiceCidr"],
    ["DNS at the first address", () => network({ dnsServiceIP: "10.2.0.1" }), "DnsServiceIpConflicting"],
    ["DNS at the last address", () => network({ dnsServiceIP: "10.2.255.255" }), "DnsBroadcastAddressConflicting"],
    ["pods that are no CIDR", () => network({ podCidr: "pods" }), "CidrStringParseError"],
    ["pods over services", () => network({ podCidr: "10.2.0.0/16" }), "PodCidrOverlapServiceCidr"],
    ["pods over a subnet", () => network({ podCidr: "10.1.0.0/16" }), "PodCidrOverlapExistingSubnetsCidr"],
    ["pods where AKS is", () => network({ podCidr: "172.31.0.0/16" }), "InvalidParameter"],
    ["pods of a /25", () => network({ podCidr: "10.244.0.0/25" }), "InsufficientPodCidr"],
];
test.each(ranges)("ranges: %s", async (_, over, code) => refuses(over, code));

const table = async (nextHopType: string | undefined) => {
    const { platform } = estate;
    await platform.put("network:RouteTable", { location, routeTableName: "rt" });
    if (nextHopType !== undefined) {
        const hop = nextHopType === "VirtualAppliance" ? { nextHopIpAddress: "10.1.16.4" } : {};
        await platform.put("network:Route", {
            routeTableName: "rt",
            routeName: "out",
            addressPrefix: "0.0.0.0/0",
            nextHopType,
            ...hop,
        });
    }
    await subnet("nodes", "10.1.0.0/22", { routeTable: { id: idOf("Microsoft.Network/routeTables/rt") } });
    return network({ outboundType: "userDefinedRouting" });
};
const managed = { agentPoolProfiles: [{ name: "bootstrap", mode: "System", vmSize: "Standard_D2s_v5", count: 1 }] };
const outbound: Case[] = [
    ["a route to a firewall", () => table("VirtualAppliance"), "accepted"],
    ["no default route", () => table(undefined), "RouteTableMissingDefaultRouteError"],
    ["a route to the internet", () => table("Internet"), "RouteTableInvalidNextHop"],
    [
        "no route table",
        () => network({ outboundType: "userDefinedRouting" }),
        "ExistingRouteTableNotAssociatedWithSubnet",
    ],
    [
        "routes and a balancer",
        () => ({
            ...network({
                outboundType: "userDefinedRouting",
                loadBalancerProfile: { managedOutboundIPs: { count: 1 } },
            }),
        }),
        "InvalidUserDefinedRoutingWithLoadBalancerProfile",
    ],
    [
        "routes in the managed network",
        () => ({ ...managed, ...network({ outboundType: "userDefinedRouting" }) }),
        "AgentPoolsWithEmptySubnetError",
    ],
    ["our gateway in the managed network", () => managed, "UserAssignedNATGatewayWithManagedVNetNotAllowed"],
    [
        "AKS's gateway in our network",
        () => network({ outboundType: "managedNATGateway" }),
        "ManagedNATGatewayWithCustomVNetNotAllowed",
    ],
    [
        "our gateway on no subnet",
        async () => (await subnet("nodes", "10.1.0.0/22"), {}),
        "SubnetNotAssociatedWithNATGateway",
    ],
    [
        "our gateway without address",
        async ({ platform }) => {
            await platform.put("network:NatGateway", { location, natGatewayName: "nat", sku: { name: "Standard" } });
            return {};
        },
        "NATGatewayNotAssociatedWithPublicIPOrIPPrefix",
    ],
];
test.each(outbound)("outbound: %s", async (_, over, code) => refuses(over, code));

const delegations = [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }];
const vaultLink = {
    name: "vault",
    groupIds: ["vault"],
    privateLinkServiceId: idOf("Microsoft.KeyVault/vaults/kv-ml-dev-1"),
};
const integration: Case[] = [
    ["no subnet", () => server({ subnetId: undefined }), "ApiserverSubnetConfigError"],
    ["a subnet that is not there", () => server({ subnetId: subnetId("none") }), "SubnetNotFound"],
    [
        "a subnet without delegation",
        async () => (await subnet("other", "10.1.9.0/28"), server({ subnetId: subnetId("other") })),
        "ApiserverSubnetConfigError",
    ],
    [
        "a /29",
        async () => (await subnet("other", "10.1.9.0/29", { delegations }), server({ subnetId: subnetId("other") })),
        "ApiserverSubnetConfigError",
    ],
    ["the nodes' subnet", () => server({ subnetId: subnetId("nodes") }), "ApiserverSubnetConfigError"],
    [
        "another network",
        async ({ platform }) => {
            await platform.put("network:VirtualNetwork", {
                virtualNetworkName: "vnet2",
                addressSpace: { addressPrefixes: ["10.9.0.0/16"] },
            });
            const { id } = await platform.put("network:Subnet", {
                virtualNetworkName: "vnet2",
                subnetName: "api",
                addressPrefix: "10.9.0.0/28",
                delegations,
            });
            return server({ subnetId: id });
        },
        "ApiserverSubnetConfigError",
    ],
    [
        "a network with encryption",
        ({ platform }) => {
            platform.azure.set(networkId, "encryption.enabled", true);
            return {};
        },
        "ApiserverSubnetConfigError",
    ],
    [
        "a subnet with guests",
        async ({ platform }) => {
            await subnet("other", "10.1.9.0/28");
            const endpoint = { location, privateEndpointName: "pe", subnet: { id: subnetId("other") } };
            await platform.put("network:PrivateEndpoint", { ...endpoint, privateLinkServiceConnections: [vaultLink] });
            platform.azure.set(subnetId("other"), "delegations", delegations);
            return server({ subnetId: subnetId("other") });
        },
        "ApiserverSubnetConfigError",
    ],
    [
        "a region that has it not",
        () => ({
            location: "qatarcentral",
            diskEncryptionSetID: undefined,
            agentPoolProfiles: managed.agentPoolProfiles,
            ...network({ outboundType: "loadBalancer" }),
        }),
        "PrivateClusterV2NotAllowedInLocation",
    ],
];
test.each(integration)("VNet integration: %s", async (_, over, code) => refuses(over, code));
