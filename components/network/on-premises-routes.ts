import { Route } from "@pulumi/azure-native/network/route";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import type { Egress } from "./egress";

/** What routes between on-premises and the platform are made from. */
export interface OnPremisesRoutesArgs {
    resourceGroupName: pulumi.Input<string>;
    /** Private address of the firewall, ours or a hub's. */
    nextHopIpAddress: pulumi.Input<string>;
    /** The firewall with its own route, which is written first: a table takes one write at a time. */
    egress: Egress;
    /** Table of the subnets whose machines go out. */
    routeTableName: pulumi.Input<string>;
    /** Table of the gateways' subnet; none where gateways are a hub's. */
    gatewayRouteTableName?: pulumi.Input<string>;
    /** Blocks on premises. */
    blocks: readonly string[];
    /** Subnets of ours that go out by the firewall, so that they must be answered by it. */
    throughFirewall: readonly string[];
}

/**
 * Leads traffic between on-premises and our machines through the firewall, both ways: a firewall drops answers to what it
 * has not seen asked. Private endpoints, the API server and the resolver are reached from the gateway directly; their
 * answers follow the routes that the gateway announces.
 *
 * The default route does not do: Azure drops what goes to private blocks that are not the network's own, by routes that
 * are more specific than the default one, so each block is named.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
 */
export function routeOnPremises(name: string, parent: pulumi.Resource, args: OnPremisesRoutesArgs): void {
    const { resourceGroupName, nextHopIpAddress, egress } = args;
    const write = (routeTableName: pulumi.Input<string>, prefixes: readonly string[], first: pulumi.Resource): void => {
        let previous = first;
        for (const addressPrefix of prefixes) {
            const routeName = `firewall-${addressPrefix.replaceAll(/[./]/g, "-")}`;
            previous = new Route(
                `${name}-${routeName}`,
                {
                    ...{ resourceGroupName, routeTableName, routeName, addressPrefix },
                    ...{ nextHopType: "VirtualAppliance", nextHopIpAddress },
                },
                childOptions(parent, "network:Route", { dependsOn: [previous] }),
            );
        }
    };
    write(args.routeTableName, args.blocks, egress);
    if (args.gatewayRouteTableName !== undefined) write(args.gatewayRouteTableName, args.throughFirewall, egress);
}
