import type { Properties } from "../../../sandbox/azure/resource-type";
import { Estate, group, idOf, location, networkId, subnetId } from "./estate";
import { answer } from "./platform";

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
});
afterEach(() => {
    estate.close();
});

/** A private endpoint stands for anything that takes addresses of a subnet. */
const occupy = (subnet: string) =>
    estate.put("network:PrivateEndpoint", {
        subnet: { id: subnet },
        privateLinkServiceConnections: [{ name: "c", privateLinkServiceId: foreignService, groupIds: [] }],
    });
/** A private link service of somebody else's subscription: taken on trust. */
const foreignService =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/x/providers/Microsoft.Network/privateLinkServices/pls";

describe("VirtualNetwork", () => {
    test("tells its id, its etag and its subnets", async () => {
        await estate.subnet("snet", "10.0.1.0/24");
        const { id, outputs } = await estate.put("network:VirtualNetwork", { tags: { env: "test" } });
        expect(id).toBe(networkId);
        expect(outputs).toMatchObject({
            provisioningState: "Succeeded",
            etag: expect.stringMatching(/^W\/"/) as string,
            subnets: [{ id: subnetId("snet"), addressPrefix: "10.0.1.0/24" }],
        });
    });

    const spaces: [string, Properties, string][] = [
        ["two blocks", { addressSpace: { addressPrefixes: ["10.1.0.0/16", "10.2.0.0/16"] } }, "accepted"],
        ["a subnet inline", { subnets: [{ name: "a", addressPrefix: "10.0.0.0/24" }] }, "accepted"],
        ["no block", { addressSpace: { addressPrefixes: [] } }, "InvalidRequestFormat"],
        ["host bits", { addressSpace: { addressPrefixes: ["10.0.0.1/16"] } }, "InvalidCIDRNotation"],
        ["no length", { addressSpace: { addressPrefixes: ["10.0.0.0"] } }, "InvalidAddressPrefixFormat"],
        ["an octet too large", { addressSpace: { addressPrefixes: ["10.0.300.0/24"] } }, "InvalidAddressPrefixFormat"],
        ["multicast", { addressSpace: { addressPrefixes: ["224.0.0.0/16"] } }, "NetcfgInvalidIPAddressPrefix"],
        ["link-local", { addressSpace: { addressPrefixes: ["169.254.0.0/16"] } }, "NetcfgInvalidIPAddressPrefix"],
        ["too small", { addressSpace: { addressPrefixes: ["10.0.0.0/30"] } }, "NetcfgInvalidIPAddressPrefix"],
        [
            "overlapping blocks",
            { addressSpace: { addressPrefixes: ["10.0.0.0/8", "10.1.0.0/16"] } },
            "NetcfgInvalidVirtualNetworkSite",
        ],
        ["a bad DNS server", { dhcpOptions: { dnsServers: ["dns.example"] } }, "InvalidIPAddressFormat"],
        ["a long flow timeout", { flowTimeoutInMinutes: 31 }, "InvalidFlowTimeout"],
        [
            "no such protection plan",
            { ddosProtectionPlan: { id: idOf("ddosProtectionPlans/p") } },
            "InvalidResourceReference",
        ],
        [
            "an inline subnet outside",
            { subnets: [{ name: "a", addressPrefix: "10.9.0.0/24" }] },
            "NetcfgSubnetRangeOutsideVnet",
        ],
        [
            "inline subnets that overlap",
            {
                subnets: [
                    { name: "a", addressPrefix: "10.0.0.0/24" },
                    { name: "b", addressPrefix: "10.0.0.0/25" },
                ],
            },
            "NetcfgSubnetRangesOverlap",
        ],
        [
            "inline subnets of one name",
            {
                subnets: [
                    { name: "a", addressPrefix: "10.0.0.0/24" },
                    { name: "A", addressPrefix: "10.0.1.0/24" },
                ],
            },
            "InvalidRequestFormat",
        ],
        ["no region", { location: "" }, "LocationRequired"],
        ["a region that is none", { location: "atlantis" }, "LocationNotAvailableForResourceType"],
        ["a name with a slash-like sign", { virtualNetworkName: "a:b" }, "InvalidResourceName"],
        ["a name of one letter", { virtualNetworkName: "v" }, "InvalidResourceName"],
        ["a bad tag name", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
    ];
    test.each(spaces)("with %s", async (_, over, code) => {
        const network = { virtualNetworkName: "other", addressSpace: { addressPrefixes: ["10.0.0.0/16"] }, ...over };
        expect(await answer(estate.put("network:VirtualNetwork", network))).toBe(code);
    });

    test.each([
        ["another region", { location: "westeurope" }, "InvalidResourceLocation"],
        [
            "a block its subnets are not in",
            { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } },
            "NetcfgSubnetRangeOutsideVnet",
        ],
        ["a further block", { addressSpace: { addressPrefixes: ["10.0.0.0/16", "10.1.0.0/16"] } }, "accepted"],
        ["a list of subnets without one in use", { subnets: [] }, "InUseSubnetCannotBeDeleted"],
    ])("changed to %s", async (_, over, code) => {
        await estate.subnet("snet", "10.0.1.0/24");
        await occupy(subnetId("snet"));
        expect(await answer(estate.put("network:VirtualNetwork", over))).toBe(code);
    });

    test("cannot go while a subnet is in use, and takes its subnets along", async () => {
        await estate.subnet("snet", "10.0.1.0/24");
        const { id } = await occupy(subnetId("snet"));
        expect(await answer(estate.azure.delete(networkId))).toBe("InUseSubnetCannotBeDeleted");
        await estate.azure.delete(id);
        await estate.azure.delete(networkId);
        expect(estate.azure.get(subnetId("snet"))).toBeUndefined();
    });
});

describe("Subnet", () => {
    beforeEach(async () => {
        await estate.put("network:NetworkSecurityGroup");
        await estate.put("network:NetworkSecurityGroup", { networkSecurityGroupName: "far", location: "westeurope" });
        await estate.put("network:NatGateway");
        await estate.subnet("taken", "10.0.0.0/24");
    });

    const nsg = { networkSecurityGroup: { id: idOf("networkSecurityGroups/nsg") } };
    const delegatedTo = (serviceName: string) => ({ delegations: [{ name: "d", serviceName }] });
    const subnets: [string, Properties, string][] = [
        ["a free range", {}, "accepted"],
        ["a range as a list", { addressPrefix: "", addressPrefixes: ["10.0.7.0/24"] }, "accepted"],
        ["a security group and a NAT gateway", { ...nsg, natGateway: { id: idOf("natGateways/nat") } }, "accepted"],
        ["a delegation", delegatedTo("Microsoft.ContainerService/managedClusters"), "accepted"],
        ["a range outside", { addressPrefix: "10.1.0.0/24" }, "NetcfgSubnetRangeOutsideVnet"],
        ["a taken range", { addressPrefix: "10.0.0.128/25" }, "NetcfgSubnetRangesOverlap"],
        ["no range", { addressPrefix: "" }, "AddressPrefixStringCannotBeNullOrEmpty"],
        ["host bits", { addressPrefix: "10.0.1.1/24" }, "InvalidCIDRNotation"],
        ["nonsense", { addressPrefix: "10.0.1/24" }, "InvalidAddressPrefixFormat"],
        ["fewer than eight addresses", { addressPrefix: "10.0.1.0/30" }, "NetcfgInvalidSubnet"],
        ["a name of its own", { subnetName: "-snet" }, "InvalidResourceName"],
        [
            "an NSG that is not there",
            { networkSecurityGroup: { id: idOf("networkSecurityGroups/x") } },
            "InvalidResourceReference",
        ],
        [
            "an NSG of another region",
            { networkSecurityGroup: { id: idOf("networkSecurityGroups/far") } },
            "InvalidResourceReference",
        ],
        ["a route table that is not there", { routeTable: { id: idOf("routeTables/x") } }, "InvalidResourceReference"],
        ["a NAT gateway that is not there", { natGateway: { id: idOf("natGateways/x") } }, "InvalidResourceReference"],
        ["a delegation to nobody", delegatedTo("Microsoft.Nobody/things"), "InvalidServiceNameOnDelegation"],
        [
            "a service endpoint of nobody",
            { serviceEndpoints: [{ service: "Microsoft.Nobody" }] },
            "SubnetHasServiceEndpointWithInvalidServiceName",
        ],
        [
            "an NSG on the gateway's subnet",
            { subnetName: "GatewaySubnet", ...nsg },
            "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet",
        ],
        [
            "an NSG on the firewall's subnet",
            { subnetName: "AzureFirewallSubnet", ...nsg },
            "NetworkSecurityGroupNotAllowedOnAzureFirewallSubnet",
        ],
        [
            "a NAT gateway on the gateway's subnet",
            { subnetName: "GatewaySubnet", natGateway: { id: idOf("natGateways/nat") } },
            "NatGatewayNotAllowedOnGatewaySubnet",
        ],
        ["a network that is not there", { virtualNetworkName: "x-net" }, "ParentResourceNotFound"],
        ["a group that is not there", { resourceGroupName: "rg-x" }, "ResourceGroupNotFound"],
    ];
    test.each(subnets)("with %s", async (_, over, code) => {
        expect(await answer(estate.put("network:Subnet", over))).toBe(code);
    });

    test.each([
        ["another range", { addressPrefix: "10.0.2.0/24" }, "InUsePrefixCannotBeDeleted"],
        [
            "a delegation",
            delegatedTo("Microsoft.Web/serverFarms"),
            "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
        ],
        ["a security group", nsg, "accepted"],
    ])("in use and changed to %s", async (_, over, code) => {
        await estate.put("network:Subnet");
        await occupy(subnetId("snet"));
        expect(await answer(estate.put("network:Subnet", over))).toBe(code);
    });

    test("cannot go while in use", async () => {
        await estate.put("network:Subnet");
        await occupy(subnetId("snet"));
        expect(await answer(estate.azure.delete(subnetId("snet")))).toBe("InUseSubnetCannotBeDeleted");
    });

    test("is one document with its network: one write at a time", async () => {
        const writes = [estate.subnet("a", "10.0.2.0/24"), estate.subnet("b", "10.0.3.0/24")].map(answer);
        expect((await Promise.all(writes)).sort()).toEqual(["AnotherOperationInProgress", "accepted"]);
    });

    test("has private endpoint policies off until asked, as Azure has", async () => {
        const { outputs } = await estate.put("network:Subnet");
        expect(outputs).toMatchObject({
            privateEndpointNetworkPolicies: "Disabled",
            privateLinkServiceNetworkPolicies: "Enabled",
        });
    });
});

describe("NetworkSecurityGroup", () => {
    const open = {
        ...{ name: "https", access: "Allow", direction: "Inbound", protocol: "Tcp", priority: 100 },
        ...{ sourceAddressPrefix: "*", sourcePortRange: "*" },
        ...{ destinationAddressPrefix: "VirtualNetwork", destinationPortRange: "443" },
    };
    const second = { ...open, name: "second" };
    const groups: [string, Properties[], string][] = [
        ["no rule", [], "accepted"],
        ["one priority in both directions", [open, { ...second, direction: "Outbound" }], "accepted"],
        [
            "lists of ports and addresses",
            [
                {
                    ...open,
                    destinationPortRange: "",
                    destinationPortRanges: ["80", "443-444"],
                    sourceAddressPrefix: "",
                    sourceAddressPrefixes: ["10.0.0.0/8", "192.168.1.4"],
                },
            ],
            "accepted",
        ],
        ["a priority below 100", [{ ...open, priority: 99 }], "SecurityRuleInvalidPriority"],
        ["a priority above 4096", [{ ...open, priority: 4097 }], "SecurityRuleInvalidPriority"],
        ["one priority twice", [open, second], "SecurityRuleConflict"],
        ["one name twice", [open, { ...open, priority: 110 }], "InvalidRequestFormat"],
        ["ports in one text", [{ ...open, destinationPortRange: "80,443" }], "SecurityRuleInvalidPortRange"],
        ["a port too large", [{ ...open, destinationPortRange: "65536" }], "SecurityRuleInvalidPortRange"],
        ["a range backwards", [{ ...open, destinationPortRange: "90-80" }], "SecurityRuleInvalidPortRange"],
        ["a bad prefix", [{ ...open, sourceAddressPrefix: "10.0.0.1/8" }], "SecurityRuleInvalidAddressPrefix"],
        ["no source", [{ ...open, sourceAddressPrefix: "" }], "SecurityRuleParameterNotSpecified"],
    ];
    test.each(groups)("with %s", async (_, securityRules, code) => {
        expect(await answer(estate.put("network:NetworkSecurityGroup", { securityRules }))).toBe(code);
    });

    test("cannot go while a subnet has it", async () => {
        const { id, outputs } = await estate.put("network:NetworkSecurityGroup", { securityRules: [open] });
        expect(outputs).toMatchObject({ securityRules: [{ id: `${id}/securityRules/https` }] });
        expect(outputs.defaultSecurityRules).toHaveLength(6);
        await estate.put("network:Subnet", { networkSecurityGroup: { id } });
        expect(await answer(estate.azure.delete(id))).toBe("InUseNetworkSecurityGroupCannotBeDeleted");
    });
});

describe("RouteTable and Route", () => {
    const appliance = { nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" };
    const routes: [string, Properties, string][] = [
        ["the Internet", {}, "accepted"],
        ["a service tag", { addressPrefix: "AzureMonitor" }, "accepted"],
        ["an appliance", appliance, "accepted"],
        ["an appliance without address", { nextHopType: "VirtualAppliance" }, "MissingNextHopIpAddress"],
        ["an appliance by name", { ...appliance, nextHopIpAddress: "firewall" }, "InvalidIPAddressFormat"],
        ["an address for the Internet", { nextHopIpAddress: "10.0.0.4" }, "NextHopIpAddressNotAllowed"],
        ["host bits", { addressPrefix: "10.0.0.1/8" }, "InvalidCIDRNotation"],
        ["no prefix", { addressPrefix: "" }, "AddressPrefixStringCannotBeNullOrEmpty"],
        ["a prefix that is routed", { addressPrefix: "10.7.0.0/16" }, "RouteConflict"],
        ["a table that is not there", { routeTableName: "x" }, "ParentResourceNotFound"],
    ];
    test.each(routes)("to %s", async (_, over, code) => {
        await estate.put("network:RouteTable");
        await estate.put("network:Route", { routeName: "other", addressPrefix: "10.7.0.0/16" });
        expect(await answer(estate.put("network:Route", over))).toBe(code);
    });
    test.each(routes.slice(0, 8))("within the table: to %s", async (_, over, code) => {
        const route = { name: "r", addressPrefix: "0.0.0.0/0", nextHopType: "Internet", ...over };
        expect(await answer(estate.put("network:RouteTable", { routes: [route] }))).toBe(code);
    });

    test("cannot go while a subnet has it", async () => {
        const { id } = await estate.put("network:RouteTable");
        await estate.put("network:Subnet", { routeTable: { id } });
        expect(await answer(estate.azure.delete(id))).toBe("InUseRouteTableCannotBeDeleted");
    });
});

describe("PublicIPAddress", () => {
    const addresses: [string, Properties, string][] = [
        ["of all zones", { zones: ["1", "2", "3"] }, "accepted"],
        ["with a name", { dnsSettings: { domainNameLabel: "mlplatform" } }, "accepted"],
        ["of the default SKU, which is Basic", { sku: {} }, "IPv4BasicSkuPublicIpCountLimitReached"],
        ["of SKU Basic in zones", { sku: { name: "Basic" }, zones: ["1"] }, "ZonesNotAllowedInBasicSkuResource"],
        ["dynamic", { publicIPAllocationMethod: "Dynamic" }, "StandardSkuPublicIPAddressesMustBeStatic"],
        ["in zones of a region without", { location: "westus", zones: ["1"] }, "LocationNotSupportAvailabilityZones"],
        ["in a fourth zone", { zones: ["4"] }, "InvalidAvailabilityZone"],
        ["idle for long", { idleTimeoutInMinutes: 31 }, "InvalidIdleTimeoutInMinutes"],
        ["with a bad name", { dnsSettings: { domainNameLabel: "Ml_Platform" } }, "InvalidDomainNameLabel"],
        ["with a taken name", { dnsSettings: { domainNameLabel: "taken" } }, "DnsRecordInUse"],
        [
            "of a prefix that is not there",
            { publicIPPrefix: { id: idOf("publicIPPrefixes/x") } },
            "InvalidResourceReference",
        ],
    ];
    test.each(addresses)("%s", async (_, over, code) => {
        await estate.put("network:PublicIPAddress", {
            publicIpAddressName: "other",
            dnsSettings: { domainNameLabel: "taken" },
        });
        expect(await answer(estate.put("network:PublicIPAddress", over))).toBe(code);
    });

    test("keeps its zones and its SKU", async () => {
        const { outputs } = await estate.put("network:PublicIPAddress", { zones: ["1"] });
        expect(outputs.ipAddress).toMatch(/^20\.\d+\.\d+\.\d+$/);
        expect(await answer(estate.put("network:PublicIPAddress", { zones: ["1", "2"] }))).toBe(
            "ResourceAvailabilityZonesCannotBeModified",
        );
        expect(await answer(estate.put("network:PublicIPAddress", { zones: ["1"], sku: { name: "Basic" } }))).toBe(
            "SkuCannotBeChangedOnUpdate",
        );
    });

    test("cannot go while it is allocated", async () => {
        const { id } = await estate.put("network:PublicIPAddress");
        await estate.put("network:NatGateway", { publicIpAddresses: [{ id }] });
        expect(await answer(estate.azure.delete(id))).toBe("PublicIPAddressCannotBeDeleted");
    });
});

describe("NatGateway", () => {
    const pip = (name: string) => ({ publicIpAddresses: [{ id: idOf(`publicIPAddresses/${name}`) }] });
    beforeEach(async () => {
        const make = (publicIpAddressName: string, over: Properties = {}) =>
            estate.put("network:PublicIPAddress", { publicIpAddressName, ...over });
        await make("pip", { zones: ["1", "2", "3"] });
        await make("zone2", { zones: ["2"] });
        await make("far", { location: "westeurope" });
        await make("six", { publicIPAddressVersion: "IPv6" });
        await make("taken");
        await estate.put("network:NatGateway", { natGatewayName: "other", ...pip("taken") });
    });

    const gateways: [string, Properties, string][] = [
        ["a zone and an address of all zones", { zones: ["1"], ...pip("pip") }, "accepted"],
        ["no address yet", {}, "accepted"],
        ["no SKU", { sku: {} }, "InvalidNatGatewaySku"],
        ["an address that is not there", pip("x"), "InvalidResourceReference"],
        ["an address of another region", pip("far"), "InvalidResourceReference"],
        ["an address in use", pip("taken"), "PublicIPAddressInUse"],
        ["an address of another zone", { zones: ["1"], ...pip("zone2") }, "NatGatewayPublicIpAddressZoneMismatch"],
        ["an IPv6 address", pip("six"), "NatGatewayIPv6NotSupported"],
        ["two zones", { zones: ["1", "2"] }, "NatGatewayMultipleZonesNotSupported"],
        ["zones in a region without", { location: "westus", zones: ["1"] }, "LocationNotSupportAvailabilityZones"],
        ["a long idle time", { idleTimeoutInMinutes: 121 }, "InvalidIdleTimeoutInMinutes"],
        [
            "more than 16 addresses",
            { publicIpAddresses: Array.from({ length: 17 }, () => ({ id: idOf("publicIPAddresses/pip") })) },
            "NatGatewayPublicIpAddressCountLimitReached",
        ],
    ];
    test.each(gateways)("with %s", async (_, over, code) => {
        expect(await answer(estate.put("network:NatGateway", over))).toBe(code);
    });

    test("keeps its zone, and cannot go while a subnet has it", async () => {
        const { id } = await estate.put("network:NatGateway", pip("pip"));
        expect(await answer(estate.put("network:NatGateway", { ...pip("pip"), zones: ["1"] }))).toBe(
            "ResourceAvailabilityZonesCannotBeModified",
        );
        await estate.put("network:Subnet", { natGateway: { id } });
        expect(await answer(estate.azure.delete(id))).toBe("InUseNatGatewayCannotBeDeleted");
    });
});

test("a group's resources go with it, in use by one another or not", async () => {
    const { id } = await estate.put("network:NetworkSecurityGroup");
    await estate.put("network:Subnet", { networkSecurityGroup: { id } });
    await occupy(subnetId("snet"));
    await estate.azure.delete(networkId.slice(0, networkId.indexOf(group) + group.length));
    expect(estate.azure.list()).toEqual([]);
    expect(await answer(estate.put("resources:ResourceGroup", { location }))).toBe("accepted");
});
