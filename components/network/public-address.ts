import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import type * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { renamedOptions } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";

/** Where an address is, and what it is for. */
export interface PublicAddressArgs extends Placement {
    /** Part of its Azure name: what it is attached to. */
    instance: string;
    /** All zones of the region, so that it serves a gateway in any; empty where there are none. */
    zones: readonly string[];
}

/** A public address as gateways and firewalls take it: Standard and Static. */
export function publicAddress(parent: pulumi.Resource, name: string, args: PublicAddressArgs): PublicIPAddress {
    const { naming, location, resourceGroupName, tags, zones, instance } = args;
    const frozen = [{ path: "zones", instead: "an address keeps its zones for life; make a new environment" }];
    return new PublicIPAddress(
        name,
        {
            publicIpAddressName: resourceName("publicIpAddress", { ...naming, location, instance }),
            ...{ resourceGroupName, location, tags },
            sku: { name: "Standard", tier: "Regional" },
            publicIPAllocationMethod: "Static",
            publicIPAddressVersion: "IPv4",
            zones: [...zones],
        },
        renamedOptions(parent, "network:PublicIPAddress", refuseChanges(`${name}-address`, frozen)),
    );
}
