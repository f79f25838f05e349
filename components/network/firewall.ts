import { AzureFirewall } from "@pulumi/azure-native/network/azureFirewall";
import { FirewallPolicy } from "@pulumi/azure-native/network/firewallPolicy";
import { FirewallPolicyRuleCollectionGroup } from "@pulumi/azure-native/network/firewallPolicyRuleCollectionGroup";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";
import type { Sender } from "../../facts/outbound";
import { privateCollections, ruleCollections, type OutboundRule, type PrivateTraffic } from "./firewall-rules";

/** Arguments of {@link Firewall}. */
export interface FirewallArgs extends Placement {
    tier: "Standard" | "Premium";
    zones: readonly string[];
    /** The subnet `AzureFirewallSubnet`. */
    subnetId: pulumi.Input<string>;
    publicIpAddressId: pulumi.Input<string>;
    /** Who may reach what; nothing else passes. */
    rules: readonly OutboundRule[];
    /** Addresses of those who send. */
    senders: Readonly<Record<Sender, string>>;
    /** Traffic between private networks to let through. @default - none */
    privateTraffic?: readonly PrivateTraffic[];
}

/**
 * Azure Firewall with the rules that it is given. What no rule allows is dropped, and so is traffic to and from addresses
 * known to be malicious, whatever the rules say.
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
                ruleCollections: [
                    ...ruleCollections(args.rules, args.senders),
                    ...privateCollections(args.privateTraffic ?? []),
                ],
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
