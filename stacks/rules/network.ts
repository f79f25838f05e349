import { egressFaults, type EgressChoice } from "../../components/network/egress";
import { fqdnFaults } from "../../components/network/firewall-rules";
import { hubFaults } from "../../components/network/hub-peering";
import { hubZoneFaults } from "../../components/network/private-dns";
import { zoneNames } from "../../components/network/private-link-targets";
import { parseCidr } from "../../components/network/cidr";
import { zoneUses } from "../foundation-parts";
import type { Settings } from "../settings";
import { joinedBlocks, meet } from "./addresses";

type Fault = string | false | undefined;

/** Fields of each way out beside its kind. */
const egressFields: Readonly<Record<EgressChoice["kind"], readonly string[]>> = {
    natGateway: ["zone", "idleTimeoutMinutes"],
    firewall: ["tier", "allowedFqdns"],
    hubFirewall: ["nextHopIpAddress", "allowedFqdns"],
};

/** The way out by itself, and in this environment. */
export function egress({ egress: choice, zones, tier, environment, sources }: Settings): Fault[] {
    const fields = ["kind", ...egressFields[choice.kind]];
    return [
        ...egressFaults("mlplatform:egress", choice, zones),
        ...fqdnFaults("mlplatform:egress.allowedFqdns", choice.allowedFqdns ?? []),
        choice.kind === "natGateway" &&
            sources.length > 0 &&
            `mlplatform:sources is for a firewall: a natGateway lets everything out, got ${sources.join(", ")}`,
        new Set(sources).size < sources.length &&
            `mlplatform:sources must name each source once, got ${sources.join(", ")}`,
        !tier.egress.includes(choice.kind) &&
            `mlplatform:egress.kind must be ${tier.egress.join(" or ")} in ${environment}: what leaves must be known by name, got "${choice.kind}"`,
        ...Object.keys(choice).map(
            (field) => !fields.includes(field) && `mlplatform:egress.${field} is not for a ${choice.kind}; remove it`,
        ),
    ];
}

/** The hub by itself, and with the way out. */
export function hub({ hub: joined, egress: choice, naming }: Settings): Fault[] {
    if (joined === undefined)
        return [
            choice.kind === "hubFirewall" &&
                `mlplatform:hub must be set with mlplatform:egress.kind hubFirewall: without it nothing leads to the firewall at ${choice.nextHopIpAddress}`,
        ];
    const hop = choice.kind === "hubFirewall" ? choice.nextHopIpAddress : undefined;
    const within = joined.addressSpaces.some((block) => hop !== undefined && meet(`${hop}/32`, block));
    return [
        ...hubFaults("mlplatform:hub", joined, naming.subscriptionId),
        hop !== undefined &&
            parseCidr(`${hop}/32`) !== undefined &&
            !within &&
            `mlplatform:egress.nextHopIpAddress must lie in mlplatform:hub.addressSpaces ${joined.addressSpaces.join(", ")}: a next hop is reached over a peering and no further, got "${hop}"`,
        // https://learn.microsoft.com/azure/firewall/firewall-faq: a firewall that sees one direction drops it.
        choice.kind === "firewall" &&
            joined.useGateways === true &&
            "mlplatform:hub.useGateways must be false with mlplatform:egress.kind firewall: answers to on-premises would leave through our firewall, which has not seen the question; take egress.kind hubFirewall",
    ];
}

/** Zones, who resolves names in them, and how those are reached. */
export function dns(settings: Settings): Fault[] {
    const { zoneChoice, location, dnsServers, apiServerZoneId, zoneRoleBy } = settings;
    const field = "mlplatform:dns.zoneIds";
    const needed = [...new Set(zoneUses.flatMap((use) => zoneNames(use, location)))];
    const apiServer = zoneNames("apiServer", location);
    const given = zoneChoice.kind === "hub" ? zoneChoice.zoneIds : {};
    const joined = joinedBlocks(settings);
    const read = dnsServers.filter((server) => parseCidr(`${server}/32`) !== undefined);
    return [
        ...(zoneChoice.kind === "hub" ? hubZoneFaults(field, needed, given) : []),
        ...(apiServerZoneId === undefined
            ? []
            : hubZoneFaults(field, apiServer, { [apiServer[0] ?? ""]: apiServerZoneId })),
        zoneRoleBy === "hub" &&
            zoneChoice.kind !== "hub" &&
            apiServerZoneId === undefined &&
            'mlplatform:dns.zoneRoleBy is for a zone of the API server that the hub keeps; remove it, got "hub"',
        ...Object.keys(given).map(
            (zone) =>
                !needed.includes(zone) && `${field} must hold zones that are used: ${needed.join(", ")}, got "${zone}"`,
        ),
        dnsServers.length > 0 &&
            zoneChoice.kind === "own" &&
            `mlplatform:dnsServers needs mlplatform:dns.mode hub or policy: servers of one's own do not see the zones linked to the network, got ${dnsServers.join(", ")}`,
        ...dnsServers.map(
            (server) => !read.includes(server) && `mlplatform:dnsServers must be IPv4 addresses, got "${server}"`,
        ),
        ...(zoneChoice.kind === "own" ? [] : read).map(
            (server) =>
                !joined.some(({ block }) => meet(`${server}/32`, block)) &&
                `mlplatform:dnsServers must lie in a network that ours is joined with, such as mlplatform:hub.addressSpaces: others are not reached, got "${server}"`,
        ),
        ...resolversBehindHub(settings),
    ];
}

/** Resolvers behind a hub need a way there and back: peerings lead to the hub itself and no further. */
function resolversBehindHub({ dnsServers, hub: joined, egress: choice }: Settings): Fault[] {
    const hubLeadsOn = joined?.useGateways === true || joined?.virtualNetworkId === undefined;
    if (choice.kind === "hubFirewall" || (choice.kind === "natGateway" && hubLeadsOn)) return [];
    return dnsServers
        .filter((server) => joined?.onPremises?.some((block) => meet(`${server}/32`, block)))
        .map(
            (server) =>
                `mlplatform:dnsServers must be reached: behind the hub by its firewall (mlplatform:egress.kind hubFirewall), or without a firewall by its gateways (mlplatform:hub.useGateways), got "${server}"`,
        );
}

/** What the hub's team must do for good settings to work. */
export function corporateWarnings({ hub: joined, egress: choice, zoneChoice, dnsServers }: Settings): Fault[] {
    const theirs = "the outputs hold the commands";
    return [
        joined !== undefined &&
            joined.virtualNetworkId === undefined &&
            "mlplatform:hub has no virtualNetworkId: the hub's team joins the networks",
        joined?.virtualNetworkId !== undefined &&
            joined.peerBack !== true &&
            `mlplatform:hub.peerBack is off: the hub's team makes its side of the peering; ${theirs}`,
        choice.kind === "hubFirewall" &&
            "mlplatform:egress is the hub's firewall: its team must allow what npx mlplatform firewall-rules prints",
        zoneChoice.kind === "hub" &&
            dnsServers.length === 0 &&
            `mlplatform:dns.mode is hub without mlplatform:dnsServers: the hub's team links its zones to our network; ${theirs}`,
    ];
}
