import { overlaps } from "../cidr";
import { stableGuid } from "../guid";
import { ancestorId, isAtOrBelow, nameOf, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, Stored, Subscription } from "../resource-type";
import { blocks, refusePrefix, within } from "./address-rules";
import { first, usersOf } from "./common-rules";
import { records, text, texts } from "./reading";

/** What the rules of several types need to know of subnets, whether given in their network or on their own. */
export interface SubnetView {
    id: string;
    inputs: Properties;
}

export const subnetToken = "azure-native:network:Subnet";

export function prefixesOf(subnet: Properties): string[] {
    const one = text(subnet, "addressPrefix");
    return one === undefined ? texts(subnet, "addressPrefixes") : [one];
}

/** Subnets of a network: its own resources and those given inline. */
export function subnetsOf(azure: Subscription, networkId: string): SubnetView[] {
    const apart = azure.list(subnetToken).filter(({ id }) => isAtOrBelow(id, networkId));
    const inline = records(azure.find(networkId)?.inputs, "subnets")
        .map((inputs) => ({ id: `${networkId}/subnets/${text(inputs, "name") ?? ""}`, inputs }))
        .filter(({ id }) => !apart.some((other) => sameId(other.id, id)));
    return [...apart, ...inline];
}

export function findSubnet(azure: Subscription, id: string): SubnetView | undefined {
    return subnetsOf(azure, ancestorId(id, 1)).find((subnet) => sameId(subnet.id, id));
}

/** Resources that have addresses in the subnet. */
export function usersOfSubnet(azure: Subscription, id: string): Stored[] {
    const networkId = ancestorId(id, 1);
    return usersOf(azure, id).filter((user) => !isAtOrBelow(user.id, networkId));
}

/** Prefix given, well-formed, and at least a /29: Azure keeps five addresses of each subnet. */
export function refuseSubnetAddresses(id: string, inputs: Properties): Refusal | undefined {
    const prefixes = prefixesOf(inputs);
    if (prefixes.length === 0) {
        const message = `IP Address Prefix of subnet ${id} cannot be null or empty.`;
        return refusal(400, "AddressPrefixStringCannotBeNullOrEmpty", message);
    }
    const malformed = first(prefixes, (prefix) => refusePrefix(prefix, id));
    if (malformed) return malformed;
    const network = nameOf(ancestorId(id, 1));
    const small = blocks(prefixes).find(({ length }) => length > 29);
    return small && refusal(400, "NetcfgInvalidSubnet", notValid(id, network));
}

/** Within the network, and clear of the other subnets. */
export function refuseSubnetPlace(
    id: string,
    inputs: Properties,
    { outer, others }: { outer: readonly string[]; others: readonly SubnetView[] },
): Refusal | undefined {
    const network = nameOf(ancestorId(id, 1));
    const space = blocks(outer);
    return first(blocks(prefixesOf(inputs)), (block) => {
        if (!within(space, block)) {
            const message = `Subnet '${nameOf(id)}' is not valid because its IP address range is outside the IP address range of virtual network '${network}'.`;
            return refusal(400, "NetcfgSubnetRangeOutsideVnet", message);
        }
        const clash = others.some((other) => blocks(prefixesOf(other.inputs)).some((taken) => overlaps(taken, block)));
        const message = `Subnet '${nameOf(id)}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network}'.`;
        return clash ? refusal(400, "NetcfgSubnetRangesOverlap", message) : undefined;
    });
}

function notValid(id: string, network: string): string {
    return `Subnet '${nameOf(id)}' is not valid in virtual network '${network}'.`;
}

export function subnetInUse(id: string, user: string): Refusal {
    const message = `Subnet ${nameOf(id)} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`;
    return refusal(400, "InUseSubnetCannotBeDeleted", message);
}

/** Changes with every change of the resource. */
export function etag(id: string, inputs: Properties): string {
    return `W/"${stableGuid(id, JSON.stringify(inputs))}"`;
}
