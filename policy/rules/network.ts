import { learn, mandatory, type Rule } from "../rule";

const remedy = "make it with components/network, which sets it";
/** Azure names these, and refuses security groups or more in them. */
const ofAzure =
    /^(AzureFirewallSubnet|AzureFirewallManagementSubnet|GatewaySubnet|AzureBastionSubnet|RouteServerSubnet)$/;
const subnet = ["azure-native:network:Subnet"];

export const networkRules: readonly Rule[] = [
    mandatory({
        ...{ name: "subnet-guarded", types: subnet, remedy },
        when: [{ path: "subnetName", matchesNot: ofAzure }],
        requires: [{ path: "networkSecurityGroup.id", given: true }],
        reason: "what reaches it is said",
        source: `${learn("virtual-network/network-security-groups-overview")}, CKV2_AZURE_31`,
    }),
    mandatory({
        ...{ name: "subnet-no-default-way-out", types: subnet, remedy },
        when: [{ path: "subnetName", matchesNot: ofAzure }],
        requires: [{ path: "defaultOutboundAccess", is: false }],
        reason: "what leaves goes the way that is watched",
        source: learn("virtual-network/ip-services/default-outbound-access"),
    }),
    mandatory({
        ...{ name: "nothing-from-the-internet", types: ["azure-native:network:NetworkSecurityGroup"], remedy },
        each: "securityRules[*]",
        when: [
            { path: "direction", is: "Inbound" },
            { path: "access", is: "Allow" },
        ],
        requires: [
            { path: "sourceAddressPrefix", matchesNot: /^(\*|Internet|Any|0\.0\.0\.0\/0|::\/0)$/i },
            { path: "sourceAddressPrefixes[*]", matchesNot: /^(\*|Internet|Any|0\.0\.0\.0\/0|::\/0)$/i },
        ],
        reason: "nobody out there starts a connection",
        source: `${learn("virtual-network/network-security-groups-overview")}, CKV_AZURE_9, CKV_AZURE_10, CKV_AZURE_77, CKV_AZURE_160`,
    }),
    mandatory({
        ...{ name: "address-standard", types: ["azure-native:network:PublicIPAddress"], remedy },
        requires: [
            { path: "sku.name", oneOf: ["Standard", "StandardV2"] },
            { path: "publicIPAllocationMethod", is: "Static" },
        ],
        reason: "addresses of the Basic tier are open by default, and are retired",
        source: learn("virtual-network/ip-services/public-ip-basic-upgrade-guidance"),
    }),
    mandatory({
        ...{ name: "firewall-refuses", types: ["azure-native:network:FirewallPolicy"], remedy },
        requires: [{ path: "threatIntelMode", is: "Deny" }],
        reason: "addresses that are known to be evil are refused and not only told of",
        source: `${learn("firewall/threat-intel")}, CKV_AZURE_216`,
    }),
    mandatory({
        ...{ name: "firewall-looks-in", types: ["azure-native:network:FirewallPolicy"], remedy },
        when: [{ path: "sku.tier", is: "Premium" }],
        requires: [{ path: "intrusionDetection.mode", is: "Deny" }],
        reason: "what is paid for is on",
        source: `${learn("firewall/premium-features")}, CKV_AZURE_220`,
    }),
    mandatory({
        ...{ name: "flows-recorded", types: ["azure-native:network:FlowLog"], remedy },
        requires: [
            { path: "enabled", is: true },
            { path: "retentionPolicy.enabled", is: true },
            { path: "retentionPolicy.days", atLeast: 90 },
        ],
        reason: "intruders are mostly found after months",
        source: `${learn("network-watcher/vnet-flow-logs-overview")}, CKV_AZURE_12`,
    }),
    mandatory({
        ...{ name: "endpoint-private", types: ["azure-native:network:PrivateEndpoint"], remedy },
        requires: [
            { path: "privateLinkServiceConnections", given: true },
            { path: "subnet", given: true },
        ],
        reason: "an endpoint without a service closes nothing",
        source: learn("private-link/private-endpoint-overview"),
    }),
];
