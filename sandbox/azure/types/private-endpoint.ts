import { formatAddress, parseAddress, parseBlock } from "../cidr";
import { stableGuid } from "../guid";
import { ancestorId, nameOf, parseId, sameId, subscriptionOf } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Subscription } from "../resource-type";
import { first, invalidReference, isMissing, networkName, regional, strings, tagged } from "./common-rules";
import { privateLinkTarget, storageParts } from "./private-link-targets";
import type { PrivateLinkTarget } from "./private-link-targets";
import { onCreate, onUpdate, onWrite, records, regionOf, text, texts } from "./reading";
import { etag, findSubnet, prefixesOf, usersOfSubnet } from "./subnets";

const overview = "https://learn.microsoft.com/azure/private-link/private-endpoint-overview";
const troubleshoot =
    "https://learn.microsoft.com/troubleshoot/azure/private-link/troubleshoot-private-endpoint-creation-failures";
const endpointToken = "azure-native:network:PrivateEndpoint";
export const endpointPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateEndpoints/{privateEndpointName}";
const kinds = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"] as const;

/** One connection as it was asked for. */
export interface Connection {
    /** Approved at once, or waiting for the owner of the target. */
    manual: boolean;
    id: string;
    targetId: string;
    groups: string[];
    asked: Properties;
}

export function connectionsOf({ id, inputs }: { id: string; inputs: Properties }): Connection[] {
    return kinds.flatMap((kind) =>
        records(inputs, kind).map((asked) => ({
            manual: kind === "manualPrivateLinkServiceConnections",
            id: `${id}/${kind}/${text(asked, "name") ?? ""}`,
            targetId: text(asked, "privateLinkServiceId") ?? "",
            groups: texts(asked, "groupIds"),
            asked,
        })),
    );
}

const typeOf = (id: string): string => parseId(id)?.type ?? "";

/** What is known of the kind of resource that an endpoint reaches. */
export function targetOf(id: string): PrivateLinkTarget | undefined {
    return privateLinkTarget(typeOf(id));
}
const isPrivateLinkService = (id: string): boolean => /\/privateLinkServices\//i.test(id);

/** The service itself says what groups it has. */
function refuseGroup({ azure }: Request, { targetId, groups }: Connection): Refusal | undefined {
    const [group = ""] = groups;
    const target = targetOf(targetId);
    if (!target) return undefined;
    const stored = azure.find(targetId);
    const parts = storageParts(text(stored?.inputs, "kind"));
    const isStorage = /\/storageAccounts\//i.test(targetId);
    const known = Object.hasOwn(target.groups, group) && (!isStorage || parts.includes(group.split("_")[0] ?? ""));
    if (known) return undefined;
    const message = `Call to ${typeOf(targetId)} failed. Error message: Values for request parameters are invalid: GroupId: ${group}.`;
    return refusal(400, target.code, message);
}

/** The private link scope of Azure Monitor that an endpoint reaches. */
function scopeOf(endpoint: { id: string; inputs: Properties }): string | undefined {
    return connectionsOf(endpoint).find(({ targetId }) => /\/privateLinkScopes\//i.test(targetId))?.targetId;
}

function subnetIdOf({ inputs }: { inputs: Properties }): string {
    return text(inputs, "subnet.id") ?? "";
}

/** Addresses that an endpoint needs: one for each of its host names. */
function hostsOf(azure: Subscription, connection: Connection | undefined): readonly string[] {
    const target = connection && azure.find(connection.targetId);
    const hosts = target && targetOf(target.id)?.hosts(target, connection.groups[0] ?? "");
    return hosts && hosts.length > 0 ? hosts : [""];
}

/** Addresses taken in a subnet by what this Azure gives addresses to. */
function taken(azure: Subscription, subnetId: string, but: string): Set<string> {
    const users = usersOfSubnet(azure, subnetId).filter(({ id }) => !sameId(id, but));
    return new Set(
        users.flatMap(({ outputs }) => [
            ...strings(outputs, "ipConfigurations.[].privateIPAddress"),
            ...strings(outputs, "customDnsConfigs.[].ipAddresses.[]"),
        ]),
    );
}

/** The first `count` free addresses; Azure keeps the first four of a subnet and the last. */
function freeAddresses(request: Request, count: number): string[] {
    const subnet = findSubnet(request.azure, subnetIdOf(request));
    const used = taken(request.azure, subnetIdOf(request), request.id);
    const found: string[] = [];
    for (const prefix of prefixesOf(subnet?.inputs ?? {})) {
        const block = parseBlock(prefix);
        for (
            let address = (block?.first ?? 0) + 4;
            block && address < block.last && found.length < count;
            address += 1
        ) {
            if (!used.has(formatAddress(address))) found.push(formatAddress(address));
        }
    }
    return found;
}

export const privateEndpoint: ResourceType = {
    token: endpointToken,
    path: endpointPath,
    name: networkName(2, 64),
    forceNew: ["subnet"],
    immutable: [
        {
            path: "subnet.id",
            code: "PropertyChangeNotAllowed",
            source: "https://github.com/pulumi/pulumi-azure-native/issues/3883; code unverified",
        },
        {
            path: "customNetworkInterfaceName",
            code: "PropertyChangeNotAllowed",
            source: `${overview}; code unverified`,
        },
    ],
    rules: [
        ...regional,
        tagged,
        onWrite(`${overview} (subnet of the endpoint's region)`, (request) => {
            const id = subnetIdOf(request);
            const region = regionOf(request.azure.find(ancestorId(id, 1))?.inputs);
            const found = findSubnet(request.azure, id) !== undefined;
            return (!found || region !== regionOf(request.inputs)) && invalidReference(request.id, id);
        }),
        onWrite(troubleshoot, (request) => {
            const subnet = findSubnet(request.azure, subnetIdOf(request));
            const message = `Private endpoint ${request.id} cannot be created as subnet ${subnet?.id ?? ""} is delegated.`;
            const delegated = records(subnet?.inputs, "delegations").length > 0;
            return delegated && refusal(400, "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated", message);
        }),
        onWrite(`${overview} (one connection, automatic or manual); code unverified`, (request) => {
            const count = connectionsOf(request).length;
            const message = `Private endpoint ${request.id} must have exactly one private link service connection, got ${count}.`;
            return count !== 1 && refusal(400, "InvalidRequestFormat", message);
        }),
        onCreate(
            "https://learn.microsoft.com/azure/azure-monitor/fundamentals/private-link-design (a network connects to one scope of Azure Monitor); code unverified",
            (request) => {
                const scope = scopeOf(request);
                const network = ancestorId(subnetIdOf(request), 1);
                const other = request.azure.list(endpointToken).find((one) => {
                    const theirs = scopeOf(one);
                    const inSame = sameId(ancestorId(subnetIdOf(one), 1), network);
                    return inSame && theirs !== undefined && scope !== undefined && !sameId(theirs, scope);
                });
                const message = `The network ${network} is connected to another private link scope of Azure Monitor by ${other?.id ?? ""}.`;
                return other && refusal(400, "BadRequest", message);
            },
        ),
        onWrite("https://github.com/Azure/azure-cli/issues/15136", (request) =>
            first(connectionsOf(request), ({ id, groups, targetId }) => {
                const message = `Private link service connection ${id} is missing required parameter 'group Id'.`;
                const missing = groups.length === 0 && !isPrivateLinkService(targetId);
                return missing ? refusal(400, "MissingParameterOnPrivateLinkServiceConnection", message) : undefined;
            }),
        ),
        onWrite("https://github.com/hashicorp/terraform-provider-azurerm/issues/5820", (request) =>
            first(connectionsOf(request), ({ id, groups, targetId }) => {
                const message = `Private link service connection ${id} has the following group Ids: ${groups.join(", ")}. Only one group Id is permitted when connecting to a first-party resource (${targetId}).`;
                return groups.length > 1 ? refusal(400, "OnlyOneGroupIdPermitted", message) : undefined;
            }),
        ),
        onWrite(`${overview} (the target must exist)`, ({ id, inputs, azure }) =>
            first(connectionsOf({ id, inputs }), ({ targetId }) =>
                subscriptionOf(targetId) === undefined || isMissing(azure, targetId)
                    ? invalidReference(id, targetId)
                    : undefined,
            ),
        ),
        onWrite(
            "https://github.com/Azure/azure-cli/issues/16750; https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource",
            (request) => first(connectionsOf(request), (connection) => refuseGroup(request, connection)),
        ),
        onWrite(
            "https://learn.microsoft.com/azure/container-registry/container-registry-private-link (Premium only); code unverified",
            ({ id, inputs, azure }) =>
                first(connectionsOf({ id, inputs }), ({ targetId }) => {
                    const registry = azure.find(targetId);
                    if (registry?.token !== "azure-native:containerregistry:Registry") return undefined;
                    const sku = text(registry.inputs, "sku.name");
                    const message = `Call to Microsoft.ContainerRegistry/registries failed. Error message: Private endpoints need SKU Premium, the registry has ${sku ?? "none"}.`;
                    return sku === "Premium" ? undefined : refusal(400, "BadRequest", message);
                }),
        ),
        onCreate("https://github.com/MicrosoftDocs/azure-docs/issues/88211", (request) => {
            const subnet = findSubnet(request.azure, subnetIdOf(request));
            const needed = hostsOf(request.azure, connectionsOf(request)[0]).length;
            if (freeAddresses(request, needed).length === needed) return undefined;
            const message = `Subnet ${nameOf(subnet?.id ?? "")} with address prefix ${prefixesOf(subnet?.inputs ?? {}).join(", ")} does not have enough capacity for ${needed} IP addresses.`;
            return refusal(400, "SubnetIsFull", message);
        }),
        onWrite("https://learn.microsoft.com/azure/virtual-network/ip-services/private-ip-addresses", (request) =>
            first(strings(request.inputs, "ipConfigurations.[].privateIPAddress"), (address) =>
                refuseStaticAddress(request, address),
            ),
        ),
        onUpdate(`${overview} (a connection stays with its target); code unverified`, (request, previous) => {
            const target = (value: { id: string; inputs: Properties }) =>
                connectionsOf(value).map(({ targetId, groups }) => `${targetId.toLowerCase()} ${groups.join(",")}`)[0];
            const message = `The private link service connection of ${request.id} cannot be changed from ${target(previous) ?? ""} to ${target(request) ?? ""}.`;
            return target(previous) !== target(request) && refusal(400, "PropertyChangeNotAllowed", message);
        }),
    ],
    outputs: endpointOutputs,
};

function refuseStaticAddress(request: Request, address: string): Refusal | undefined {
    const id = subnetIdOf(request);
    const number = parseAddress(address);
    const block = prefixesOf(findSubnet(request.azure, id)?.inputs ?? {})
        .flatMap((prefix) => parseBlock(prefix) ?? [])
        .find(({ first, last }) => number !== undefined && number >= first && number <= last);
    if (number === undefined || !block) {
        const message = `Private static IP address ${address} does not belong to the range of subnet ${id}.`;
        return refusal(400, "PrivateIPAddressNotInSubnet", message);
    }
    if (number < block.first + 4 || number === block.last) {
        const message = `Private static IP address ${address} falls within reserved IP range of subnet ${id}.`;
        return refusal(400, "PrivateIPAddressInReservedRange", message);
    }
    const message = `IP configuration of ${request.id} is using the private IP address ${address} which is already allocated to another resource.`;
    return taken(request.azure, id, request.id).has(address)
        ? refusal(400, "PrivateIPAddressIsAllocated", message)
        : undefined;
}

function endpointOutputs(request: Request): Properties {
    const { id, inputs, azure, previous } = request;
    const connections = connectionsOf(request);
    const hosts = hostsOf(azure, connections[0]);
    const given = strings(inputs, "ipConfigurations.[].privateIPAddress");
    const addresses = given.length === hosts.length ? given : freeAddresses(request, hosts.length);
    const interfaceName =
        text(inputs, "customNetworkInterfaceName") ?? `${nameOf(id)}.nic.${stableGuid(id, "interface")}`;
    const interfaces = ancestorId(id, 0);
    const listed = (manual: boolean) =>
        connections
            .filter((connection) => connection.manual === manual)
            .map((connection) => ({
                ...connection.asked,
                id: connection.id,
                provisioningState: "Succeeded",
                privateLinkServiceConnectionState: manual
                    ? { status: "Pending", description: "Awaiting Approval", actionsRequired: "None" }
                    : { status: "Approved", description: "Auto-Approved", actionsRequired: "None" },
            }));
    return {
        etag: etag(id, inputs),
        privateLinkServiceConnections: listed(false),
        manualPrivateLinkServiceConnections: listed(true),
        networkInterfaces: [{ id: `${interfaces}/networkInterfaces/${interfaceName}` }],
        ipConfigurations: valueAt(inputs, "ipConfigurations") ?? [],
        customDnsConfigs:
            previous?.outputs.customDnsConfigs ??
            hosts.map((fqdn, index) => ({ fqdn, ipAddresses: addresses.slice(index, index + 1) })),
    };
}
