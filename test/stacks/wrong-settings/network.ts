import { hubZoneIds } from "../good-settings";
import { inProd, wrong, type WrongSettings } from "./row";

const hubId = (subscription: string): string =>
    `/subscriptions/${subscription}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub`;
const elsewhere = hubId("33333333-3333-4333-8333-333333333333");
const hub = { virtualNetworkId: elsewhere, addressSpaces: ["10.0.0.0/16"] };
const hubFirewall = { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" };
const corporate = (change: object): Record<string, unknown> => ({ egress: hubFirewall, hub: { ...hub, ...change } });

/** The way out, the hub, the zones and the addresses: each by itself and with the others. */
export const wrongNetworks: readonly WrongSettings[] = [
    wrong(
        "a hub's firewall without a hub",
        { egress: hubFirewall },
        "mlplatform:hub must be set with mlplatform:egress.kind hubFirewall: without it nothing leads to the firewall at 10.0.1.4",
    ),
    wrong(
        "a hub's firewall without its address",
        { egress: { kind: "hubFirewall" }, hub },
        'mlplatform:egress.nextHopIpAddress must be the private IPv4 address of the hub\'s firewall, got ""',
    ),
    wrong(
        "a hub's firewall by name",
        { egress: { ...hubFirewall, nextHopIpAddress: "fw.corp" }, hub },
        'mlplatform:egress.nextHopIpAddress must be the private IPv4 address of the hub\'s firewall, got "fw.corp"',
    ),
    wrong(
        "a hub's firewall outside of the hub",
        { egress: { ...hubFirewall, nextHopIpAddress: "10.9.1.4" }, hub },
        "mlplatform:egress.nextHopIpAddress must lie in mlplatform:hub.addressSpaces 10.0.0.0/16",
    ),
    wrong(
        "a tier for a hub's firewall",
        { egress: { ...hubFirewall, tier: "Premium" }, hub },
        "mlplatform:egress.tier is not for a hubFirewall; remove it",
    ),
    wrong(
        "a next hop for a firewall of one's own",
        { egress: { kind: "firewall", nextHopIpAddress: "10.0.1.4" } },
        "mlplatform:egress.nextHopIpAddress is not for a firewall; remove it",
    ),
    wrong(
        "a URL for the hub's team",
        { egress: { ...hubFirewall, allowedFqdns: ["https://example.com"] }, hub },
        "mlplatform:egress.allowedFqdns must hold host names",
    ),
    inProd(
        "a hub's gateways past a firewall of one's own",
        { hub: { ...hub, useGateways: true } },
        "mlplatform:hub.useGateways must be false with mlplatform:egress.kind firewall: answers to on-premises would leave through our firewall",
    ),
    wrong(
        "a hub by name",
        corporate({ virtualNetworkId: "vnet-hub" }),
        'mlplatform:hub.virtualNetworkId must be the full id of a virtual network, got "vnet-hub"',
    ),
    wrong("a hub without addresses", { hub: { virtualNetworkId: elsewhere } }, "mlplatform:hub.addressSpaces"),
    wrong(
        "a hub with public addresses",
        corporate({ addressSpaces: ["10.0.0.0/16", "20.0.0.0/16"] }),
        "mlplatform:hub.addressSpaces[1] must lie in 10.0.0.0/8",
    ),
    wrong(
        "on-premises that are no block",
        corporate({ onPremises: ["10.128.0.1/9"] }),
        'mlplatform:hub.onPremises[0] must be an IPv4 block at its first address, such as 10.0.0.0/16, got "10.128.0.1/9"',
    ),
    wrong(
        "a hub that overlaps what is behind it",
        corporate({ onPremises: ["10.0.0.0/9"] }),
        'mlplatform:hub: its blocks must not overlap each other, got "10.0.0.0/16" and "10.0.0.0/9"',
    ),
    wrong(
        "the hub's side in another subscription",
        corporate({ peerBack: true }),
        "mlplatform:hub.peerBack must be false for a hub of another subscription",
    ),
    wrong(
        "the hub's side without ours",
        { hub: { addressSpaces: ["10.0.0.0/16"], peerBack: true } },
        "mlplatform:hub.peerBack needs mlplatform:hub.virtualNetworkId",
    ),
    wrong(
        "gateways of a peering that is not made here",
        { hub: { addressSpaces: ["10.0.0.0/16"], useGateways: true } },
        "mlplatform:hub.useGateways needs mlplatform:hub.virtualNetworkId",
    ),
    wrong(
        "a field of the hub misspelt",
        { hub: { ...hub, firewall: "10.0.1.4" } },
        "mlplatform:hub.firewall is not a field",
    ),
    // Third parties.
    wrong(
        "a source of nobody's",
        { egress: { kind: "firewall" }, sources: ["dockerhub"] },
        "mlplatform:sources[0] must be one of dockerHub, githubPackages",
    ),
    wrong(
        "a source twice",
        { egress: { kind: "firewall" }, sources: ["pypi", "pypi"] },
        "mlplatform:sources must name each source once, got pypi, pypi",
    ),
    wrong(
        "sources for a NAT gateway",
        { egress: { kind: "natGateway" }, sources: ["pypi"] },
        "mlplatform:sources is for a firewall: a natGateway lets everything out, got pypi",
    ),
    // Addresses that would be in two places.
    wrong(
        "the hub's addresses for the network",
        { hub: { ...hub, addressSpaces: ["10.20.0.0/16"] } },
        'mlplatform:addressSpace must not overlap mlplatform:hub.addressSpaces 10.20.0.0/16, got "10.20.0.0/20"',
    ),
    wrong(
        "on-premises addresses for the network",
        { hub: { ...hub, onPremises: ["10.16.0.0/12"] } },
        'mlplatform:addressSpace must not overlap mlplatform:hub.onPremises 10.16.0.0/12, got "10.20.0.0/20"',
    ),
    wrong(
        "on-premises addresses for pods",
        { hub: { ...hub, onPremises: ["10.240.0.0/12"] } },
        'mlplatform:podCidr must not overlap mlplatform:hub.onPremises 10.240.0.0/12, got "10.244.0.0/16"',
    ),
    wrong(
        "the hub's addresses for services",
        { hub: { ...hub, addressSpaces: ["10.96.0.0/20"] } },
        'mlplatform:serviceCidr must not overlap mlplatform:hub.addressSpaces 10.96.0.0/20, got "10.96.0.0/16"',
    ),
    wrong(
        "prod's block for dev",
        { addressSpace: "10.22.16.0/20" },
        'mlplatform:addressSpace must not overlap 10.22.0.0/18, which prod has (stacks/address-blocks.ts), got "10.22.16.0/20"',
    ),
    wrong(
        "staging's block for pods of dev",
        { podCidr: "10.21.0.0/16" },
        'mlplatform:podCidr must not overlap 10.21.0.0/20, which staging has (stacks/address-blocks.ts), got "10.21.0.0/16"',
    ),
    // Names.
    wrong(
        "a resolver that nothing leads to",
        { dns: { mode: "hub", zoneIds: hubZoneIds }, dnsServers: ["10.0.2.4"] },
        "mlplatform:dnsServers must lie in a network that ours is joined with, such as mlplatform:hub.addressSpaces",
    ),
    wrong(
        "a resolver outside of the hub",
        { dns: { mode: "policy" }, dnsServers: ["10.9.2.4"], hub },
        'others are not reached, got "10.9.2.4"',
    ),
    wrong(
        "the hub's role on a zone of our own",
        { dns: { mode: "own", zoneRoleBy: "hub" } },
        "mlplatform:dns.zoneRoleBy is for a zone of the API server that the hub keeps",
    ),
    wrong(
        "a hub's resolver with zones of our own",
        { dnsServers: ["10.0.2.4"], ...corporate({}) },
        "mlplatform:dnsServers needs mlplatform:dns.mode hub or policy",
    ),
];
