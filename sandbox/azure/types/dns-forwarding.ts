import { parseAddress } from "../cidr";
import { stableGuid } from "../guid";
import { isAtOrBelow, nameOf, parentId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { NameRule, ResourceType } from "../resource-type";
import { invalidReference, isMissing, references, regional, tagged } from "./common-rules";
import { amount, onCreate, onDelete, onWrite, records, regionOf, text } from "./reading";
import { etag } from "./subnets";

const restrictions = "https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#restrictions";
const rulesetPage = "https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets#dns-forwarding-rulesets";
const limits =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#dns-private-resolver1";

const rulesetToken = "azure-native:dnsresolver:DnsForwardingRuleset";
const ruleToken = "azure-native:dnsresolver:ForwardingRule";
const linkToken = "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink";
const rulesetPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsForwardingRulesets/{dnsForwardingRulesetName}";

/** Of a resolver, its endpoints and its rulesets. */
/** A resolver's network, and a ruleset's, is theirs for life. */
export const networkForLife: ResourceType["immutable"][number] = {
    ...{ path: "virtualNetwork.id", code: "BadRequest" },
    source: "the API's own description (cannot be changed after creation); code unverified",
};

export const resolverName: NameRule = {
    pattern: /^[A-Za-z0-9]([A-Za-z0-9_-]{0,78}[A-Za-z0-9])?$/,
    rule: "1 to 80 letters, digits, underscores or hyphens, the first and last a letter or digit",
    code: "InvalidResourceName",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; code unverified",
};

const ruleset: ResourceType = {
    token: rulesetToken,
    path: rulesetPath,
    name: resolverName,
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        references(["dnsResolverOutboundEndpoints.[].id"], true),
        onWrite(`${rulesetPage} (one or two outbound endpoints); code unverified`, ({ id, inputs }) => {
            const count = records(inputs, "dnsResolverOutboundEndpoints").length;
            const message = `DNS forwarding ruleset '${id}' must have 1 or 2 outbound endpoints, got ${count}.`;
            return (count < 1 || count > 2) && refusal(400, "BadRequest", message);
        }),
        onDelete(`${rulesetPage} (links first); code unverified`, ({ id, azure }) => {
            const link = azure.list(linkToken).find((one) => isAtOrBelow(one.id, id));
            const message = `DNS forwarding ruleset '${nameOf(id)}' cannot be deleted while it is linked to virtual networks: '${link?.id ?? ""}'.`;
            return link && refusal(409, "Conflict", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({ etag: etag(id, inputs), resourceGuid: stableGuid(id, "resource"), systemData: {} }),
};

const rule: ResourceType = {
    token: ruleToken,
    path: `${rulesetPath}/forwardingRules/{forwardingRuleName}`,
    name: resolverName,
    forceNew: [],
    immutable: [
        {
            path: "domainName",
            code: "BadRequest",
            source: "the API's PATCH takes servers, state and metadata alone; code unverified",
        },
    ],
    rules: [
        onWrite(`${rulesetPage} (a domain ends with its dot); code unverified`, ({ id, inputs }) => {
            const domain = text(inputs, "domainName") ?? "";
            const fits =
                domain === "." || /^(?=.{2,255}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+$/.test(domain);
            const message = `Domain name '${domain}' of forwarding rule '${id}' is not valid: it must be dot-terminated.`;
            return !fits && refusal(400, "BadRequest", message);
        }),
        onWrite(`${limits} (one to six servers); code unverified`, ({ id, inputs }) => {
            const count = records(inputs, "targetDnsServers").length;
            const message = `Forwarding rule '${id}' must have 1 to 6 target DNS servers, got ${count}.`;
            return (count < 1 || count > 6) && refusal(400, "BadRequest", message);
        }),
        onWrite(`${rulesetPage} (targets: an IPv4 address, never Azure's own); code unverified`, ({ id, inputs }) => {
            const wrong = records(inputs, "targetDnsServers").find((server) => {
                const [address, port] = [text(server, "ipAddress") ?? "", amount(server, "port") ?? 53];
                return parseAddress(address) === undefined || address === "168.63.129.16" || port < 1 || port > 65535;
            });
            const message = `Target DNS server '${text(wrong, "ipAddress") ?? ""}' of forwarding rule '${id}' is not valid.`;
            return wrong && refusal(400, "BadRequest", message);
        }),
        onCreate(`${limits} (1000 rules a ruleset, each domain once); code unverified`, ({ id, inputs, azure }) => {
            const siblings = azure.list(ruleToken).filter((other) => isAtOrBelow(other.id, parentId(id) ?? ""));
            const domain = text(inputs, "domainName")?.toLowerCase();
            const twin = siblings.find((other) => text(other.inputs, "domainName")?.toLowerCase() === domain);
            const message = `Forwarding rule '${twin?.id ?? ""}' has the domain '${domain ?? ""}' already.`;
            if (twin) return refusal(409, "Conflict", message);
            return (
                siblings.length >= 1000 &&
                refusal(400, "BadRequest", "A DNS forwarding ruleset takes at most 1000 rules.")
            );
        }),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        systemData: {},
        forwardingRuleState: text(inputs, "forwardingRuleState") ?? "Enabled",
        targetDnsServers: records(inputs, "targetDnsServers").map((server) => ({ port: 53, ...server })),
    }),
};

const link: ResourceType = {
    token: linkToken,
    path: `${rulesetPath}/virtualNetworkLinks/{virtualNetworkLinkName}`,
    name: resolverName,
    forceNew: [],
    immutable: [networkForLife],
    rules: [
        onWrite(`${restrictions} (a ruleset links networks of its own region)`, ({ id, inputs, azure }) => {
            const networkId = text(inputs, "virtualNetwork.id") ?? "";
            const network = azure.find(networkId);
            const elsewhere = network && regionOf(network.inputs) !== regionOf(azure.find(parentId(id) ?? "")?.inputs);
            return (isMissing(azure, networkId) || elsewhere) && invalidReference(id, networkId);
        }),
        onCreate(`${rulesetPage} (a network is linked to one ruleset); code unverified`, ({ id, inputs, azure }) => {
            const networkId = text(inputs, "virtualNetwork.id") ?? "";
            const twin = azure
                .list(linkToken)
                .find(
                    (other) =>
                        sameId(text(other.inputs, "virtualNetwork.id") ?? "", networkId) && !sameId(other.id, id),
                );
            const message = `Virtual network '${networkId}' is already linked to a DNS forwarding ruleset by '${twin?.id ?? ""}'.`;
            return twin && refusal(409, "Conflict", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({ etag: etag(id, inputs), systemData: {} }),
};

export const forwardingTypes: readonly ResourceType[] = [ruleset, rule, link];
