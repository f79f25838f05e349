import { regions } from "../../../facts/regions";
import { parseBlock } from "../cidr";
import { stableGuid } from "../guid";
import { ancestorId, nameOf, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Stored, Subscription } from "../resource-type";
import { invalidReference, isMissing, networkName, references, regional, repeated, tagged } from "./common-rules";
import { first, usersOf } from "./common-rules";
import { connectionTypes } from "./gateway-connection";
import { localGatewayTypes } from "./local-gateway";
import { refuseTakenAddresses } from "./public-ip";
import { amount, flag, onDelete, onUpdate, onWrite, records, regionOf, text, texts } from "./reading";
import { etag, findSubnet, prefixesOf } from "./subnets";

const settingsPage = "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings";
const skuPage = "https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus";
const expressPage = "https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways";
const coexistPage = "https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager";

export const gatewayToken = "azure-native:network:VirtualNetworkGateway";

const vpnSkus: Readonly<Record<string, readonly string[]>> = {
    Basic: ["Generation1"],
    VpnGw1AZ: ["Generation1"],
    VpnGw2AZ: ["Generation1", "Generation2"],
    VpnGw3AZ: ["Generation1", "Generation2"],
    VpnGw4AZ: ["Generation2"],
    VpnGw5AZ: ["Generation2"],
};
/** In order of size. */
const expressSkus = ["Standard", "HighPerformance", "UltraPerformance", "ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale"];

export const skuOf = (inputs: Properties | undefined): string => text(inputs, "sku.name") ?? "";
export const isVpn = (inputs: Properties | undefined): boolean => text(inputs, "gatewayType") === "Vpn";
const configurations = (inputs: Properties): Properties[] => records(inputs, "ipConfigurations");
const generationOf = (inputs: Properties): string => {
    const stated = text(inputs, "vpnGatewayGeneration");
    return stated ?? (isVpn(inputs) ? (vpnSkus[skuOf(inputs)]?.[0] ?? "Generation1") : "None");
};

/** The network that a gateway is in. */
function networkOf(inputs: Properties): string {
    const subnetId = configurations(inputs).flatMap((one) => text(one, "subnet.id") ?? [])[0];
    return subnetId === undefined ? "" : ancestorId(subnetId, 1);
}

/** Subnet by Azure's name, in the region, large enough for what is in it. */
function refuseSubnet({ id, inputs, azure }: Request): Refusal | undefined {
    return first(configurations(inputs), (one) => {
        const subnetId = text(one, "subnet.id") ?? "";
        const subnet = findSubnet(azure, subnetId);
        const region = regionOf(azure.find(ancestorId(subnetId, 1))?.inputs);
        if (!subnet ? isMissing(azure, subnetId) : region !== regionOf(inputs)) return invalidReference(id, subnetId);
        if (nameOf(subnetId).toLowerCase() !== "gatewaysubnet") {
            const message = `Subnet with name 'GatewaySubnet' is required for gateway ${id}, got ${subnetId}.`;
            return refusal(400, "VirtualNetworkGatewayInvalidSubnetName", message);
        }
        const longest = neighbours({ id, inputs, azure }).length > 0 ? 27 : 29;
        const small = prefixesOf(subnet?.inputs ?? {}).some((prefix) => (parseBlock(prefix)?.length ?? 0) > longest);
        const message = `Subnet ${subnetId} must be a /${longest} or larger for gateway ${id}.`;
        return small ? refusal(400, "GatewaySubnetTooSmall", message) : undefined;
    });
}

/** Other gateways of the same network. */
function neighbours({ id, inputs, azure }: Pick<Request, "id" | "inputs" | "azure">): Stored[] {
    return azure
        .list(gatewayToken)
        .filter((other) => !sameId(other.id, id) && sameId(networkOf(other.inputs), networkOf(inputs)));
}

function refuseSku({ inputs }: Request): Refusal | undefined {
    const sku = skuOf(inputs);
    if (isVpn(inputs) && /^VpnGw[1-5]$/.test(sku)) {
        const message = `VpnGw1-5 non-AZ SKUs are no longer allowed for VPN gateways, got ${sku}. Choose a VpnGw1-5AZ SKU.`;
        return refusal(400, "NonAzSkusNotAllowedForVPNGateway", message);
    }
    const allowed = isVpn(inputs) ? Object.keys(vpnSkus) : expressSkus;
    const message = `SKU '${sku}' is not one of a gateway of type ${text(inputs, "gatewayType") ?? ""}: ${allowed.join(", ")}.`;
    return allowed.includes(sku) ? undefined : refusal(400, "VirtualNetworkGatewayInvalidSku", message);
}

/** The route table of the gateway's subnet. @see https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub */
function refuseRoutes({ id, inputs, azure }: Request): Refusal | undefined {
    return first(configurations(inputs), (one) => {
        const subnet = findSubnet(azure, text(one, "subnet.id") ?? "");
        return subnet && refuseGatewayRoutes(azure, text(subnet.inputs, "routeTable.id"), id);
    });
}

/** A gateway's subnet takes no default route and must learn the gateway's own routes. */
function refuseGatewayRoutes(azure: Subscription, tableId: string | undefined, user: string): Refusal | undefined {
    const table = azure.find(tableId ?? "");
    if (!table) return undefined;
    const apart = azure.list("azure-native:network:Route").filter((route) => {
        return route.id.toLowerCase().startsWith(`${table.id.toLowerCase()}/`);
    });
    const prefixes = [...records(table.inputs, "routes"), ...apart.map(({ inputs }) => inputs)];
    if (prefixes.some((route) => text(route, "addressPrefix") === "0.0.0.0/0")) {
        const message = `Route table ${table.id} of the GatewaySubnet has a route for 0.0.0.0/0, which ${user} does not allow.`;
        return refusal(400, "DefaultRouteNotAllowedOnGatewaySubnet", message);
    }
    const message = `Route table ${table.id} of the GatewaySubnet must not disable BGP route propagation, or ${user} does not function.`;
    return flag(table.inputs, "disableBgpRoutePropagation")
        ? refusal(400, "BgpRoutePropagationRequiredOnGatewaySubnet", message)
        : undefined;
}

const publicAddresses = (inputs: Properties): string[] =>
    configurations(inputs).flatMap((one) => text(one, "publicIPAddress.id") ?? []);

function refusePublicAddresses({ id, inputs, azure }: Request): Refusal | undefined {
    const addresses = publicAddresses(inputs);
    if (!isVpn(inputs)) {
        const message = `ExpressRoute gateway ${id} has a public IP address of Azure's own; ${addresses[0] ?? ""} cannot be given.`;
        return addresses.length > 0
            ? refusal(400, "PublicIpAddressNotAllowedOnExpressRouteGateway", message)
            : undefined;
    }
    const wanted = flag(inputs, "activeActive") ? 2 : 1;
    if (addresses.length < wanted) {
        const message = `Gateway ${id} needs ${wanted} IP configurations with a public IP address each, got ${addresses.length}.`;
        return refusal(400, "VirtualNetworkGatewayIpConfigurationCountInvalid", message);
    }
    const twins = repeated(addresses, (address) => address.toLowerCase());
    const message = `Public IP address ${twins?.[0] ?? ""} is referenced by more than one IP configuration of ${id}.`;
    if (twins) return refusal(400, "PublicIPAddressReferencedByMultipleIPConfigs", message);
    return (
        refuseTakenAddresses(azure, id, addresses) ?? first(addresses, (address) => refuseZones(inputs, azure, address))
    );
}

function refuseZones(inputs: Properties, azure: Subscription, address: string): Refusal | undefined {
    const found = azure.find(address);
    const zonalRegion = regions[regionOf(inputs)]?.zones === true;
    if (!found || !zonalRegion || !skuOf(inputs).endsWith("AZ") || texts(found.inputs, "zones").length > 0)
        return undefined;
    const message = "Standard Public IPs associated with VPN Gateways with AZ VPN skus must have zones configured.";
    return refusal(400, "VmssVpnGatewayPublicIpsMustHaveZonesConfigured", message);
}

const gateway: ResourceType = {
    token: gatewayToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworkGateways/{virtualNetworkGatewayName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [
        {
            path: "gatewayType",
            code: "VirtualNetworkGatewayTypeCannotBeChanged",
            source: `${settingsPage}; code unverified`,
        },
        { path: "vpnType", code: "VpnTypeCannotBeChanged", source: `${settingsPage}#vpntype; code unverified` },
        {
            path: "vpnGatewayGeneration",
            code: "VpnGatewayGenerationCannotBeChanged",
            source: "https://learn.microsoft.com/azure/vpn-gateway/gateway-sku-resize; code unverified",
        },
    ],
    rules: [
        ...regional,
        tagged,
        references(["ipConfigurations.[].publicIPAddress.id", "gatewayDefaultSite.id"], true),
        onWrite(`${settingsPage}#gwtype; code unverified`, ({ id, inputs }) => {
            const type = text(inputs, "gatewayType") ?? "";
            const message = `GatewayType of ${id} must be Vpn or ExpressRoute, got '${type}'.`;
            return !["Vpn", "ExpressRoute"].includes(type) && refusal(400, "InvalidGatewayType", message);
        }),
        onWrite(`${skuPage} (sizes; VpnGw1 to 5 without zones are gone); codes unverified`, refuseSku),
        onWrite(`${skuPage} (generations); code unverified`, ({ id, inputs }) => {
            const allowed = isVpn(inputs) ? (vpnSkus[skuOf(inputs)] ?? []) : ["None"];
            const generation = generationOf(inputs);
            const message = `VpnGatewayGeneration '${generation}' of ${id} is not one of SKU ${skuOf(inputs)}: ${allowed.join(", ")}.`;
            return !allowed.includes(generation) && refusal(400, "InvalidVpnGatewayGeneration", message);
        }),
        onWrite(
            `${settingsPage}#gwsub (named GatewaySubnet, /29 at least; /27 beside another gateway: ${coexistPage}); codes unverified`,
            refuseSubnet,
        ),
        onWrite(
            `${settingsPage}#gwsub (no route for 0.0.0.0/0, BGP route propagation on); codes unverified`,
            refuseRoutes,
        ),
        onWrite(
            `https://github.com/Azure/ResourceModules/issues/2609 (zones); https://github.com/PaloAltoNetworks/terraform-azurerm-swfw-modules/pull/204 (none for ExpressRoute); other codes unverified`,
            refusePublicAddresses,
        ),
        onWrite(`${settingsPage}#gwtype (one gateway of a type a network)`, (request) => {
            const twin = neighbours(request).find(
                (other) => text(other.inputs, "gatewayType") === text(request.inputs, "gatewayType"),
            );
            const message = `A virtual network can't be associated with more than one gateway of type ${text(request.inputs, "gatewayType") ?? ""}: ${networkOf(request.inputs)} has ${twin?.id ?? ""}.`;
            return twin && refusal(400, "VirtualNetworkHasGatewayOfSameType", message);
        }),
        onWrite(`${coexistPage} (route-based, ASN 65515); codes unverified`, (request) => {
            const { id, inputs } = request;
            if (!isVpn(inputs) || neighbours(request).length === 0) return undefined;
            const asn = amount(inputs, "bgpSettings.asn") ?? 65515;
            const message = `VPN gateway ${id} beside an ExpressRoute gateway must be RouteBased with ASN 65515, got ${text(inputs, "vpnType") ?? ""} with ${asn}.`;
            const fits = (text(inputs, "vpnType") ?? "RouteBased") === "RouteBased" && asn === 65515;
            return !fits && refusal(400, "GatewaysCannotCoexist", message);
        }),
        onWrite(`${skuPage} (Basic has no BGP and no second instance); code unverified`, ({ id, inputs }) => {
            const asked = flag(inputs, "enableBgp") || flag(inputs, "activeActive");
            const message = `Gateway ${id} of SKU Basic supports neither BGP nor active-active mode.`;
            return skuOf(inputs) === "Basic" && asked && refusal(400, "BasicVpnGatewayFeatureNotSupported", message);
        }),
        onUpdate(
            `${expressPage} (a gateway is upgraded, not downgraded); code unverified`,
            ({ id, inputs }, previous) => {
                if (isVpn(inputs)) return undefined;
                const [was, asked] = [previous.inputs, inputs].map(skuOf);
                const smaller = expressSkus.indexOf(asked ?? "") < expressSkus.indexOf(was ?? "");
                const family = (was ?? "").startsWith("ErGw") === (asked ?? "").startsWith("ErGw");
                const message = `Gateway ${id} cannot be changed from SKU ${was ?? ""} to ${asked ?? ""}.`;
                return (smaller || !family) && refusal(400, "VirtualNetworkGatewaySkuChangeNotAllowed", message);
            },
        ),
        onUpdate(
            `${settingsPage}#gwsub (a gateway stays in its network); code unverified`,
            ({ id, inputs }, previous) => {
                const [was, asked] = [networkOf(previous.inputs), networkOf(inputs)];
                const message = `Gateway ${id} cannot be moved from ${was} to ${asked}.`;
                return !sameId(was, asked) && refusal(400, "VirtualNetworkGatewaySubnetCannotBeChanged", message);
            },
        ),
        onDelete(
            "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-delete-vnet-gateway-powershell (connections first)",
            ({ id, azure }) => {
                const [user] = usersOf(azure, id);
                const message = `Virtual network gateway ${id} can not be deleted because it is in use by ${user?.id ?? ""}.`;
                return user && refusal(400, "VirtualNetworkGatewayCannotBeDeleted", message);
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        vpnGatewayGeneration: generationOf(inputs),
        enableBgp: flag(inputs, "enableBgp"),
        activeActive: flag(inputs, "activeActive"),
        ...(isVpn(inputs) && { vpnType: text(inputs, "vpnType") ?? "RouteBased" }),
        bgpSettings: { asn: amount(inputs, "bgpSettings.asn") ?? 65515, peerWeight: 0 },
        ipConfigurations: configurations(inputs).map((one) => ({
            ...one,
            id: `${id}/ipConfigurations/${text(one, "name") ?? ""}`,
            provisioningState: "Succeeded",
        })),
    }),
};

export const virtualGatewayTypes: readonly ResourceType[] = [gateway, ...localGatewayTypes, ...connectionTypes];
