import type { ResourceType } from "../resource-type";
import { dnsResolverTypes } from "./dns-resolver";
import { firewallTypes } from "./firewall";
import { firewallRuleTypes } from "./firewall-rules";
import { flowLogTypes } from "./flow-log";
import { networkSecurityTypes } from "./network-security";
import { peeringTypes } from "./peering";
import { privateDnsTypes } from "./private-dns";
import { privateLinkTypes } from "./private-link";
import { publicIpTypes } from "./public-ip";
import { routingTypes } from "./routing";
import { virtualGatewayTypes } from "./virtual-gateway";
import { virtualNetworkTypes } from "./virtual-network";

/** Everything of Microsoft.Network. */
export const networkTypes: readonly ResourceType[] = [
    ...virtualNetworkTypes,
    ...peeringTypes,
    ...networkSecurityTypes,
    ...routingTypes,
    ...publicIpTypes,
    ...firewallTypes,
    ...firewallRuleTypes,
    ...privateLinkTypes,
    ...privateDnsTypes,
    ...virtualGatewayTypes,
    ...dnsResolverTypes,
    ...flowLogTypes,
];
