import { assumptions, hoursAMonth } from "../assumptions";
import { holds, numberAt, textAt } from "../../model/inputs";
import { exactly, type Range } from "../range";
import { item, type Item, type Priced, type Rule } from "../rule";

const all = (meter: string): Item => item(meter, exactly(hoursAMonth));
const one = (meter: string): Rule => ({ group: "network", items: () => [item(meter, exactly(1))] });

/** The way out: what goes through it, and what goes on to the internet. */
const egress = (meter: string): Item[] => [
    item(meter, assumptions.egress, "egress"),
    item("internet:out", assumptions.egress, "egress"),
];

function firewallItems({ inputs }: Priced): Item[] | string {
    const tier = textAt(inputs, "sku.tier");
    if (tier === undefined) return "its tier is not known before the update";
    return [all(`firewall:${tier}`), ...egress(`firewall-data:${tier}`)];
}

function gatewayItems({ inputs }: Priced): Item[] | string {
    const sku = textAt(inputs, "sku.name");
    return sku === undefined ? "its size is not known before the update" : [all(`gateway:${sku}`)];
}

function flowLogItems({ inputs }: Priced): Item[] {
    // The first five GB of a network watcher are free.
    const collected: Range = { low: 0, expected: assumptions.flows.expected - 5, high: assumptions.flows.high - 5 };
    const analytics = "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration";
    const analysed = holds(inputs, `${analytics}.enabled`, (value) => value === true) !== false;
    const every = numberAt(inputs, `${analytics}.trafficAnalyticsInterval`) ?? 60;
    return [
        item("flows:logs", collected, "flows"),
        ...(analysed ? [item(`flows:analytics-${every}`, assumptions.flows, "flows")] : []),
    ];
}

export const networkRules: Readonly<Record<string, Rule>> = {
    "azure-native:network:AzureFirewall": { group: "network", items: firewallItems },
    "azure-native:network:NatGateway": {
        group: "network",
        items: () => [all("nat:hour"), ...egress("nat:data")],
    },
    "azure-native:network:PublicIPAddress": { group: "network", items: () => [all("ip:public")] },
    "azure-native:network:PrivateEndpoint": {
        group: "network",
        items: () => [
            all("endpoint:hour"),
            item("endpoint:in", assumptions.endpoints, "endpoints"),
            item("endpoint:out", assumptions.endpoints, "endpoints"),
        ],
    },
    "azure-native:network:VirtualNetworkPeering": {
        group: "network",
        items: () => [
            item("peering:in", assumptions.peerings, "peerings"),
            item("peering:out", assumptions.peerings, "peerings"),
        ],
    },
    "azure-native:network:VirtualNetworkGateway": { group: "network", items: gatewayItems },
    "azure-native:network:FlowLog": { group: "network", items: flowLogItems },
    "azure-native:privatedns:PrivateZone": one("dns:zone"),
    "azure-native:dnsresolver:InboundEndpoint": one("dns:inbound"),
    "azure-native:dnsresolver:OutboundEndpoint": one("dns:outbound"),
    "azure-native:dnsresolver:DnsForwardingRuleset": one("dns:ruleset"),
    // Azure keeps such an endpoint for Grafana, and bills it as any other.
    "azure-native:dashboard:ManagedPrivateEndpoint": { group: "network", items: () => [all("endpoint:hour")] },
};
