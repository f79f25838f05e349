import { VirtualNetworkGateway } from "@pulumi/azure-native/network/virtualNetworkGateway";
import { VirtualNetworkGatewayConnection } from "@pulumi/azure-native/network/virtualNetworkGatewayConnection";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { fixedInConnection, frozenInGateway } from "./vpn-gateway";
import { connectionName } from "./vpn-settings";

/**
 * Zone-redundant sizes, with the circuits that each takes.
 * @see https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways
 */
export const expressRouteCircuits = { ErGw1AZ: 4, ErGw2AZ: 8, ErGw3AZ: 16 } as const;
export type ExpressRouteSku = keyof typeof expressRouteCircuits;

/** A circuit to connect to, mostly of another subscription. */
export interface Circuit {
    /** Part of Azure names. */
    name: string;
    /** Full id of the circuit. */
    circuitId: string;
    /** Data goes past the gateway, faster, and past the routes of its subnet, so past a firewall too. @default false */
    fastPath?: boolean;
}

/** Private line to on-premises. */
export interface ExpressRouteChoice {
    sku: ExpressRouteSku;
    circuits: readonly Circuit[];
}

/** Arguments of {@link ExpressRoute}. */
export interface ExpressRouteArgs extends Placement {
    choice: ExpressRouteChoice;
    /** The subnet `GatewaySubnet`. */
    subnetId: pulumi.Input<string>;
    /** Authorization key of each circuit of another subscription, by the circuit's name. Secret. */
    authorizationKeys: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * ExpressRoute gateway, zone-redundant, connected to circuits that others keep. Azure gives it its public address.
 * @see https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class ExpressRoute extends pulumi.ComponentResource {
    readonly gatewayId: pulumi.Output<string>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: ExpressRouteArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:ExpressRoute", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, choice, subnetId, authorizationKeys } = args;
        refuse(this, expressRouteFaults("expressRoute", choice));

        const gateway = new VirtualNetworkGateway(
            name,
            {
                virtualNetworkGatewayName: resourceName("virtualNetworkGateway", {
                    ...{ ...naming, location, instance: "er" },
                }),
                ...{ resourceGroupName, location, tags },
                gatewayType: "ExpressRoute",
                sku: { name: choice.sku, tier: choice.sku },
                ipConfigurations: [
                    { name: "instance-1", privateIPAllocationMethod: "Dynamic", subnet: { id: subnetId } },
                ],
            },
            childOptions(this, "network:VirtualNetworkGateway", refuseChanges(name, frozenInGateway)),
        );
        // Each write of a connection is a write of its gateway too, and that takes one at a time.
        let previous: pulumi.Resource = gateway;
        for (const circuit of choice.circuits) {
            const authorizationKey = authorizationKeys[circuit.name];
            previous = new VirtualNetworkGatewayConnection(
                `${name}-${circuit.name}`,
                {
                    virtualNetworkGatewayConnectionName: resourceName("connection", {
                        ...{ ...naming, location, instance: circuit.name },
                    }),
                    ...{ resourceGroupName, location, tags, connectionType: "ExpressRoute" },
                    virtualNetworkGateway1: { id: gateway.id },
                    peer: { id: circuit.circuitId },
                    ...(authorizationKey && { authorizationKey }),
                    expressRouteGatewayBypass: circuit.fastPath ?? false,
                },
                childOptions(this, "network:VirtualNetworkGatewayConnection", {
                    dependsOn: [previous],
                    additionalSecretOutputs: ["authorizationKey"],
                    replaceOnChanges: fixedInConnection,
                    deleteBeforeReplace: true,
                }),
            );
        }
        this.gatewayId = gateway.id;
        this.logSources = [{ kind: "Microsoft.Network/virtualNetworkGateways", name, id: gateway.id }];
        this.registerOutputs({ gatewayId: this.gatewayId });
    }
}

/** What is wrong with an ExpressRoute connection; empty when nothing is. */
export function expressRouteFaults(field: string, { sku, circuits }: ExpressRouteChoice): string[] {
    const most = expressRouteCircuits[sku];
    const faults = [
        circuits.length === 0 && `${field}.circuits must name at least one circuit, got none`,
        circuits.length > most && `${field}.circuits must be at most ${most} for ${sku}, got ${circuits.length}`,
        ...circuits.flatMap(({ name, circuitId, fastPath }, index) => [
            !connectionName.test(name) &&
                `${field}.circuits[${index}].name must be 1 to 20 of a-z, 0-9 and hyphens, from a letter on, got "${name}"`,
            !circuitIdShape.test(circuitId) &&
                `${field}.circuits[${index}].circuitId must be the full id of an ExpressRoute circuit, got "${circuitId}"`,
            // https://learn.microsoft.com/azure/expressroute/about-fastpath
            fastPath === true &&
                sku !== "ErGw3AZ" &&
                `${field}.circuits[${index}].fastPath needs ${field}.sku ErGw3AZ, got ${sku}`,
        ]),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

const circuitIdShape =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/expressRouteCircuits\/[^/]+$/i;
