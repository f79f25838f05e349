import { planAddresses } from "../../components/network/address-plan";
import type { Hybrid } from "../../components/network/hybrid";
import { Network } from "../../components/network/network";
import { PrivateDns } from "../../components/network/private-dns";
import type { Placement } from "../../components/placement";
import { zoneUses } from "../foundation-parts";
import type { FoundationContract } from "../contract";
import type { Settings } from "../settings";
import { hybridWays, onPremisesOf } from "./hybrid";
import { outboundOf } from "./outbound";

/** What {@link corporateNetwork} makes. */
export interface CorporateNetwork {
    network: Network;
    dns: PrivateDns;
    /** Undefined where nothing leads to on-premises. */
    hybrid: Hybrid | undefined;
}

/** The network with its ways out and to the company, and the names that are resolved in it. */
export function corporateNetwork(settings: Settings, at: Placement): CorporateNetwork {
    const { zones, egress, addressSpace, addresses, apiServerClients, dnsServers, hub } = settings;
    const network = new Network("network", {
        ...{ ...at, zones, egress, addressBlock: addressSpace, podCidr: addresses.podCidr },
        ...{ apiServerClients, dnsServers, outbound: outboundOf(settings), ...(hub && { hub }) },
        onPremises: onPremisesOf(settings),
    });
    const hybrid = hybridWays(settings, at, network);
    const dns = new PrivateDns("dns", {
        ...{ ...at, virtualNetworkId: network.virtualNetworkId, zones: settings.zoneChoice },
        // With a scope of our own, its names are in our zones; else in the hub's.
        uses: settings.monitoring.scope.kind === "own" ? [...zoneUses, "monitor"] : zoneUses,
    });
    return { network, dns, hybrid };
}

/** Addresses that the stacks above open ways to. */
export function blockOutputs({ addressSpace, addresses }: Settings): FoundationContract["network"]["blocks"] {
    const { nodes, apiServer, privateEndpoints, ingress, agents } = planAddresses(addressSpace);
    const { podCidr: pods, serviceCidr: services } = addresses;
    return { nodes, apiServer, privateEndpoints, ingress, agents, pods, services };
}
