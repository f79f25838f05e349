import { dev, hubScopeId, hubZoneIds } from "./good-settings";

const subscriptionId = "11111111-1111-4111-8111-111111111111";
const theirs = "33333333-3333-4333-8333-333333333333";
const networkOf = (subscription: string): string =>
    `/subscriptions/${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const hub = { addressSpaces: ["10.0.0.0/16"], onPremises: ["10.128.0.0/16"] };
/** With zones that others use, Azure Monitor is reached by the hub's private link scope. */
const monitoring = { privateLinkScopeId: hubScopeId };
const hubZones = { dns: { mode: "hub", zoneIds: hubZoneIds }, monitoring };
const policyZones = { dns: { mode: "policy" }, monitoring };
const vpn = { sites: [{ name: "office", gatewayIpAddress: "203.0.113.10", addressSpaces: ["10.160.0.0/16"] }] };
const circuitId = `/subscriptions/${theirs}/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/corp`;
const expressRoute = { circuits: [{ name: "corp", circuitId }] };
const exchange = (server: string): object => ({
    resolver: { inbound: {}, forward: [{ domain: "corp.example.com.", servers: [server] }] },
});
const vpnKey = { hybridSecrets: { office: "0123456789-0123456789-0123456789" } };
const circuitKey = { hybridSecrets: { corp: "7d7f5a2e-9f4b-4b0a-8a3b-0f3c1d2e4f5a" } };

/** Values of `mlplatform:` keys, by kind and by what each setting is about. */
const dimensions = {
    egress: {
        "NAT gateway": { egress: { kind: "natGateway" } },
        "own firewall": { egress: { kind: "firewall" } },
        "hub's firewall": { egress: { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" } },
    },
    dns: {
        "own zones": {},
        "own zones, hub's resolver": { dnsServers: ["10.0.2.4"] },
        "hub's zones": hubZones,
        "hub's zones, hub's resolver": { ...hubZones, dnsServers: ["10.0.2.4"] },
        "hub's zones, on-premises resolver": { ...hubZones, dnsServers: ["10.128.2.4"] },
        "zones by policy": policyZones,
        "zones by policy, hub's resolver": { ...policyZones, dnsServers: ["10.0.2.4"] },
    },
    hub: {
        "no hub": {},
        "hub that joins us": { hub },
        "hub of others": { hub: { ...hub, virtualNetworkId: networkOf(theirs) } },
        "hub of others with gateways": { hub: { ...hub, virtualNetworkId: networkOf(theirs), useGateways: true } },
        "hub of others, peered back": { hub: { ...hub, virtualNetworkId: networkOf(theirs), peerBack: true } },
        "hub of ours, peered back": { hub: { ...hub, virtualNetworkId: networkOf(subscriptionId), peerBack: true } },
    },
    hybrid: {
        "no hybrid": {},
        VPN: { hybrid: { vpn }, ...vpnKey },
        "VPN, names exchanged": { hybrid: { vpn, ...exchange("10.160.0.53") }, ...vpnKey },
        ExpressRoute: { hybrid: { addressSpaces: ["10.161.0.0/16"], expressRoute }, ...circuitKey },
        "names exchanged over the hub": { hybrid: exchange("10.0.2.4") },
    },
} as const satisfies Record<string, Record<string, Record<string, unknown>>>;

type Dimension = keyof typeof dimensions;
/** One kind of each. */
export type Kinds = { [D in Dimension]: keyof (typeof dimensions)[D] & string };

const ownGateways = (hybrid: Kinds["hybrid"]): boolean => hybrid.startsWith("VPN") || hybrid === "ExpressRoute";

/** What does not go together, and why. */
const wrongTogether: readonly [(kinds: Kinds) => boolean, string][] = [
    [
        ({ egress, hub: joined }) => egress === "hub's firewall" && joined === "no hub",
        "mlplatform:hub must be set with mlplatform:egress.kind hubFirewall: without it nothing leads to the firewall",
    ],
    [
        ({ egress, hub: joined }) => egress === "own firewall" && joined === "hub of others with gateways",
        "mlplatform:hub.useGateways must be false with mlplatform:egress.kind firewall: answers to on-premises would leave",
    ],
    [
        ({ hub: joined }) => joined === "hub of others, peered back",
        "mlplatform:hub.peerBack must be false for a hub of another subscription, which this stack does not write to",
    ],
    [
        ({ dns }) => dns === "own zones, hub's resolver",
        "mlplatform:dnsServers needs mlplatform:dns.mode hub or policy: servers of one's own do not see the zones",
    ],
    [
        ({ dns, hub: joined }) => dns.endsWith("resolver") && !dns.startsWith("own") && joined === "no hub",
        "mlplatform:dnsServers must lie in a network that ours is joined with",
    ],
    [
        ({ egress, dns, hub: joined }) =>
            dns.endsWith("on-premises resolver") &&
            joined !== "no hub" &&
            (egress === "own firewall" ||
                (egress === "NAT gateway" && joined.startsWith("hub of") && joined !== "hub of others with gateways")),
        "mlplatform:dnsServers must be reached: behind the hub by its firewall",
    ],
    [
        ({ hybrid, hub: joined }) => ownGateways(hybrid) && joined === "hub of others with gateways",
        "mlplatform:hybrid must have no vpn and no expressRoute with mlplatform:hub.useGateways",
    ],
    [
        ({ hybrid, egress }) => ownGateways(hybrid) && egress === "hub's firewall",
        "mlplatform:hybrid must have no vpn and no expressRoute with mlplatform:egress.kind hubFirewall",
    ],
    [
        ({ hybrid, hub: joined }) => hybrid === "names exchanged over the hub" && joined === "no hub",
        "mlplatform:hybrid must lead somewhere: set mlplatform:hybrid.vpn or mlplatform:hybrid.expressRoute, or join a hub",
    ],
    [
        ({ hybrid, hub: joined }) => hybrid === "names exchanged over the hub" && joined === "no hub",
        "mlplatform:hybrid.resolver.forward[0].servers must lie on premises or in the hub",
    ],
    [
        ({ hybrid, dns }) => hybrid.includes("names exchanged") && !dns.startsWith("own zones"),
        "mlplatform:hybrid.resolver.inbound needs mlplatform:dns.mode own",
    ],
    [
        ({ hybrid, dns }) => hybrid.includes("names exchanged") && dns.endsWith("resolver"),
        "mlplatform:hybrid.resolver.forward needs mlplatform:dnsServers empty",
    ],
];

/** Why these do not go together; empty when they do. */
export const faultsOf = (kinds: Kinds): string[] =>
    wrongTogether.filter(([wrong]) => wrong(kinds)).map(([, reason]) => reason);

interface CorporateSettings {
    name: string;
    kinds: Kinds;
    /** Config of dev, as Pulumi holds it. */
    config: Readonly<Record<string, string>>;
    /** What of it is about the network, as a stack's file holds it. */
    network: Readonly<Record<string, unknown>>;
}

/** Every combination of kinds. */
export const corporateSettings: readonly CorporateSettings[] = combinations().map((kinds) => {
    const network = Object.assign({}, ...(Object.keys(kinds) as Dimension[]).map((d) => valuesOf(d, kinds))) as object;
    const named = Object.entries(network).map(([key, value]) => [`mlplatform:${key}`, value as unknown] as const);
    const text = named.map(([key, value]) => [key, JSON.stringify(value)]);
    return {
        ...{ name: Object.values(kinds).join(" x "), kinds, network: Object.fromEntries(named) },
        config: { ...dev, ...(Object.fromEntries(text) as Record<string, string>) },
    };
});

function valuesOf(dimension: Dimension, kinds: Kinds): object {
    const kindsOf: Readonly<Record<string, object>> = dimensions[dimension];
    return kindsOf[kinds[dimension]] ?? {};
}

function combinations(): Kinds[] {
    return (Object.keys(dimensions) as Dimension[]).reduce<Record<string, string>[]>(
        (all, dimension) =>
            all.flatMap((kinds) => Object.keys(dimensions[dimension]).map((kind) => ({ ...kinds, [dimension]: kind }))),
        [{}],
    ) as Kinds[];
}
