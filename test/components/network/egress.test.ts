import { Egress, egressFaults, type EgressArgs } from "../../../components/network/egress";
import type { OutboundRule } from "../../../components/network/firewall-rules";
import { all, only, runHook, value } from "../../mocks";
import { place } from "../place";

const nat: EgressArgs = { ...place, zones: ["1", "2", "3"], choice: { kind: "natGateway" } };
const rules: readonly OutboundRule[] = [
    {
        ...{ name: "azure", from: ["nodes", "agents"], to: { fqdns: ["management.azure.com"] }, protocol: "Https" },
        ...{ purpose: "Azure's API", source: "https://learn.microsoft.com" },
    },
];
const firewall: EgressArgs = {
    ...place,
    zones: ["1", "2", "3"],
    choice: { kind: "firewall", tier: "Standard" },
    routeTableName: "rt",
    firewall: { subnetId: "/subnet", rules, senders: { nodes: "10.20.0.0/21", agents: "10.20.11.0/24" } },
};
interface Collection {
    action: { type: string };
    rules: { ruleType: string; name: string; fqdnTags?: string[]; targetFqdns?: string[]; sourceAddresses: string[] }[];
}
const collections = (): Collection[] =>
    only("network:FirewallPolicyRuleCollectionGroup").inputs.ruleCollections as Collection[];

test("a NAT gateway is Standard with a static Standard address in all zones", async () => {
    await value(new Egress("out", nat).ready);
    expect(only("network:NatGateway").inputs).toMatchObject({
        natGatewayName: "ng-mlp-dev-sdc-egress",
        sku: { name: "Standard" },
        idleTimeoutInMinutes: 4,
    });
    expect(only("network:NatGateway").inputs).not.toHaveProperty("zones");
    expect(only("network:PublicIPAddress").inputs).toMatchObject({
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
        zones: ["1", "2", "3"],
    });
});

test("a NAT gateway in another zone is another gateway with an address of its own, made before the old one goes", async () => {
    await value(new Egress("out", { ...nat, choice: { kind: "natGateway", zone: "2" } }).ready);
    expect(only("network:NatGateway").inputs).toMatchObject({
        natGatewayName: "ng-mlp-dev-sdc-egress-z2",
        zones: ["2"],
    });
    expect(only("network:PublicIPAddress").inputs.publicIpAddressName).toBe("pip-mlp-dev-sdc-egress-z2");
});

test("a firewall drops what no rule allows and what is known to be malicious, and spans zones", async () => {
    await value(new Egress("out", firewall).ready);
    expect(only("network:FirewallPolicy").inputs).toMatchObject({
        sku: { tier: "Standard" },
        threatIntelMode: "Deny",
    });
    expect(only("network:AzureFirewall").inputs).toMatchObject({
        sku: { name: "AZFW_VNet", tier: "Standard" },
        zones: ["1", "2", "3"],
        ipConfigurations: [{ subnet: { id: "/subnet" }, publicIPAddress: { id: "/id/out" } }],
    });
    expect(collections().map(({ action }) => action.type)).toEqual(["Allow"]);
});

test("all traffic is routed to the firewall's private address, and only then is the way out ready", async () => {
    await value(new Egress("out", firewall).ready);
    expect(only("network:Route").inputs).toMatchObject({
        routeTableName: "rt",
        addressPrefix: "0.0.0.0/0",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: "10.20.8.4",
    });
});

test("rules are there before the firewall: each later write would wait for a rollout", async () => {
    await value(new Egress("out", firewall).ready);
    const { dependsOn } = only("network:AzureFirewall").options;
    expect(dependsOn.some((urn) => urn.includes("FirewallPolicyRuleCollectionGroup"))).toBe(true);
});

test("the firewall lets through what it is given, from those it is given for", async () => {
    await value(new Egress("out", firewall).ready);
    expect(collections()).toMatchObject([
        {
            name: "application",
            rules: [
                {
                    ...{ ruleType: "ApplicationRule", name: "azure", targetFqdns: ["management.azure.com"] },
                    ...{ protocols: [{ protocolType: "Https", port: 443 }] },
                    sourceAddresses: ["10.20.0.0/21", "10.20.11.0/24"],
                },
            ],
        },
    ]);
});

test("another tier is another policy, as a policy keeps its tier for life", async () => {
    await value(new Egress("out", { ...firewall, choice: { kind: "firewall", tier: "Premium" } }).ready);
    expect(only("network:FirewallPolicy").inputs).toMatchObject({
        firewallPolicyName: "afwp-mlp-dev-sdc-premium",
        intrusionDetection: { mode: "Deny" },
    });
});

test("a change of the firewall's zones is refused in the preview", async () => {
    await value(new Egress("out", firewall).ready);
    const call = { oldInputs: { zones: ["1"] }, newInputs: { zones: ["1", "2"] } };
    await expect(runHook("out-firewall-frozen", call)).rejects.toThrow("out-firewall: zones cannot change in place");
});

test.each([
    [
        { kind: "natGateway", idleTimeoutMinutes: 121 },
        "egress.idleTimeoutMinutes must be a whole number from 4 to 120, got 121",
    ],
    [{ kind: "natGateway", zone: "9" }, 'egress.zone must be one of the zones 1, 2, got "9"'],
    [
        { kind: "hubFirewall", nextHopIpAddress: "fw.corp" },
        'egress.nextHopIpAddress must be the private IPv4 address of the hub\'s firewall, got "fw.corp"',
    ],
] as const)("refuses %j", (choice, message) => {
    expect(egressFaults("egress", choice, ["1", "2"])).toEqual([message]);
    expect(() => new Egress("out", { ...nat, zones: ["1", "2"], choice })).toThrow(message);
    expect(all("network:PublicIPAddress")).toEqual([]);
});
