import { NatGateway } from "@pulumi/azure-native/network/natGateway";
import { Route } from "@pulumi/azure-native/network/route";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { parseCidr } from "./cidr";
import { Firewall, type FirewallArgs } from "./firewall";
import { needPathToHub, type HubPath } from "./hub-path";
import { publicAddress } from "./public-address";

/** The way out of the network. There is always exactly one; default outbound access is off. */
export type EgressChoice =
    | {
          /** Every packet passes a firewall that allows names we know: what a closed network needs. */
          kind: "firewall";
          /** Premium adds intrusion detection and TLS inspection. */
          tier: "Standard" | "Premium";
      }
    | {
          /** The same, where a corporate hub has the firewall and its team the rules: nothing of ours faces the internet. */
          kind: "hubFirewall";
          /** Private address of the hub's firewall. */
          nextHopIpAddress: string;
      }
    | {
          /** Anything may be reached from fixed addresses: for environments without data to protect. */
          kind: "natGateway";
          /** Zone of the gateway; it cannot span zones. @default - Azure picks one */
          zone?: string;
          /** Idle minutes until a connection is dropped, 4 to 120. @default 4 */
          idleTimeoutMinutes?: number;
      };

/** Arguments of {@link Egress}: a choice, and for a firewall or a hub what it is built into. */
export interface EgressArgs extends Placement {
    /** Zones of what spans zones: public addresses and the firewall. Empty in regions without. */
    zones: readonly string[];
    choice: EgressChoice;
    /** For a firewall and a hub: route table that gets the default route. */
    routeTableName?: pulumi.Input<string>;
    /** Only for a firewall. */
    firewall?: Pick<FirewallArgs, "subnetId" | "rules" | "senders" | "privateTraffic">;
    /** Only for a hub's firewall: the hub, and what resolves once our side of the way there is made. */
    hubPath?: HubPath & { ready: pulumi.Input<string> };
}

/**
 * The network's way out: a NAT gateway that subnets are attached to, or a firewall, ours or a hub's, that their route
 * table leads to.
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class Egress extends pulumi.ComponentResource {
    /** What the cluster must be told about the way out. @see https://learn.microsoft.com/azure/aks/egress-outboundtype */
    readonly outboundType: "userDefinedRouting" | "userAssignedNATGateway";
    /** Subnets must name it. */
    readonly natGatewayId: pulumi.Output<string> | undefined;
    /** Addresses that the outside sees; none of ours behind a hub's firewall. */
    readonly publicIpAddresses: pulumi.Output<string[]>;
    /** Private address of the firewall that everything passes, ours or a hub's; undefined where there is none. */
    readonly nextHopIpAddress: pulumi.Output<string> | undefined;
    /** Resolves once packets get out: a cluster made earlier fails with a node extension error. */
    readonly ready: pulumi.Output<string>;
    /** What of it logs. A NAT gateway of SKU Standard does not. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: EgressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:Egress", name, shown(args), opts);
        const { choice, zones, firewall, hubPath, routeTableName } = args;
        refuse(this, [
            ...egressFaults("egress", choice, zones),
            choice.kind !== "natGateway" && routeTableName === undefined && "routeTableName is missing",
            choice.kind === "firewall" && !firewall && "firewall is missing",
            choice.kind === "hubFirewall" && !hubPath && "hubPath is missing",
        ]);
        this.outboundType = choice.kind === "natGateway" ? "userAssignedNATGateway" : "userDefinedRouting";
        // Named after what it is attached to: while one way out gives way to another, each needs an address.
        const address =
            choice.kind === "hubFirewall"
                ? undefined
                : publicAddress(this, name, { ...placementOf(args), zones, instance: wayName(choice) });
        this.publicIpAddresses = address
            ? address.ipAddress.apply((ip) => (ip === undefined ? [] : [ip]))
            : pulumi.output([]);

        const addressLogs: LogSource[] = address
            ? [{ kind: "Microsoft.Network/publicIPAddresses", name, id: address.id }]
            : [];

        if (choice.kind === "natGateway" && address) {
            const gateway = this.natGateway(name, args, choice, address.id);
            this.natGatewayId = gateway.id;
            this.ready = gateway.id;
            this.logSources = addressLogs;
        } else if (choice.kind === "firewall" && address && firewall && routeTableName !== undefined) {
            const { privateIpAddress, logSources } = new Firewall(
                name,
                { ...placementOf(args), ...firewall, zones, tier: choice.tier, publicIpAddressId: address.id },
                { parent: this },
            );
            this.nextHopIpAddress = privateIpAddress;
            this.ready = this.defaultRoute(name, args, routeTableName, privateIpAddress).id;
            this.logSources = [...addressLogs, ...logSources];
        } else if (choice.kind === "hubFirewall" && hubPath && routeTableName !== undefined) {
            const { ready, ...path } = hubPath;
            const nextHop = pulumi.output(ready).apply(() => choice.nextHopIpAddress);
            const hooks = { beforeCreate: [needPathToHub(name, path)] };
            this.nextHopIpAddress = nextHop;
            this.ready = this.defaultRoute(name, args, routeTableName, nextHop, { hooks }).id;
            this.logSources = [];
        } else throw new Error("unreachable: refused above");
        this.registerOutputs({ outboundType: this.outboundType, publicIpAddresses: this.publicIpAddresses });
    }

    /** One route for either firewall: while one gives way to the other, a table takes no second default route. */
    private defaultRoute(
        name: string,
        { resourceGroupName }: EgressArgs,
        routeTableName: pulumi.Input<string>,
        nextHopIpAddress: pulumi.Input<string>,
        more: pulumi.CustomResourceOptions = {},
    ): Route {
        return new Route(
            name,
            {
                ...{ resourceGroupName, routeTableName, routeName: "default-to-firewall" },
                ...{ addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress },
            },
            childOptions(this, "network:Route", more),
        );
    }

    private natGateway(
        name: string,
        args: EgressArgs,
        { zone, idleTimeoutMinutes = 4 }: NatGatewayChoice,
        publicIpAddressId: pulumi.Output<string>,
    ): NatGateway {
        const { naming, location, resourceGroupName, tags } = args;
        return new NatGateway(
            name,
            {
                // The zone is in the name: it cannot change, and subnets move over to a new gateway before the old one goes.
                natGatewayName: resourceName("natGateway", { ...naming, location, instance: wayName(args.choice) }),
                ...{ resourceGroupName, location, tags },
                sku: { name: "Standard" },
                publicIpAddresses: [{ id: publicIpAddressId }],
                idleTimeoutInMinutes: idleTimeoutMinutes,
                ...(zone === undefined ? {} : { zones: [zone] }),
            },
            renamedOptions(this, "network:NatGateway"),
        );
    }
}

type NatGatewayChoice = Extract<EgressChoice, { kind: "natGateway" }>;

/** Tells ways out apart whose resources cannot share what they are attached to. */
function wayName(choice: EgressChoice): string {
    if (choice.kind !== "natGateway") return "firewall";
    return choice.zone === undefined ? "egress" : `egress-z${choice.zone}`;
}

const placementOf = ({ naming, location, resourceGroupName, tags }: Placement): Placement => ({
    ...{ naming, location, resourceGroupName, tags },
});

/**
 * What is wrong with a choice of egress; empty when nothing is.
 * @see https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource
 */
export function egressFaults(field: string, choice: EgressChoice, zones: readonly string[]): string[] {
    if (choice.kind === "firewall") return [];
    if (choice.kind === "hubFirewall") return nextHopFaults(field, choice.nextHopIpAddress);
    const { zone, idleTimeoutMinutes = 4 } = choice;
    const faults = [
        wholeNumberFault(`${field}.idleTimeoutMinutes`, idleTimeoutMinutes, 4, 120),
        zone !== undefined &&
            !zones.includes(zone) &&
            `${field}.zone must be one of the zones ${zones.join(", ") || "(none here)"}, got "${zone}"`,
    ];
    return faults.filter((fault) => typeof fault === "string");
}

function nextHopFaults(field: string, address: string): string[] {
    if (parseCidr(`${address}/32`) !== undefined) return [];
    return [`${field}.nextHopIpAddress must be the private IPv4 address of the hub's firewall, got "${address}"`];
}
