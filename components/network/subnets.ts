import { NetworkSecurityGroup } from "@pulumi/azure-native/network/networkSecurityGroup";
import { Subnet, type SubnetArgs } from "@pulumi/azure-native/network/subnet";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { childOptions } from "../options";
import type { Placement } from "../placement";
import type { LogSource } from "../observability/log-source";
import { refuseChanges } from "../refuse";
import type { AddressPlan } from "./address-plan";
import { guardedRoles, securityRules, type GuardedRole, type ResolverRole, type Traffic } from "./security-rules";

/** Subnets for what connects to on-premises; each is built where it is asked for. */
export const hybridRoles = ["resolverInbound", "resolverOutbound", "gateway"] as const;
export type HybridRole = (typeof hybridRoles)[number];

/** What the subnets of a network are made from. */
export interface SubnetsArgs extends Placement {
    virtualNetworkName: pulumi.Input<string>;
    plan: AddressPlan;
    traffic: Traffic;
    routeTableId: pulumi.Input<string>;
    /** Set when a NAT gateway is the way out. */
    natGatewayId: pulumi.Input<string> | undefined;
    /** Makes the firewall's subnet too. */
    firewall: boolean;
    /** Makes these subnets too. */
    hybrid: readonly HybridRole[];
    /** Route table of the gateway's subnet, which takes none with a default route. @default - none */
    gatewayRouteTableId?: pulumi.Input<string>;
}

/** Subnets made, by role. */
export interface Subnets {
    ids: Record<GuardedRole, pulumi.Output<string>>;
    hybridIds: Partial<Record<HybridRole, pulumi.Output<string>>>;
    firewallId: pulumi.Output<string> | undefined;
    /** The one made last: what comes after it on the same network waits for it. */
    last: pulumi.Resource;
    logSources: readonly LogSource[];
}

/**
 * Makes the subnets of a network, each with its security group, one after the other: Azure takes one write on a network
 * and its subnets at a time and answers the rest with `AnotherOperationInProgress`. Those of gateways and the firewall
 * come last and resolve together, as what is built there keeps the network busy for minutes.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 */
export function makeSubnets(name: string, parent: pulumi.Resource, args: SubnetsArgs): Subnets {
    let previous: Subnet | undefined;
    const logSources: LogSource[] = [];
    const next = (
        role: GuardedRole | HybridRole | "firewall",
        subnetName: string,
        more: Partial<SubnetArgs>,
    ): Subnet => {
        const { resourceGroupName, virtualNetworkName, plan } = args;
        const own = `${name}-${dashed(role)}`;
        previous = new Subnet(
            own,
            {
                ...{ resourceGroupName, virtualNetworkName, subnetName, addressPrefix: plan[role] },
                // Stated as none: a storage endpoint, such as the one the Blob CSI driver adds unasked, leads around
                // the firewall to any account of anyone. Refresh shows it, the next update removes it.
                serviceEndpoints: [],
                ...more,
            },
            childOptions(parent, "network:Subnet", {
                ...refuseChanges(own, frozen),
                ...(previous && { dependsOn: [previous] }),
            }),
        );
        return previous;
    };
    const guarded = (role: GuardedRole | ResolverRole): pulumi.Output<string> => {
        const subnetName = resourceName("subnet", { ...args.naming, location: args.location, instance: dashed(role) });
        const { id } = securityGroup(name, parent, role, args);
        const networkSecurityGroup = { id };
        logSources.push({ kind: "Microsoft.Network/networkSecurityGroups", name: `${name}-${dashed(role)}`, id });
        return next(role, subnetName, { networkSecurityGroup, ...byRole[role], ...wayOut(role, args) }).id;
    };
    const made = guardedRoles.map((role) => [role, guarded(role)]);
    const resolver = hybridRoles.filter((role) => role !== "gateway" && args.hybrid.includes(role));
    const resolverIds = resolver.map((role) => [role, guarded(role as ResolverRole)]);
    // Names of these two are Azure's, and so is the rule that they take no security group:
    // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings, .../firewall/firewall-faq
    const routeTable = args.gatewayRouteTableId === undefined ? {} : { routeTable: { id: args.gatewayRouteTableId } };
    const gateway = args.hybrid.includes("gateway") ? next("gateway", "GatewaySubnet", routeTable) : undefined;
    const firewall = args.firewall ? next("firewall", "AzureFirewallSubnet", {}) : undefined;
    const gatewayId = gateway && (firewall ? pulumi.all([gateway.id, firewall.id]).apply(([id]) => id) : gateway.id);
    return {
        ids: Object.fromEntries(made) as Subnets["ids"],
        hybridIds: {
            ...(Object.fromEntries(resolverIds) as Subnets["hybridIds"]),
            ...(gatewayId && { gateway: gatewayId }),
        },
        firewallId: firewall?.id,
        last: previous ?? parent,
        logSources,
    };
}

function securityGroup(
    name: string,
    parent: pulumi.Resource,
    role: GuardedRole | ResolverRole,
    args: SubnetsArgs,
): NetworkSecurityGroup {
    const { naming, location, resourceGroupName, tags, plan, traffic } = args;
    return new NetworkSecurityGroup(
        `${name}-${dashed(role)}`,
        {
            networkSecurityGroupName: resourceName("networkSecurityGroup", {
                ...naming,
                location,
                instance: dashed(role),
            }),
            ...{ resourceGroupName, location, tags },
            securityRules: securityRules(role, plan, traffic),
        },
        childOptions(parent, "network:NetworkSecurityGroup"),
    );
}

/** Machines of these subnets go out: by the route table, and by the NAT gateway where there is one. */
function wayOut(role: GuardedRole | ResolverRole, { routeTableId, natGatewayId }: SubnetsArgs): Partial<SubnetArgs> {
    if (role !== "nodes" && role !== "agents" && role !== "ingress") return {};
    return {
        routeTable: { id: routeTableId },
        ...(natGatewayId !== undefined && { natGateway: { id: natGatewayId } }),
    };
}

// https://learn.microsoft.com/azure/dns/dns-private-resolver-overview
const resolver = { delegations: [{ name: "resolver", serviceName: "Microsoft.Network/dnsResolvers" }] };

const byRole: Readonly<Record<GuardedRole | ResolverRole, Partial<SubnetArgs>>> = {
    nodes: { defaultOutboundAccess: false },
    agents: { defaultOutboundAccess: false },
    ingress: { defaultOutboundAccess: false },
    // Without it, security groups do not apply to private endpoints:
    // https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy
    privateEndpoints: { defaultOutboundAccess: false, privateEndpointNetworkPolicies: "Enabled" },
    // A delegated subnet is the service's to connect, so outbound access is not ours to turn off:
    // https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access
    apiServer: { delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }] },
    resolverInbound: resolver,
    resolverOutbound: resolver,
};

const inUse = "Azure refuses it while anything is in the subnet; make a new environment";
const frozen = [
    { path: "addressPrefix", instead: inUse },
    { path: "delegations", instead: inUse },
    { path: "defaultOutboundAccess", instead: "it can only be set when the subnet is made" },
];

const dashed = (role: string): string => role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
