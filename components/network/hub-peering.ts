import { VirtualNetworkPeering } from "@pulumi/azure-native/network/virtualNetworkPeering";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, shown } from "../options";
import { refuse } from "../refuse";
import { privateBlockFault } from "./address-plan";
import { overlap, parseCidr } from "./cidr";

/** A corporate hub, as far as a network that hangs on it must know it. */
export interface HubChoice {
    /**
     * Full id of the hub's network, to peer with.
     * @default - the hub's team joins the networks, as with a virtual WAN or a network manager; no peering is made here
     */
    virtualNetworkId?: string;
    /** IPv4 blocks of the hub's network. */
    addressSpaces: readonly string[];
    /** IPv4 blocks that lie behind the hub: on-premises and other networks. @default - none */
    onPremises?: readonly string[];
    /** Reach on-premises through the hub's VPN or ExpressRoute gateway. @default false */
    useGateways?: boolean;
    /** Make the hub's side of the peering too. Only for a hub of the same subscription. @default false */
    peerBack?: boolean;
}

/** Arguments of {@link HubPeering}. */
export interface HubPeeringArgs {
    resourceGroupName: pulumi.Input<string>;
    /** Azure name of our network, known without Azure's answer. */
    virtualNetworkName: string;
    virtualNetworkId: pulumi.Input<string>;
    subscriptionId: string;
    hub: HubChoice & { virtualNetworkId: string };
    /** Last write on our network before ours: Azure takes one at a time. */
    after: pulumi.Resource;
}

/**
 * Peering with a corporate hub. It carries traffic once both sides are made; the hub's side is made here where the hub
 * is in the same subscription and `peerBack` asks for it, and is a command for the hub's team otherwise.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class HubPeering extends pulumi.ComponentResource {
    /** Resolves once our side is made, and the hub's where it is ours to make. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: HubPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:HubPeering", name, shown(args), opts);
        const { hub, subscriptionId, virtualNetworkName, after } = args;
        refuse(this, hubFaults("hub", hub, subscriptionId));
        const theirs = partsOf(hub.virtualNetworkId);

        // The hub's side first: ours may use its gateways only once they are lent. And one after the other, as either
        // keeps both networks busy.
        const back =
            hub.peerBack === true && theirs
                ? new VirtualNetworkPeering(
                      `${name}-back`,
                      {
                          ...{ resourceGroupName: theirs.group, virtualNetworkName: theirs.name },
                          virtualNetworkPeeringName: `to-${virtualNetworkName}`,
                          remoteVirtualNetwork: { id: args.virtualNetworkId },
                          ...{ allowVirtualNetworkAccess: true, allowForwardedTraffic: false },
                          ...{ allowGatewayTransit: hub.useGateways === true, useRemoteGateways: false },
                      },
                      this.options(after),
                  )
                : undefined;
        const own = new VirtualNetworkPeering(
            name,
            {
                ...{ resourceGroupName: args.resourceGroupName, virtualNetworkName },
                virtualNetworkPeeringName: "to-hub",
                remoteVirtualNetwork: { id: hub.virtualNetworkId },
                // What the hub's firewall and gateways hand on comes from elsewhere, and must be let in.
                ...{ allowVirtualNetworkAccess: true, allowForwardedTraffic: true },
                ...{ allowGatewayTransit: false, useRemoteGateways: hub.useGateways === true },
            },
            this.options(back ?? after),
        );
        this.ready = own.id;
        this.registerOutputs({ ready: this.ready });
    }

    private options(after: pulumi.Resource): pulumi.CustomResourceOptions {
        return childOptions(this, "network:VirtualNetworkPeering", {
            // A peering stays with its two networks, and there is one between two networks.
            replaceOnChanges: ["remoteVirtualNetwork.id"],
            deleteBeforeReplace: true,
            // Azure's to say, though azure-native has them among the inputs: a refresh after the other side was made would
            // show as a change.
            ignoreChanges: ["peeringState", "peeringSyncLevel", "remoteVirtualNetworkAddressSpace"],
            dependsOn: [after],
        });
    }
}

interface NetworkId {
    subscription: string;
    group: string;
    name: string;
}

/** Takes the id of a virtual network apart; undefined when it is not one. */
function partsOf(id: string): NetworkId | undefined {
    const pattern =
        /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/virtualNetworks\/([^/]+)$/i;
    const [, subscription, group, name] = pattern.exec(id) ?? [];
    if (subscription === undefined || group === undefined || name === undefined) return undefined;
    return { subscription, group, name };
}

/**
 * What the hub's team runs to make its side of the peering.
 * @param networkId Full id of our network.
 */
export function peerBackCommand(hub: HubChoice & { virtualNetworkId: string }, networkId: string): string {
    const { subscription = "", group = "", name = "" } = partsOf(hub.virtualNetworkId) ?? {};
    return [
        `az network vnet peering create --subscription ${subscription} --resource-group ${group} --vnet-name ${name}`,
        `--name to-${networkId.slice(networkId.lastIndexOf("/") + 1)} --remote-vnet ${networkId} --allow-vnet-access`,
        ...(hub.useGateways === true ? ["--allow-gateway-transit"] : []),
    ].join(" ");
}

/** What is wrong with a hub by itself; empty when nothing is. */
export function hubFaults(field: string, hub: HubChoice, subscriptionId: string): string[] {
    const { virtualNetworkId: id, addressSpaces, onPremises = [], useGateways = false, peerBack = false } = hub;
    const theirs = id === undefined ? undefined : partsOf(id);
    const lists = { addressSpaces, onPremises };
    const faults: (string | false | undefined)[] = [
        id !== undefined &&
            theirs === undefined &&
            `${field}.virtualNetworkId must be the full id of a virtual network, got "${id}"`,
        id === undefined &&
            useGateways &&
            `${field}.useGateways needs ${field}.virtualNetworkId: with a peering that is not made here, its maker says whether gateways are used`,
        id === undefined && peerBack && `${field}.peerBack needs ${field}.virtualNetworkId`,
        peerBack &&
            theirs &&
            theirs.subscription.toLowerCase() !== subscriptionId.toLowerCase() &&
            `${field}.peerBack must be false for a hub of another subscription, which this stack does not write to: its team runs the command among the outputs, got true`,
        addressSpaces.length === 0 && `${field}.addressSpaces must hold the hub's address blocks`,
        ...Object.entries(lists).flatMap(([list, blocks]) =>
            blocks.map((block, index) => privateBlockFault(`${field}.${list}[${index}]`, block)),
        ),
        ...repeatedFaults(field, [...addressSpaces, ...onPremises]),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

/** Blocks that overlap would make it undecided who is reached. */
function repeatedFaults(field: string, blocks: readonly string[]): string[] {
    return blocks.flatMap((block, index) => {
        const [one, others] = [parseCidr(block), blocks.slice(index + 1)];
        return others
            .filter((other) => {
                const read = parseCidr(other);
                return one && read && overlap(one, read);
            })
            .map((other) => `${field}: its blocks must not overlap each other, got "${block}" and "${other}"`);
    });
}
