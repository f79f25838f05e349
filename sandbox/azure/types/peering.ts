import { formatBlock, overlaps } from "../cidr";
import { ancestorId, isAtOrBelow, nameOf, sameId } from "../ids";
import { valuesAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Stored, Subscription } from "../resource-type";
import { blocks } from "./address-rules";
import { first, isMissing, invalidReference, networkName } from "./common-rules";
import { flag, onCreate, onWrite, text, texts } from "./reading";
import { etag } from "./subnets";

const manage = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering";
const gatewayToken = "azure-native:network:VirtualNetworkGateway";
export const peeringToken = "azure-native:network:VirtualNetworkPeering";

const networkOf = (peeringId: string): string => ancestorId(peeringId, 1);
const remoteOf = (inputs: Properties): string => text(inputs, "remoteVirtualNetwork.id") ?? "";
const spaceOf = (network: Stored | undefined): string[] => texts(network?.inputs, "addressSpace.addressPrefixes");

/** Peerings that begin in a network. */
export function peeringsOf(azure: Subscription, networkId: string): Stored[] {
    return azure.list(peeringToken).filter(({ id }) => isAtOrBelow(id, networkId));
}

/** The peering from the other network back to this one. */
function counterpart(azure: Subscription, id: string, inputs: Properties): Stored | undefined {
    return peeringsOf(azure, remoteOf(inputs)).find((other) => sameId(remoteOf(other.inputs), networkOf(id)));
}

/** A peering outlives the network at its other end; one that was made again since is not the one it was made with. */
const isStale = (azure: Subscription, peering: Stored): boolean =>
    (azure.find(remoteOf(peering.inputs))?.createdAt ?? Infinity) > peering.createdAt;

/** Both ends make it connected. A hub of another subscription is taken to have made its own. */
function stateOf(azure: Subscription, id: string, inputs: Properties): string {
    const remote = remoteOf(inputs);
    if (!isAtOrBelow(remote, `/subscriptions/${azure.subscriptionId}`)) return "Connected";
    const self = azure.find(id);
    if (self && isStale(azure, self)) return "Disconnected";
    const back = counterpart(azure, id, inputs);
    return back && !isStale(azure, back) ? "Connected" : "Initiated";
}

function hasGateway(azure: Subscription, networkId: string): boolean {
    return azure
        .list(gatewayToken)
        .flatMap(({ inputs }) => valuesAt(inputs, "ipConfigurations.[].subnet.id"))
        .some((subnet) => typeof subnet === "string" && isAtOrBelow(subnet, networkId));
}

function shared(these: readonly string[], others: readonly string[]): string | undefined {
    const met = blocks(these).find((one) => blocks(others).some((other) => overlaps(one, other)));
    return met && formatBlock(met);
}

/**
 * Addresses of a network that meet those of the networks it is peered with.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
 */
export function refusePeeredSpace(
    azure: Subscription,
    networkId: string,
    space: readonly string[],
): Refusal | undefined {
    return first(peeringsOf(azure, networkId), (peering) => {
        const met = shared(space, spaceOf(azure.find(remoteOf(peering.inputs))));
        const message = `Address space of virtual network ${networkId} overlaps with that of ${remoteOf(peering.inputs)}, which it is peered with. Overlapping address prefixes: ${met ?? ""}.`;
        return met === undefined ? undefined : refusal(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", message);
    });
}

function refuseOverlap({ id, inputs, azure }: Request): Refusal | undefined {
    const [local, remote] = [networkOf(id), remoteOf(inputs)];
    const space = spaceOf(azure.find(local));
    const met = shared(space, spaceOf(azure.find(remote)));
    const pair = `Cannot create or update peering ${id}. Virtual networks ${local} and ${remote} cannot be peered because`;
    if (met !== undefined) {
        const message = `${pair} their address spaces overlap. Overlapping address prefixes: ${met}.`;
        return refusal(400, "VnetAddressSpacesOverlap", message);
    }
    const others = peeringsOf(azure, remote).filter((other) => !sameId(remoteOf(other.inputs), local));
    return first(others, (other) => {
        const twice = shared(space, spaceOf(azure.find(remoteOf(other.inputs))));
        const message = `${pair} address space of the first virtual network overlaps with address space of virtual network ${remoteOf(other.inputs)} already peered with the second virtual network. Overlapping address prefixes: ${twice ?? ""}.`;
        return twice === undefined ? undefined : refusal(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", message);
    });
}

/** Gateways of the other network: it must have one and lend it, and there is one such network at most. */
function refuseRemoteGateways({ id, inputs, azure }: Request): Refusal | undefined {
    if (!flag(inputs, "useRemoteGateways")) return undefined;
    const remote = remoteOf(inputs);
    const cannot = `Peering ${id} cannot have UseRemoteGateway flag set to true because`;
    // Codes but that of a remote network without gateways are unverified.
    if (flag(inputs, "allowGatewayTransit")) {
        const message = `${cannot} AllowGatewayTransit is true as well.`;
        return refusal(400, "PeeringUseRemoteGatewaysAndAllowGatewayTransit", message);
    }
    if (hasGateway(azure, networkOf(id))) {
        const message = `${cannot} virtual network ${networkOf(id)} has a gateway of its own.`;
        return refusal(400, "VnetWithGatewayCannotUseRemoteGateways", message);
    }
    const other = peeringsOf(azure, networkOf(id)).find(
        (one) => !sameId(one.id, id) && flag(one.inputs, "useRemoteGateways"),
    );
    if (other) {
        const message = `${cannot} peering ${other.id} of the same virtual network has it.`;
        return refusal(400, "OnlyOnePeeringCanUseRemoteGateways", message);
    }
    if (!azure.find(remote)) return undefined;
    if (!hasGateway(azure, remote)) {
        const message = `${cannot} remote virtual network ${remote} referenced by the peering does not have any gateways.`;
        return refusal(400, "RemoteVnetHasNoGateways", message);
    }
    const message = `${cannot} no peering of remote virtual network ${remote} to it has AllowGatewayTransit set to true.`;
    return flag(counterpart(azure, id, inputs)?.inputs, "allowGatewayTransit")
        ? undefined
        : refusal(400, "RemotePeeringAllowGatewayTransitIsFalse", message);
}

const peering: ResourceType = {
    token: peeringToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [
        {
            path: "remoteVirtualNetwork.id",
            code: "ChangingRemoteVirtualNetworkNotAllowed",
            source: `${manage} (a peering stays with its two networks); code unverified`,
        },
    ],
    rules: [
        onWrite(
            "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors (InvalidResourceReference); a network of another subscription is taken on trust",
            ({ id, inputs, azure }) => {
                const remote = remoteOf(inputs);
                return (remote === "" || isMissing(azure, remote)) && invalidReference(id, remote);
            },
        ),
        onWrite("https://github.com/pulumi/pulumi-azure-native/issues/4340", ({ id, inputs, azure }) => {
            const remote = remoteOf(inputs);
            const message = `Cannot proceed with operation because resource ${remote} used by resource ${id} is not in Succeeded state. Resource is in Updating state.`;
            const busy = azure.inProgress(remote).length > 0;
            return busy && refusal(400, "ReferencedResourceNotProvisioned", message);
        }),
        onCreate(
            "https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview (one peering between two networks); code as clients of the API list it",
            ({ id, inputs, azure }) => {
                const twin = peeringsOf(azure, networkOf(id)).find(
                    (other) => !sameId(other.id, id) && sameId(remoteOf(other.inputs), remoteOf(inputs)),
                );
                const message = `Peering ${twin?.id ?? ""} already references remote virtual network ${remoteOf(inputs)}. Cannot add another peering ${id} referencing the same remote virtual network.`;
                return twin && refusal(400, "AnotherPeeringAlreadyReferencesRemoteVnet", message);
            },
        ),
        onWrite(
            "https://github.com/Azure/ResourceModules/issues/731; https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq (address spaces of peered networks)",
            refuseOverlap,
        ),
        onCreate("https://github.com/hashicorp/terraform/issues/18091", ({ id, inputs, azure }) => {
            const back = counterpart(azure, id, inputs);
            const message = `Cannot create or update peering ${id} because remote peering ${back?.id ?? ""} referencing parent virtual network ${networkOf(id)} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`;
            return back && isStale(azure, back) && refusal(400, "RemotePeeringIsDisconnected", message);
        }),
        onWrite(
            `https://github.com/hashicorp/terraform/issues/30569; ${manage} (use remote gateways); other codes unverified`,
            refuseRemoteGateways,
        ),
    ],
    outputs: ({ id, inputs, azure }) => {
        const space = { addressPrefixes: spaceOf(azure.find(remoteOf(inputs))) };
        return {
            etag: etag(id, inputs),
            peeringState: stateOf(azure, id, inputs),
            peeringSyncLevel: "FullyInSync",
            peerCompleteVnets: true,
            allowVirtualNetworkAccess: inputs.allowVirtualNetworkAccess ?? false,
            allowForwardedTraffic: flag(inputs, "allowForwardedTraffic"),
            allowGatewayTransit: flag(inputs, "allowGatewayTransit"),
            useRemoteGateways: flag(inputs, "useRemoteGateways"),
            doNotVerifyRemoteGateways: flag(inputs, "doNotVerifyRemoteGateways"),
            // What was peered, until the next write syncs it; beside what the other network has by now (`view`).
            remoteAddressSpace: space,
            remoteVirtualNetworkAddressSpace: space,
        };
    },
    view: ({ id, inputs, outputs }, azure) => {
        const now = spaceOf(azure.find(remoteOf(inputs)));
        const synced = now.join() === texts(outputs, "remoteAddressSpace.addressPrefixes").join();
        return {
            peeringState: stateOf(azure, id, inputs),
            peeringSyncLevel: synced ? "FullyInSync" : "RemoteNotInSync",
            remoteVirtualNetworkAddressSpace: { addressPrefixes: now },
        };
    },
    // A network, its subnets and its peerings are one document to Azure: one write at a time.
    exclusiveOn: networkOf,
};

/** Peerings as a network's GET lists them. */
export function listedPeerings(azure: Subscription, networkId: string): Properties[] {
    return peeringsOf(azure, networkId).map(({ id, inputs, outputs }) => ({
        ...inputs,
        ...{ id, name: nameOf(id), peeringState: stateOf(azure, id, inputs) },
        ...{ remoteAddressSpace: outputs.remoteAddressSpace, provisioningState: "Succeeded" },
    }));
}

export const peeringTypes: readonly ResourceType[] = [peering];
