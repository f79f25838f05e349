import type { network } from "@pulumi/azure-native/types/input";
import { outboundNeeds, type OutboundNeed, type OutboundService, type Sender } from "../../facts/outbound";
import { runnerFqdns, runnerPages } from "../runner/fqdns";
import type { RunnerChoice } from "../runner/runner-choice";
import { sources, type Source, type SourceName } from "../../facts/sources";

/** What is there that calls out. Nothing else is let through. */
export interface Installed {
    /** GPU nodes whose driver AKS installs. */
    gpuDrivers: boolean;
    azurePolicy: boolean;
    defender: boolean;
    /** Agents of Azure Monitor in the cluster. */
    monitoring: boolean;
    /** Logs and metrics go through a private link scope, not by Azure Monitor's public names. */
    monitoringIsPrivate: boolean;
    /** Cluster extensions, such as Flux. */
    extensions: boolean;
    /** A workspace of Azure ML. */
    machineLearning: boolean;
    /** Who gives CI machines their work. */
    runner: RunnerChoice["kind"];
    /** Third parties that agents fetch from. */
    sources: readonly SourceName[];
    /** Host names that the operator adds. */
    allowedFqdns: readonly string[];
    /** Resolvers that lie behind the firewall. */
    resolvers: readonly string[];
}

/** Who may reach what, and why. */
export interface OutboundRule {
    name: string;
    from: readonly Sender[];
    to: { fqdns: readonly string[] } | { fqdnTag: string } | { addresses: readonly string[] };
    protocol: "Https" | "Http" | "Dns";
    purpose: string;
    /** Page that the rule follows. */
    source: string;
}

/** TCP between blocks of private addresses. */
export interface PrivateTraffic {
    name: string;
    from: readonly string[];
    to: readonly string[];
    ports: readonly string[];
}

const ports = { Https: 443, Http: 80, Dns: 53 } as const;

/** Port that packets of a rule go to. */
export const portOf = ({ protocol }: OutboundRule): number => ports[protocol];

/**
 * Rules for a firewall that lets through what is installed and nothing else. Pure: our firewall applies them, and the
 * hub's team is handed the same.
 */
export function outboundRules(installed: Installed, location: string): readonly OutboundRule[] {
    const { defender, monitoring, monitoringIsPrivate, allowedFqdns, resolvers } = installed;
    const services: Record<OutboundService, boolean> = {
        ...{ signIn: true, aks: true, nodeUpdates: true },
        ...{ gpuDrivers: installed.gpuDrivers, azurePolicy: installed.azurePolicy },
        // Its workspace is reached as the agents' is.
        defender: defender && !monitoringIsPrivate,
        ...{ monitoring, monitoringIngestion: monitoring && !monitoringIsPrivate },
        ...{ extensions: installed.extensions, machineLearning: installed.machineLearning },
    };
    const asked = (Object.keys(services) as OutboundService[]).filter((service) => services[service]);
    return [
        {
            ...{ name: "aks-tag", from: ["nodes"], to: { fqdnTag: "AzureKubernetesService" }, protocol: "Https" },
            purpose: "what AKS needs, as Azure keeps it; for firewalls of another make, the names below stand in",
            source: "https://learn.microsoft.com/azure/aks/limit-egress-traffic",
        },
        ...asked.flatMap((service) =>
            outboundNeeds[service].map((need, index) => ruleOf(service, need, index, location)),
        ),
        ...(installed.runner === "none" ? [] : [runnerRule(installed.runner)]),
        ...installed.sources.map((name) => sourceRule(name, sources[name])),
        ...(allowedFqdns.length === 0
            ? []
            : [
                  {
                      ...{ name: "configured", from: ["nodes", "agents"] as const, to: { fqdns: allowedFqdns } },
                      ...{ protocol: "Https" as const, purpose: "asked for by mlplatform:egress.allowedFqdns" },
                      source: "the stack's config",
                  },
              ]),
        ...(resolvers.length === 0
            ? []
            : [
                  {
                      ...{ name: "resolvers", from: ["nodes", "agents"] as const, to: { addresses: resolvers } },
                      ...{
                          protocol: "Dns" as const,
                          purpose: "names, which resolvers of mlplatform:dnsServers answer",
                      },
                      source: "https://learn.microsoft.com/azure/aks/outbound-rules-control-egress (custom DNS servers)",
                  },
              ]),
    ];
}

function ruleOf(service: OutboundService, need: OutboundNeed, index: number, location: string): OutboundRule {
    const { hosts, protocol, from, purpose, source } = need;
    const name = index === 0 ? dashed(service) : `${dashed(service)}-${index + 1}`;
    return {
        ...{ name, from, protocol, purpose, source },
        to: { fqdns: hosts.map((host) => host.replace("{location}", location)) },
    };
}

const runnerRule = (kind: Exclude<RunnerChoice["kind"], "none">): OutboundRule => ({
    ...{ name: "runner", from: ["agents"], to: { fqdns: runnerFqdns(kind) }, protocol: "Https" },
    ...{ purpose: "CI machines, and the tools that their jobs start with", source: runnerPages[kind] },
});

function sourceRule(name: SourceName, { hosts, protocol, purpose, source }: Source): OutboundRule {
    const to = { fqdns: hosts };
    return { name: `source-${dashed(name)}`, from: ["agents"], to, protocol: protocol ?? "Https", purpose, source };
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Collection = network.FirewallPolicyFilterRuleCollectionArgs;

/**
 * The rules as Azure Firewall takes them: host names in application rules, resolvers in network rules.
 * @param blocks Addresses of each sender. Pods leave with their node's.
 */
export function ruleCollections(
    rules: readonly OutboundRule[],
    blocks: Readonly<Record<Sender, string>>,
): Collection[] {
    const from = (rule: OutboundRule): string[] => rule.from.map((sender) => blocks[sender]);
    const allow = (name: string, priority: number, made: NonNullable<Collection["rules"]>): Collection => ({
        ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name, priority },
        ...{ action: { type: "Allow" }, rules: made },
    });
    const named = rules.flatMap((rule) => {
        if ("addresses" in rule.to) return [];
        const to = "fqdnTag" in rule.to ? { fqdnTags: [rule.to.fqdnTag] } : { targetFqdns: [...rule.to.fqdns] };
        return [
            {
                ...{ ruleType: "ApplicationRule" as const, name: rule.name, description: rule.purpose },
                ...{
                    protocols: [{ protocolType: rule.protocol, port: portOf(rule) }],
                    sourceAddresses: from(rule),
                    ...to,
                },
            },
        ];
    });
    const addressed = rules.flatMap((rule) => {
        if (!("addresses" in rule.to)) return [];
        return [
            {
                ...{ ruleType: "NetworkRule" as const, name: rule.name, description: rule.purpose },
                ...{ ipProtocols: ["UDP", "TCP"], sourceAddresses: from(rule) },
                ...{ destinationAddresses: [...rule.to.addresses], destinationPorts: [String(portOf(rule))] },
            },
        ];
    });
    return [...(addressed.length > 0 ? [allow("network", 1000, addressed)] : []), allow("application", 2000, named)];
}

/** Rules for traffic between private networks; none where there is none. */
export function privateCollections(traffic: readonly PrivateTraffic[]): Collection[] {
    if (traffic.length === 0) return [];
    const rules = traffic.map(({ name, from, to, ports: destinationPorts }) => ({
        ...{ ruleType: "NetworkRule" as const, name, ipProtocols: ["TCP"], sourceAddresses: [...from] },
        ...{ destinationAddresses: [...to], destinationPorts: [...destinationPorts] },
    }));
    return [
        {
            ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name: "private", priority: 1100 },
            ...{ action: { type: "Allow" }, rules },
        },
    ];
}

/** What is wrong with names to allow in addition; empty when nothing is. @see https://learn.microsoft.com/azure/firewall/firewall-faq */
export function fqdnFaults(field: string, fqdns: readonly string[]): string[] {
    const shape = /^(?:\*\.|\*)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
    return fqdns
        .filter((fqdn) => !shape.test(fqdn))
        .map((fqdn) => `${field} must hold host names, with * at the start at most, got "${fqdn}"`);
}
