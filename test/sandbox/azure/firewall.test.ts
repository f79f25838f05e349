import type { Properties } from "../../../sandbox/azure/resource-type";
import { Estate, idOf, subnetId } from "./estate";
import { answer } from "./platform";

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
});
afterEach(() => {
    estate.close();
});

const configuration = (subnet: string | undefined, pip: string): Properties => ({
    name: pip,
    ...(subnet !== undefined && { subnet: { id: subnetId(subnet) } }),
    publicIPAddress: { id: idOf(`publicIPAddresses/${pip}`) },
});
const main = configuration("AzureFirewallSubnet", "pip");
const management = configuration("AzureFirewallManagementSubnet", "second");
const policy = (name: string) => ({ firewallPolicy: { id: idOf(`firewallPolicies/${name}`) } });

/** Of another subscription, so taken on trust. */
const networkHub =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/x/providers/Microsoft.Network/virtualHubs/hub";

describe("AzureFirewall", () => {
    beforeEach(async () => {
        await estate.subnet("AzureFirewallSubnet", "10.0.0.0/26");
        await estate.subnet("AzureFirewallManagementSubnet", "10.0.0.64/26");
        await estate.subnet("snet", "10.0.1.0/24");
        for (const publicIpAddressName of ["pip", "second", "taken"]) {
            await estate.put("network:PublicIPAddress", { publicIpAddressName });
        }
        await estate.put("network:NatGateway", { publicIpAddresses: [{ id: idOf("publicIPAddresses/taken") }] });
        for (const tier of ["Basic", "Standard", "Premium"]) {
            await estate.put("network:FirewallPolicy", { firewallPolicyName: tier, sku: { tier } });
        }
    });
    const tier = (name: string) => ({ sku: { name: "AZFW_VNet", tier: name } });

    const firewalls: [string, Properties, string][] = [
        ["a subnet and an address", {}, "accepted"],
        ["a second address", { ipConfigurations: [main, configuration(undefined, "second")] }, "accepted"],
        ["zones", { zones: ["1", "2", "3"] }, "accepted"],
        ["a policy of its tier", policy("Standard"), "accepted"],
        ["a lesser policy", { ...tier("Premium"), ...policy("Standard") }, "accepted"],
        [
            "tier Basic with management",
            { ...tier("Basic"), ...policy("Basic"), managementIpConfiguration: management },
            "accepted",
        ],
        ["a policy of a higher tier", policy("Premium"), "AzureFirewallPolicyTierMismatch"],
        ["a basic policy", policy("Basic"), "AzureFirewallPolicyTierMismatch"],
        ["a policy that is not there", policy("x"), "InvalidResourceReference"],
        ["tier Basic alone", tier("Basic"), "AzureFirewallManagementIpConfigurationRequired"],
        ["another subnet", { ipConfigurations: [configuration("snet", "pip")] }, "AzureFirewallInvalidSubnetName"],
        ["a subnet that is not there", { ipConfigurations: [configuration("x", "pip")] }, "InvalidResourceReference"],
        ["no subnet", { ipConfigurations: [configuration(undefined, "pip")] }, "AzureFirewallInvalidIpConfiguration"],
        [
            "an address that is not there",
            { ipConfigurations: [configuration("AzureFirewallSubnet", "x")] },
            "InvalidResourceReference",
        ],
        [
            "an address in use",
            { ipConfigurations: [configuration("AzureFirewallSubnet", "taken")] },
            "PublicIPAddressInUse",
        ],
        [
            "one address twice",
            { ipConfigurations: [main, configuration(undefined, "pip")] },
            "PublicIPAddressReferencedByMultipleIPConfigs",
        ],
        ["a hub", { virtualHub: { id: networkHub } }, "AzureFirewallInvalidRequest"],
        [
            "a policy and rules of its own",
            { ...policy("Standard"), networkRuleCollections: [{ name: "r" }] },
            "AzureFirewallRulesNotAllowedWithPolicy",
        ],
        ["a fourth zone", { zones: ["4"] }, "InvalidAvailabilityZone"],
        ["a name of 57 letters", { azureFirewallName: "a".repeat(57) }, "InvalidResourceName"],
    ];
    test.each(firewalls)("with %s", async (_, over, code) => {
        expect(await answer(estate.put("network:AzureFirewall", over))).toBe(code);
    });

    test("takes the first address that Azure leaves in its subnet", async () => {
        const { outputs } = await estate.put("network:AzureFirewall");
        expect(outputs).toMatchObject({ ipConfigurations: [{ name: "main", privateIPAddress: "10.0.0.4" }] });
    });

    test("holds its policy, its addresses and its subnet", async () => {
        await estate.put("network:AzureFirewall", policy("Standard"));
        const codes = await Promise.all(
            [idOf("firewallPolicies/Standard"), idOf("publicIPAddresses/pip"), subnetId("AzureFirewallSubnet")].map(
                (id) => answer(estate.azure.delete(id)),
            ),
        );
        expect(codes).toEqual([
            "FirewallPolicyHasAzureFirewallReferences",
            "PublicIPAddressCannotBeDeleted",
            "InUseSubnetCannotBeDeleted",
        ]);
    });

    test("keeps its zones", async () => {
        await estate.put("network:AzureFirewall", { zones: ["1"] });
        expect(await answer(estate.put("network:AzureFirewall"))).toBe("ResourceAvailabilityZonesCannotBeModified");
    });

    test("is in a subnet of a /26 or more, in its own group, and stays there", async () => {
        await estate.put("network:AzureFirewall");
        await estate.put("resources:ResourceGroup", { resourceGroupName: "rg-other" });
        const other = { resourceGroupName: "rg-other", virtualNetworkName: "other" };
        await estate.put("network:VirtualNetwork", other);
        const { id } = await estate.subnet("AzureFirewallSubnet", "10.0.0.0/27", other);
        const there = { ipConfigurations: [{ ...main, subnet: { id } }] };
        expect(await answer(estate.put("network:AzureFirewall", there))).toBe("AzureFirewallSubnetTooSmall");
        await estate.subnet("AzureFirewallSubnet", "10.0.0.0/26", other);
        expect(await answer(estate.put("network:AzureFirewall", there))).toBe(
            "SecureGatewayReferencesSubnetInDifferentResourceGroup",
        );
        await estate.put("network:VirtualNetwork", { virtualNetworkName: "near" });
        const near = await estate.subnet("AzureFirewallSubnet", "10.0.0.0/26", { virtualNetworkName: "near" });
        const moved = { ipConfigurations: [{ ...main, subnet: { id: near.id } }] };
        expect(await answer(estate.put("network:AzureFirewall", moved))).toBe("AzureFirewallSubnetCannotBeChanged");
    });
});

describe("FirewallPolicy", () => {
    const policies: [string, Properties, string][] = [
        [
            "of tier Premium with intrusion detection",
            { sku: { tier: "Premium" }, intrusionDetection: { mode: "Deny" } },
            "accepted",
        ],
        ["with a base", { basePolicy: { id: idOf("firewallPolicies/base") } }, "accepted"],
        [
            "of tier Standard with intrusion detection",
            { intrusionDetection: { mode: "Off" } },
            "FirewallPolicyHigherTierOnlyProperties",
        ],
        ["of tier Standard with TLS inspection", { transportSecurity: {} }, "FirewallPolicyHigherTierOnlyProperties"],
        [
            "with a base that is not there",
            { basePolicy: { id: idOf("firewallPolicies/x") } },
            "InvalidResourceReference",
        ],
        [
            "with a base that has one",
            { basePolicy: { id: idOf("firewallPolicies/child") } },
            "FirewallPolicyBasePolicyCannotInheritFromAnother",
        ],
    ];
    test.each(policies)("%s", async (_, over, code) => {
        const base = await estate.put("network:FirewallPolicy", { firewallPolicyName: "base" });
        await estate.put("network:FirewallPolicy", { firewallPolicyName: "child", basePolicy: { id: base.id } });
        expect(await answer(estate.put("network:FirewallPolicy", over))).toBe(code);
    });

    test("keeps its tier, and stays while others inherit from it", async () => {
        const { id } = await estate.put("network:FirewallPolicy");
        expect(await answer(estate.put("network:FirewallPolicy", { sku: { tier: "Premium" } }))).toBe(
            "FirewallPolicySkuChangeDisallowed",
        );
        await estate.put("network:FirewallPolicy", { firewallPolicyName: "child", basePolicy: { id } });
        expect(await answer(estate.azure.delete(id))).toBe("FirewallPolicyHasChildPolicyReferences");
    });
});

describe("FirewallPolicyRuleCollectionGroup", () => {
    const application = {
        ...{ ruleType: "ApplicationRule", name: "aks", sourceAddresses: ["10.0.0.0/16"] },
        ...{ protocols: [{ protocolType: "Https", port: 443 }], targetFqdns: ["*.data.mcr.microsoft.com"] },
    };
    const network = {
        ...{ ruleType: "NetworkRule", name: "time", sourceAddresses: ["10.0.0.0/16"], ipProtocols: ["UDP"] },
        ...{ destinationAddresses: ["AzureCloud.SwedenCentral"], destinationPorts: ["123", "1194-1195"] },
    };
    const nat = { ...network, ruleType: "NatRule", translatedAddress: "10.0.0.9", translatedPort: "22" };
    const collection = (rules: Properties[], over: Properties = {}): Properties => ({
        ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name: "c", priority: 100 },
        ...{ action: { type: "Allow" }, rules, ...over },
    });
    const natCollection = { ruleCollectionType: "FirewallPolicyNatRuleCollection", action: { type: "DNAT" } };
    const named = (name: string, priority: number) => collection([], { name, priority });

    const collections: [string, Properties[], string][] = [
        ["application rules", [collection([application])], "accepted"],
        ["network rules", [collection([network])], "accepted"],
        ["NAT rules", [collection([nat], natCollection)], "accepted"],
        [
            "a tag and no protocol",
            [collection([{ ...application, protocols: [], targetFqdns: [], fqdnTags: ["AzureKubernetesService"] }])],
            "accepted",
        ],
        [
            "a range of addresses",
            [collection([{ ...network, destinationAddresses: ["10.9.0.1-10.9.0.9"] }])],
            "accepted",
        ],
        ["a priority below 100", [named("a", 99)], "FirewallPolicyRuleCollectionInvalidPriorityValue"],
        ["a priority above 65000", [named("a", 65001)], "FirewallPolicyRuleCollectionInvalidPriorityValue"],
        [
            "one priority twice",
            [named("a", 100), named("b", 100)],
            "FirewallPolicyRuleCollectionGroupRuleCollectionPrioritiesMustBeUnique",
        ],
        [
            "one name twice",
            [named("a", 100), named("A", 110)],
            "FirewallPolicyRuleCollectionGroupRuleCollectionNamesMustBeUnique",
        ],
        ["no action", [collection([network], { action: {} })], "FirewallPolicyRuleActionRequired"],
        ["both kinds of rules", [collection([network, application])], "FirewallPolicyRuleConditionsMustBeOfSameType"],
        ["a NAT rule among filters", [collection([nat])], "FirewallPolicyRuleCollectionInvalidRuleType"],
        [
            "a filter rule among NAT",
            [collection([network], natCollection)],
            "FirewallPolicyRuleCollectionInvalidRuleType",
        ],
        [
            "no application protocol",
            [collection([{ ...application, protocols: [] }])],
            "FirewallPolicyApplicationRuleConditionAtLeastOneProtocolRequired",
        ],
        [
            "a protocol that is none",
            [collection([{ ...application, protocols: [{ protocolType: "Ftp", port: 21 }] }])],
            "FirewallPolicyApplicationRuleConditionInvalidProtocol",
        ],
        [
            "names and tags",
            [collection([{ ...application, fqdnTags: ["WindowsUpdate"] }])],
            "FirewallPolicyApplicationRuleConditionHasBothTargetFqdnAndFqdnTags",
        ],
        [
            "a wildcard in the middle",
            [collection([{ ...application, targetFqdns: ["mcr.*.com"] }])],
            "FirewallPolicyApplicationRuleConditionInvalidTargetFqdn",
        ],
        [
            "a URL for a name",
            [collection([{ ...application, targetFqdns: ["https://mcr.microsoft.com"] }])],
            "FirewallPolicyApplicationRuleConditionInvalidTargetFqdn",
        ],
        [
            "URLs on tier Standard",
            [collection([{ ...application, targetUrls: ["example.com/a"] }])],
            "FirewallPolicyHigherTierOnlyProperties",
        ],
        [
            "no source",
            [collection([{ ...network, sourceAddresses: [] }])],
            "FirewallPolicyRuleConditionIpAddressesAndPortsMustBeSpecified",
        ],
        [
            "no network protocol",
            [collection([{ ...network, ipProtocols: [] }])],
            "FirewallPolicyNetworkRuleConditionAtLeastOneProtocolRequired",
        ],
        [
            "no destination",
            [collection([{ ...network, destinationAddresses: [] }])],
            "FirewallPolicyRuleConditionIpAddressesAndPortsMustBeSpecified",
        ],
        [
            "no port",
            [collection([{ ...network, destinationPorts: [] }])],
            "FirewallPolicyRuleConditionIpAddressesAndPortsMustBeSpecified",
        ],
        [
            "a bad port",
            [collection([{ ...network, destinationPorts: ["https"] }])],
            "FirewallPolicyRuleConditionInvalidPortOrRangeFormat",
        ],
        [
            "a bad address",
            [collection([{ ...network, sourceAddresses: ["10.0.0.1/8"] }])],
            "FirewallPolicyRuleConditionInvalidIpAddressOrRangeFormat",
        ],
        [
            "host names without DNS proxy",
            [collection([{ ...network, destinationAddresses: [], destinationFqdns: ["ntp.ubuntu.com"] }])],
            "AzureFirewallDNSProxyMustBeEnabled",
        ],
    ];
    const kind = "network:FirewallPolicyRuleCollectionGroup";
    test.each(collections)("with %s", async (_, ruleCollections, code) => {
        await estate.put("network:FirewallPolicy");
        expect(await answer(estate.put(kind, { ruleCollections }))).toBe(code);
    });

    test("allows host names in network rules with DNS proxy, and URLs on tier Premium", async () => {
        await estate.put("network:FirewallPolicy", { sku: { tier: "Premium" }, dnsSettings: { enableProxy: true } });
        const rules = [
            collection([{ ...network, destinationAddresses: [], destinationFqdns: ["ntp.ubuntu.com"] }], { name: "n" }),
            collection([{ ...application, targetFqdns: [], targetUrls: ["a.example/b"], terminateTLS: true }], {
                name: "a",
                priority: 200,
            }),
        ];
        expect(await answer(estate.put(kind, { ruleCollections: rules }))).toBe("accepted");
    });

    test.each([
        [{ priority: 99 }, "FirewallPolicyRuleCollectionGroupInvalidPriorityValue"],
        [{ priority: 65001 }, "FirewallPolicyRuleCollectionGroupInvalidPriorityValue"],
        [{ priority: 300 }, "FirewallPolicyRuleCollectionGroupPrioritiesMustBeUnique"],
        [{ firewallPolicyName: "x" }, "ParentResourceNotFound"],
    ])("with %j", async (over, code) => {
        await estate.put("network:FirewallPolicy");
        await estate.put(kind, { ruleCollectionGroupName: "other", priority: 300 });
        expect(await answer(estate.put(kind, over))).toBe(code);
    });

    test("is written in turn with the others of its policy", async () => {
        await estate.put("network:FirewallPolicy");
        const writes = [200, 300].map((priority) =>
            answer(estate.put(kind, { ruleCollectionGroupName: `g${priority}`, priority })),
        );
        expect(await Promise.all(writes)).toEqual(["accepted", "FirewallPolicyRuleCollectionGroupUpdateNotAllowed"]);
    });
});
