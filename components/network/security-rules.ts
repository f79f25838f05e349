import type { network } from "@pulumi/azure-native/types/input";
import type { AddressPlan } from "./address-plan";

/** Subnets that get a network security group: all that are built but the firewall's, where Azure allows none. */
export const guardedRoles = ["nodes", "apiServer", "privateEndpoints", "ingress", "agents"] as const;
export type GuardedRole = (typeof guardedRoles)[number];

/** Subnets of a DNS resolver's endpoints, built where names are exchanged with on-premises; guarded too. */
export type ResolverRole = "resolverInbound" | "resolverOutbound";

/** Who may reach what, beside the subnets of the plan. */
export interface Traffic {
    /** Addresses of pods, which are not of the network's block. */
    podCidr: string;
    /** Blocks outside the network that may talk to the API server, such as the offices'. */
    apiServerClients: readonly string[];
    /** Blocks of on-premises networks, which reach what serves: private endpoints, ingress, API server, resolver. */
    onPremises: readonly string[];
}

type Rule = network.SecurityRuleArgs;

/**
 * Rules of each subnet's network security group. What comes in is stated, and what is not stated is denied.
 */
export function securityRules(
    role: GuardedRole | ResolverRole,
    plan: AddressPlan,
    { podCidr, apiServerClients, onPremises }: Traffic,
): Rule[] {
    const inside = [plan.nodes, plan.agents];
    const fromThere = (
        priority: number,
        to: string,
        ports: readonly string[],
        protocol: "Tcp" | "*" = "Tcp",
    ): Rule[] => (onPremises.length > 0 ? [allow(priority, "on-premises", onPremises, [to], protocol, ports)] : []);
    const rules: Record<GuardedRole | ResolverRole, Rule[]> = {
        // Traffic of the cluster with itself must not be blocked, and pods are no part of `VirtualNetwork`:
        // https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
        nodes: [
            allow(100, "nodes-and-pods", [plan.nodes, podCidr], [plan.nodes, podCidr], "*", ["*"]),
            allow(110, "api-server", [plan.apiServer], [plan.nodes, podCidr], "*", ["*"]),
            ...fromThere(120, plan.ingress, ["443"]),
            allow(130, "load-balancer", ["AzureLoadBalancer"], [plan.nodes], "*", ["*"]),
            // `VirtualNetwork` takes in peered networks, what lies behind gateways, and with a default route everything:
            // https://learn.microsoft.com/azure/virtual-network/service-tags-overview. What comes by the ingress's load
            // balancer is addressed to that still (floating IP), and so not hit.
            denyNetwork(plan.nodes),
        ],
        // https://learn.microsoft.com/azure/aks/api-server-vnet-integration. The pages disagree on the protocol of the
        // load balancer's probe, so both pass.
        apiServer: [
            allow(100, "nodes", inside, [plan.apiServer], "Tcp", ["443", "4443"]),
            allow(110, "load-balancer", ["AzureLoadBalancer"], [plan.apiServer], "*", ["9988"]),
            // The control plane's own instances share the subnet.
            allow(120, "control-plane", [plan.apiServer], [plan.apiServer], "*", ["*"]),
            ...(apiServerClients.length > 0
                ? [allow(130, "clients", apiServerClients, [plan.apiServer], "Tcp", ["443"])]
                : []),
            ...fromThere(140, plan.apiServer, ["443"]),
            denyNetwork(plan.apiServer),
        ],
        // HTTPS, and SMB for file shares. Pods leave with their node's address.
        privateEndpoints: [
            allow(100, "clients", [...inside, plan.ingress, plan.apiServer], [plan.privateEndpoints], "Tcp", [
                "443",
                "445",
            ]),
            ...fromThere(110, plan.privateEndpoints, ["443", "445"]),
            denyNetwork(plan.privateEndpoints),
        ],
        ingress: [
            allow(100, "https", ["VirtualNetwork"], [plan.ingress], "Tcp", ["443"]),
            allow(110, "load-balancer", ["AzureLoadBalancer"], [plan.ingress], "*", ["*"]),
            ...fromThere(120, plan.ingress, ["443"]),
            denyNetwork(plan.ingress),
        ],
        // Agents fetch their work; nobody calls them.
        agents: [denyNetwork(plan.agents)],
        // The network's own machines ask Azure's resolver at its fixed address, not this one.
        resolverInbound: [...fromThere(100, plan.resolverInbound, ["53"], "*"), denyNetwork(plan.resolverInbound)],
        resolverOutbound: [denyNetwork(plan.resolverOutbound)],
    };
    return rules[role];
}

function allow(
    priority: number,
    name: string,
    from: readonly string[],
    to: readonly string[],
    protocol: "Tcp" | "*",
    ports: readonly string[],
): Rule {
    return {
        ...{ name: `allow-${name}`, priority, direction: "Inbound", access: "Allow", protocol, sourcePortRange: "*" },
        ...prefixes("source", from),
        ...prefixes("destination", to),
        ...(ports.length === 1 ? { destinationPortRange: ports[0] } : { destinationPortRanges: [...ports] }),
    };
}

/** Denies what the default rules would let in from the network. Names its destination, so pods elsewhere are not hit. */
function denyNetwork(destination: string): Rule {
    return {
        ...{ name: "deny-network", priority: 4096, direction: "Inbound", access: "Deny", protocol: "*" },
        ...{ sourcePortRange: "*", destinationPortRange: "*" },
        ...prefixes("source", ["VirtualNetwork"]),
        ...prefixes("destination", [destination]),
    };
}

/** Azure takes one prefix, or a list of blocks without tags: never a list of one tag. */
function prefixes(side: "source" | "destination", blocks: readonly string[]): Partial<Rule> {
    const [only, ...others] = blocks;
    const one = others.length === 0 ? only : undefined;
    if (side === "source")
        return one === undefined ? { sourceAddressPrefixes: [...blocks] } : { sourceAddressPrefix: one };
    return one === undefined ? { destinationAddressPrefixes: [...blocks] } : { destinationAddressPrefix: one };
}
