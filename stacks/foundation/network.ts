import { Network } from "../../components/network/network";
import { PrivateDns } from "../../components/network/private-dns";
import type { Placement } from "../../components/placement";
import { zoneUses } from "../foundation-parts";
import type { Settings } from "../settings";
import { outboundOf } from "./outbound";

/** The network with its ways out and to the company, and the names that are resolved in it. */
export function corporateNetwork(settings: Settings, at: Placement): { network: Network; dns: PrivateDns } {
    const { zones, egress, addressSpace, addresses, apiServerClients, dnsServers, hub } = settings;
    const network = new Network("network", {
        ...{ ...at, zones, egress, addressBlock: addressSpace, podCidr: addresses.podCidr },
        ...{ apiServerClients, dnsServers, outbound: outboundOf(settings), ...(hub && { hub }) },
    });
    const dns = new PrivateDns("dns", {
        ...{ ...at, virtualNetworkId: network.virtualNetworkId, zones: settings.zoneChoice },
        // With a scope of our own, its names are in our zones; else in the hub's.
        uses: settings.monitoring.scope.kind === "own" ? [...zoneUses, "monitor"] : zoneUses,
    });
    return { network, dns };
}
