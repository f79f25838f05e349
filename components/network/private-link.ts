import { PrivateDnsZoneGroup } from "@pulumi/azure-native/network/privateDnsZoneGroup";
import { PrivateEndpoint } from "@pulumi/azure-native/network/privateEndpoint";
import * as pulumi from "@pulumi/pulumi";
import { nameFaults } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import type { PrivateDns } from "./private-dns";
import { privateLinkTargets, zoneNames, type PrivateLinkTargetKind } from "./private-link-targets";

/** Where private endpoints go. Reads the same in every component that has one. */
export interface PrivateLinkPlace {
    /** Subnet of the endpoints. */
    subnetId: pulumi.Input<string>;
    dns: PrivateDns;
}

/** Arguments of {@link PrivateLink}. */
export interface PrivateLinkArgs extends Placement {
    target: PrivateLinkTargetKind;
    /** Resource to reach. */
    targetId: pulumi.Input<string>;
    /** Azure name of that resource; the endpoint is named after it. */
    targetName: string;
    privateLink: PrivateLinkPlace;
}

/**
 * Private endpoint with its records in the private DNS zones of its target: the one way into every data service.
 * Group id and zones come from one table, so that they cannot be mixed up.
 * @throws pulumi.ResourceError when the endpoint's name would be too long.
 */
export class PrivateLink extends pulumi.ComponentResource {
    /** Resolves once the target's name resolves to the endpoint. Gate outputs that others connect to on it. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: PrivateLinkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:PrivateLink", name, shown(args), opts);
        const { resourceGroupName, location, tags, target, targetId, targetName, privateLink } = args;
        const { groupId } = privateLinkTargets[target];
        const privateEndpointName = `pep-${targetName}-${groupId.toLowerCase()}`;
        refuse(this, nameFaults("privateEndpoint", privateEndpointName));

        const endpoint = new PrivateEndpoint(
            name,
            {
                ...{ privateEndpointName, resourceGroupName, location, tags },
                subnet: { id: privateLink.subnetId },
                // Else Azure makes up a name for the interface, and cost and inventory reports cannot place it.
                customNetworkInterfaceName: `${privateEndpointName}-nic`,
                privateLinkServiceConnections: [{ name: groupId, groupIds: [groupId], privateLinkServiceId: targetId }],
            },
            // An endpoint stays with its target, subnet and interface for life. Its name is taken until it is gone.
            childOptions(this, "network:PrivateEndpoint", {
                replaceOnChanges: ["privateLinkServiceConnections", "customNetworkInterfaceName", "subnet"],
                deleteBeforeReplace: true,
            }),
        );
        const zoneIds = privateLink.dns.zoneIds(target);
        if (zoneIds === undefined) this.ready = endpoint.id;
        else {
            const group = new PrivateDnsZoneGroup(
                name,
                {
                    ...{ resourceGroupName, privateEndpointName: endpoint.name, privateDnsZoneGroupName: "default" },
                    privateDnsZoneConfigs: zoneIds.map((privateDnsZoneId, index) => ({
                        name: zoneNames(target, location)[index]?.replaceAll(".", "-"),
                        privateDnsZoneId,
                    })),
                },
                childOptions(this, "network:PrivateDnsZoneGroup"),
            );
            this.ready = group.id;
        }
        this.registerOutputs({ ready: this.ready });
    }
}
