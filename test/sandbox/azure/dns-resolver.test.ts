import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { Estate, idOf, location, networkId, subnetId } from "./estate";
import { answer } from "./platform";

// Private resolvers, their endpoints, and the rulesets that say where names are asked.

const resolverId = idOf("dnsResolvers/dnspr");
const otherNetwork = idOf("virtualNetworks/other");
const delegation = {
    delegations: [{ name: "resolver", serviceName: "Microsoft.Network/dnsResolvers" }],
};

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
    await delegated("in", "10.0.32.0/28");
    await delegated("out", "10.0.33.0/28");
});
afterEach(() => {
    estate.close();
});

const delegated = (name: string, prefix: string, over: Properties = {}): Promise<Stored> =>
    estate.subnet(name, prefix, { ...delegation, ...over });
const network = (virtualNetworkName: string, prefix: string, over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetwork", { virtualNetworkName, addressSpace: { addressPrefixes: [prefix] }, ...over });
const resolver = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:DnsResolver", {
        ...{ location, dnsResolverName: "dnspr", virtualNetwork: { id: networkId }, ...over },
    });
const inbound = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:InboundEndpoint", {
        ...{ location, dnsResolverName: "dnspr", inboundEndpointName: "in" },
        ...{ ipConfigurations: [at("in")], ...over },
    });
const outbound = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:OutboundEndpoint", {
        ...{ location, dnsResolverName: "dnspr", outboundEndpointName: "out" },
        ...at("out"),
        ...over,
    });
const ruleset = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:DnsForwardingRuleset", {
        ...{ location, dnsForwardingRulesetName: "rules" },
        ...{ dnsResolverOutboundEndpoints: [{ id: `${resolverId}/outboundEndpoints/out` }], ...over },
    });
const rule = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:ForwardingRule", {
        ...{ dnsForwardingRulesetName: "rules", forwardingRuleName: "corp", domainName: "corp.example." },
        ...{ targetDnsServers: servers("192.168.0.4"), ...over },
    });
const link = (over: Properties = {}): Promise<Stored> =>
    estate.put("dnsresolver:PrivateResolverVirtualNetworkLink", {
        ...{ dnsForwardingRulesetName: "rules", virtualNetworkLinkName: "vnet" },
        ...{ virtualNetwork: { id: networkId }, ...over },
    });
const at = (subnet: string, over: Properties = {}): Properties => ({ subnet: { id: subnetId(subnet) }, ...over });
const fixed = (privateIpAddress: string): Properties[] => [
    at("in", { privateIpAddress, privateIpAllocationMethod: "Static" }),
];
const servers = (...addresses: string[]): Properties[] => addresses.map((ipAddress) => ({ ipAddress }));

describe("a resolver", () => {
    test("is connected once it is made", async () => {
        const { id, outputs } = await resolver();
        expect(id).toBe(resolverId);
        expect(outputs).toMatchObject({ dnsResolverState: "Connected", provisioningState: "Succeeded" });
    });

    test.each<[string, Properties, string]>([
        ["no region", { location: undefined }, "LocationRequired"],
        ["a name that ends in a dash", { dnsResolverName: "dnspr-" }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["a network that is not there", { virtualNetwork: { id: otherNetwork } }, "InvalidResourceReference"],
    ])("is refused with %s", async (_, over, code) => {
        expect(await answer(resolver(over))).toBe(code);
    });

    test("is in the region of its network, alone there, and stays there", async () => {
        await network("other", "10.1.0.0/16", { location: "westeurope" });
        const other = { virtualNetwork: { id: otherNetwork } };
        expect(await answer(resolver(other))).toBe("InvalidResourceReference");
        await resolver();
        expect(await answer(resolver({ dnsResolverName: "twin" }))).toBe("Conflict");
        expect(await answer(resolver(other))).toBe("BadRequest");
    });

    test("goes after its endpoints, and their subnets after them", async () => {
        await resolver();
        for (const [endpoint, subnet] of [
            [await inbound(), "in"],
            [await outbound(), "out"],
        ] as const) {
            expect(await answer(estate.azure.delete(resolverId))).toBe("CannotDeleteResource");
            expect(await answer(estate.azure.delete(subnetId(subnet)))).toBe("InUseSubnetCannotBeDeleted");
            await estate.azure.delete(endpoint.id);
            expect(await answer(estate.azure.delete(subnetId(subnet)))).toBe("accepted");
        }
        expect(await answer(estate.azure.delete(resolverId))).toBe("accepted");
    });
});

describe("an endpoint", () => {
    beforeEach(async () => {
        await resolver();
    });

    test("takes the first free address of its subnet, or the one that it is given", async () => {
        expect((await inbound()).outputs.ipConfigurations).toMatchObject([
            { privateIpAllocationMethod: "Dynamic", privateIpAddress: "10.0.32.4" },
        ]);
        await delegated("in2", "10.0.34.0/28");
        const given = at("in2", { privateIpAddress: "10.0.34.14", privateIpAllocationMethod: "Static" });
        const second = await inbound({ inboundEndpointName: "in2", ipConfigurations: [given] });
        expect(second.outputs.ipConfigurations).toMatchObject([given]);
        expect((await outbound()).outputs.provisioningState).toBe("Succeeded");
    });

    test.each<[string, Properties, string]>([
        ["no region", { location: undefined }, "LocationRequired"],
        ["a bad name", { inboundEndpointName: "_in" }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["a resolver that is not there", { dnsResolverName: "no" }, "ParentResourceNotFound"],
        ["a subnet that is not there", { ipConfigurations: [at("no")] }, "InvalidResourceReference"],
        ["no configuration", { ipConfigurations: [] }, "BadRequest"],
        ["configurations in two subnets", { ipConfigurations: [at("in"), at("out")] }, "BadRequest"],
        ["an address that Azure keeps", { ipConfigurations: fixed("10.0.32.3") }, "BadRequest"],
        ["the last address", { ipConfigurations: fixed("10.0.32.15") }, "BadRequest"],
        ["an address of elsewhere", { ipConfigurations: fixed("10.0.33.4") }, "BadRequest"],
        [
            "a static address that is not said",
            { ipConfigurations: [at("in", { privateIpAllocationMethod: "Static" })] },
            "BadRequest",
        ],
    ])("is refused with %s", async (_, over, code) => {
        expect(await answer(inbound(over))).toBe(code);
    });

    test.each<[string, () => Promise<Stored>, string]>([
        ["not delegated", () => estate.subnet("try", "10.0.40.0/28"), "SubnetMissingRequiredDelegation"],
        ["too small", () => delegated("try", "10.0.40.0/29"), "BadRequest"],
        ["too large", () => delegated("try", "10.0.40.0/23"), "BadRequest"],
        ["in the service's own range", () => delegated("try", "10.0.16.0/28"), "BadRequest"],
        ["just below that range", () => delegated("try", "10.0.0.240/28"), "accepted"],
        ["just above that range", () => delegated("try", "10.0.17.0/24"), "accepted"],
    ])("in a subnet %s: %s", async (_, make, result) => {
        await make();
        expect(await answer(inbound({ ipConfigurations: [at("try")] }))).toBe(result);
        await estate.azure.delete(`${resolverId}/inboundEndpoints/in`).catch(() => undefined);
        expect(await answer(outbound(at("try")))).toBe(result);
    });

    test("is refused in another network's subnet, and in one that is taken", async () => {
        await network("other", "10.1.0.0/16");
        const { id } = await delegated("in", "10.1.0.0/28", { virtualNetworkName: "other" });
        expect(await answer(inbound({ ipConfigurations: [{ subnet: { id } }] }))).toBe("BadRequest");
        await inbound();
        expect(await answer(outbound(at("in")))).toBe("BadRequest");
    });

    test("has four others of its kind at most", async () => {
        for (const number of [1, 2, 3, 4, 5, 6]) {
            await delegated(`in${number}`, `10.0.${40 + number}.0/28`);
            const made = inbound({ inboundEndpointName: `in${number}`, ipConfigurations: [at(`in${number}`)] });
            expect(await answer(made)).toBe(number > 5 ? "BadRequest" : "accepted");
        }
        expect(await answer(outbound())).toBe("accepted");
    });

    test("stays in its subnet", async () => {
        await inbound();
        await outbound();
        await delegated("free", "10.0.40.0/28");
        expect(await answer(inbound({ ipConfigurations: [at("free")] }))).toBe("BadRequest");
        expect(await answer(outbound(at("free")))).toBe("BadRequest");
    });
});

describe("a ruleset", () => {
    beforeEach(async () => {
        await resolver();
        await outbound();
    });

    test.each<[string, Properties, string]>([
        ["one endpoint", {}, "accepted"],
        ["no region", { location: undefined }, "LocationRequired"],
        ["a bad name", { dnsForwardingRulesetName: "rules-" }, "InvalidResourceName"],
        ["a tag name with a slash", { tags: { "a/b": "c" } }, "InvalidTagNameCharacters"],
        ["no endpoint", { dnsResolverOutboundEndpoints: [] }, "BadRequest"],
        [
            "three endpoints",
            { dnsResolverOutboundEndpoints: Array<Properties>(3).fill({ id: `${resolverId}/outboundEndpoints/out` }) },
            "BadRequest",
        ],
        [
            "an endpoint that is not there",
            { dnsResolverOutboundEndpoints: [{ id: `${resolverId}/outboundEndpoints/no` }] },
            "InvalidResourceReference",
        ],
    ])("with %s: %s", async (_, over, result) => {
        expect(await answer(ruleset(over))).toBe(result);
    });

    test("goes after its links and before its endpoints", async () => {
        const { id } = await ruleset();
        const { id: linkId } = await link();
        expect(await answer(estate.azure.delete(`${resolverId}/outboundEndpoints/out`))).toBe("Conflict");
        expect(await answer(estate.azure.delete(id))).toBe("Conflict");
        await estate.azure.delete(linkId);
        expect(await answer(estate.azure.delete(id))).toBe("accepted");
        expect(await answer(estate.azure.delete(`${resolverId}/outboundEndpoints/out`))).toBe("accepted");
    });
});

describe("a forwarding rule", () => {
    beforeEach(async () => {
        await resolver();
        await outbound();
        await ruleset();
    });

    test("is enabled and asks port 53 unless it says otherwise", async () => {
        expect((await rule()).outputs).toMatchObject({
            forwardingRuleState: "Enabled",
            targetDnsServers: [{ ipAddress: "192.168.0.4", port: 53 }],
        });
        const off = { forwardingRuleState: "Disabled", targetDnsServers: [{ ipAddress: "192.168.0.5", port: 5353 }] };
        expect((await rule(off)).outputs).toMatchObject(off);
    });

    test.each<[string, Properties, string]>([
        ["the root", { domainName: "." }, "accepted"],
        ["six servers", { targetDnsServers: servers(...Array<string>(6).fill("192.168.0.4")) }, "accepted"],
        ["a bad name", { forwardingRuleName: "corp.example" }, "InvalidResourceName"],
        ["a ruleset that is not there", { dnsForwardingRulesetName: "no" }, "ParentResourceNotFound"],
        ["a domain without its dot", { domainName: "corp.example" }, "BadRequest"],
        ["an empty label", { domainName: "corp..example." }, "BadRequest"],
        ["a label of 64", { domainName: `${"a".repeat(64)}.` }, "BadRequest"],
        ["no server", { targetDnsServers: [] }, "BadRequest"],
        ["seven servers", { targetDnsServers: servers(...Array<string>(7).fill("192.168.0.4")) }, "BadRequest"],
        ["Azure's own server", { targetDnsServers: servers("168.63.129.16") }, "BadRequest"],
        ["a server by name", { targetDnsServers: servers("dns.example") }, "BadRequest"],
        ["port 0", { targetDnsServers: [{ ipAddress: "192.168.0.4", port: 0 }] }, "BadRequest"],
        ["port 65536", { targetDnsServers: [{ ipAddress: "192.168.0.4", port: 65_536 }] }, "BadRequest"],
    ])("with %s: %s", async (_, over, result) => {
        expect(await answer(rule(over))).toBe(result);
    });

    test("has a domain of its own, and keeps it", async () => {
        await rule();
        expect(await answer(rule({ forwardingRuleName: "again", domainName: "CORP.example." }))).toBe("Conflict");
        expect(await answer(rule({ domainName: "other.example." }))).toBe("BadRequest");
        expect(await answer(rule({ targetDnsServers: servers("192.168.0.5") }))).toBe("accepted");
    });
});

describe("a ruleset's link", () => {
    beforeEach(async () => {
        await resolver();
        await outbound();
        await ruleset();
    });

    test.each<[string, Properties, string]>([
        ["the resolver's network", {}, "accepted"],
        ["a bad name", { virtualNetworkLinkName: "-vnet" }, "InvalidResourceName"],
        ["a ruleset that is not there", { dnsForwardingRulesetName: "no" }, "ParentResourceNotFound"],
        ["a network that is not there", { virtualNetwork: { id: otherNetwork } }, "InvalidResourceReference"],
    ])("with %s: %s", async (_, over, result) => {
        expect(await answer(link(over))).toBe(result);
    });

    test("is of one network of the ruleset's region, which has no other link", async () => {
        await network("far", "10.2.0.0/16", { location: "westeurope" });
        const far = { virtualNetwork: { id: idOf("virtualNetworks/far") } };
        expect(await answer(link(far))).toBe("InvalidResourceReference");
        await link();
        await ruleset({ dnsForwardingRulesetName: "more" });
        expect(await answer(link({ dnsForwardingRulesetName: "more" }))).toBe("Conflict");
        await network("other", "10.1.0.0/16");
        const other = { virtualNetwork: { id: otherNetwork } };
        expect(await answer(link(other))).toBe("BadRequest");
        expect(await answer(link({ ...other, virtualNetworkLinkName: "other" }))).toBe("accepted");
    });
});
