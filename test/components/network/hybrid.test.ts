import * as pulumi from "@pulumi/pulumi";
import { planAddresses } from "../../../components/network/address-plan";
import { Hybrid, onPremisesBlocks, type HybridArgs, type HybridChoice } from "../../../components/network/hybrid";
import { Network, type OnPremises } from "../../../components/network/network";
import { all, only, runHook, seen, value } from "../../mocks";
import { place } from "../place";

const circuitId =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/corp";
const office = { name: "office", gatewayIpAddress: "203.0.113.10", addressSpaces: ["10.128.0.0/16"] };
const choice: HybridChoice = {
    addressSpaces: ["10.129.0.0/16"],
    vpn: { sku: "VpnGw1AZ", sites: [office] },
    expressRoute: { sku: "ErGw1AZ", circuits: [{ name: "corp", circuitId }] },
    resolver: { inbound: {}, forward: [{ domain: "corp.example.com.", servers: ["10.128.0.53", "10.129.0.53:5353"] }] },
};
const args: HybridArgs = {
    ...{ ...place, choice, zones: ["1", "2", "3"], plan: planAddresses("10.20.0.0/20"), virtualNetworkId: "/vnet" },
    subnetIds: { gateway: "/gateway", resolverInbound: "/inbound", resolverOutbound: "/outbound" },
    secrets: {
        office: pulumi.secret("office-key"),
        plant: pulumi.secret("plant-key"),
        corp: pulumi.secret("corp-key"),
    },
};
const built = async (change: Partial<HybridChoice> = {}): Promise<Hybrid> => {
    const hybrid = new Hybrid("hybrid", { ...args, choice: { ...choice, ...change } });
    await value(hybrid.vpnIpAddresses);
    await value(hybrid.resolverIpAddresses);
    for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await new Promise((done) => setTimeout(done, 30));
    }
    return hybrid;
};
const connection = (name: string) => only("network:VirtualNetworkGatewayConnection", name);
/** Pulumi's mark of a secret on the wire. */
const secret = (of: string) => expect.objectContaining({ value: of }) as unknown;

test("the VPN gateway spans zones, is route-based and has a static address in all zones", async () => {
    await built();
    expect(only("network:VirtualNetworkGateway", "hybrid-vpn").inputs).toMatchObject({
        ...{ gatewayType: "Vpn", vpnType: "RouteBased", vpnGatewayGeneration: "Generation1", activeActive: false },
        ...{ sku: { name: "VpnGw1AZ" }, enableBgp: false },
        ipConfigurations: [{ subnet: { id: "/gateway" }, publicIPAddress: { id: "/id/hybrid-vpn-vpn" } }],
    });
    expect(only("network:PublicIPAddress").inputs).toMatchObject({
        ...{ sku: { name: "Standard" }, publicIPAllocationMethod: "Static", zones: ["1", "2", "3"] },
    });
});

test("with both instances active, each has an address of its own", async () => {
    const hybrid = await built({ vpn: { sku: "VpnGw2AZ", activeActive: true, sites: [office] } });
    const { inputs } = only("network:VirtualNetworkGateway", "hybrid-vpn");
    expect(inputs).toMatchObject({ activeActive: true, vpnGatewayGeneration: "Generation2" });
    expect(inputs.ipConfigurations).toHaveLength(2);
    expect(await value(hybrid.vpnIpAddresses)).toEqual(["20.0.0.4", "20.0.0.4"]);
});

test("a tunnel is IKEv2 with one strong policy, and its key is a secret", async () => {
    await built();
    const { inputs } = connection("hybrid-vpn-office");
    expect(inputs).toMatchObject({
        ...{ connectionType: "IPsec", connectionProtocol: "IKEv2", usePolicyBasedTrafficSelectors: false },
        sharedKey: secret("office-key"),
        ipsecPolicies: [
            { ikeEncryption: "AES256", ipsecEncryption: "GCMAES256", dhGroup: "ECP384", pfsGroup: "ECP384" },
        ],
    });
    expect(JSON.stringify(seen.filter(({ type }) => type.startsWith("mlplatform:")))).not.toMatch(/-key"/);
});

test("no policy has an algorithm that is broken or a group that is small", async () => {
    const other = { ...office, name: "plant", addressSpaces: ["10.130.0.0/16"], proposal: "aes256Modp2048" } as const;
    await built({ vpn: { sku: "VpnGw1AZ", sites: [office, other] } });
    const policies = all("network:VirtualNetworkGatewayConnection").flatMap(({ inputs }) =>
        inputs.connectionType === "IPsec" ? [JSON.stringify(inputs.ipsecPolicies)] : [],
    );
    expect(policies).toHaveLength(2);
    for (const policy of policies) expect(policy).not.toMatch(/DES|MD5|SHA1"|AES128|DHGroup[12]"|PFS[12]"|"None"/);
});

test("a site with BGP tells its number, and then the gateway speaks it", async () => {
    const bgp = { asn: 65010, peeringAddress: "10.128.0.1" };
    await built({ vpn: { sku: "VpnGw1AZ", sites: [{ ...office, addressSpaces: [], bgp }] } });
    expect(only("network:LocalNetworkGateway").inputs).toMatchObject({
        bgpSettings: { asn: 65010, bgpPeeringAddress: "10.128.0.1" },
        localNetworkAddressSpace: { addressPrefixes: [] },
    });
    expect(only("network:VirtualNetworkGateway", "hybrid-vpn").inputs.enableBgp).toBe(true);
    expect(connection("hybrid-vpn-office").inputs.enableBgp).toBe(true);
});

test("connections of one gateway are written one after the other", async () => {
    const sites = ["a", "b"].map((name, index) => ({ ...office, name, addressSpaces: [`10.${140 + index}.0.0/16`] }));
    const secrets = { ...args.secrets, a: pulumi.secret("k"), b: pulumi.secret("k") };
    const hybrid = new Hybrid("hybrid", { ...args, secrets, choice: { ...choice, vpn: { sku: "VpnGw1AZ", sites } } });
    await value(hybrid.vpnIpAddresses);
    await new Promise((done) => setTimeout(done, 100));
    expect(connection("hybrid-vpn-b").options.dependsOn.some((urn) => urn.endsWith("::hybrid-vpn-a"))).toBe(true);
});

test("the private line has no address of ours, no fast path unless asked, and a secret authorization", async () => {
    await built();
    const { inputs } = only("network:VirtualNetworkGateway", "hybrid-er");
    expect(inputs).toMatchObject({ gatewayType: "ExpressRoute", sku: { name: "ErGw1AZ" } });
    expect(JSON.stringify(inputs)).not.toContain("publicIPAddress");
    expect(connection("hybrid-er-corp").inputs).toMatchObject({
        ...{ connectionType: "ExpressRoute", peer: { id: circuitId }, expressRouteGatewayBypass: false },
        authorizationKey: secret("corp-key"),
    });
});

test("gateways do not wait for each other, and keep type and generation for life", async () => {
    await built();
    const waits = all("network:VirtualNetworkGateway").flatMap(({ options }) => options.dependsOn);
    expect(waits.filter((urn) => urn.includes("VirtualNetworkGateway::"))).toEqual([]);
    const call = {
        oldInputs: { vpnGatewayGeneration: "Generation1" },
        newInputs: { vpnGatewayGeneration: "Generation2" },
    };
    await expect(runHook("hybrid-vpn-frozen", call)).rejects.toThrow("hybrid-vpn: vpnGatewayGeneration cannot change");
});

test("on-premises asks at one address, always the same, and is asked for its own names", async () => {
    const hybrid = await built();
    expect(only("dnsresolver:InboundEndpoint").inputs.ipConfigurations).toEqual([
        { subnet: { id: "/inbound" }, privateIpAllocationMethod: "Static", privateIpAddress: "10.20.13.132" },
    ]);
    expect(await value(hybrid.resolverIpAddresses)).toEqual(["10.20.13.132"]);
    expect(only("dnsresolver:ForwardingRule").inputs).toMatchObject({
        ...{ forwardingRuleName: "corp_example_com", domainName: "corp.example.com.", forwardingRuleState: "Enabled" },
        targetDnsServers: [
            { ipAddress: "10.128.0.53", port: 53 },
            { ipAddress: "10.129.0.53", port: 5353 },
        ],
    });
    const link = only("dnsresolver:PrivateResolverVirtualNetworkLink");
    expect(link.options.dependsOn.some((urn) => urn.includes("ForwardingRule"))).toBe(true);
});

test("only what is asked for is built", async () => {
    await built({
        vpn: undefined,
        expressRoute: undefined,
        resolver: { inbound: { ipAddress: "10.20.13.140" } },
    });
    const kinds = new Set(
        seen.filter(({ type }) => type.startsWith("azure-native:")).map(({ type }) => type.split(":")[2]),
    );
    expect(kinds).toEqual(new Set(["DnsResolver", "InboundEndpoint"]));
});

test("blocks inside others are told once", () => {
    const sites = [{ ...office, addressSpaces: ["10.128.0.0/16", "10.200.0.0/24"] }];
    expect(onPremisesBlocks({ addressSpaces: ["10.128.0.0/9"], vpn: { sku: "VpnGw1AZ", sites } })).toEqual([
        "10.128.0.0/9",
    ]);
});

test("refuses every bad argument at once, before anything is registered", () => {
    const bad = { ...choice, addressSpaces: ["10.129.0.1/16"], vpn: { sku: "VpnGw1AZ", sites: [] } } as const;
    expect(() => new Hybrid("hybrid", { ...args, choice: bad, subnetIds: {} })).toThrow(
        /hybrid\.vpn\.sites must name at least one site, got none; hybrid\.addressSpaces must be IPv4 blocks .*; subnetIds must hold the subnet "resolverInbound"/,
    );
    expect(all("network:VirtualNetworkGateway")).toEqual([]);
});

describe("the network", () => {
    const onPremises: OnPremises = {
        blocks: ["10.128.0.0/16", "10.129.0.0/16"],
        subnets: ["resolverInbound", "resolverOutbound", "gateway"],
        services: [{ name: "sql", to: ["10.128.7.0/24"], ports: ["1433"] }],
    };
    const network = async (egress: "natGateway" | "firewall"): Promise<Network> => {
        const made = new Network("network", {
            ...{ ...place, addressBlock: "10.20.0.0/20", podCidr: "10.244.0.0/16", zones: ["1", "2", "3"], onPremises },
            egress: egress === "firewall" ? { kind: "firewall", tier: "Standard" } : { kind: "natGateway" },
        });
        await value(made.egress.ready);
        await Promise.all(Object.values(made.hybridSubnetIds).map(value));
        for (let before = -1; before !== seen.length;) {
            before = seen.length;
            await new Promise((done) => setTimeout(done, 30));
        }
        return made;
    };
    const rules = (role: string) =>
        only("network:NetworkSecurityGroup", `network-${role}`).inputs.securityRules as Record<string, unknown>[];
    const named = (role: string, name: string) => rules(role).find((rule) => rule.name === name);

    test("has a subnet for gateways without security group, and delegated ones for the resolver", async () => {
        await network("natGateway");
        const gateway = only("network:Subnet", "network-gateway").inputs;
        expect(gateway).toMatchObject({ subnetName: "GatewaySubnet", addressPrefix: "10.20.13.0/26" });
        for (const attached of ["networkSecurityGroup", "routeTable", "natGateway"])
            expect(gateway).not.toHaveProperty(attached);
        for (const role of ["resolver-inbound", "resolver-outbound"])
            expect(only("network:Subnet", `network-${role}`).inputs).toMatchObject({
                delegations: [{ serviceName: "Microsoft.Network/dnsResolvers" }],
            });
    });

    test("lets on-premises reach what serves", async () => {
        await network("natGateway");
        const from = { sourceAddressPrefixes: [...onPremises.blocks], access: "Allow" };
        expect(named("private-endpoints", "allow-on-premises")).toMatchObject({
            ...from,
            destinationPortRanges: ["443", "445"],
        });
        for (const role of ["api-server", "ingress"])
            expect(named(role, "allow-on-premises")).toMatchObject({ ...from, destinationPortRange: "443" });
        expect(named("resolver-inbound", "allow-on-premises")).toMatchObject({
            ...from,
            destinationPortRange: "53",
            protocol: "*",
        });
        expect(named("nodes", "allow-on-premises")).toMatchObject({ destinationAddressPrefix: "10.20.12.0/24" });
        expect(named("agents", "allow-on-premises")).toBeUndefined();
    });

    test("learns its routes from the gateway where no firewall stands between", async () => {
        await network("natGateway");
        expect(all("network:Route")).toEqual([]);
        expect(only("network:RouteTable").inputs.disableBgpRoutePropagation).toBe(false);
    });

    test("leads traffic with on-premises through the firewall, both ways", async () => {
        await network("firewall");
        const to = (table: string) =>
            all("network:Route")
                .filter(({ inputs }) => inputs.routeTableName === table)
                .map(({ inputs }) => [inputs.addressPrefix, inputs.nextHopType, inputs.nextHopIpAddress]);
        const hop = ["VirtualAppliance", "10.20.8.4"];
        expect(to("network")).toEqual([
            ["0.0.0.0/0", ...hop],
            ["10.128.0.0/16", ...hop],
            ["10.129.0.0/16", ...hop],
        ]);
        // Never a default route for gateways, and they must learn theirs.
        expect(to("network-gateway")).toEqual([
            ["10.20.0.0/21", ...hop],
            ["10.20.11.0/24", ...hop],
            ["10.20.12.0/24", ...hop],
        ]);
        expect(only("network:RouteTable", "network-gateway").inputs.disableBgpRoutePropagation).toBe(false);
        expect(only("network:Subnet", "network-gateway").inputs.routeTable).toEqual({ id: "/id/network-gateway" });
    });

    test("has a firewall that lets in users of the ingress, and out to what is named", async () => {
        await network("firewall");
        const collections = only("network:FirewallPolicyRuleCollectionGroup").inputs.ruleCollections as {
            name: string;
            rules: unknown[];
        }[];
        expect(collections.find(({ name }) => name === "private")?.rules).toEqual([
            expect.objectContaining({
                name: "on-premises-to-ingress",
                destinationAddresses: ["10.20.12.0/24"],
                destinationPorts: ["443"],
            }),
            expect.objectContaining({
                name: "to-sql",
                destinationAddresses: ["10.128.7.0/24"],
                destinationPorts: ["1433"],
            }),
        ]);
    });
});
