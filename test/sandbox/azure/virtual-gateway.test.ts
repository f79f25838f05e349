import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { Estate, idOf, location, subnetId } from "./estate";
import { answer } from "./platform";

// Gateways to other sites, what they know of a site, and the connections between the two.

const gatewaySubnet = subnetId("GatewaySubnet");
const address = (name: string): Properties => ({ id: idOf(`publicIPAddresses/${name}`) });
const gatewayId = idOf("virtualNetworkGateways/vgw");
const expressId = idOf("virtualNetworkGateways/ergw");
const siteId = idOf("localNetworkGateways/site");
const circuit = (subscription: string): Properties => ({
    id: `/subscriptions/${subscription}/resourceGroups/x/providers/Microsoft.Network/expressRouteCircuits/line`,
});
const foreignCircuit = circuit("99999999-9999-4999-8999-999999999999");

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
    await estate.subnet("GatewaySubnet", "10.0.255.0/27");
    for (const publicIpAddressName of ["pip", "pip2"])
        await estate.put("network:PublicIPAddress", { publicIpAddressName, zones: ["1", "2", "3"] });
});
afterEach(() => {
    estate.close();
});

const configuration = (pip: string, subnet = gatewaySubnet): Properties => ({
    name: pip,
    subnet: { id: subnet },
    publicIPAddress: address(pip),
});
const vpn = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetworkGateway", {
        ...{ location, virtualNetworkGatewayName: "vgw", gatewayType: "Vpn" },
        ...{ sku: { name: "VpnGw2AZ", tier: "VpnGw2AZ" }, ipConfigurations: [configuration("pip")] },
        ...over,
    });
const express = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetworkGateway", {
        ...{ location, virtualNetworkGatewayName: "ergw", gatewayType: "ExpressRoute" },
        ...{ sku: sku("ErGw1AZ"), ipConfigurations: [{ name: "main", subnet: { id: gatewaySubnet } }] },
        ...over,
    });
const site = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:LocalNetworkGateway", {
        ...{ location, localNetworkGatewayName: "site", gatewayIpAddress: "203.0.113.7" },
        ...{ localNetworkAddressSpace: { addressPrefixes: ["192.168.0.0/16"] }, ...over },
    });
const connection = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetworkGatewayConnection", {
        ...{ location, virtualNetworkGatewayConnectionName: "con", connectionType: "IPsec", sharedKey: "s3cret" },
        ...{ virtualNetworkGateway1: { id: gatewayId }, localNetworkGateway2: { id: siteId }, ...over },
    });
const line = (over: Properties = {}): Promise<Stored> =>
    connection({
        ...{ connectionType: "ExpressRoute", virtualNetworkGateway1: { id: expressId } },
        ...{ localNetworkGateway2: undefined, sharedKey: undefined, peer: foreignCircuit, authorizationKey: "key" },
        ...over,
    });
const sku = (name: string): Properties => ({ name, tier: name });
const policy = (over: Properties = {}): Properties => ({
    ...{ saLifeTimeSeconds: 3600, saDataSizeKilobytes: 102_400_000, ipsecEncryption: "GCMAES256" },
    ...{ ipsecIntegrity: "GCMAES256", ikeEncryption: "AES256", ikeIntegrity: "SHA384" },
    ...{ dhGroup: "ECP384", pfsGroup: "ECP384", ...over },
});

describe("a gateway", () => {
    test("says what Azure fills in", async () => {
        const { id } = await vpn();
        expect(id).toBe(gatewayId);
        expect(estate.azure.get(id)?.outputs).toMatchObject({
            ...{ vpnType: "RouteBased", vpnGatewayGeneration: "Generation1", enableBgp: false, activeActive: false },
            bgpSettings: { asn: 65515, peerWeight: 0 },
            ipConfigurations: [{ id: `${gatewayId}/ipConfigurations/pip`, provisioningState: "Succeeded" }],
        });
        const lines = await express();
        expect(lines.outputs.vpnGatewayGeneration).toBe("None");
        expect(lines.outputs.vpnType).toBeUndefined();
    });

    test.each<[string, Properties]>([
        ["the second generation", { vpnGatewayGeneration: "Generation2" }],
        [
            "two instances with BGP",
            {
                ...{ activeActive: true, enableBgp: true, bgpSettings: { asn: 65010 } },
                ipConfigurations: [configuration("pip"), configuration("pip2")],
            },
        ],
        ["the smallest size", { sku: sku("Basic") }],
    ])("of VPN takes %s", async (_, over) => {
        expect(await answer(vpn(over))).toBe("accepted");
    });

    test.each<[string, Properties, string]>([
        ["another type", { gatewayType: "LocalGateway" }, "InvalidGatewayType"],
        ["no region", { location: undefined }, "LocationRequired"],
        ["a name that ends in a dot", { virtualNetworkGatewayName: "vgw." }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["a size without zones", { sku: sku("VpnGw1") }, "NonAzSkusNotAllowedForVPNGateway"],
        ["a size of the other type", { sku: sku("ErGw1AZ") }, "VirtualNetworkGatewayInvalidSku"],
        [
            "a generation that its size has not",
            { sku: sku("VpnGw1AZ"), vpnGatewayGeneration: "Generation2" },
            "InvalidVpnGatewayGeneration",
        ],
        ["an address that is not there", { ipConfigurations: [configuration("no")] }, "InvalidResourceReference"],
        [
            "a subnet that is not there",
            { ipConfigurations: [configuration("pip", subnetId("no"))] },
            "InvalidResourceReference",
        ],
        ["a default site that is not there", { gatewayDefaultSite: { id: siteId } }, "InvalidResourceReference"],
        [
            "no address",
            { ipConfigurations: [{ name: "main", subnet: { id: gatewaySubnet } }] },
            "VirtualNetworkGatewayIpConfigurationCountInvalid",
        ],
        ["one address for two instances", { activeActive: true }, "VirtualNetworkGatewayIpConfigurationCountInvalid"],
        [
            "the same address twice",
            {
                activeActive: true,
                ipConfigurations: [configuration("pip"), { ...configuration("pip"), name: "second" }],
            },
            "PublicIPAddressReferencedByMultipleIPConfigs",
        ],
        ["BGP with Basic", { sku: sku("Basic"), enableBgp: true }, "BasicVpnGatewayFeatureNotSupported"],
        [
            "two instances with Basic",
            {
                sku: sku("Basic"),
                activeActive: true,
                ipConfigurations: [configuration("pip"), configuration("pip2")],
            },
            "BasicVpnGatewayFeatureNotSupported",
        ],
    ])("of VPN is refused with %s", async (_, over, code) => {
        expect(await answer(vpn(over))).toBe(code);
    });

    test("is refused in a subnet of another name or too small", async () => {
        await estate.subnet("snet", "10.0.1.0/24");
        const elsewhere = { ipConfigurations: [configuration("pip", subnetId("snet"))] };
        expect(await answer(vpn(elsewhere))).toBe("VirtualNetworkGatewayInvalidSubnetName");
        await estate.subnet("GatewaySubnet", "10.0.255.0/29");
        expect(await answer(vpn())).toBe("accepted");
        expect(await answer(express())).toBe("GatewaySubnetTooSmall");
    });

    test("is refused where its subnet's routes would cut it off", async () => {
        const routeTable = { id: (await estate.put("network:RouteTable")).id };
        await estate.subnet("GatewaySubnet", "10.0.255.0/27", { routeTable });
        expect(await answer(vpn())).toBe("accepted");
        await estate.put("network:Route");
        expect(await answer(vpn({ tags: { a: "b" } }))).toBe("DefaultRouteNotAllowedOnGatewaySubnet");
        await estate.put("network:Route", { addressPrefix: "10.9.0.0/16" });
        await estate.put("network:RouteTable", { disableBgpRoutePropagation: true });
        expect(await answer(vpn({ tags: { a: "b" } }))).toBe("BgpRoutePropagationRequiredOnGatewaySubnet");
    });

    test("is refused an address without zones, or of somebody else", async () => {
        await estate.put("network:PublicIPAddress", { publicIpAddressName: "flat" });
        expect(await answer(vpn({ ipConfigurations: [configuration("flat")] }))).toBe(
            "VmssVpnGatewayPublicIpsMustHaveZonesConfigured",
        );
        await estate.put("network:NatGateway", { publicIpAddresses: [address("pip")] });
        expect(await answer(vpn())).toBe("PublicIPAddressInUse");
    });

    test("of ExpressRoute has no address of its own", async () => {
        expect(await answer(express({ ipConfigurations: [configuration("pip")] }))).toBe(
            "PublicIpAddressNotAllowedOnExpressRouteGateway",
        );
    });

    test("is the only one of its type in its network", async () => {
        await vpn();
        const twin = { virtualNetworkGatewayName: "twin", ipConfigurations: [configuration("pip2")] };
        expect(await answer(vpn(twin))).toBe("VirtualNetworkHasGatewayOfSameType");
    });

    test.each<[string, Properties]>([
        ["PolicyBased", { vpnType: "PolicyBased" }],
        ["an ASN of its own", { bgpSettings: { asn: 65010 } }],
    ])("of VPN beside one of ExpressRoute is refused with %s", async (_, over) => {
        await express();
        expect(await answer(vpn(over))).toBe("GatewaysCannotCoexist");
        expect(await answer(vpn())).toBe("accepted");
    });

    test.each<[string, Properties, string]>([
        ["vpnType", { vpnType: "PolicyBased" }, "VpnTypeCannotBeChanged"],
        ["generation", { vpnGatewayGeneration: "Generation2" }, "VpnGatewayGenerationCannotBeChanged"],
        [
            "gatewayType",
            {
                ...{ gatewayType: "ExpressRoute", sku: sku("ErGw1AZ"), vpnType: undefined },
                ...{ vpnGatewayGeneration: undefined },
                ipConfigurations: [{ name: "pip", subnet: { id: gatewaySubnet } }],
            },
            "VirtualNetworkGatewayTypeCannotBeChanged",
        ],
        ["region", { location: "westeurope" }, "InvalidResourceLocation"],
    ])("keeps its %s", async (_, over, code) => {
        const stated = { vpnType: "RouteBased", vpnGatewayGeneration: "Generation1" };
        await vpn(stated);
        expect(await answer(vpn({ ...stated, ...over }))).toBe(code);
    });

    test("stays in its network", async () => {
        await vpn();
        const addressSpace = { addressPrefixes: ["10.1.0.0/16"] };
        await estate.put("network:VirtualNetwork", { virtualNetworkName: "other", addressSpace });
        const { id } = await estate.subnet("GatewaySubnet", "10.1.0.0/27", { virtualNetworkName: "other" });
        const moved = vpn({ ipConfigurations: [configuration("pip", id)] });
        expect(await answer(moved)).toBe("VirtualNetworkGatewaySubnetCannotBeChanged");
    });

    test.each<[string, string, string]>([
        ["ErGw1AZ", "ErGw2AZ", "accepted"],
        ["ErGw2AZ", "ErGw1AZ", "VirtualNetworkGatewaySkuChangeNotAllowed"],
        ["Standard", "HighPerformance", "accepted"],
        ["Standard", "ErGw1AZ", "VirtualNetworkGatewaySkuChangeNotAllowed"],
    ])("of ExpressRoute from %s to %s: %s", async (was, asked, result) => {
        await express({ sku: sku(was) });
        expect(await answer(express({ sku: sku(asked) }))).toBe(result);
    });
});

describe("a local gateway", () => {
    test.each<[string, Properties]>([
        ["an address and prefixes", {}],
        ["a host name", { gatewayIpAddress: undefined, fqdn: "vpn.example.com" }],
        [
            "BGP alone",
            {
                localNetworkAddressSpace: undefined,
                bgpSettings: { asn: 65010, bgpPeeringAddress: "192.168.0.1" },
            },
        ],
    ])("takes %s", async (_, over) => {
        expect(await answer(site(over))).toBe("accepted");
    });

    test.each<[string, Properties, string]>([
        ["no region", { location: undefined }, "LocationRequired"],
        ["a name that begins with a dash", { localNetworkGatewayName: "-site" }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["neither address nor name", { gatewayIpAddress: undefined }, "LocalNetworkGatewayAddressInvalid"],
        ["address and name", { fqdn: "vpn.example.com" }, "LocalNetworkGatewayAddressInvalid"],
        ["what is no address", { gatewayIpAddress: "203.0.113.256" }, "InvalidIPAddressFormat"],
        ["a private address", { gatewayIpAddress: "172.31.0.1" }, "InvalidIPAddressFormat"],
        [
            "a prefix with bits behind its length",
            { localNetworkAddressSpace: { addressPrefixes: ["192.168.1.0/16"] } },
            "InvalidCIDRNotation",
        ],
        [
            "what is no prefix",
            { localNetworkAddressSpace: { addressPrefixes: ["192.168.1.0"] } },
            "InvalidAddressPrefixFormat",
        ],
        ["neither prefixes nor BGP", { localNetworkAddressSpace: undefined }, "LocalNetworkGatewayAddressSpaceEmpty"],
        ["Azure's ASN", { bgpSettings: { asn: 65515, bgpPeeringAddress: "192.168.0.1" } }, "InvalidAsn"],
        ["a documentation ASN", { bgpSettings: { asn: 64500, bgpPeeringAddress: "192.168.0.1" } }, "InvalidAsn"],
        ["no ASN", { bgpSettings: { bgpPeeringAddress: "192.168.0.1" } }, "InvalidAsn"],
        ["no BGP peer", { bgpSettings: { asn: 65010 } }, "InvalidIPAddressFormat"],
    ])("is refused with %s", async (_, over, code) => {
        expect(await answer(site(over))).toBe(code);
    });
});

describe("a connection", () => {
    beforeEach(async () => {
        await vpn();
        await site();
    });

    test("is not up by itself, and says what Azure fills in", async () => {
        const { outputs } = await connection();
        expect(outputs).toMatchObject({
            ...{ connectionStatus: "Unknown", egressBytesTransferred: 0, ingressBytesTransferred: 0 },
            ...{ routingWeight: 0, connectionMode: "Default", enableBgp: false, tunnelConnectionStatus: [] },
        });
    });

    test.each<[string, Properties, string]>([
        ["one whole policy", { ipsecPolicies: [policy()] }, "accepted"],
        ["another type", { connectionType: "VPNClient" }, "InvalidConnectionType"],
        ["no region", { location: undefined }, "LocationRequired"],
        ["a bad name", { virtualNetworkGatewayConnectionName: "con." }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["a gateway that is not there", { virtualNetworkGateway1: { id: expressId } }, "InvalidResourceReference"],
        ["a site that is not there", { localNetworkGateway2: { id: `${siteId}2` } }, "InvalidResourceReference"],
        ["no site", { localNetworkGateway2: undefined }, "ConnectionPeerMissing"],
        ["no other gateway", { connectionType: "Vnet2Vnet" }, "ConnectionPeerMissing"],
        [
            "a circuit at a VPN gateway",
            { connectionType: "ExpressRoute", peer: foreignCircuit, authorizationKey: "key" },
            "ConnectionTypeGatewayTypeMismatch",
        ],
        ["no key", { sharedKey: undefined }, "InvalidSharedKey"],
        ["a key of other letters", { sharedKey: "clé" }, "InvalidSharedKey"],
        ["a key of 128", { sharedKey: "k".repeat(128) }, "accepted"],
        ["a key of 129", { sharedKey: "k".repeat(129) }, "InvalidSharedKey"],
        ["two policies", { ipsecPolicies: [policy(), policy()] }, "InvalidIpsecPolicy"],
        ["GCM for one half", { ipsecPolicies: [policy({ ipsecIntegrity: "SHA256" })] }, "InvalidIpsecPolicy"],
        ["a short lifetime", { ipsecPolicies: [policy({ saLifeTimeSeconds: 299 })] }, "InvalidIpsecPolicy"],
        ["a small lifetime", { ipsecPolicies: [policy({ saDataSizeKilobytes: 1023 })] }, "InvalidIpsecPolicy"],
        ["BGP where nobody speaks it", { enableBgp: true }, "BgpNotEnabledOnGateway"],
        ["FastPath at a small gateway", { expressRouteGatewayBypass: true }, "FastPathNotSupported"],
    ])("with %s: %s", async (_, over, result) => {
        expect(await answer(connection(over))).toBe(result);
    });

    test("never tells the key that it refuses", async () => {
        await expect(connection({ sharedKey: "geheimnisvoll-ü" })).rejects.not.toThrow(/geheimnisvoll/);
    });

    test("speaks BGP where both ends do", async () => {
        await vpn({ enableBgp: true });
        expect(await answer(connection({ enableBgp: true }))).toBe("BgpNotEnabledOnGateway");
        await site({ bgpSettings: { asn: 65010, bgpPeeringAddress: "192.168.0.1" } });
        expect(await answer(connection({ enableBgp: true }))).toBe("accepted");
    });

    test("to a circuit needs its owner's authorization, and a large gateway for FastPath", async () => {
        await express();
        expect(await answer(line({ authorizationKey: undefined }))).toBe("AuthorizationKeyRequired");
        expect(await answer(line({ expressRouteGatewayBypass: true }))).toBe("FastPathNotSupported");
        expect(await answer(line({ peer: undefined }))).toBe("ConnectionPeerMissing");
        expect(await answer(line({ peer: circuit(estate.azure.subscriptionId) }))).toBe("InvalidResourceReference");
        await express({ sku: sku("ErGw3AZ") });
        expect(await answer(line({ expressRouteGatewayBypass: true }))).toBe("accepted");
    });

    test("of IPsec cannot use a gateway of ExpressRoute", async () => {
        await express();
        const mixed = connection({ virtualNetworkGateway1: { id: expressId } });
        expect(await answer(mixed)).toBe("ConnectionTypeGatewayTypeMismatch");
    });

    test("keeps its ends, its type and its protocol", async () => {
        const code = "ConnectionPropertyCannotBeChanged";
        await connection({ connectionProtocol: "IKEv2" });
        await site({ localNetworkGatewayName: "site2" });
        const changes = [{ localNetworkGateway2: { id: `${siteId}2` } }, { connectionProtocol: "IKEv1" }];
        for (const over of changes)
            expect(await answer(connection({ connectionProtocol: "IKEv2", ...over }))).toBe(code);
        await express();
        expect(await answer(line({ connectionProtocol: "IKEv2" }))).toBe(code);
    });

    test("waits for the gateway's other connections, to be made and to be deleted", async () => {
        const { id } = await connection();
        await site({ localNetworkGatewayName: "site2" });
        const second = { virtualNetworkGatewayConnectionName: "con2", localNetworkGateway2: { id: `${siteId}2` } };
        const [made, deleted, written] = [
            connection(second),
            answer(estate.azure.delete(id)),
            answer(connection({ routingWeight: 1 })),
        ];
        expect(await Promise.all([deleted, written])).toEqual([
            "AnotherOperationInProgress",
            "AnotherOperationInProgress",
        ]);
        await made;
        expect(await answer(connection({ routingWeight: 1 }))).toBe("accepted");
    });

    test("goes before its ends, and the gateway before its subnet", async () => {
        const { id } = await connection();
        expect(await answer(estate.azure.delete(gatewayId))).toBe("VirtualNetworkGatewayCannotBeDeleted");
        expect(await answer(estate.azure.delete(siteId))).toBe("LocalNetworkGatewayCannotBeDeleted");
        await estate.azure.delete(id);
        expect(await answer(estate.azure.delete(siteId))).toBe("accepted");
        expect(await answer(estate.azure.delete(gatewaySubnet))).toBe("InUseSubnetCannotBeDeleted");
        expect(await answer(estate.azure.delete(gatewayId))).toBe("accepted");
        expect(await answer(estate.azure.delete(gatewaySubnet))).toBe("accepted");
    });
});
