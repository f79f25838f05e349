import { formatAddress, parseAddress, parseBlock } from "../cidr";
import { stableGuid } from "../guid";
import { ancestorId, isAtOrBelow, nameOf, parentId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Stored, Subscription } from "../resource-type";
import { blocks } from "./address-rules";
import { first, invalidReference, isMissing, references, regional, tagged } from "./common-rules";
import { forwardingTypes, networkForLife, resolverName } from "./dns-forwarding";
import { onCreate, onDelete, onWrite, records, regionOf, text } from "./reading";
import { etag, findSubnet, prefixesOf, usersOfSubnet } from "./subnets";

const restrictions = "https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#restrictions";
const limits =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#dns-private-resolver1";

const resolverToken = "azure-native:dnsresolver:DnsResolver";
const inboundToken = "azure-native:dnsresolver:InboundEndpoint";
const outboundToken = "azure-native:dnsresolver:OutboundEndpoint";
const resolverPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsResolvers/{dnsResolverName}";

/** Addresses that the service keeps for itself. */
const kept = ["10.0.1.0/24", "10.0.2.0/23", "10.0.4.0/22", "10.0.8.0/21", "10.0.16.0/24"].flatMap(
    (range) => parseBlock(range) ?? [],
);

const resolver: ResourceType = {
    token: resolverToken,
    path: resolverPath,
    name: resolverName,
    forceNew: [],
    immutable: [networkForLife],
    rules: [
        ...regional,
        tagged,
        references(["virtualNetwork.id"], true),
        onCreate(`${restrictions} (one resolver a network); code unverified`, ({ id, inputs, azure }) => {
            const networkId = text(inputs, "virtualNetwork.id") ?? "";
            const twin = azure
                .list(resolverToken)
                .find(
                    (other) =>
                        sameId(text(other.inputs, "virtualNetwork.id") ?? "", networkId) && !sameId(other.id, id),
                );
            const message = `Virtual network '${networkId}' is already referenced by DNS resolver '${twin?.id ?? ""}'.`;
            return twin && refusal(409, "Conflict", message);
        }),
        onDelete(`${restrictions} (endpoints first); code unverified`, ({ id, azure }) => {
            const nested = [inboundToken, outboundToken]
                .flatMap((token) => azure.list(token))
                .find((one) => isAtOrBelow(one.id, id));
            const message = `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${nested?.id ?? ""}'. Please delete all nested resources before deleting this resource.`;
            return nested && refusal(409, "CannotDeleteResource", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        dnsResolverState: "Connected",
        systemData: {},
    }),
};

/** A subnet of the resolver's network, delegated to resolvers, of a size they take and with no other endpoint. */
function refuseSubnet({ id, azure }: Request, subnetId: string): Refusal | undefined {
    const subnet = findSubnet(azure, subnetId);
    if (!subnet) return isMissing(azure, subnetId) ? invalidReference(id, subnetId) : undefined;
    const networkId = text(azure.find(parentId(id) ?? "")?.inputs, "virtualNetwork.id") ?? "";
    if (!sameId(ancestorId(subnetId, 1), networkId)) {
        const message = `Subnet '${subnetId}' is not of virtual network '${networkId}', which the DNS resolver references.`;
        return refusal(400, "BadRequest", message);
    }
    const delegated = records(subnet.inputs, "delegations").some(
        (one) => (text(one, "serviceName") ?? "").toLowerCase() === "microsoft.network/dnsresolvers",
    );
    if (!delegated) {
        const message = `Subnet '${subnetId}' must be delegated to Microsoft.Network/dnsResolvers.`;
        return refusal(400, "SubnetMissingRequiredDelegation", message);
    }
    const prefixes = blocks(prefixesOf(subnet.inputs));
    if (prefixes.some(({ length }) => length > 28 || length < 24)) {
        return refusal(400, "BadRequest", `Subnet '${subnetId}' must be a /28 to /24 for a DNS resolver endpoint.`);
    }
    if (prefixes.some((one) => kept.some((range) => one.first <= range.last && range.first <= one.last))) {
        return refusal(400, "BadRequest", `Subnet '${subnetId}' overlaps 10.0.1.0 - 10.0.16.255, which is reserved.`);
    }
    const other = usersOfSubnet(azure, subnetId).find((user) => !sameId(user.id, id));
    const message = `Subnet '${subnetId}' is already used by '${other?.id ?? ""}'.`;
    return other && refusal(400, "BadRequest", message);
}

const subnetsOf = (inputs: Properties): string[] =>
    [...records(inputs, "ipConfigurations"), inputs].flatMap((one) => text(one, "subnet.id") ?? []);

const endpointRules = [
    ...regional,
    tagged,
    onWrite(
        `${restrictions} (subnets: delegation, size, range, one endpoint, the resolver's network); codes unverified`,
        (request: Request) => first(subnetsOf(request.inputs), (subnetId) => refuseSubnet(request, subnetId)),
    ),
    onWrite(`${limits} (five endpoints of a kind); code unverified`, ({ id, azure }: Request) => {
        const siblings = endpointsBeside(azure, id);
        return (
            siblings.length >= 5 &&
            refusal(400, "BadRequest", `DNS resolver '${parentId(id) ?? ""}' has 5 endpoints of this kind already.`)
        );
    }),
];

/** Other endpoints of the same kind and resolver. */
function endpointsBeside(azure: Subscription, id: string): Stored[] {
    const kind = /\/inboundEndpoints\//i.test(id) ? inboundToken : outboundToken;
    const parent = parentId(id) ?? "";
    return azure.list(kind).filter((other) => sameId(parentId(other.id) ?? "", parent) && !sameId(other.id, id));
}

const inbound: ResourceType = {
    token: inboundToken,
    path: `${resolverPath}/inboundEndpoints/{inboundEndpointName}`,
    name: resolverName,
    forceNew: [],
    immutable: [
        { path: "ipConfigurations", code: "BadRequest", source: "the API's PATCH takes tags alone; code unverified" },
    ],
    rules: [
        ...endpointRules,
        onWrite(
            `${restrictions} (all IP configurations in one subnet, at least one); code unverified`,
            ({ id, inputs }) => {
                const subnets = new Set(subnetsOf(inputs).map((one) => one.toLowerCase()));
                const message = `IP configurations of '${id}' must reference one subnet, got ${subnets.size}.`;
                return subnets.size !== 1 && refusal(400, "BadRequest", message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets#static-and-dynamic-endpoint-ip-addresses; code unverified",
            ({ id, inputs, azure }) =>
                first(records(inputs, "ipConfigurations"), (one) => refuseAddress(id, one, azure)),
        ),
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        systemData: {},
        ipConfigurations: records(inputs, "ipConfigurations").map((one) => ({
            ...one,
            privateIpAllocationMethod: text(one, "privateIpAllocationMethod") ?? "Dynamic",
            privateIpAddress: text(one, "privateIpAddress") ?? firstAddress(one, azure),
        })),
    }),
};

/** Azure keeps the first four addresses of a subnet and the last. */
function refuseAddress(id: string, configuration: Properties, azure: Subscription): Refusal | undefined {
    const isStatic = text(configuration, "privateIpAllocationMethod") === "Static";
    const address = text(configuration, "privateIpAddress");
    if (!isStatic && address === undefined) return undefined;
    const subnet = findSubnet(azure, text(configuration, "subnet.id") ?? "");
    const number = parseAddress(address ?? "");
    const fits = blocks(prefixesOf(subnet?.inputs ?? {})).some(
        (block) => number !== undefined && number >= block.first + 4 && number < block.last,
    );
    const message = `Private IP address '${address ?? ""}' of '${id}' is not a free address of its subnet.`;
    return fits ? undefined : refusal(400, "BadRequest", message);
}

function firstAddress(configuration: Properties, azure: Subscription): string {
    const subnet = findSubnet(azure, text(configuration, "subnet.id") ?? "");
    const [block] = blocks(prefixesOf(subnet?.inputs ?? {}));
    return block ? formatAddress(block.first + 4) : "";
}

const outbound: ResourceType = {
    token: outboundToken,
    path: `${resolverPath}/outboundEndpoints/{outboundEndpointName}`,
    name: resolverName,
    forceNew: [],
    immutable: [{ path: "subnet.id", code: "BadRequest", source: "the API's PATCH takes tags alone; code unverified" }],
    rules: [
        ...endpointRules,
        onDelete(`${restrictions} (rulesets first); code unverified`, ({ id, azure }) => {
            const user = azure
                .list("azure-native:dnsresolver:DnsForwardingRuleset")
                .find(({ inputs }) =>
                    records(inputs, "dnsResolverOutboundEndpoints").some((one) => sameId(text(one, "id") ?? "", id)),
                );
            const message = `Outbound endpoint '${nameOf(id)}' cannot be deleted while DNS forwarding ruleset '${user?.id ?? ""}' uses it.`;
            return user && refusal(409, "Conflict", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        location: regionOf(inputs),
        systemData: {},
    }),
};

export const dnsResolverTypes: readonly ResourceType[] = [resolver, inbound, outbound, ...forwardingTypes];
