import { parseAddress, parseBlock } from "../cidr";
import { stableGuid } from "../guid";
import { isObject } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType } from "../resource-type";
import { prefixSource, refusePrefix } from "./address-rules";
import { first, networkName, regional, tagged, usersOf } from "./common-rules";
import { amount, onDelete, onWrite, text, texts } from "./reading";
import { etag } from "./subnets";

const page = "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#lng";
const bgpPage = "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#bgp";

/** Numbers of Azure's own and of IANA's. */
const keptAsns = [8074, 8075, 12076, 23456, 65515, 65517, 65518, 65519, 65520];
const isKept = (asn: number): boolean =>
    keptAsns.includes(asn) || (asn >= 64496 && asn <= 64511) || (asn >= 65535 && asn <= 65551);

/** Ranges whose addresses no device on the internet has. */
const notPublic = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

function refuseBgp(inputs: Properties, id: string): Refusal | undefined {
    if (!isObject(inputs.bgpSettings)) return undefined;
    const asn = amount(inputs, "bgpSettings.asn");
    if (asn === undefined || asn < 1 || asn > 4_294_967_295 || isKept(asn)) {
        return refusal(
            400,
            "InvalidAsn",
            `ASN ${asn ?? "(none)"} of local network gateway ${id} is reserved or not valid.`,
        );
    }
    const peer = text(inputs, "bgpSettings.bgpPeeringAddress") ?? "";
    const message = `BgpPeeringAddress '${peer}' of local network gateway ${id} is not a valid IP address.`;
    return parseAddress(peer) === undefined ? refusal(400, "InvalidIPAddressFormat", message) : undefined;
}

const localGateway: ResourceType = {
    token: "azure-native:network:LocalNetworkGateway",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/localNetworkGateways/{localNetworkGatewayName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onWrite(`${page} (address or host name); code unverified`, ({ id, inputs }) => {
            const [address, name] = [text(inputs, "gatewayIpAddress"), text(inputs, "fqdn")];
            const one = (address === undefined) !== (name === undefined);
            const message = `Local network gateway ${id} must have either GatewayIpAddress or Fqdn.`;
            return !one && refusal(400, "LocalNetworkGatewayAddressInvalid", message);
        }),
        onWrite(`${page} (a public IPv4 address); code unverified`, ({ id, inputs }) => {
            const address = text(inputs, "gatewayIpAddress");
            if (address === undefined) return undefined;
            const number = parseAddress(address);
            const inner = notPublic.some((range) => {
                const block = parseBlock(range);
                return number !== undefined && block !== undefined && number >= block.first && number <= block.last;
            });
            const message = `GatewayIpAddress '${address}' of local network gateway ${id} is not a valid public IPv4 address.`;
            return (number === undefined || inner) && refusal(400, "InvalidIPAddressFormat", message);
        }),
        onWrite(prefixSource, ({ id, inputs }) =>
            first(texts(inputs, "localNetworkAddressSpace.addressPrefixes"), (prefix) => refusePrefix(prefix, id)),
        ),
        onWrite(`${page} (prefixes, or BGP that tells them); code unverified`, ({ id, inputs }) => {
            const listed = texts(inputs, "localNetworkAddressSpace.addressPrefixes").length > 0;
            const message = `Local network gateway ${id} must have address prefixes or BGP settings.`;
            return (
                !listed &&
                !isObject(inputs.bgpSettings) &&
                refusal(400, "LocalNetworkGatewayAddressSpaceEmpty", message)
            );
        }),
        onWrite(`${bgpPage} (reserved ASNs, peering address); code of the ASN unverified`, ({ id, inputs }) =>
            refuseBgp(inputs, id),
        ),
        onDelete(
            "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-delete-vnet-gateway-powershell; code unverified",
            ({ id, azure }) => {
                const [user] = usersOf(azure, id);
                const message = `Local network gateway ${id} can not be deleted because it is in use by ${user?.id ?? ""}.`;
                return user && refusal(400, "LocalNetworkGatewayCannotBeDeleted", message);
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({ etag: etag(id, inputs), resourceGuid: stableGuid(id, "resource") }),
};

export const localGatewayTypes: readonly ResourceType[] = [localGateway];
