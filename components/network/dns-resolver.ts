import { DnsForwardingRuleset } from "@pulumi/azure-native/dnsresolver/dnsForwardingRuleset";
import { DnsResolver as AzureDnsResolver } from "@pulumi/azure-native/dnsresolver/dnsResolver";
import { ForwardingRule } from "@pulumi/azure-native/dnsresolver/forwardingRule";
import { InboundEndpoint } from "@pulumi/azure-native/dnsresolver/inboundEndpoint";
import { OutboundEndpoint } from "@pulumi/azure-native/dnsresolver/outboundEndpoint";
import { PrivateResolverVirtualNetworkLink } from "@pulumi/azure-native/dnsresolver/privateResolverVirtualNetworkLink";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import type { AddressPlan } from "./address-plan";
import { inboundAddress, resolverFaults, serverOf, type ResolverChoice } from "./resolver-settings";

/** Arguments of {@link DnsResolver}. */
export interface DnsResolverArgs extends Placement {
    choice: ResolverChoice;
    plan: AddressPlan;
    virtualNetworkId: pulumi.Input<string>;
    /** Subnet of the inbound endpoint; asked for with `choice.inbound`. */
    inboundSubnetId?: pulumi.Input<string>;
    /** Subnet of the outbound endpoint; asked for with `choice.forward`. */
    outboundSubnetId?: pulumi.Input<string>;
}

/**
 * Exchange of names with on-premises: servers there ask the inbound endpoint for the names of our private endpoints, and
 * names of theirs are forwarded to them.
 * @see https://learn.microsoft.com/azure/dns/dns-private-resolver-overview
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class DnsResolver extends pulumi.ComponentResource {
    /** Address that servers on premises forward to; undefined without an inbound endpoint. */
    readonly inboundIpAddress: pulumi.Output<string> | undefined;

    constructor(name: string, args: DnsResolverArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:DnsResolver", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, choice, inboundSubnetId, outboundSubnetId } = args;
        refuse(this, [
            ...resolverFaults("resolver", choice, args.plan),
            choice.inbound && inboundSubnetId === undefined && "inboundSubnetId is missing",
            choice.forward && outboundSubnetId === undefined && "outboundSubnetId is missing",
        ]);
        const resolver = new AzureDnsResolver(
            name,
            {
                dnsResolverName: resourceName("dnsResolver", { ...naming, location }),
                ...{ resourceGroupName, location, tags },
                virtualNetwork: { id: args.virtualNetworkId },
            },
            childOptions(this, "dnsresolver:DnsResolver", replacedWith("virtualNetwork")),
        );
        const common = { resourceGroupName, location, tags, dnsResolverName: resolver.name };

        if (choice.inbound && inboundSubnetId !== undefined) {
            // Servers on premises are told it once and for all: so it is the same always.
            const privateIpAddress = inboundAddress(choice.inbound, args.plan);
            const endpoint = new InboundEndpoint(
                name,
                {
                    ...{ ...common, inboundEndpointName: "inbound" },
                    ipConfigurations: [
                        { subnet: { id: inboundSubnetId }, privateIpAllocationMethod: "Static", privateIpAddress },
                    ],
                },
                childOptions(this, "dnsresolver:InboundEndpoint", replacedWith("ipConfigurations")),
            );
            this.inboundIpAddress = endpoint.ipConfigurations.apply(
                ([first]) => first?.privateIpAddress ?? privateIpAddress,
            );
        }
        if (choice.forward && outboundSubnetId !== undefined) this.forwarding(name, args, common, outboundSubnetId);
        this.registerOutputs({ inboundIpAddress: this.inboundIpAddress });
    }

    private forwarding(
        name: string,
        { naming, choice, virtualNetworkId }: DnsResolverArgs,
        common: Omit<Placement, "naming"> & { dnsResolverName: pulumi.Output<string> },
        subnetId: pulumi.Input<string>,
    ): void {
        const { resourceGroupName, location, tags } = common;
        const endpoint = new OutboundEndpoint(
            name,
            { ...common, outboundEndpointName: "outbound", subnet: { id: subnetId } },
            childOptions(this, "dnsresolver:OutboundEndpoint", replacedWith("subnet")),
        );
        const ruleset = new DnsForwardingRuleset(
            name,
            {
                dnsForwardingRulesetName: resourceName("dnsForwardingRuleset", { ...naming, location }),
                ...{ resourceGroupName, location, tags },
                dnsResolverOutboundEndpoints: [{ id: endpoint.id }],
            },
            childOptions(this, "dnsresolver:DnsForwardingRuleset"),
        );
        const within = { resourceGroupName, dnsForwardingRulesetName: ruleset.name };
        const rules = (choice.forward ?? []).map(({ domain, servers }) => {
            // Dots are all that a domain has and a rule's name has not.
            const forwardingRuleName = domain.replace(/\.$/, "").replaceAll(".", "_");
            return new ForwardingRule(
                `${name}-${forwardingRuleName}`,
                {
                    ...{ ...within, forwardingRuleName, domainName: domain, forwardingRuleState: "Enabled" },
                    targetDnsServers: servers.map(serverOf),
                },
                childOptions(this, "dnsresolver:ForwardingRule", replacedWith("domainName")),
            );
        });
        new PrivateResolverVirtualNetworkLink(
            name,
            { ...within, virtualNetworkLinkName: "platform", virtualNetwork: { id: virtualNetworkId } },
            // With rules first, no name is ever asked for in the wrong place.
            childOptions(this, "dnsresolver:PrivateResolverVirtualNetworkLink", {
                ...replacedWith("virtualNetwork"),
                dependsOn: rules,
            }),
        );
    }
}

/** Azure changes none of these in place, and nothing is lost with them. Names are taken until they are gone. */
const replacedWith = (property: string): pulumi.CustomResourceOptions => ({
    replaceOnChanges: [property],
    deleteBeforeReplace: true,
});
