import { hubZoneIds } from "../good-settings";
import { circuitId, hybridChoice, hybridDev, hybridSecrets, site } from "../hybrid-settings";
import { wrong, type WrongSettings } from "./row";

const { vpn, expressRoute, resolver } = hybridChoice;
const hub = {
    virtualNetworkId:
        "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub",
    addressSpaces: ["10.0.0.0/16"],
};
const bad = (what: string, change: Record<string, unknown>, message: string): WrongSettings =>
    wrong(what, change, message, hybridDev);
/** One thing about the ways to on-premises. */
const way = (what: string, change: object, message: string, more: Record<string, unknown> = {}): WrongSettings =>
    bad(what, { hybrid: { ...hybridChoice, ...change }, ...more }, message);
const oneSite = (change: object): object => ({ vpn: { ...vpn, sites: [{ ...site, ...change }] } });
const many = ["office", ...Array.from({ length: 30 }, (_, index) => `site-${index}`)];
const bgp = { asn: 65010, peeringAddress: "10.128.0.1" };
const forward = (change: object): object => ({
    resolver: { ...resolver, forward: [{ ...resolver.forward[0], ...change }] },
});
const circuit = (change: object): object => ({
    expressRoute: { ...expressRoute, circuits: [{ ...expressRoute.circuits[0], ...change }] },
});
const sql = { name: "sql", to: ["10.128.7.0/24"], ports: ["1433"] };
const firewall = { egress: { kind: "firewall" } };
const service = (what: string, change: object, message: string): WrongSettings =>
    way(what, { services: [{ ...sql, ...change }] }, message, firewall);

/** Ways to on-premises: each by itself, and with the way out, the hub and the names. */
export const wrongHybrids: readonly WrongSettings[] = [
    // A VPN.
    way(
        "a VPN gateway without zones",
        { vpn: { ...vpn, sku: "VpnGw1" } },
        'mlplatform:hybrid.vpn.sku must be one of VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, VpnGw5AZ, got "VpnGw1"',
    ),
    way(
        "a VPN to nowhere",
        { vpn: { sites: [] } },
        "mlplatform:hybrid.vpn.sites must name at least one site, got none",
    ),
    way(
        "a site with a long name",
        oneSite({ name: "the-office-in-the-capital" }),
        'mlplatform:hybrid.vpn.sites[0].name must be 1 to 20 of a-z, 0-9 and hyphens, from a letter on, got "the-office-in-the-capital"',
    ),
    way(
        "a site with neither address nor name",
        oneSite({ gatewayIpAddress: undefined }),
        "mlplatform:hybrid.vpn.sites[0] must have one of gatewayIpAddress and fqdn, got neither",
    ),
    way(
        "a site with both",
        oneSite({ fqdn: "vpn.example.com" }),
        "mlplatform:hybrid.vpn.sites[0] must have one of gatewayIpAddress and fqdn, got both",
    ),
    way(
        "a device at a private address",
        oneSite({ gatewayIpAddress: "10.128.0.1" }),
        'mlplatform:hybrid.vpn.sites[0].gatewayIpAddress must be a public IPv4 address, got "10.128.0.1"',
    ),
    way(
        "a device by no name",
        oneSite({ gatewayIpAddress: undefined, fqdn: "vpn" }),
        'mlplatform:hybrid.vpn.sites[0].fqdn must be a host name, got "vpn"',
    ),
    way(
        "a site with nothing behind it",
        oneSite({ addressSpaces: [] }),
        "mlplatform:hybrid.vpn.sites[0].addressSpaces must name at least one block without bgp, got none",
    ),
    way(
        "Azure's number for the other side",
        oneSite({ bgp: { ...bgp, asn: 65515 } }),
        "mlplatform:hybrid.vpn.sites[0].bgp.asn must be a number that neither Azure nor IANA keeps, got 65515",
    ),
    way(
        "a BGP peer by name",
        oneSite({ bgp: { ...bgp, peeringAddress: "router" } }),
        'mlplatform:hybrid.vpn.sites[0].bgp.peeringAddress must be an IPv4 address, got "router"',
    ),
    way(
        "weak algorithms",
        oneSite({ proposal: "aes128Sha1" }),
        'mlplatform:hybrid.vpn.sites[0].proposal must be one of gcm256Ecp384, aes256Modp2048, got "aes128Sha1"',
    ),
    way(
        "more sites than tunnels",
        { vpn: { ...vpn, sites: many.map((name) => ({ ...site, name })) } },
        "mlplatform:hybrid.vpn.sites must be at most 30 for VpnGw1AZ, got 31",
        {
            hybridSecrets: {
                ...hybridSecrets,
                ...Object.fromEntries(many.map((name) => [name, hybridSecrets.office])),
            },
        },
    ),
    // A private line.
    way(
        "a circuit by name",
        circuit({ circuitId: "corp" }),
        'mlplatform:hybrid.expressRoute.circuits[0].circuitId must be the full id of an ExpressRoute circuit, got "corp"',
    ),
    way(
        "a fast path past a small gateway",
        circuit({ fastPath: true }),
        "mlplatform:hybrid.expressRoute.circuits[0].fastPath needs mlplatform:hybrid.expressRoute.sku ErGw3AZ, got ErGw1AZ",
    ),
    way(
        "a fast path past a firewall",
        { expressRoute: { sku: "ErGw3AZ", circuits: [{ name: "corp", circuitId, fastPath: true }] } },
        "mlplatform:hybrid.expressRoute.circuits[0].fastPath must be false with mlplatform:egress.kind firewall, which it leads around: answers would be dropped, got true",
        firewall,
    ),
    way(
        "a private line to no addresses",
        { addressSpaces: [], vpn: undefined, resolver: { inbound: {} } },
        "mlplatform:hybrid.addressSpaces must name the blocks on premises: rules and routes are made for them, got none",
        { hybridSecrets: { corp: hybridSecrets.corp } },
    ),
    way(
        "a site and a circuit of one name",
        circuit({ name: "office" }),
        "mlplatform:hybrid must name each site and circuit differently, got office, office",
    ),
    // Addresses.
    way(
        "half a block on premises",
        { addressSpaces: ["10.129.0.1/16"] },
        'mlplatform:hybrid.addressSpaces must be IPv4 blocks at their first address, such as 10.100.0.0/16, got "10.129.0.1/16"',
    ),
    way(
        "everything on premises",
        { addressSpaces: ["0.0.0.0/0"] },
        'mlplatform:hybrid.addressSpaces must be blocks of a /8 or smaller, got "0.0.0.0/0"',
    ),
    way(
        "our own addresses on premises",
        { addressSpaces: ["10.16.0.0/12"] },
        'mlplatform:addressSpace must not overlap mlplatform:hybrid\'s 10.16.0.0/12, got "10.20.0.0/20"',
    ),
    way(
        "our pods' addresses on premises",
        { addressSpaces: ["10.240.0.0/12"] },
        'mlplatform:podCidr must not overlap mlplatform:hybrid\'s 10.240.0.0/12, got "10.244.0.0/16"',
    ),
    way(
        "the hub's addresses on premises",
        { addressSpaces: ["10.0.0.0/16"] },
        'mlplatform:hybrid must not name blocks of mlplatform:hub.addressSpaces 10.0.0.0/16, got "10.0.0.0/16"',
        { hub },
    ),
    // Keys.
    bad(
        "a site without its key",
        { hybridSecrets: { corp: hybridSecrets.corp } },
        "mlplatform:hybridSecrets must hold the shared key of that site: pulumi config set --secret --path 'mlplatform:hybridSecrets.office'",
    ),
    bad(
        "another's circuit without authorization",
        { hybridSecrets: { office: hybridSecrets.office } },
        "mlplatform:hybridSecrets must hold the authorization key of that circuit, which is in another subscription",
    ),
    bad(
        "a key for nobody",
        { hybridSecrets: { ...hybridSecrets, plant: hybridSecrets.office } },
        'mlplatform:hybridSecrets["plant"] is for no site of mlplatform:hybrid',
    ),
    bad(
        "a key that can be guessed",
        { hybridSecrets: { ...hybridSecrets, office: "abc123" } },
        'mlplatform:hybridSecrets["office"] must be a shared key of 32 to 128 printable ASCII characters, or the GUID that authorizes a circuit; its value is not shown',
    ),
    bad(
        "a key for all",
        { hybridSecrets: "0123456789-0123456789-0123456789" },
        "mlplatform:hybridSecrets must be a map of sites and circuits to their keys; its value is not shown",
    ),
    bad(
        "keys for no way",
        { hybrid: {} },
        "mlplatform:hybridSecrets is for the sites and circuits of mlplatform:hybrid, which names none; remove it",
    ),
    // Names.
    way(
        "a resolver for nothing",
        { resolver: {} },
        "mlplatform:hybrid.resolver must have inbound or forward, got neither",
    ),
    way(
        "a resolver's address outside of its subnet",
        { resolver: { inbound: { ipAddress: "10.20.13.130" } } },
        'mlplatform:hybrid.resolver.inbound.ipAddress must be from 10.20.13.132 to 10.20.13.142, got "10.20.13.130"',
    ),
    way(
        "a domain without its dot",
        forward({ domain: "corp.example.com" }),
        'mlplatform:hybrid.resolver.forward[0].domain must be a domain in lower case with its closing dot, such as corp.example.com., got "corp.example.com"',
    ),
    way(
        "a domain without servers",
        forward({ servers: [] }),
        "mlplatform:hybrid.resolver.forward[0].servers must be 1 to 6 addresses, got 0",
    ),
    way(
        "a server by name",
        forward({ servers: ["dns.corp"] }),
        'mlplatform:hybrid.resolver.forward[0].servers must be IPv4 addresses, each with a port where it is not 53, got "dns.corp"',
    ),
    way(
        "the platform's own resolver",
        forward({ servers: ["10.20.13.132"] }),
        'mlplatform:hybrid.resolver.forward[0].servers must not name the platform\'s own resolver: it would ask itself for ever, got "10.20.13.132"',
    ),
    way(
        "Azure's own resolver",
        forward({ servers: ["168.63.129.16"] }),
        "mlplatform:hybrid.resolver.forward[0].servers must not name Azure's own resolver",
    ),
    way(
        "a server that nobody reaches",
        forward({ servers: ["10.77.0.53"] }),
        'mlplatform:hybrid.resolver.forward[0].servers must lie on premises or in the hub, others are not reached, got "10.77.0.53"',
    ),
    way(
        "names of private endpoints asked for on premises",
        forward({ domain: "windows.net." }),
        "mlplatform:hybrid.resolver.forward[0].domain must not take the names of private endpoints (privatelink.blob.core.windows.net) along",
    ),
    way(
        "a domain twice",
        { resolver: { forward: [resolver.forward[0], resolver.forward[0]] } },
        "mlplatform:hybrid.resolver.forward must name each domain once",
    ),
    way(
        "a resolver in addresses that it keeps",
        { resolver: { inbound: {} } },
        "mlplatform:hybrid.resolver needs a network outside 10.0.1.0 to 10.0.16.255, which the resolver keeps, got inbound 10.0.13.128/28",
        { addressSpace: "10.0.0.0/20" },
    ),
    way(
        "names answered that a hub keeps",
        { resolver: { inbound: {} } },
        "mlplatform:hybrid.resolver.inbound needs mlplatform:dns.mode own: the zones are the hub's, and on-premises asks the resolver of who keeps them",
        { dns: { mode: "hub", zoneIds: hubZoneIds }, hub },
    ),
    way(
        "names answered that policy keeps",
        { resolver: { inbound: {} } },
        "mlplatform:hybrid.resolver.inbound needs mlplatform:dns.mode own: the zones are the policy's",
        { dns: { mode: "policy" } },
    ),
    way(
        "names forwarded that never reach Azure's resolver",
        { resolver: { forward: resolver.forward } },
        "mlplatform:hybrid.resolver.forward needs mlplatform:dnsServers empty: with servers of one's own no name reaches Azure's resolver, which would forward it, got 10.128.0.53",
        { dns: { mode: "policy" }, dnsServers: ["10.128.0.53"] },
    ),
    // Ways that lead nowhere, and two ways at once.
    wrong(
        "names alone",
        { hybrid: { resolver: { inbound: {} } } },
        "mlplatform:hybrid must lead somewhere: set mlplatform:hybrid.vpn or mlplatform:hybrid.expressRoute, or join a hub (mlplatform:hub)",
    ),
    bad(
        "gateways of our own and of a hub",
        { hub: { ...hub, useGateways: true } },
        "mlplatform:hybrid must have no vpn and no expressRoute with mlplatform:hub.useGateways: a network uses its own gateways or a hub's",
    ),
    bad(
        "gateways of our own behind a hub's firewall",
        { hub, egress: { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" } },
        "mlplatform:hybrid must have no vpn and no expressRoute with mlplatform:egress.kind hubFirewall",
    ),
    way(
        "services without a firewall",
        { services: [sql] },
        'mlplatform:hybrid.services needs mlplatform:egress.kind firewall and gateways of our own: nothing else of ours stands between and lets through what is named, got "natGateway"',
    ),
    service(
        "a service that is elsewhere",
        { to: ["10.77.0.0/24"] },
        'mlplatform:hybrid.services[0].to must be blocks on premises, got "10.77.0.0/24"',
    ),
    service(
        "a service at no port",
        { ports: ["sql"] },
        'mlplatform:hybrid.services[0].ports must be ports or ranges such as 1433 or 8000-8010, got "sql"',
    ),
    service(
        "a service without a name",
        { name: "SQL" },
        'mlplatform:hybrid.services[0].name must be 1 to 40 of a-z, 0-9 and hyphens, from a letter on, got "SQL"',
    ),
];
