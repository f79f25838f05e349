import { AsyncResource } from "node:async_hooks";
import { getVirtualNetwork } from "@pulumi/azure-native/network/getVirtualNetwork";
import * as pulumi from "@pulumi/pulumi";
import { peerBackCommand, type HubChoice } from "./hub-peering";

/** A peering of our network as Azure lists it. */
export interface ListedPeering {
    peeringState?: string;
    remoteVirtualNetwork?: { id?: string };
}

/** Our network and the hub that it hangs on. */
export interface HubPath {
    virtualNetworkName: string;
    hub: HubChoice;
}

/**
 * Hook that lets no default route be made to a hub that is not joined yet. Azure takes a route to an address that leads
 * nowhere, and then the cluster fails half an hour later without saying why.
 * @param name Name of the route's resource, unique in the stack.
 */
export function needPathToHub(name: string, path: HubPath): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = async ({ newInputs }) => {
        const { resourceGroupName } = newInputs as Record<string, unknown>;
        const { virtualNetworkName } = path;
        const group = String(resourceGroupName);
        const { id = "", virtualNetworkPeerings } = await getVirtualNetwork({
            resourceGroupName: group,
            virtualNetworkName,
        });
        const fault = pathFault(name, path.hub, id, virtualNetworkPeerings ?? []);
        if (fault !== undefined) throw new Error(fault);
    };
    // The engine calls hooks from outside of the program's context, where Pulumi does not know whom to ask.
    return new pulumi.ResourceHook(`${name}-path`, AsyncResource.bind(check));
}

/** Why packets do not reach the hub from the network of that id; undefined when they do. */
export function pathFault(
    name: string,
    hub: HubChoice,
    networkId: string,
    peerings: readonly ListedPeering[],
): string | undefined {
    const { virtualNetworkId } = hub;
    const leads = ({ remoteVirtualNetwork }: ListedPeering): boolean =>
        virtualNetworkId === undefined || remoteVirtualNetwork?.id?.toLowerCase() === virtualNetworkId.toLowerCase();
    const found = peerings.filter(leads);
    if (found.some(({ peeringState }) => peeringState === "Connected")) return undefined;
    const state = found[0]?.peeringState ?? "missing";
    const ask =
        virtualNetworkId === undefined
            ? `joins ${networkId} to the hub`
            : `runs: ${peerBackCommand({ ...hub, virtualNetworkId }, networkId)}`;
    return `${name}: the hub's firewall cannot be reached, the peering is ${state}. The hub's team ${ask}; then run up again`;
}
