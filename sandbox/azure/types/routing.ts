import { parseAddress } from "../cidr";
import { stableGuid } from "../guid";
import { isAtOrBelow, nameOf, parentId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType, Subscription } from "../resource-type";
import { prefixSource, refusePrefix } from "./address-rules";
import { first, networkName, regional, repeated, tagged, usersOf } from "./common-rules";
import { onDelete, onWrite, records, text } from "./reading";
import { etag } from "./subnets";

const overview = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview";
const routeToken = "azure-native:network:Route";
const tablePath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/routeTables/{routeTableName}";

/** A virtual appliance needs an address to hand packets to, any other next hop has none. */
function refuseNextHop(route: Properties, name: string): Refusal | undefined {
    const [type, address] = [text(route, "nextHopType") ?? "", text(route, "nextHopIpAddress")];
    if (type !== "VirtualAppliance") {
        const message = `Route ${name} cannot have a NextHopIpAddress as its NextHopType is ${type}.`;
        return address === undefined ? undefined : refusal(400, "NextHopIpAddressNotAllowed", message);
    }
    if (address === undefined) {
        const message = `NextHopIpAddress cannot be Null or Empty in route ${name} when NextHopType is VirtualAppliance.`;
        return refusal(400, "MissingNextHopIpAddress", message);
    }
    const message = `NextHopIpAddress ${address} of route ${name} is not a valid IP address.`;
    return parseAddress(address) === undefined ? refusal(400, "InvalidIPAddressFormat", message) : undefined;
}

/** A prefix, or a service tag, which begins with a letter. */
function refuseDestination(route: Properties, id: string): Refusal | undefined {
    const prefix = text(route, "addressPrefix");
    if (prefix === undefined) {
        return refusal(
            400,
            "AddressPrefixStringCannotBeNullOrEmpty",
            `IP Address Prefix of route ${id} cannot be empty.`,
        );
    }
    return /^[A-Za-z]/.test(prefix) && !prefix.includes("/") ? undefined : refusePrefix(prefix, id);
}

function refuseTwins(routes: readonly { name: string; prefix: string }[]): Refusal | undefined {
    const twins = repeated(routes, ({ prefix }) => prefix.toLowerCase());
    const [one = "", other = ""] = (twins ?? []).map(({ name }) => name);
    const message = `Route ${one} conflicts with route ${other}. Routes of a table cannot have the same AddressPrefix.`;
    return twins && refusal(400, "RouteConflict", message);
}

const named = (route: Properties, name = text(route, "name") ?? "") => ({
    name,
    prefix: text(route, "addressPrefix") ?? "",
});

function routesOf(azure: Subscription, tableId: string): { id: string; inputs: Properties }[] {
    return azure.list(routeToken).filter(({ id }) => isAtOrBelow(id, tableId));
}

const routeTable: ResourceType = {
    token: "azure-native:network:RouteTable",
    path: tablePath,
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onWrite(prefixSource, ({ id, inputs }) =>
            first(records(inputs, "routes"), (route) => refuseDestination(route, id)),
        ),
        onWrite("https://github.com/hashicorp/terraform-provider-azurerm/pull/20365", ({ inputs }) =>
            first(records(inputs, "routes"), (route) => refuseNextHop(route, text(route, "name") ?? "")),
        ),
        onWrite(`${overview} (one route for a prefix); code unverified`, ({ inputs }) =>
            refuseTwins(records(inputs, "routes").map((route) => named(route))),
        ),
        onDelete("https://learn.microsoft.com/azure/virtual-network/manage-route-table", ({ id, azure }) => {
            const [user] = usersOf(azure, id);
            const message = `Route table ${nameOf(id)} is in use and cannot be deleted. It is associated to ${user?.id ?? ""}.`;
            return user && refusal(400, "InUseRouteTableCannotBeDeleted", message);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        disableBgpRoutePropagation: inputs.disableBgpRoutePropagation ?? false,
        routes: [
            ...records(inputs, "routes").map((route) => ({
                ...route,
                id: `${id}/routes/${text(route, "name") ?? ""}`,
            })),
            ...routesOf(azure, id).map((route) => ({ ...route.inputs, id: route.id, name: nameOf(route.id) })),
        ].map((route) => ({ ...route, hasBgpOverride: false, provisioningState: "Succeeded" })),
        subnets: usersOf(azure, id).map((user) => ({ id: user.id, name: nameOf(user.id) })),
    }),
};

const route: ResourceType = {
    token: routeToken,
    path: `${tablePath}/routes/{routeName}`,
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(prefixSource, ({ id, inputs }) => refuseDestination(inputs, id)),
        onWrite(
            "https://github.com/hashicorp/terraform-provider-azurerm/pull/20365; https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview (next hop addresses)",
            ({ id, inputs }) => refuseNextHop(inputs, nameOf(id)),
        ),
        onWrite(`${overview} (one route for a prefix); code unverified`, ({ id, inputs, azure }) => {
            const tableId = parentId(id) ?? "";
            const apart = routesOf(azure, tableId).filter((other) => !sameId(other.id, id));
            const within = records(azure.find(tableId)?.inputs, "routes").filter(
                (other) => !sameId(text(other, "name") ?? "", nameOf(id)),
            );
            return refuseTwins([
                ...apart.map((other) => named(other.inputs, nameOf(other.id))),
                ...within.map((other) => named(other)),
                named(inputs, nameOf(id)),
            ]);
        }),
    ],
    outputs: ({ id, inputs }) => ({ etag: etag(id, inputs), hasBgpOverride: false }),
    // A table and its routes are one document to Azure: one write at a time.
    exclusiveOn: (id) => parentId(id) ?? id,
};

export const routingTypes: readonly ResourceType[] = [routeTable, route];
