import { stableGuid } from "../guid";
import { nameOf } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType } from "../resource-type";
import { isAddressOrTag, isPortRange } from "./address-rules";
import { first, networkName, regional, repeated, tagged, usersOf } from "./common-rules";
import { amount, onDelete, onWrite, records, text, texts } from "./reading";
import { etag } from "./subnets";

const page = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview";

/** Rules that every group has, after ours. @see https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules */
const defaultRules = [
    ["AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"],
    ["AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"],
    ["DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"],
    ["AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"],
    ["AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"],
    ["DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"],
] as const;

/** The four things a rule says either once or as a list, and the application groups that may stand for addresses. */
const sides = [
    { one: "sourcePortRange", list: "sourcePortRanges" },
    { one: "destinationPortRange", list: "destinationPortRanges" },
    { one: "sourceAddressPrefix", list: "sourceAddressPrefixes", groups: "sourceApplicationSecurityGroups" },
    {
        one: "destinationAddressPrefix",
        list: "destinationAddressPrefixes",
        groups: "destinationApplicationSecurityGroups",
    },
];

const given = (rule: Properties, { one, list }: { one: string; list: string }): string[] => {
    const single = text(rule, one);
    return [...(single === undefined ? [] : [single]), ...texts(rule, list)];
};

const rulesOf = (inputs: Properties): Properties[] => records(inputs, "securityRules");
const nameOfRule = (rule: Properties): string => text(rule, "name") ?? "";

function refusePriority(rule: Properties): Refusal | undefined {
    const priority = amount(rule, "priority") ?? 0;
    if (Number.isInteger(priority) && priority >= 100 && priority <= 4096) return undefined;
    const message = `Security rule has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`;
    return refusal(400, "SecurityRuleInvalidPriority", message);
}

function refusePorts(rule: Properties): Refusal | undefined {
    return first(sides.slice(0, 2), (side) => {
        const wrong = given(rule, side).find(
            (range) => !isPortRange(range, { wildcard: text(rule, side.one) === range }),
        );
        if (wrong === undefined) return undefined;
        const message = `Security rule has invalid Port range. Value provided: ${wrong}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`;
        return refusal(400, "SecurityRuleInvalidPortRange", message);
    });
}

function refuseAddresses(rule: Properties): Refusal | undefined {
    return first(sides.slice(2), (side) => {
        const wrong = given(rule, side).find((address) => !isAddressOrTag(address));
        const message = `Security rule has invalid Address prefix. Value provided: ${wrong ?? ""}`;
        return wrong === undefined ? undefined : refusal(400, "SecurityRuleInvalidAddressPrefix", message);
    });
}

function refuseMissingSide(rule: Properties, id: string): Refusal | undefined {
    return first(sides, (side) => {
        const groups = side.groups === undefined ? [] : records(rule, side.groups);
        if (given(rule, side).length > 0 || groups.length > 0) return undefined;
        const message = `Required security rule parameters are missing for security rule with Id: ${id}/securityRules/${nameOfRule(rule)}. Security rule must specify ${side.list} or ${side.one}.`;
        return refusal(400, "SecurityRuleParameterNotSpecified", message);
    });
}

const networkSecurityGroup: ResourceType = {
    token: "azure-native:network:NetworkSecurityGroup",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onWrite(`${page} (priority 100 to 4096)`, ({ inputs }) => first(rulesOf(inputs), refusePriority)),
        onWrite("https://github.com/hashicorp/terraform-provider-azurerm/issues/11137", ({ inputs }) => {
            const place = (rule: Properties) => `${text(rule, "direction") ?? ""} ${amount(rule, "priority") ?? 0}`;
            const twins = repeated(rulesOf(inputs), place);
            const [one = "", other = ""] = (twins ?? []).map(nameOfRule);
            const message = `Security rule ${one} conflicts with rule ${other}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`;
            return twins && refusal(400, "SecurityRuleConflict", message);
        }),
        onWrite(`${page} (rule names are unique within the group); code unverified`, ({ id, inputs }) => {
            const twins = repeated(rulesOf(inputs), (rule) => nameOfRule(rule).toLowerCase());
            const message = `Resource ${id} has two child resources with the same name (${nameOfRule(twins?.[0] ?? {})}).`;
            return twins && refusal(400, "InvalidRequestFormat", message);
        }),
        onWrite(`${page} (ports 0 to 65535, "*" or a range)`, ({ inputs }) => first(rulesOf(inputs), refusePorts)),
        onWrite(`${page} (address, prefix or service tag); code unverified`, ({ inputs }) =>
            first(rulesOf(inputs), refuseAddresses),
        ),
        onWrite(`${page} (source, destination and ports are all required); code unverified`, ({ id, inputs }) =>
            first(rulesOf(inputs), (rule) => refuseMissingSide(rule, id)),
        ),
        onDelete("https://learn.microsoft.com/azure/virtual-network/manage-network-security-group", ({ id, azure }) => {
            const [user] = usersOf(azure, id);
            const message = `Network security group ${id} cannot be deleted because it is in use by the following resources: ${user?.id ?? ""}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`;
            return user && refusal(400, "InUseNetworkSecurityGroupCannotBeDeleted", message);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        securityRules: rulesOf(inputs).map((rule) => ({
            ...rule,
            id: `${id}/securityRules/${nameOfRule(rule)}`,
            type: "Microsoft.Network/networkSecurityGroups/securityRules",
            provisioningState: "Succeeded",
        })),
        defaultSecurityRules: defaultRules.map(([name, direction, priority, access, source, destination]) => ({
            id: `${id}/defaultSecurityRules/${name}`,
            ...{ name, direction, priority, access, protocol: "*", provisioningState: "Succeeded" },
            ...{ sourceAddressPrefix: source, sourcePortRange: "*" },
            ...{ destinationAddressPrefix: destination, destinationPortRange: "*" },
        })),
        subnets: usersOf(azure, id).map((user) => ({ id: user.id, name: nameOf(user.id) })),
    }),
};

export const networkSecurityTypes: readonly ResourceType[] = [networkSecurityGroup];
