import type { Properties } from "../../../sandbox/azure/resource-type";
import { Estate, idOf, location, networkId, subnetId } from "./estate";
import { answer } from "./platform";

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
    await estate.subnet("GatewaySubnet", "10.0.200.0/27");
    await estate.put("network:PublicIPAddress", { zones: ["1", "2", "3"] });
});
afterEach(() => {
    estate.close();
});

const ipConfigurations = (subnet = "GatewaySubnet", ...addresses: string[]) =>
    (addresses.length > 0 ? addresses : ["pip"]).map((name) => ({
        name,
        subnet: { id: subnetId(subnet) },
        publicIPAddress: { id: idOf(`publicIPAddresses/${name}`) },
    }));
const vpn = (over: Properties = {}) =>
    estate.put("network:VirtualNetworkGateway", {
        ...{ location, virtualNetworkGatewayName: "vpn", gatewayType: "Vpn", vpnType: "RouteBased" },
        ...{ sku: { name: "VpnGw2AZ", tier: "VpnGw2AZ" }, vpnGatewayGeneration: "Generation2" },
        ...{ ipConfigurations: ipConfigurations(), ...over },
    });
const line = (over: Properties = {}) =>
    estate.put("network:VirtualNetworkGateway", {
        ...{
            location,
            virtualNetworkGatewayName: "er",
            gatewayType: "ExpressRoute",
            sku: { name: "ErGw1AZ", tier: "ErGw1AZ" },
        },
        ...{ ipConfigurations: [{ name: "one", subnet: { id: subnetId("GatewaySubnet") } }], ...over },
    });
const site = (over: Properties = {}) =>
    estate.put("network:LocalNetworkGateway", {
        ...{ location, localNetworkGatewayName: "office", gatewayIpAddress: "203.0.113.10" },
        ...{ localNetworkAddressSpace: { addressPrefixes: ["10.128.0.0/16"] }, ...over },
    });
const strong = {
    ...{ ikeEncryption: "AES256", ikeIntegrity: "SHA384", dhGroup: "ECP384", pfsGroup: "ECP384" },
    ...{ ipsecEncryption: "GCMAES256", ipsecIntegrity: "GCMAES256" },
    ...{ saLifeTimeSeconds: 27_000, saDataSizeKilobytes: 102_400_000 },
};
const gatewayId = (name: string): string => idOf(`virtualNetworkGateways/${name}`);
const tunnel = (over: Properties = {}) =>
    estate.put("network:VirtualNetworkGatewayConnection", {
        ...{
            location,
            virtualNetworkGatewayConnectionName: "tunnel",
            connectionType: "IPsec",
            connectionProtocol: "IKEv2",
        },
        ...{ virtualNetworkGateway1: { id: gatewayId("vpn") } },
        ...{ localNetworkGateway2: { id: idOf("localNetworkGateways/office") } },
        ...{ sharedKey: "0123456789", ipsecPolicies: [strong], ...over },
    });

describe("VirtualNetworkGateway", () => {
    const gateways: [string, Properties, string][] = [
        ["what it needs", {}, "accepted"],
        ["no type", { gatewayType: "LocalGateway" }, "InvalidGatewayType"],
        ["a size without zones", { sku: { name: "VpnGw2" } }, "NonAzSkusNotAllowedForVPNGateway"],
        ["a size of the other type", { sku: { name: "ErGw1AZ" } }, "VirtualNetworkGatewayInvalidSku"],
        ["a generation of another size", { sku: { name: "VpnGw1AZ" } }, "InvalidVpnGatewayGeneration"],
        ["another subnet", { ipConfigurations: ipConfigurations("snet") }, "VirtualNetworkGatewayInvalidSubnetName"],
        ["a subnet that is not there", { ipConfigurations: ipConfigurations("x") }, "InvalidResourceReference"],
        ["one address for two", { activeActive: true }, "VirtualNetworkGatewayIpConfigurationCountInvalid"],
        [
            "an address without zones",
            { ipConfigurations: ipConfigurations("GatewaySubnet", "plain") },
            "VmssVpnGatewayPublicIpsMustHaveZonesConfigured",
        ],
        [
            "an address that serves another",
            { ipConfigurations: ipConfigurations("GatewaySubnet", "taken") },
            "PublicIPAddressInUse",
        ],
        [
            "an address twice",
            { activeActive: true, ipConfigurations: ipConfigurations("GatewaySubnet", "pip", "pip") },
            "PublicIPAddressReferencedByMultipleIPConfigs",
        ],
    ];
    test.each(gateways)("with %s", async (_, over, code) => {
        await estate.subnet("snet", "10.0.1.0/24");
        await estate.put("network:PublicIPAddress", { publicIpAddressName: "plain" });
        await estate.put("network:PublicIPAddress", { publicIpAddressName: "taken", zones: ["1", "2", "3"] });
        await estate.put("network:NatGateway", { publicIpAddresses: [{ id: idOf("publicIPAddresses/taken") }] });
        expect(await answer(vpn(over))).toBe(code);
    });

    test("of ExpressRoute has no address of ours, grows and never shrinks, and stands beside a VPN of Azure's number", async () => {
        expect(await answer(line({ ipConfigurations: ipConfigurations() }))).toBe(
            "PublicIpAddressNotAllowedOnExpressRouteGateway",
        );
        await line();
        expect(await answer(line({ sku: { name: "ErGw2AZ" } }))).toBe("accepted");
        expect(await answer(line({ sku: { name: "ErGw1AZ" } }))).toBe("VirtualNetworkGatewaySkuChangeNotAllowed");
        expect(await answer(line({ virtualNetworkGatewayName: "second" }))).toBe("VirtualNetworkHasGatewayOfSameType");
        expect(await answer(vpn({ bgpSettings: { asn: 65010 } }))).toBe("GatewaysCannotCoexist");
        expect(await answer(vpn())).toBe("accepted");
    });

    test("in a subnet with a default route, or one that learns nothing, is not made", async () => {
        const routed = { routeTable: { id: idOf("routeTables/rt") } };
        await estate.put("network:RouteTable", { disableBgpRoutePropagation: true });
        await estate.subnet("GatewaySubnet", "10.0.200.0/27", routed);
        expect(await answer(vpn())).toBe("BgpRoutePropagationRequiredOnGatewaySubnet");
        await estate.put("network:Route");
        expect(await answer(vpn())).toBe("DefaultRouteNotAllowedOnGatewaySubnet");
    });

    test("keeps type and generation, and stays until its connections are gone", async () => {
        await vpn();
        expect(await answer(vpn({ vpnType: "PolicyBased" }))).toBe("VpnTypeCannotBeChanged");
        expect(await answer(vpn({ vpnGatewayGeneration: "Generation1" }))).toBe("VpnGatewayGenerationCannotBeChanged");
        await site();
        const { id } = await tunnel();
        expect(await answer(estate.azure.delete(gatewayId("vpn")))).toBe("VirtualNetworkGatewayCannotBeDeleted");
        expect(await answer(estate.azure.delete(idOf("localNetworkGateways/office")))).toBe(
            "LocalNetworkGatewayCannotBeDeleted",
        );
        expect(await answer(estate.azure.delete(subnetId("GatewaySubnet")))).toBe("InUseSubnetCannotBeDeleted");
        await estate.azure.delete(id);
        expect(await answer(estate.azure.delete(gatewayId("vpn")))).toBe("accepted");
    });
});

describe("LocalNetworkGateway", () => {
    const bgp = (asn: number, bgpPeeringAddress = "10.128.0.1") => ({ bgpSettings: { asn, bgpPeeringAddress } });
    test.each<[string, Properties, string]>([
        ["an address and blocks", {}, "accepted"],
        ["BGP in place of blocks", { ...bgp(65010), localNetworkAddressSpace: { addressPrefixes: [] } }, "accepted"],
        ["neither address nor name", { gatewayIpAddress: "" }, "LocalNetworkGatewayAddressInvalid"],
        ["both", { fqdn: "vpn.example.com" }, "LocalNetworkGatewayAddressInvalid"],
        ["a private address", { gatewayIpAddress: "10.1.1.1" }, "InvalidIPAddressFormat"],
        [
            "nothing behind it",
            { localNetworkAddressSpace: { addressPrefixes: [] } },
            "LocalNetworkGatewayAddressSpaceEmpty",
        ],
        ["Azure's number", bgp(65515), "InvalidAsn"],
        ["a peer by name", bgp(65010, "router"), "InvalidIPAddressFormat"],
        ["host bits", { localNetworkAddressSpace: { addressPrefixes: ["10.128.0.1/16"] } }, "InvalidCIDRNotation"],
    ])("with %s", async (_, over, code) => {
        expect(await answer(site(over))).toBe(code);
    });
});

describe("VirtualNetworkGatewayConnection", () => {
    const circuit = (subscription: string) =>
        `/subscriptions/${subscription}/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/corp`;
    const theirs = circuit("99999999-9999-4999-8999-999999999999");
    const onLine = {
        connectionType: "ExpressRoute",
        virtualNetworkGateway1: { id: gatewayId("er") },
        peer: { id: theirs },
    };
    const authorized = { ...onLine, authorizationKey: "key" };
    const policy = (over: Properties) => ({ ipsecPolicies: [{ ...strong, ...over }] });
    test.each<[string, Properties, string]>([
        ["a key and one policy", {}, "accepted"],
        ["no key", { sharedKey: "" }, "InvalidSharedKey"],
        ["no other end", { localNetworkGateway2: undefined }, "ConnectionPeerMissing"],
        [
            "an other end that is not there",
            { localNetworkGateway2: { id: idOf("localNetworkGateways/x") } },
            "InvalidResourceReference",
        ],
        ["no type", { connectionType: "VPNClient" }, "InvalidConnectionType"],
        [
            "a gateway of the other type",
            { virtualNetworkGateway1: { id: gatewayId("er") } },
            "ConnectionTypeGatewayTypeMismatch",
        ],
        ["GCM for one half", policy({ ipsecIntegrity: "SHA256" }), "InvalidIpsecPolicy"],
        ["keys that live a minute", policy({ saLifeTimeSeconds: 60 }), "InvalidIpsecPolicy"],
        ["two policies", { ipsecPolicies: [strong, strong] }, "InvalidIpsecPolicy"],
        ["BGP that nobody speaks", { enableBgp: true }, "BgpNotEnabledOnGateway"],
        ["another's circuit", authorized, "accepted"],
        ["another's circuit without a key", onLine, "AuthorizationKeyRequired"],
        [
            "a fast path past a small gateway",
            { ...authorized, expressRouteGatewayBypass: true },
            "FastPathNotSupported",
        ],
    ])("with %s", async (_, over, code) => {
        await line();
        await vpn();
        await site();
        expect(await answer(tunnel(over))).toBe(code);
    });

    test("stays with its ends", async () => {
        await vpn();
        await site();
        await site({ localNetworkGatewayName: "plant" });
        await tunnel();
        const moved = { localNetworkGateway2: { id: idOf("localNetworkGateways/plant") } };
        expect(await answer(tunnel(moved))).toBe("ConnectionPropertyCannotBeChanged");
    });
});

describe("DNS resolver", () => {
    const delegated = { delegations: [{ name: "d", serviceName: "Microsoft.Network/dnsResolvers" }] };
    beforeEach(async () => {
        await estate.subnet("in", "10.0.100.0/28", delegated);
        await estate.subnet("out", "10.0.100.16/28", delegated);
        await estate.subnet("plain", "10.0.101.0/28");
        await estate.subnet("small", "10.0.101.16/29", delegated);
        await estate.subnet("kept", "10.0.8.0/28", delegated);
        await estate.put("dnsresolver:DnsResolver", {
            location,
            dnsResolverName: "dns",
            virtualNetwork: { id: networkId },
        });
    });
    const configuration = (subnet: string, over: Properties = {}) => ({ subnet: { id: subnetId(subnet) }, ...over });
    const inbound = (ipConfigurations: Properties[], inboundEndpointName = "in") =>
        estate.put("dnsresolver:InboundEndpoint", {
            location,
            dnsResolverName: "dns",
            inboundEndpointName,
            ipConfigurations,
        });
    const outbound = () =>
        estate.put("dnsresolver:OutboundEndpoint", {
            ...{ location, dnsResolverName: "dns", outboundEndpointName: "out", subnet: { id: subnetId("out") } },
        });
    const ruleset = async (count = 1) => {
        const { id } = await outbound();
        return await estate.put("dnsresolver:DnsForwardingRuleset", {
            ...{ location, dnsForwardingRulesetName: "rules" },
            dnsResolverOutboundEndpoints: Array.from({ length: count }, () => ({ id })),
        });
    };
    const rule = (over: Properties = {}) =>
        estate.put("dnsresolver:ForwardingRule", {
            ...{ dnsForwardingRulesetName: "rules", forwardingRuleName: "corp", domainName: "corp.example.com." },
            ...{ targetDnsServers: [{ ipAddress: "10.128.0.53" }], ...over },
        });
    const link = (virtualNetworkLinkName = "link") =>
        estate.put("dnsresolver:PrivateResolverVirtualNetworkLink", {
            ...{ dnsForwardingRulesetName: "rules", virtualNetworkLinkName, virtualNetwork: { id: networkId } },
        });

    test.each<[string, Properties[], string]>([
        ["an address that Azure picks", [configuration("in")], "accepted"],
        [
            "a fixed address",
            [configuration("in", { privateIpAllocationMethod: "Static", privateIpAddress: "10.0.100.5" })],
            "accepted",
        ],
        [
            "an address that Azure keeps",
            [configuration("in", { privateIpAllocationMethod: "Static", privateIpAddress: "10.0.100.3" })],
            "BadRequest",
        ],
        ["a subnet of nobody's", [configuration("plain")], "SubnetMissingRequiredDelegation"],
        ["a subnet that is too small", [configuration("small")], "BadRequest"],
        ["addresses that the resolver keeps", [configuration("kept")], "BadRequest"],
        ["two subnets", [configuration("in"), configuration("out")], "BadRequest"],
        ["a subnet that is not there", [configuration("x")], "InvalidResourceReference"],
    ])("answers at %s", async (_, configurations, code) => {
        expect(await answer(inbound(configurations))).toBe(code);
    });

    test("is the network's only one, and shares no subnet", async () => {
        const second = estate.put("dnsresolver:DnsResolver", {
            location,
            dnsResolverName: "two",
            virtualNetwork: { id: networkId },
        });
        expect(await answer(second)).toBe("Conflict");
        await inbound([configuration("in")]);
        expect(await answer(inbound([configuration("in")], "again"))).toBe("BadRequest");
    });

    test.each<[string, Properties, string]>([
        ["a domain", {}, "accepted"],
        ["a domain without its dot", { domainName: "corp.example.com" }, "BadRequest"],
        ["no server", { targetDnsServers: [] }, "BadRequest"],
        ["Azure's own server", { targetDnsServers: [{ ipAddress: "168.63.129.16" }] }, "BadRequest"],
    ])("forwards %s", async (_, over, code) => {
        await ruleset();
        expect(await answer(rule(over))).toBe(code);
    });

    test("has one or two ways out a ruleset, each domain once, and a network linked once", async () => {
        expect(await answer(ruleset(3))).toBe("BadRequest");
        await ruleset();
        await rule();
        expect(await answer(rule({ forwardingRuleName: "again" }))).toBe("Conflict");
        expect(await answer(rule({ domainName: "other.example.com." }))).toBe("BadRequest");
        await link();
        expect(await answer(link("again"))).toBe("Conflict");
    });

    test("goes in the order link, ruleset, endpoints, resolver", async () => {
        const rules = await ruleset();
        const way = await link();
        const [resolver, endpoint] = [idOf("dnsResolvers/dns"), idOf("dnsResolvers/dns/outboundEndpoints/out")];
        expect(await answer(estate.azure.delete(rules.id))).toBe("Conflict");
        expect(await answer(estate.azure.delete(endpoint))).toBe("Conflict");
        expect(await answer(estate.azure.delete(resolver))).toBe("CannotDeleteResource");
        for (const id of [way.id, rules.id, endpoint, resolver])
            expect(await answer(estate.azure.delete(id))).toBe("accepted");
    });
});
