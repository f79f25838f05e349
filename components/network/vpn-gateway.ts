import { LocalNetworkGateway } from "@pulumi/azure-native/network/localNetworkGateway";
import type { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import { VirtualNetworkGateway } from "@pulumi/azure-native/network/virtualNetworkGateway";
import { VirtualNetworkGatewayConnection } from "@pulumi/azure-native/network/virtualNetworkGatewayConnection";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import type { LogSource } from "../observability/log-source";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { publicAddress } from "./public-address";
import { ipsecProposals, vpnFaults, type VpnChoice, type VpnSite } from "./vpn-settings";

/** Arguments of {@link VpnGateway}. */
export interface VpnGatewayArgs extends Placement {
    choice: VpnChoice;
    /** Zones of the region; empty where there are none. */
    zones: readonly string[];
    /** The subnet `GatewaySubnet`. */
    subnetId: pulumi.Input<string>;
    /** Pre-shared key of each site, by its name. Secret. */
    sharedKeys: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * Site-to-site VPN to networks on premises: a zone-redundant gateway and one IKEv2 connection a site, with strong
 * algorithms alone. This API version has no certificates for connections, so each site has a pre-shared key.
 * @see https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpngateways
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class VpnGateway extends pulumi.ComponentResource {
    /** Addresses that the devices on premises connect to. */
    readonly publicIpAddresses: pulumi.Output<string[]>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: VpnGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:VpnGateway", name, shown(args), opts);
        const { choice, sharedKeys } = args;
        refuse(this, [
            ...vpnFaults("vpn", choice),
            ...choice.sites.map(
                (site) => !(site.name in sharedKeys) && `sharedKeys must hold the key of site "${site.name}"`,
            ),
        ]);
        // Two instances run either way; with both active, each has an address of its own.
        const instances = choice.activeActive === true ? ["vpn", "vpn-2"] : ["vpn"];
        const addresses = instances.map((instance) =>
            publicAddress(this, `${name}-${instance}`, { ...args, instance }),
        );
        const gateway = this.gateway(name, args, addresses);

        // Each write of a connection is a write of its gateway too, and that takes one at a time.
        let previous: pulumi.Resource = gateway;
        for (const site of choice.sites)
            previous = this.connection(`${name}-${site.name}`, site, args, previous, gateway);

        this.logSources = [
            { kind: "Microsoft.Network/virtualNetworkGateways", name, id: gateway.id },
            ...addresses.map(({ id }, index): LogSource => ({
                ...{ kind: "Microsoft.Network/publicIPAddresses", name: `${name}-address-${index + 1}`, id },
            })),
        ];
        this.publicIpAddresses = pulumi
            .all(addresses.map(({ ipAddress }) => ipAddress))
            .apply((all) => all.filter((one) => one !== undefined));
        this.registerOutputs({ publicIpAddresses: this.publicIpAddresses });
    }

    private gateway(
        name: string,
        { naming, location, resourceGroupName, tags, choice, subnetId }: VpnGatewayArgs,
        addresses: readonly PublicIPAddress[],
    ): VirtualNetworkGateway {
        return new VirtualNetworkGateway(
            name,
            {
                virtualNetworkGatewayName: resourceName("virtualNetworkGateway", {
                    ...{ ...naming, location, instance: "vpn" },
                }),
                ...{ resourceGroupName, location, tags },
                gatewayType: "Vpn",
                // The one type that goes beside ExpressRoute, with BGP and with IKEv2.
                vpnType: "RouteBased",
                // Sizes of a generation can be changed into one another: the smallest is of the first, all others of the second.
                vpnGatewayGeneration: choice.sku === "VpnGw1AZ" ? "Generation1" : "Generation2",
                sku: { name: choice.sku, tier: choice.sku },
                activeActive: choice.activeActive ?? false,
                // Azure's own number, 65515, which ExpressRoute beside it asks for.
                enableBgp: choice.sites.some(({ bgp }) => bgp !== undefined),
                ipConfigurations: addresses.map(({ id }, index) => ({
                    ...{ name: `instance-${index + 1}`, privateIPAllocationMethod: "Dynamic" },
                    ...{ subnet: { id: subnetId }, publicIPAddress: { id } },
                })),
            },
            childOptions(this, "network:VirtualNetworkGateway", refuseChanges(name, frozenInGateway)),
        );
    }

    private connection(
        name: string,
        site: VpnSite,
        args: VpnGatewayArgs,
        previous: pulumi.Resource,
        gateway: VirtualNetworkGateway,
    ): VirtualNetworkGatewayConnection {
        const { naming, location, resourceGroupName, tags } = args;
        const parts = { ...naming, location, instance: site.name };
        const { gatewayIpAddress, fqdn, bgp } = site;
        const local = new LocalNetworkGateway(
            name,
            {
                localNetworkGatewayName: resourceName("localNetworkGateway", parts),
                ...{ resourceGroupName, location, tags },
                ...(gatewayIpAddress === undefined ? { fqdn } : { gatewayIpAddress }),
                localNetworkAddressSpace: { addressPrefixes: [...site.addressSpaces] },
                ...(bgp && { bgpSettings: { asn: bgp.asn, bgpPeeringAddress: bgp.peeringAddress } }),
            },
            childOptions(this, "network:LocalNetworkGateway"),
        );
        return new VirtualNetworkGatewayConnection(
            name,
            {
                virtualNetworkGatewayConnectionName: resourceName("connection", parts),
                ...{ resourceGroupName, location, tags },
                ...{ connectionType: "IPsec", connectionProtocol: "IKEv2", connectionMode: "Default" },
                virtualNetworkGateway1: { id: gateway.id },
                localNetworkGateway2: { id: local.id },
                sharedKey: args.sharedKeys[site.name],
                ipsecPolicies: [ipsecProposals[site.proposal ?? "gcm256Ecp384"]],
                enableBgp: bgp !== undefined,
                usePolicyBasedTrafficSelectors: false,
                dpdTimeoutSeconds: 45,
            },
            childOptions(this, "network:VirtualNetworkGatewayConnection", {
                dependsOn: [previous],
                additionalSecretOutputs: ["sharedKey"],
                // A connection stays with both its ends and its protocol. Its name is taken until it is gone.
                replaceOnChanges: fixedInConnection,
                deleteBeforeReplace: true,
            }),
        );
    }
}

const anew = "take it out of the config, bring the stack up, and put it back: a network has one gateway of a type";

/** What Azure never changes on a gateway that is there. @see https://learn.microsoft.com/azure/vpn-gateway/gateway-sku-resize */
export const frozenInGateway = [
    { path: "gatewayType", instead: anew },
    { path: "vpnType", instead: anew },
    { path: "vpnGatewayGeneration", instead: `a gateway is resized within VpnGw2AZ to VpnGw5AZ; else ${anew}` },
];

export const fixedInConnection = [
    ...["connectionType", "connectionProtocol", "virtualNetworkGateway1", "localNetworkGateway2", "peer"],
];
