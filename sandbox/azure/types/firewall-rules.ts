import { isAtOrBelow, nameOf, parentId, sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Stored } from "../resource-type";
import { isAddressOrTag, isPortRange } from "./address-rules";
import { first, networkName, repeated } from "./common-rules";
import { tierOf } from "./firewall";
import { amount, flag, onWrite, records, text, texts } from "./reading";
import { etag } from "./subnets";

const ruleSets = "https://learn.microsoft.com/azure/firewall/policy-rule-sets";
/** The codes of the firewall's resource provider; where only its older names ("RuleGroup") are public, it says so. */
const olderName = "code: today's name of a published older one, unverified";
const rulesPage = `${ruleSets}; code as the firewall's resource provider lists it`;

const groupToken = "azure-native:network:FirewallPolicyRuleCollectionGroup";
const collectionsOf = (inputs: Properties): Properties[] => records(inputs, "ruleCollections");
const rulesOf = (collection: Properties): Properties[] => records(collection, "rules");
const nameIn = (value: Properties): string => text(value, "name") ?? "";
const isNat = (collection: Properties): boolean =>
    text(collection, "ruleCollectionType") === "FirewallPolicyNatRuleCollection";

function siblings({ azure, id }: Request): Stored[] {
    const policy = parentId(id) ?? "";
    return azure.list(groupToken).filter((other) => isAtOrBelow(other.id, policy) && !sameId(other.id, id));
}

/** Rules of a kind in the group, each judged. */
function eachRule(kind: string, refuse: (rule: Properties, name: string) => Refusal | undefined) {
    return ({ inputs }: Request): Refusal | undefined => {
        const rules = collectionsOf(inputs).flatMap(rulesOf);
        return first(
            rules.filter((rule) => text(rule, "ruleType") === kind),
            (rule) => refuse(rule, nameIn(rule)),
        );
    };
}

const isPriority = (value: number): boolean => Number.isInteger(value) && value >= 100 && value <= 65000;
const isFqdn = (value: string): boolean => /^(\*|\*?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\*(\.[a-z0-9_-]+)+)$/i.test(value);

function refuseProtocols(rule: Properties, name: string): Refusal | undefined {
    return first(records(rule, "protocols"), (protocol) => {
        const [type = "", port = 0] = [text(protocol, "protocolType"), amount(protocol, "port")];
        const message = `Firewall Policy Application Rule Condition ${name} has invalid protocol ${type}:${port}. Http, Https and Mssql are supported, with a port from 1 to 64000.`;
        const valid = ["Http", "Https", "Mssql"].includes(type) && port >= 1 && port <= 64000;
        return valid ? undefined : refusal(400, "FirewallPolicyApplicationRuleConditionInvalidProtocol", message);
    });
}

const ruleCollectionGroup: ResourceType = {
    token: groupToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/firewallPolicies/{firewallPolicyName}/ruleCollectionGroups/{ruleCollectionGroupName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        {
            on: ["create", "update", "delete"],
            source: `https://github.com/hashicorp/terraform-provider-azurerm/pull/8603 (writes are taken in turn); ${olderName}`,
            refuse: ({ id, azure }) => {
                const policy = parentId(id) ?? "";
                const busy = azure.inProgress(policy).some((other) => !sameId(other, id));
                const message = `Rule Collection Group ${nameOf(id)} can not be updated because Parent Firewall Policy ${nameOf(policy)} is in Updating state from previous operation.`;
                return busy ? refusal(409, "FirewallPolicyRuleCollectionGroupUpdateNotAllowed", message) : undefined;
            },
        },
        onWrite(`${ruleSets} (priority 100 to 65000); ${olderName}`, ({ id, inputs }) => {
            const priority = amount(inputs, "priority") ?? 0;
            const message = `Invalid Rule Collection Group ${nameOf(id)}. Invalid priority value ${priority}, must be between 100 and 65000`;
            return (
                !isPriority(priority) && refusal(400, "FirewallPolicyRuleCollectionGroupInvalidPriorityValue", message)
            );
        }),
        onWrite(`${ruleSets} (groups of a policy differ in priority); ${olderName}`, (request) => {
            const priority = amount(request.inputs, "priority");
            const taken = siblings(request).some((other) => amount(other.inputs, "priority") === priority);
            const message = `Invalid Firewall Policy ${nameOf(parentId(request.id) ?? "")}. Priority ${priority ?? 0} used for more than one rule collection group.`;
            return taken && refusal(400, "FirewallPolicyRuleCollectionGroupPrioritiesMustBeUnique", message);
        }),
        onWrite(`${ruleSets} (priority 100 to 65000); ${olderName}`, ({ inputs }) =>
            first(collectionsOf(inputs), (collection) => {
                const priority = amount(collection, "priority") ?? 0;
                const message = `Invalid Rule Collection ${nameIn(collection)}. Invalid priority value ${priority}, must be between 100 and 65000`;
                return isPriority(priority)
                    ? undefined
                    : refusal(400, "FirewallPolicyRuleCollectionInvalidPriorityValue", message);
            }),
        ),
        onWrite(`${ruleSets} (collections of a group differ in priority)`, ({ inputs }) => {
            const twins = repeated(collectionsOf(inputs), (collection) => String(amount(collection, "priority") ?? 0));
            const message = `Invalid Rule Collection Group. Priority ${amount(twins?.[0], "priority") ?? 0} used for more than one rule collection.`;
            return (
                twins && refusal(400, "FirewallPolicyRuleCollectionGroupRuleCollectionPrioritiesMustBeUnique", message)
            );
        }),
        onWrite(`${ruleSets} (collections of a group differ in name); ${olderName}`, ({ inputs }) => {
            const twins = repeated(collectionsOf(inputs), (collection) => nameIn(collection).toLowerCase());
            const message = `Invalid Rule Collection Group. Name ${nameIn(twins?.[0] ?? {})} used for more than one rule collection.`;
            return twins && refusal(400, "FirewallPolicyRuleCollectionGroupRuleCollectionNamesMustBeUnique", message);
        }),
        onWrite(rulesPage, ({ inputs }) => {
            const bare = collectionsOf(inputs).find((collection) => text(collection, "action.type") === undefined);
            const message = `Invalid Rule ${nameIn(bare ?? {})}. No action defined.`;
            return bare && refusal(400, "FirewallPolicyRuleActionRequired", message);
        }),
        onWrite(rulesPage, ({ inputs }) => {
            const kinds = (collection: Properties) =>
                new Set(rulesOf(collection).map((rule) => text(rule, "ruleType")));
            const mixed = collectionsOf(inputs).find((collection) => !isNat(collection) && kinds(collection).size > 1);
            const message = `Invalid Rule ${nameIn(mixed ?? {})}. Cannot include rule conditions of type network and application in the same rule`;
            return mixed && refusal(400, "FirewallPolicyRuleConditionsMustBeOfSameType", message);
        }),
        onWrite(`${ruleSets} (NAT rules stand in NAT collections only); code unverified`, ({ inputs }) => {
            const misplaced = collectionsOf(inputs).find((collection) =>
                rulesOf(collection).some((rule) => (text(rule, "ruleType") === "NatRule") !== isNat(collection)),
            );
            const message = `Rules of collection ${nameIn(misplaced ?? {})} do not fit its type ${text(misplaced, "ruleCollectionType") ?? ""}.`;
            return misplaced && refusal(400, "FirewallPolicyRuleCollectionInvalidRuleType", message);
        }),
        onWrite(
            rulesPage,
            eachRule("ApplicationRule", (rule, name) => {
                const message = `Firewall Policy Application Rule Condition ${name} should have atleast one protocol specified.`;
                // A tag brings its own protocols.
                const none = records(rule, "protocols").length === 0 && texts(rule, "fqdnTags").length === 0;
                const code = "FirewallPolicyApplicationRuleConditionAtLeastOneProtocolRequired";
                return none ? refusal(400, code, message) : refuseProtocols(rule, name);
            }),
        ),
        onWrite(
            rulesPage,
            eachRule("ApplicationRule", (rule, name) => {
                const both = texts(rule, "targetFqdns").length > 0 && texts(rule, "fqdnTags").length > 0;
                const message = `Firewall Policy Application Rule Condition ${name} has both Target Fqdns and FqdnTags`;
                return both
                    ? refusal(400, "FirewallPolicyApplicationRuleConditionHasBothTargetFqdnAndFqdnTags", message)
                    : undefined;
            }),
        ),
        onWrite(
            rulesPage,
            eachRule("ApplicationRule", (rule, name) => {
                const wrong = texts(rule, "targetFqdns").find((fqdn) => !isFqdn(fqdn));
                const message = `Firewall Policy Application Rule Condition ${name} has invalid target fqdn ${wrong ?? ""}`;
                return wrong === undefined
                    ? undefined
                    : refusal(400, "FirewallPolicyApplicationRuleConditionInvalidTargetFqdn", message);
            }),
        ),
        onWrite(`${ruleSets} (every rule has a source); code unverified`, ({ inputs }) => {
            const rules = collectionsOf(inputs).flatMap(rulesOf);
            const bare = rules.find(
                (rule) => texts(rule, "sourceAddresses").length + texts(rule, "sourceIpGroups").length === 0,
            );
            const message = `Firewall Policy Rule Condition ${nameIn(bare ?? {})} should have IP addresses and ports specified. * is used to match all.`;
            return bare && refusal(400, "FirewallPolicyRuleConditionIpAddressesAndPortsMustBeSpecified", message);
        }),
        onWrite(
            "https://learn.microsoft.com/azure/firewall/premium-features (URL filtering, TLS inspection); code: https://github.com/Azure/missionlz/issues/736",
            (request) => {
                const policy = request.azure.find(parentId(request.id) ?? "");
                if (tierOf(policy?.inputs) === "Premium") return undefined;
                return eachRule("ApplicationRule", (rule, name) => {
                    const premium = texts(rule, "targetUrls").length > 0 || flag(rule, "terminateTLS");
                    const message = `Firewall Policy ${policy?.id ?? ""} contains higher tier only properties - rule ${name}: targetUrls, terminateTLS`;
                    return premium ? refusal(400, "FirewallPolicyHigherTierOnlyProperties", message) : undefined;
                })(request);
            },
        ),
        onWrite(
            rulesPage,
            eachRule("NetworkRule", (rule, name) => {
                const message = `Firewall Policy Network Rule Condition ${name} should have atleast one protocol specified.`;
                return texts(rule, "ipProtocols").length === 0
                    ? refusal(400, "FirewallPolicyNetworkRuleConditionAtLeastOneProtocolRequired", message)
                    : undefined;
            }),
        ),
        onWrite(
            rulesPage,
            eachRule("NetworkRule", (rule, name) => {
                const targets = ["destinationAddresses", "destinationFqdns", "destinationIpGroups"];
                const aimless = targets.every((path) => texts(rule, path).length === 0);
                const message = `Firewall Policy Rule Condition ${name} should have IP addresses and ports specified. * is used to match all.`;
                return aimless || texts(rule, "destinationPorts").length === 0
                    ? refusal(400, "FirewallPolicyRuleConditionIpAddressesAndPortsMustBeSpecified", message)
                    : undefined;
            }),
        ),
        onWrite(
            "https://github.com/Azure/azure-rest-api-specs/issues/11831",
            eachRule("NetworkRule", (rule, name) => {
                const wrong = texts(rule, "destinationPorts").find((range) => !isPortRange(range, { wildcard: true }));
                const message = `Firewall Policy Rule Condition ${name}: Invalid port value or range ${wrong ?? ""}.`;
                return wrong === undefined
                    ? undefined
                    : refusal(400, "FirewallPolicyRuleConditionInvalidPortOrRangeFormat", message);
            }),
        ),
        onWrite(
            rulesPage,
            eachRule("NetworkRule", (rule, name) => {
                const all = [...texts(rule, "sourceAddresses"), ...texts(rule, "destinationAddresses")];
                const wrong = all.find((address) => !isAddressOrRange(address));
                const message = `Firewall Policy Rule Condition ${name}: Invalid IP address value or range ${wrong ?? ""}.`;
                return wrong === undefined
                    ? undefined
                    : refusal(400, "FirewallPolicyRuleConditionInvalidIpAddressOrRangeFormat", message);
            }),
        ),
        onWrite(
            "https://learn.microsoft.com/azure/firewall/fqdn-filtering-network-rules (DNS proxy); code as classic rules have it",
            (request) => {
                const policy = request.azure.find(parentId(request.id) ?? "");
                if (valueAt(policy?.inputs, "dnsSettings.enableProxy") === true) return undefined;
                return eachRule("NetworkRule", (rule) => {
                    const message = "DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules";
                    return texts(rule, "destinationFqdns").length > 0
                        ? refusal(400, "AzureFirewallDNSProxyMustBeEnabled", message)
                        : undefined;
                })(request);
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({ etag: etag(id, inputs), size: "0.001MB" }),
};

/** A firewall also takes ranges such as `10.0.0.1-10.0.0.9`. */
function isAddressOrRange(value: string): boolean {
    const ends = value.split("-");
    return ends.length === 2 && /^[\d.]+$/.test(ends[0] ?? "") ? ends.every(isAddressOrTag) : isAddressOrTag(value);
}

export const firewallRuleTypes: readonly ResourceType[] = [ruleCollectionGroup];
