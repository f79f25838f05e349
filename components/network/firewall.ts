import { AzureFirewall } from "@pulumi/azure-native/network/azureFirewall";
import { FirewallPolicy } from "@pulumi/azure-native/network/firewallPolicy";
import { FirewallPolicyRuleCollectionGroup } from "@pulumi/azure-native/network/firewallPolicyRuleCollectionGroup";
import type { network } from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";
import { fqdnRules, timeServer } from "./firewall-rules";

/** Arguments of {@link Firewall}. */
export interface FirewallArgs extends Placement {
    tier: "Standard" | "Premium";
    zones: readonly string[];
    allowedFqdns: readonly string[];
    /** The subnet `AzureFirewallSubnet`. */
    subnetId: pulumi.Input<string>;
    publicIpAddressId: pulumi.Input<string>;
    /** Blocks that may go out. Pods leave with their node's address, so the node subnet stands for them. */
    sources: readonly string[];
}

/**
 * Azure Firewall with the names AKS needs. What no rule allows is dropped, and so is traffic to and from addresses known
 * to be malicious, whatever the rules say.
 */
export class Firewall extends pulumi.ComponentResource {
    /** Next hop for what goes out. Resolves once the firewall runs with its rules. */
    readonly privateIpAddress: pulumi.Output<string>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:Firewall", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, tier, zones } = args;
        const at = { ...naming, location };

        const policy = new FirewallPolicy(
            name,
            {
                // The tier is in the name: a policy keeps its tier for life, so another tier is another policy, made
                // before the firewall moves over to it.
                firewallPolicyName: resourceName("firewallPolicy", { ...at, instance: tier.toLowerCase() }),
                ...{ resourceGroupName, location, tags },
                sku: { tier },
                threatIntelMode: "Deny",
                // Host names in network rules need the firewall to resolve what its clients resolve.
                dnsSettings: { enableProxy: true },
                ...(tier === "Premium" ? { intrusionDetection: { mode: "Deny" } } : {}),
            },
            renamedOptions(this, "network:FirewallPolicy"),
        );
        const rules = new FirewallPolicyRuleCollectionGroup(
            name,
            {
                ...{ resourceGroupName, firewallPolicyName: policy.name },
                ruleCollectionGroupName: "platform",
                priority: 200,
                ruleCollections: [networkRules(args), applicationRules(args)],
            },
            renamedOptions(this, "network:FirewallPolicyRuleCollectionGroup"),
        );
        const frozen = [
            { path: "zones", instead: "zones of a firewall are set when it is made; make a new environment" },
        ];
        const firewall = new AzureFirewall(
            name,
            {
                azureFirewallName: resourceName("firewall", at),
                ...{ resourceGroupName, location, tags },
                sku: { name: "AZFW_VNet", tier },
                firewallPolicy: { id: policy.id },
                zones: [...zones],
                ipConfigurations: [
                    { name: "egress", subnet: { id: args.subnetId }, publicIPAddress: { id: args.publicIpAddressId } },
                ],
            },
            // A firewall in place makes each later write of its policy's rules wait for a rollout to it: rules go first.
            childOptions(this, "network:AzureFirewall", {
                ...refuseChanges(`${name}-firewall`, frozen),
                dependsOn: [rules],
            }),
        );
        this.logSources = [{ kind: "Microsoft.Network/azureFirewalls", name: `${name}-firewall`, id: firewall.id }];
        this.privateIpAddress = firewall.ipConfigurations.apply((all) => all?.[0]?.privateIPAddress ?? "");
        this.registerOutputs({ privateIpAddress: this.privateIpAddress });
    }
}

function networkRules({ sources }: FirewallArgs): network.FirewallPolicyFilterRuleCollectionArgs {
    return {
        ruleCollectionType: "FirewallPolicyFilterRuleCollection",
        name: "network",
        priority: 1000,
        action: { type: "Allow" },
        rules: [
            {
                ...{ ruleType: "NetworkRule", name: "time", ipProtocols: ["UDP"], sourceAddresses: [...sources] },
                ...{ destinationFqdns: [timeServer.fqdn], destinationPorts: [timeServer.port] },
            },
        ],
    };
}

function applicationRules({
    sources,
    location,
    allowedFqdns,
}: FirewallArgs): network.FirewallPolicyFilterRuleCollectionArgs {
    const https = { protocols: [{ protocolType: "Https", port: 443 }], sourceAddresses: [...sources] };
    const named = fqdnRules(location).map(({ name, fqdns }) => ({ name, fqdns }));
    const own = allowedFqdns.length > 0 ? [{ name: "configured", fqdns: allowedFqdns }] : [];
    return {
        ruleCollectionType: "FirewallPolicyFilterRuleCollection",
        name: "application",
        priority: 2000,
        action: { type: "Allow" },
        rules: [
            { ruleType: "ApplicationRule", name: "aks", fqdnTags: ["AzureKubernetesService"], ...https },
            ...[...named, ...own].map(({ name, fqdns }) => ({
                ...{ ruleType: "ApplicationRule" as const, name, targetFqdns: [...fqdns] },
                ...https,
            })),
        ],
    };
}
