import { formatAddress, parseBlock } from "../cidr";
import { ancestorId, groupId, isAtOrBelow, nameOf, sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType } from "../resource-type";
import {
    first,
    invalidReference,
    isMissing,
    networkName,
    references,
    regional,
    repeated,
    tagged,
    zonal,
} from "./common-rules";
import { refuseTakenAddresses } from "./public-ip";
import { onUpdate, onWrite, records, regionOf, text } from "./reading";
import { etag, findSubnet, prefixesOf } from "./subnets";

const faq = "https://learn.microsoft.com/azure/firewall/firewall-faq";
const deploy = "https://learn.microsoft.com/azure/firewall/tutorial-firewall-deploy-portal";
const policyOverview = "https://learn.microsoft.com/azure/firewall-manager/policy-overview";

/** Tiers by what they can do: a firewall takes policies of its own tier, a premium one standard policies too. */
const policiesOf: Readonly<Record<string, readonly string[]>> = {
    Basic: ["Basic"],
    Standard: ["Standard"],
    Premium: ["Standard", "Premium"],
};

export const tierOf = (inputs: Properties | undefined): string => text(inputs, "sku.tier") ?? "Standard";

/** Longest prefix of the subnets in which a firewall lives. */
const longestPrefix = 26;

function configurations(inputs: Properties): Properties[] {
    return records(inputs, "ipConfigurations");
}

/** The subnet of an IP configuration, which must have that name, be large enough and lie in the firewall's group. */
function refuseSubnet({ id, azure, inputs }: Request, path: string, name: string): Refusal | undefined {
    const subnetId = text(inputs, path);
    if (subnetId === undefined) return undefined;
    const subnet = findSubnet(azure, subnetId);
    const region = regionOf(azure.find(ancestorId(subnetId, 1))?.inputs);
    if (!subnet ? isMissing(azure, subnetId) : region !== regionOf(inputs)) return invalidReference(id, subnetId);
    if (nameOf(subnetId) !== name) {
        const message = `Subnet ${subnetId} is invalid for Azure Firewall ${id}. It can only be created in a subnet with name '${name}'.`;
        return refusal(400, "AzureFirewallInvalidSubnetName", message);
    }
    const lengths = prefixesOf(subnet?.inputs ?? {}).flatMap((prefix) => parseBlock(prefix)?.length ?? []);
    if (lengths.some((length) => length > longestPrefix)) {
        const message = `Subnet ${subnetId} of Azure Firewall ${id} must be a /${longestPrefix} or larger.`;
        return refusal(400, "AzureFirewallSubnetTooSmall", message);
    }
    if (sameId(groupId(subnetId) ?? "", groupId(id) ?? "")) return undefined;
    const message = `AzureFirewall ${id} references subnet (${subnetId}) in a different resource group.`;
    return refusal(400, "SecureGatewayReferencesSubnetInDifferentResourceGroup", message);
}

const azureFirewall: ResourceType = {
    token: "azure-native:network:AzureFirewall",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/azureFirewalls/{azureFirewallName}",
    name: networkName(1, 56),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        references(["firewallPolicy.id", "virtualHub.id"]),
        references(["ipConfigurations.[].publicIPAddress.id", "managementIpConfiguration.publicIPAddress.id"], true),
        ...zonal,
        onWrite(
            "https://github.com/hashicorp/terraform-provider-azurerm/issues (AzureFirewallInvalidRequest)",
            (request) => {
                const hub = text(request.inputs, "virtualHub.id");
                const inNetwork = (text(request.inputs, "sku.name") ?? "AZFW_VNet") === "AZFW_VNet";
                const message = `Request parameter VirtualHub can not be specified in current SKU AZFW_VNet for the Azure Firewall ${request.id}`;
                return inNetwork && hub !== undefined && refusal(400, "AzureFirewallInvalidRequest", message);
            },
        ),
        onWrite(
            `${deploy} (the first IP configuration names the subnet, no other does); code unverified`,
            ({ id, inputs }) => {
                if (text(inputs, "sku.name") === "AZFW_Hub") return undefined;
                const withSubnet = configurations(inputs).filter((one) => text(one, "subnet.id") !== undefined);
                const message = `Azure Firewall ${id} must have exactly one IP configuration with a subnet, got ${withSubnet.length}.`;
                return withSubnet.length !== 1 && refusal(400, "AzureFirewallInvalidIpConfiguration", message);
            },
        ),
        onWrite(`${faq} (AzureFirewallSubnet, /26, same resource group); name and size codes unverified`, (request) =>
            first(configurations(request.inputs), (one) =>
                refuseSubnet(
                    { ...request, inputs: { ...request.inputs, one } },
                    "one.subnet.id",
                    "AzureFirewallSubnet",
                ),
            ),
        ),
        onWrite(`${faq} (AzureFirewallManagementSubnet, /26); codes unverified`, (request) =>
            refuseSubnet(request, "managementIpConfiguration.subnet.id", "AzureFirewallManagementSubnet"),
        ),
        onWrite(
            "https://learn.microsoft.com/azure/firewall/deploy-firewall-basic-portal-policy (Basic needs a management NIC); code unverified",
            ({ id, inputs }) => {
                const message = `Azure Firewall ${id} of tier Basic needs a managementIpConfiguration.`;
                const missing = text(inputs, "managementIpConfiguration.subnet.id") === undefined;
                return (
                    tierOf(inputs) === "Basic" &&
                    missing &&
                    refusal(400, "AzureFirewallManagementIpConfigurationRequired", message)
                );
            },
        ),
        onWrite(`${faq} (PublicIPAddressInUse)`, ({ id, inputs, azure }) => {
            const all = [
                ...configurations(inputs),
                { publicIPAddress: valueAt(inputs, "managementIpConfiguration.publicIPAddress") },
            ];
            const addresses = all.flatMap((one) => text(one, "publicIPAddress.id") ?? []);
            const twins = repeated(addresses, (address) => address.toLowerCase());
            const message = `Public IP address ${twins?.[0] ?? ""} is referenced by more than one IP configuration of ${id}.`;
            return twins
                ? refusal(400, "PublicIPAddressReferencedByMultipleIPConfigs", message)
                : refuseTakenAddresses(azure, id, addresses);
        }),
        onWrite(`${policyOverview} (policy and firewall tiers); code unverified`, ({ id, inputs, azure }) => {
            const policyId = text(inputs, "firewallPolicy.id");
            const policy = policyId === undefined ? undefined : azure.find(policyId);
            if (!policy || policiesOf[tierOf(inputs)]?.includes(tierOf(policy.inputs))) return undefined;
            const message = `Firewall Policy ${policy.id} of tier ${tierOf(policy.inputs)} cannot be attached to Azure Firewall ${id} of tier ${tierOf(inputs)}.`;
            return refusal(400, "AzureFirewallPolicyTierMismatch", message);
        }),
        onWrite(`${policyOverview} (classic rules or a policy, not both); code unverified`, ({ id, inputs }) => {
            const classic = ["applicationRuleCollections", "networkRuleCollections", "natRuleCollections"];
            const mixed = classic.find((path) => records(inputs, path).length > 0);
            const both = mixed !== undefined && text(inputs, "firewallPolicy.id") !== undefined;
            const message = `Azure Firewall ${id} has a Firewall Policy, so ${mixed ?? ""} cannot be specified.`;
            return both && refusal(400, "AzureFirewallRulesNotAllowedWithPolicy", message);
        }),
        onUpdate(`${faq} (a firewall stays in its subnet); code unverified`, ({ id, inputs }, previous) => {
            const place = (value: Properties) => configurations(value).flatMap((one) => text(one, "subnet.id") ?? []);
            const [was = "", asked = ""] = [place(previous.inputs)[0], place(inputs)[0]];
            const message = `Azure Firewall ${id} cannot be moved from subnet ${was} to ${asked}.`;
            return was !== "" && !sameId(was, asked) && refusal(400, "AzureFirewallSubnetCannotBeChanged", message);
        }),
    ],
    outputs: firewallOutputs,
};

function firewallOutputs({ id, inputs, azure }: Request): Properties {
    return {
        etag: etag(id, inputs),
        sku: { name: text(inputs, "sku.name") ?? "AZFW_VNet", tier: tierOf(inputs) },
        threatIntelMode: text(inputs, "threatIntelMode") ?? "Alert",
        ipGroups: [],
        ipConfigurations: configurations(inputs).map((one) => {
            const subnet = findSubnet(azure, text(one, "subnet.id") ?? "");
            const block = parseBlock(prefixesOf(subnet?.inputs ?? {})[0] ?? "");
            // Azure keeps the first four addresses of a subnet; the firewall takes the next.
            const address = block && {
                privateIPAddress: formatAddress(block.first + 4),
                privateIPAllocationMethod: "Dynamic",
            };
            const own = `${id}/azureFirewallIpConfigurations/${text(one, "name") ?? ""}`;
            return { ...one, id: own, ...address, provisioningState: "Succeeded" };
        }),
    };
}

/** What only a premium policy can do. */
const premiumOnly: Readonly<Record<string, string>> = {
    intrusionDetection: "Intrusion Detection",
    transportSecurity: "Transport Security",
};

export const policyToken = "azure-native:network:FirewallPolicy";

const firewallPolicy: ResourceType = {
    token: policyToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/firewallPolicies/{firewallPolicyName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        references(["basePolicy.id"]),
        onWrite("https://github.com/Azure/missionlz/issues/736", ({ id, inputs }) => {
            const wrong = Object.keys(premiumOnly).find((path) => valueAt(inputs, path) !== undefined);
            const message = `Firewall Policy ${id} contains higher tier only properties - ${premiumOnly[wrong ?? ""] ?? ""}`;
            return (
                tierOf(inputs) !== "Premium" &&
                wrong !== undefined &&
                refusal(400, "FirewallPolicyHigherTierOnlyProperties", message)
            );
        }),
        onUpdate("https://github.com/MicrosoftDocs/azure-docs/issues/88954", ({ inputs }, previous) => {
            const [was, asked] = [tierOf(previous.inputs), tierOf(inputs)];
            const message = `Firewall Policy  cannot change sku from SKU Tier=${was} to SKU Tier=${asked}`;
            return was !== asked && refusal(400, "FirewallPolicySkuChangeDisallowed", message);
        }),
        onWrite(`${policyOverview} (inheritance)`, ({ inputs, azure }) => {
            const base = azure.find(text(inputs, "basePolicy.id") ?? "");
            const message = `Base Firewall Policy ${base?.id ?? ""} cannot inherit rule groups from another Firewall Policy.`;
            const inherits = text(base?.inputs, "basePolicy.id") !== undefined;
            return inherits && refusal(400, "FirewallPolicyBasePolicyCannotInheritFromAnother", message);
        }),
        {
            on: ["delete"],
            source: "https://github.com/hashicorp/terraform-provider-azurerm/issues/12212",
            refuse: ({ id, azure }) => {
                const uses = (path: string) => (other: { inputs: Properties }) =>
                    sameId(text(other.inputs, path) ?? "", id);
                if (azure.list("azure-native:network:AzureFirewall").some(uses("firewallPolicy.id"))) {
                    const message = `Firewall Policy '${id}' cannot be deleted since there are Azure Firewalls using this policy.`;
                    return refusal(400, "FirewallPolicyHasAzureFirewallReferences", message);
                }
                const message = `Firewall Policy '${id}' cannot be deleted since there are other policies that inherit from this policy.`;
                const children = azure.list(policyToken).some(uses("basePolicy.id"));
                return children ? refusal(400, "FirewallPolicyHasChildPolicyReferences", message) : undefined;
            },
        },
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        sku: { tier: tierOf(inputs) },
        threatIntelMode: text(inputs, "threatIntelMode") ?? "Alert",
        childPolicies: azure
            .list(policyToken)
            .filter((other) => sameId(text(other.inputs, "basePolicy.id") ?? "", id))
            .map((other) => ({ id: other.id })),
        firewalls: azure
            .list("azure-native:network:AzureFirewall")
            .filter((other) => sameId(text(other.inputs, "firewallPolicy.id") ?? "", id))
            .map((other) => ({ id: other.id })),
        ruleCollectionGroups: azure
            .list("azure-native:network:FirewallPolicyRuleCollectionGroup")
            .filter((other) => isAtOrBelow(other.id, id))
            .map((other) => ({ id: other.id })),
        size: "0.001MB",
    }),
};

export const firewallTypes: readonly ResourceType[] = [azureFirewall, firewallPolicy];
