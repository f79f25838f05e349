import { RouteTable } from "@pulumi/azure-native/network/routeTable";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { addressFaults, planAddresses, type AddressPlan } from "./address-plan";
import { Egress, egressFaults, type EgressChoice, type EgressArgs } from "./egress";
import type { OutboundRule, PrivateTraffic } from "./firewall-rules";
import { HubPeering, hubFaults, type HubChoice } from "./hub-peering";
import { routeOnPremises } from "./on-premises-routes";
import type { GuardedRole } from "./security-rules";
import { makeSubnets, type HybridRole, type Subnets } from "./subnets";

/** Arguments of {@link Network}. */
export interface NetworkArgs extends Placement {
    /** IPv4 block of the network, /16 to /22, of no other network that it will ever be joined with. */
    addressBlock: string;
    /** Addresses of pods, outside the block; needed for the rules between nodes and pods. */
    podCidr: string;
    /** Availability zones to span; empty in regions without. */
    zones: readonly string[];
    egress: EgressChoice;
    /** What a firewall lets through. @default - nothing */
    outbound?: readonly OutboundRule[];
    /** A corporate hub to be joined with; needed for its firewall. @default - none */
    hub?: HubChoice;
    /** Blocks outside the network that may talk to the API server. @default - none */
    apiServerClients?: readonly string[];
    /** Resolvers of a corporate hub. @default - Azure's, which knows the private zones linked to the network */
    dnsServers?: readonly string[];
    /** What is known of networks on premises. @default - there are none */
    onPremises?: OnPremises;
}

/** Networks on premises as this network has to know them. */
export interface OnPremises {
    /** Their blocks, none inside another. */
    blocks: readonly string[];
    /** Subnets for what leads there. */
    subnets: readonly HybridRole[];
    /** What machines of ours reach there, over a firewall. @default - nothing */
    services?: readonly { name: string; to: readonly string[]; ports: readonly string[] }[];
}

/**
 * The platform's network: one block of addresses divided by role, each subnet with its security group, and one way out.
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Network extends pulumi.ComponentResource {
    readonly virtualNetworkId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly virtualNetworkName: string;
    /** Ids of the subnets, by role. Each resolves when the subnet with its security group is there. */
    readonly subnetIds: Readonly<Record<GuardedRole, pulumi.Output<string>>>;
    /** The same for what leads to on-premises. */
    readonly hybridSubnetIds: Readonly<Partial<Record<HybridRole, pulumi.Output<string>>>>;
    readonly addressPlan: AddressPlan;
    readonly egress: Egress;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:Network", name, shown(args), opts);
        refuse(this, [
            ...addressFaults("addressBlock", args.addressBlock),
            ...egressFaults("egress", args.egress, args.zones),
            ...(args.hub ? hubFaults("hub", args.hub, args.naming.subscriptionId) : []),
            args.egress.kind === "hubFirewall" && !args.hub && "hub is missing: its firewall is the way out",
        ]);
        const { naming, location, resourceGroupName, tags } = args;
        const at = { ...naming, location };
        this.addressPlan = planAddresses(args.addressBlock);
        this.virtualNetworkName = resourceName("virtualNetwork", at);

        const network = new VirtualNetwork(
            name,
            {
                ...{ virtualNetworkName: this.virtualNetworkName, resourceGroupName, location, tags },
                addressSpace: { addressPrefixes: [args.addressBlock] },
                // Without any, Azure's own resolver: an empty list says the same, and looks like servers that are missing.
                ...(args.dnsServers &&
                    args.dnsServers.length > 0 && { dhcpOptions: { dnsServers: [...args.dnsServers] } }),
                // Subnets are resources of their own, never inline: an update of the network would delete the others.
            },
            childOptions(this, "network:VirtualNetwork"),
        );
        const onPremises = args.onPremises ?? { blocks: [], subnets: [] };
        // With a firewall, routes learned from a gateway must not lead around it.
        const routes = this.routeTable(name, args, { disableBgpRoutePropagation: args.egress.kind !== "natGateway" });
        // A gateway must learn its routes, and what it takes in must pass the firewall as what goes to it does.
        const back =
            args.egress.kind === "firewall" && onPremises.subnets.includes("gateway")
                ? this.routeTable(`${name}-gateway`, args, { instance: "gateway", disableBgpRoutePropagation: false })
                : undefined;
        const egressArgs: EgressArgs = {
            ...{ naming, location, resourceGroupName, tags },
            ...{ zones: args.zones, choice: args.egress },
        };
        // A NAT gateway comes before the subnets that name it, a firewall after the one it sits in.
        const natGateway = args.egress.kind === "natGateway" ? this.makeEgress(name, egressArgs) : undefined;
        const subnets = makeSubnets(name, this, {
            ...{ naming, location, resourceGroupName, tags, plan: this.addressPlan },
            traffic: {
                ...{ podCidr: args.podCidr, apiServerClients: args.apiServerClients ?? [] },
                onPremises: onPremises.blocks,
            },
            ...{ virtualNetworkName: network.name, routeTableId: routes.id, natGatewayId: natGateway?.natGatewayId },
            firewall: args.egress.kind === "firewall",
            hybrid: onPremises.subnets,
            ...(back && { gatewayRouteTableId: back.id }),
        });
        const joined = this.joinHub(name, args, network.id, subnets.last);
        this.egress =
            natGateway ?? this.makeEgress(name, { ...egressArgs, ...this.wayOut(args, routes, subnets, joined) });
        const { nextHopIpAddress } = this.egress;
        if (nextHopIpAddress)
            routeOnPremises(name, this, {
                ...{ resourceGroupName, nextHopIpAddress, egress: this.egress, blocks: onPremises.blocks },
                ...{ routeTableName: routes.name, ...(back && { gatewayRouteTableName: back.name }) },
                throughFirewall: [this.addressPlan.nodes, this.addressPlan.agents, this.addressPlan.ingress],
            });

        this.logSources = [
            { kind: "Microsoft.Network/virtualNetworks", name, id: network.id },
            ...subnets.logSources,
            ...this.egress.logSources,
        ];
        this.virtualNetworkId = network.id;
        this.subnetIds = subnets.ids;
        // What is built there keeps the network busy, too.
        const gateway =
            subnets.hybridIds.gateway && pulumi.all([subnets.hybridIds.gateway, joined]).apply(([id]) => id);
        this.hybridSubnetIds = { ...subnets.hybridIds, ...(gateway && { gateway }) };
        this.registerOutputs({ virtualNetworkId: this.virtualNetworkId, subnetIds: this.subnetIds });
    }

    /** After the subnets: a peering is a write on the network as they are. Nothing where the hub's team does it. */
    private joinHub(
        name: string,
        { hub, naming, resourceGroupName }: NetworkArgs,
        virtualNetworkId: pulumi.Output<string>,
        last: pulumi.Resource,
    ): pulumi.Output<string> {
        if (hub?.virtualNetworkId === undefined) return virtualNetworkId;
        const { subscriptionId } = naming;
        return new HubPeering(
            `${name}-hub`,
            {
                ...{ resourceGroupName, virtualNetworkName: this.virtualNetworkName, virtualNetworkId, subscriptionId },
                ...{ hub: { ...hub, virtualNetworkId: hub.virtualNetworkId }, after: last },
            },
            { parent: this },
        ).ready;
    }

    /** What a firewall, ours or the hub's, is built into: after the peering, as it keeps the network busy for minutes. */
    private wayOut(
        { hub, outbound = [], onPremises }: NetworkArgs,
        routes: RouteTable,
        { firewallId }: Subnets,
        joined: pulumi.Output<string>,
    ): Partial<EgressArgs> {
        const { virtualNetworkName } = this;
        const { nodes, agents } = this.addressPlan;
        const privateTraffic = onPremises ? onPremisesTraffic(this.addressPlan, onPremises) : [];
        const subnetId = firewallId && pulumi.all([firewallId, joined]).apply(([id]) => id);
        return {
            routeTableName: routes.name,
            ...(subnetId && { firewall: { subnetId, rules: outbound, senders: { nodes, agents }, privateTraffic } }),
            ...(hub && { hubPath: { virtualNetworkName, hub, ready: joined } }),
        };
    }

    private routeTable(
        name: string,
        { naming, location, resourceGroupName, tags }: NetworkArgs,
        { instance, disableBgpRoutePropagation }: { instance?: string; disableBgpRoutePropagation: boolean },
    ): RouteTable {
        const parts = { ...naming, location, ...(instance !== undefined && { instance }) };
        return new RouteTable(
            name,
            {
                ...{ routeTableName: resourceName("routeTable", parts), resourceGroupName, location, tags },
                disableBgpRoutePropagation,
                // Routes are resources of their own too.
            },
            childOptions(this, "network:RouteTable"),
        );
    }

    private makeEgress(name: string, args: EgressArgs): Egress {
        return new Egress(`${name}-egress`, args, { parent: this });
    }
}

/** What a firewall lets through between on-premises and us: its users in, and our machines to what is named. */
function onPremisesTraffic(plan: AddressPlan, { blocks, services = [] }: OnPremises): PrivateTraffic[] {
    if (blocks.length === 0) return [];
    // Pods leave with their node's address.
    const from = [plan.nodes, plan.agents];
    return [
        { name: "on-premises-to-ingress", from: blocks, to: [plan.ingress], ports: ["443"] },
        ...services.map(({ name, to, ports }) => ({ name: `to-${name}`, from, to, ports })),
    ];
}
