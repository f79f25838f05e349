import { stableGuid } from "../guid";
import { sameId, subscriptionOf } from "../ids";
import { isObject } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType } from "../resource-type";
import { first, networkName, references, regional, tagged } from "./common-rules";
import { amount, flag, onDelete, onWrite, records, text } from "./reading";
import { etag } from "./subnets";

const connectionPage =
    "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#connectiontype";
const cryptoPage = "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto";
const circuitPage = "https://learn.microsoft.com/azure/expressroute/expressroute-howto-linkvnet-arm";

const connectionToken = "azure-native:network:VirtualNetworkGatewayConnection";

const typeOf = (inputs: Properties): string => text(inputs, "connectionType") ?? "";
const gatewayOf = (inputs: Properties): string => text(inputs, "virtualNetworkGateway1.id") ?? "";

/** What is written of a gateway while another write of it runs: connections are part of its configuration. */
function refuseBusy({ id, inputs, azure }: Request): Refusal | undefined {
    const gatewayId = gatewayOf(inputs);
    const siblings = azure
        .list(connectionToken)
        .filter((other) => !sameId(other.id, id) && sameId(gatewayOf(other.inputs), gatewayId));
    const busy = [gatewayId, ...siblings.map((other) => other.id)].find((one) => azure.inProgress(one).length > 0);
    const message = `Another operation on this or dependent resource is in progress: '${busy ?? ""}'.`;
    return busy === undefined ? undefined : refusal(409, "AnotherOperationInProgress", message);
}

/** Ends of each type of connection. */
function refuseEnds({ id, inputs, azure }: Request): Refusal | undefined {
    const type = typeOf(inputs);
    const wanted = {
        IPsec: "localNetworkGateway2.id",
        ExpressRoute: "peer.id",
        Vnet2Vnet: "virtualNetworkGateway2.id",
    }[type];
    if (wanted === undefined) {
        return refusal(
            400,
            "InvalidConnectionType",
            `ConnectionType '${type}' of ${id} is not IPsec, Vnet2Vnet or ExpressRoute.`,
        );
    }
    if (text(inputs, wanted) === undefined) {
        return refusal(400, "ConnectionPeerMissing", `Connection ${id} of type ${type} needs ${wanted}.`);
    }
    const gatewayType = text(azure.find(gatewayOf(inputs))?.inputs, "gatewayType");
    const fits = gatewayType === undefined || (gatewayType === "ExpressRoute") === (type === "ExpressRoute");
    const message = `Connection ${id} of type ${type} cannot use gateway ${gatewayOf(inputs)} of type ${gatewayType ?? ""}.`;
    return fits ? undefined : refusal(400, "ConnectionTypeGatewayTypeMismatch", message);
}

function refusePolicy(policy: Properties, id: string): Refusal | undefined {
    const [encryption, integrity] = [text(policy, "ipsecEncryption") ?? "", text(policy, "ipsecIntegrity") ?? ""];
    const gcm = encryption.startsWith("GCM") || integrity.startsWith("GCM");
    if (gcm && encryption !== integrity) {
        const message = `IPsec policy of ${id}: with GCMAES, encryption and integrity must be the same, got ${encryption} and ${integrity}.`;
        return refusal(400, "InvalidIpsecPolicy", message);
    }
    const [seconds, kilobytes] = [amount(policy, "saLifeTimeSeconds") ?? 0, amount(policy, "saDataSizeKilobytes") ?? 0];
    const message = `IPsec policy of ${id}: SA lifetime must be at least 300 seconds and 1024 kilobytes, got ${seconds} and ${kilobytes}.`;
    return seconds < 300 || kilobytes < 1024 ? refusal(400, "InvalidIpsecPolicy", message) : undefined;
}

const connection: ResourceType = {
    token: connectionToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/connections/{virtualNetworkGatewayConnectionName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [
        "connectionType",
        "connectionProtocol",
        "virtualNetworkGateway1.id",
        "localNetworkGateway2.id",
        "peer.id",
    ].map((path) => ({
        path,
        code: "ConnectionPropertyCannotBeChanged",
        source: `${connectionPage} (a connection stays with its ends and its protocol); code unverified`,
    })),
    rules: [
        ...regional,
        tagged,
        references(["virtualNetworkGateway1.id", "localNetworkGateway2.id"], true),
        references(["peer.id"]),
        onWrite(`${connectionPage} (ends and their types); codes unverified`, refuseEnds),
        onWrite(
            "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors (AnotherOperationInProgress; that a gateway's connections wait for each other is unverified)",
            refuseBusy,
        ),
        onDelete(
            "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors (AnotherOperationInProgress; that a gateway's connections wait for each other is unverified)",
            refuseBusy,
        ),
        onWrite(
            "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq (pre-shared key of printable ASCII, 128 at most); codes unverified",
            ({ id, inputs }) => {
                if (typeOf(inputs) !== "IPsec") return undefined;
                const key = text(inputs, "sharedKey") ?? "";
                // What Azure says of a key never holds the key.
                const message = `SharedKey of connection ${id} must be 1 to 128 printable ASCII characters.`;
                return !/^[ -~]{1,128}$/.test(key) && refusal(400, "InvalidSharedKey", message);
            },
        ),
        onWrite(
            `${cryptoPage} (one policy, whole, GCM for both or neither, lifetimes); codes unverified`,
            ({ id, inputs }) => {
                const policies = records(inputs, "ipsecPolicies");
                const message = `Connection ${id} can have one IPsec policy, got ${policies.length}.`;
                if (policies.length > 1) return refusal(400, "InvalidIpsecPolicy", message);
                return first(policies, (policy) => refusePolicy(policy, id));
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-resource-manager-ps; code unverified",
            ({ id, inputs, azure }) => {
                if (typeOf(inputs) !== "IPsec" || !flag(inputs, "enableBgp")) return undefined;
                const near = azure.find(gatewayOf(inputs));
                const far = azure.find(text(inputs, "localNetworkGateway2.id") ?? "");
                const ready = flag(near?.inputs, "enableBgp") && isObject(far?.inputs.bgpSettings);
                const message = `Connection ${id} with BGP needs a gateway with BGP and a local network gateway with BGP settings.`;
                return !ready && refusal(400, "BgpNotEnabledOnGateway", message);
            },
        ),
        onWrite(
            `${circuitPage} (a circuit of another subscription needs an authorization); code unverified`,
            ({ id, inputs, azure }) => {
                if (typeOf(inputs) !== "ExpressRoute") return undefined;
                const circuitId = text(inputs, "peer.id") ?? "";
                const own = sameId(subscriptionOf(circuitId) ?? "", `/subscriptions/${azure.subscriptionId}`);
                const message = `Connection ${id} to circuit ${circuitId} of another subscription needs an authorization key.`;
                return (
                    !own &&
                    text(inputs, "authorizationKey") === undefined &&
                    refusal(400, "AuthorizationKeyRequired", message)
                );
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/expressroute/about-fastpath (gateways that it works with); code unverified",
            ({ id, inputs, azure }) => {
                const sku = text(azure.find(gatewayOf(inputs))?.inputs, "sku.name") ?? "";
                const able = ["UltraPerformance", "ErGw3AZ", "ErGwScale"].includes(sku);
                const message = `Connection ${id}: FastPath is not supported by a gateway of SKU ${sku}.`;
                return (
                    flag(inputs, "expressRouteGatewayBypass") && !able && refusal(400, "FastPathNotSupported", message)
                );
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        connectionStatus: "Unknown",
        egressBytesTransferred: 0,
        ingressBytesTransferred: 0,
        tunnelConnectionStatus: [],
        routingWeight: amount(inputs, "routingWeight") ?? 0,
        connectionMode: text(inputs, "connectionMode") ?? "Default",
        enableBgp: flag(inputs, "enableBgp"),
    }),
};

export const connectionTypes: readonly ResourceType[] = [connection];
