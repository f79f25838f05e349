import { overlaps, parseAddress } from "../cidr";
import { stableGuid } from "../guid";
import { sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Subscription } from "../resource-type";
import { blocks, prefixSource, refusePrefix, reservedRange } from "./address-rules";
import { first, networkName, references, regional, repeated, tagged } from "./common-rules";
import { listedPeerings, refusePeeredSpace } from "./peering";
import { amount, onUpdate, onWrite, records, text, texts } from "./reading";
import { subnet } from "./subnet";
import { etag, refuseSubnetAddresses, refuseSubnetPlace, subnetInUse, subnetsOf, usersOfSubnet } from "./subnets";

const faq = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq";

/** Subnets given within the network, with the id each would have. */
function inline({ id, inputs }: Request): { id: string; inputs: Properties }[] {
    return records(inputs, "subnets").map((inputs) => ({ id: `${id}/subnets/${text(inputs, "name") ?? ""}`, inputs }));
}

const virtualNetwork: ResourceType = {
    token: "azure-native:network:VirtualNetwork",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    name: networkName(2, 64),
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        references(["ddosProtectionPlan.id"]),
        onWrite(
            "https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/create-or-update; code unverified",
            ({ id, inputs }) =>
                texts(inputs, "addressSpace.addressPrefixes").length === 0 &&
                refusal(400, "InvalidRequestFormat", `Virtual network ${id} must have at least one address prefix.`),
        ),
        onWrite(prefixSource, ({ id, inputs }) =>
            first(texts(inputs, "addressSpace.addressPrefixes"), (prefix) => refusePrefix(prefix, id)),
        ),
        onWrite(`${faq} (address ranges that cannot be added; /2 to /29); code unverified`, ({ inputs }) =>
            first(texts(inputs, "addressSpace.addressPrefixes"), (prefix) => {
                const [block] = blocks([prefix]);
                const range = reservedRange(prefix);
                if (range === undefined && block && block.length >= 2 && block.length <= 29) return undefined;
                const why = range === undefined ? "must be from /2 to /29" : `overlaps the reserved range ${range}`;
                return refusal(400, "NetcfgInvalidIPAddressPrefix", `Address prefix ${prefix} ${why}.`);
            }),
        ),
        onWrite(`${faq} (prefixes of a network do not overlap); code unverified`, ({ id, inputs }) => {
            const all = blocks(texts(inputs, "addressSpace.addressPrefixes"));
            const clash = all.some((one, index) => all.slice(index + 1).some((other) => overlaps(one, other)));
            const message = `Address prefixes of virtual network ${id} overlap with each other.`;
            return clash && refusal(400, "NetcfgInvalidVirtualNetworkSite", message);
        }),
        onWrite(
            "https://learn.microsoft.com/azure/virtual-network/manage-virtual-network (DNS servers); code unverified",
            ({ inputs }) => {
                const wrong = texts(inputs, "dhcpOptions.dnsServers").find(
                    (server) => parseAddress(server) === undefined,
                );
                const message = `DNS server '${wrong ?? ""}' is not a valid IP address.`;
                return wrong !== undefined && refusal(400, "InvalidIPAddressFormat", message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/create-or-update (flow timeout: 4 to 30 minutes); code unverified",
            ({ inputs }) => {
                const minutes = amount(inputs, "flowTimeoutInMinutes") ?? 4;
                const message = `FlowTimeoutInMinutes must be from 4 to 30, got ${minutes}.`;
                return (minutes < 4 || minutes > 30) && refusal(400, "InvalidFlowTimeout", message);
            },
        ),
        onWrite("https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks", (request) => {
            const twins = repeated(inline(request), ({ id }) => id.toLowerCase());
            const message = `Resource ${request.id} has two child resources with the same name (${text(twins?.[0].inputs, "name") ?? ""}).`;
            return twins && refusal(400, "InvalidRequestFormat", message);
        }),
        onWrite("https://github.com/MicrosoftDocs/azure-docs/pull/123869", (request) => {
            const outer = texts(request.inputs, "addressSpace.addressPrefixes");
            const asked = inline(request);
            return first(asked, ({ id, inputs }) => {
                const others = asked.filter((other) => other.id !== id);
                return refuseSubnetAddresses(id, inputs) ?? refuseSubnetPlace(id, inputs, { outer, others });
            });
        }),
        onUpdate("https://github.com/MicrosoftDocs/azure-docs/pull/123869", (request) => {
            const outer = texts(request.inputs, "addressSpace.addressPrefixes");
            const kept = valueAt(request.inputs, "subnets") === undefined ? subnetsOf(request.azure, request.id) : [];
            return first(kept, (one) => refuseSubnetPlace(one.id, one.inputs, { outer, others: [] }));
        }),
        onUpdate(
            `${faq} (address spaces of peered networks); code: https://github.com/Azure/ResourceModules/issues/731`,
            (request) =>
                refusePeeredSpace(request.azure, request.id, texts(request.inputs, "addressSpace.addressPrefixes")),
        ),
        // A PUT with a list of subnets takes away those that are not in it; without the list they stay.
        onUpdate("https://github.com/Azure/bicep-types-az/issues/1687", (request) => {
            if (valueAt(request.inputs, "subnets") === undefined) return undefined;
            const asked = inline(request);
            const dropped = subnetsOf(request.azure, request.id).filter(
                ({ id }) => !asked.some((one) => sameId(one.id, id)),
            );
            return first(dropped, ({ id }) => inUse(request.azure, id));
        }),
    ],
    outputs: ({ id, inputs, azure, previous }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        enableDdosProtection: valueAt(inputs, "enableDdosProtection") ?? false,
        dhcpOptions: { dnsServers: texts(inputs, "dhcpOptions.dnsServers") },
        virtualNetworkPeerings: valueAt(inputs, "virtualNetworkPeerings") ?? [],
        privateEndpointVNetPolicies: text(inputs, "privateEndpointVNetPolicies") ?? "Disabled",
        subnets: (previous ? subnetsOf(azure, id) : inline({ kind: "create", id, inputs, azure })).map((one) => ({
            ...one.inputs,
            id: one.id,
            provisioningState: "Succeeded",
        })),
    }),
    view: ({ id }, azure) => ({ virtualNetworkPeerings: listedPeerings(azure, id) }),
    subResources: ["virtualNetworkPeerings"],
};

function inUse(azure: Subscription, id: string): Refusal | undefined {
    const [user] = usersOfSubnet(azure, id);
    return user && subnetInUse(id, user.id);
}

export const virtualNetworkTypes: readonly ResourceType[] = [virtualNetwork, subnet];
