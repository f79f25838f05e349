import { NatGateway } from "@pulumi/azure-native/network/natGateway";
import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { wholeNumberFault } from "../units";
import { FirewallRoute, type FirewallRouteArgs } from "./firewall-route";
import { fqdnFaults } from "./firewall-rules";

/** The way out of the network. There is always exactly one; default outbound access is off. */
export type EgressChoice =
    | {
          /** Every packet passes a firewall that allows names we know: what a closed network needs. */
          kind: "firewall";
          /** Premium adds intrusion detection and TLS inspection. */
          tier: "Standard" | "Premium";
          /** Host names to allow over HTTPS besides what AKS needs. @default - none */
          allowedFqdns?: readonly string[];
      }
    | {
          /** Anything may be reached from fixed addresses: for environments without data to protect. */
          kind: "natGateway";
          /** Zone of the gateway; it cannot span zones. @default - Azure picks one */
          zone?: string;
          /** Idle minutes until a connection is dropped, 4 to 120. @default 4 */
          idleTimeoutMinutes?: number;
      };

/** Arguments of {@link Egress}: a choice, and for a firewall what it is built into. */
export interface EgressArgs extends Placement {
    /** Zones of what spans zones: public addresses and the firewall. Empty in regions without. */
    zones: readonly string[];
    choice: EgressChoice;
    /** Only for a firewall. */
    firewall?: Pick<FirewallRouteArgs, "subnetId" | "routeTableName" | "sources">;
}

/**
 * The network's way out: a NAT gateway that subnets are attached to, or a firewall that their route table leads to.
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class Egress extends pulumi.ComponentResource {
    /** What the cluster must be told about the way out. @see https://learn.microsoft.com/azure/aks/egress-outboundtype */
    readonly outboundType: "userDefinedRouting" | "userAssignedNATGateway";
    /** Subnets must name it. */
    readonly natGatewayId: pulumi.Output<string> | undefined;
    /** Addresses that the outside sees. */
    readonly publicIpAddresses: pulumi.Output<string[]>;
    /** Resolves once packets get out: a cluster made earlier fails with a node extension error. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: EgressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:Egress", name, shown(args), opts);
        const { choice, zones, firewall } = args;
        refuse(this, [
            ...egressFaults("egress", choice, zones),
            choice.kind === "firewall" && !firewall && "firewall is missing",
        ]);
        const address = this.publicAddress(name, args);
        this.publicIpAddresses = address.ipAddress.apply((ip) => (ip === undefined ? [] : [ip]));

        if (choice.kind === "natGateway") {
            const gateway = this.natGateway(name, args, choice, address.id);
            this.outboundType = "userAssignedNATGateway";
            this.natGatewayId = gateway.id;
            this.ready = gateway.id;
        } else {
            if (firewall === undefined) throw new Error("unreachable: refused above");
            const { tier, allowedFqdns = [] } = choice;
            const route = new FirewallRoute(
                name,
                { ...placementOf(args), ...firewall, zones, tier, allowedFqdns, publicIpAddressId: address.id },
                { parent: this },
            );
            this.outboundType = "userDefinedRouting";
            this.natGatewayId = undefined;
            this.ready = route.ready;
        }
        this.registerOutputs({ outboundType: this.outboundType, publicIpAddresses: this.publicIpAddresses });
    }

    private publicAddress(name: string, args: EgressArgs): PublicIPAddress {
        const { naming, location, resourceGroupName, tags, zones } = args;
        const frozen = [{ path: "zones", instead: "an address keeps its zones for life; make a new environment" }];
        return new PublicIPAddress(
            name,
            {
                // Named after what it is attached to: while one way out gives way to another, each needs an address.
                publicIpAddressName: resourceName("publicIpAddress", {
                    ...naming,
                    location,
                    instance: wayName(args.choice),
                }),
                ...{ resourceGroupName, location, tags },
                // NAT gateways and firewalls take Standard and Static only. An address in all zones serves a gateway in any.
                sku: { name: "Standard", tier: "Regional" },
                publicIPAllocationMethod: "Static",
                publicIPAddressVersion: "IPv4",
                zones: [...zones],
            },
            renamedOptions(this, "network:PublicIPAddress", refuseChanges(`${name}-address`, frozen)),
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
    if (choice.kind === "firewall") return "firewall";
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
    if (choice.kind === "firewall") return fqdnFaults(`${field}.allowedFqdns`, choice.allowedFqdns ?? []);
    const { zone, idleTimeoutMinutes = 4 } = choice;
    const faults = [
        wholeNumberFault(`${field}.idleTimeoutMinutes`, idleTimeoutMinutes, 4, 120),
        zone !== undefined &&
            !zones.includes(zone) &&
            `${field}.zone must be one of the zones ${zones.join(", ") || "(none here)"}, got "${zone}"`,
    ];
    return faults.filter((fault) => typeof fault === "string");
}
