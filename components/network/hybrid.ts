import * as pulumi from "@pulumi/pulumi";
import type { LogSource } from "../observability/log-source";
import { shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import type { AddressPlan } from "./address-plan";
import { inside, overlap, parseCidr } from "./cidr";
import { DnsResolver } from "./dns-resolver";
import { ExpressRoute, expressRouteFaults, type ExpressRouteChoice } from "./express-route";
import { resolverFaults, type ResolverChoice } from "./resolver-settings";
import type { HybridRole } from "./subnets";
import { VpnGateway } from "./vpn-gateway";
import { vpnFaults, type VpnChoice } from "./vpn-settings";

/** Something on premises that machines of ours need, over a firewall. */
export interface OnPremisesService {
    name: string;
    /** Blocks that it is in. */
    to: readonly string[];
    /** TCP ports, or ranges of them. */
    ports: readonly string[];
}

/** How the platform and networks on premises reach each other. */
export interface HybridChoice {
    /** Blocks on premises, besides those that a site names: what BGP or a hub tells of. */
    addressSpaces: readonly string[];
    vpn?: VpnChoice;
    expressRoute?: ExpressRouteChoice;
    resolver?: ResolverChoice;
    /** What machines of ours reach on premises, where a firewall stands between. @default - nothing */
    services?: readonly OnPremisesService[];
}

/** Arguments of {@link Hybrid}. */
export interface HybridArgs extends Placement {
    choice: HybridChoice;
    zones: readonly string[];
    plan: AddressPlan;
    virtualNetworkId: pulumi.Input<string>;
    /** Subnets that {@link hybridSubnets} asks for. */
    subnetIds: Readonly<Partial<Record<HybridRole, pulumi.Input<string>>>>;
    /** Pre-shared keys by site and authorization keys by circuit. */
    secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * The ways between the platform's network and those on premises: VPN, private line, exchange of names.
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Hybrid extends pulumi.ComponentResource {
    /** Addresses that VPN devices on premises connect to; empty without a VPN. */
    readonly vpnIpAddresses: pulumi.Output<string[]>;
    /** Addresses that DNS servers on premises forward to; empty without an inbound endpoint. */
    readonly resolverIpAddresses: pulumi.Output<string[]>;
    /** What of it logs; a resolver does not. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: HybridArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:Hybrid", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, choice, subnetIds, zones, plan, secrets } = args;
        const { vpn, expressRoute, resolver } = choice;
        refuse(this, [
            ...hybridFaults("hybrid", choice, plan),
            ...hybridSubnets(choice).map(
                (role) => subnetIds[role] === undefined && `subnetIds must hold the subnet "${role}"`,
            ),
        ]);
        const at = { naming, location, resourceGroupName, tags };
        const parent = { parent: this };
        const { gateway: subnetId = "", resolverInbound, resolverOutbound } = subnetIds;

        // Two gateways of a network do not wait for each other: either may be made first.
        const line =
            expressRoute &&
            new ExpressRoute(
                `${name}-er`,
                { ...at, choice: expressRoute, subnetId, authorizationKeys: secrets },
                parent,
            );
        const gateway =
            vpn && new VpnGateway(`${name}-vpn`, { ...at, choice: vpn, zones, subnetId, sharedKeys: secrets }, parent);
        const names =
            resolver &&
            new DnsResolver(
                `${name}-dns`,
                {
                    ...{ ...at, choice: resolver, plan, virtualNetworkId: args.virtualNetworkId },
                    ...(resolverInbound !== undefined && { inboundSubnetId: resolverInbound }),
                    ...(resolverOutbound !== undefined && { outboundSubnetId: resolverOutbound }),
                },
                parent,
            );
        this.logSources = [line, gateway].flatMap((one) => one?.logSources ?? []);
        this.vpnIpAddresses = gateway?.publicIpAddresses ?? pulumi.output([]);
        this.resolverIpAddresses = pulumi
            .output(names?.inboundIpAddress)
            .apply((one) => (one === undefined ? [] : [one]));
        this.registerOutputs({ vpnIpAddresses: this.vpnIpAddresses, resolverIpAddresses: this.resolverIpAddresses });
    }
}

/** Subnets that a choice needs. */
export function hybridSubnets({ vpn, expressRoute, resolver }: HybridChoice): HybridRole[] {
    const needed: Record<HybridRole, boolean> = {
        resolverInbound: resolver?.inbound !== undefined,
        resolverOutbound: resolver?.forward !== undefined,
        gateway: vpn !== undefined || expressRoute !== undefined,
    };
    return (Object.keys(needed) as HybridRole[]).filter((role) => needed[role]);
}

/** Every block on premises with the field that names it. */
function namedBlocks(field: string, { addressSpaces, vpn }: HybridChoice): [string, string][] {
    const named = (at: string, blocks: readonly string[]): [string, string][] => blocks.map((block) => [at, block]);
    return [
        ...named(`${field}.addressSpaces`, addressSpaces),
        ...(vpn?.sites ?? []).flatMap((site, index) =>
            named(`${field}.vpn.sites[${index}].addressSpaces`, site.addressSpaces),
        ),
    ];
}

/** Blocks on premises, none inside another: rules and routes take no block twice. */
export function onPremisesBlocks(choice: HybridChoice | undefined): string[] {
    if (choice === undefined) return [];
    const all = [...new Set(namedBlocks("", choice).map(([, block]) => block))];
    const within = (block: string, other: string): boolean => {
        const [inner, outer] = [parseCidr(block), parseCidr(other)];
        return block !== other && inner !== undefined && outer !== undefined && inside(inner, outer);
    };
    return all.filter((block) => !all.some((other) => within(block, other)));
}

/** What is wrong with a choice; empty when nothing is. */
export function hybridFaults(field: string, choice: HybridChoice, plan: AddressPlan): string[] {
    const { vpn, expressRoute, resolver, services = [] } = choice;
    const blocks = namedBlocks(field, choice);
    const names = [...(vpn?.sites ?? []), ...(expressRoute?.circuits ?? [])].map(({ name }) => name);
    const faults = [
        ...(vpn ? vpnFaults(`${field}.vpn`, vpn) : []),
        ...(expressRoute ? expressRouteFaults(`${field}.expressRoute`, expressRoute) : []),
        ...(resolver ? resolverFaults(`${field}.resolver`, resolver, plan) : []),
        (vpn !== undefined || expressRoute !== undefined) &&
            blocks.length === 0 &&
            `${field}.addressSpaces must name the blocks on premises: rules and routes are made for them, got none`,
        new Set(names).size < names.length &&
            `${field} must name each site and circuit differently, got ${names.join(", ")}`,
        ...blocks.map(([at, block]) => blockFault(at, block)),
        ...services.flatMap((service, index) => serviceFaults(`${field}.services[${index}]`, service, choice)),
        new Set(services.map(({ name }) => name)).size < services.length &&
            `${field}.services must have a name each, got ${services.map(({ name }) => name).join(", ")}`,
    ];
    return faults.filter((fault) => typeof fault === "string");
}

function blockFault(field: string, block: string): string | false {
    const cidr = parseCidr(block);
    if (cidr === undefined)
        return `${field} must be IPv4 blocks at their first address, such as 10.100.0.0/16, got "${block}"`;
    // A default route from on-premises would take the platform's own way out.
    return cidr.prefix < 8 && `${field} must be blocks of a /8 or smaller, got "${block}"`;
}

function serviceFaults(
    field: string,
    { name, to, ports }: OnPremisesService,
    choice: HybridChoice,
): (string | false)[] {
    const blocks = onPremisesBlocks(choice).flatMap((block) => parseCidr(block) ?? []);
    const there = (block: string): boolean => {
        const cidr = parseCidr(block);
        return cidr !== undefined && blocks.some((other) => overlap(other, cidr) && inside(cidr, other));
    };
    return [
        !/^[a-z][a-z0-9-]{0,39}$/.test(name) &&
            `${field}.name must be 1 to 40 of a-z, 0-9 and hyphens, from a letter on, got "${name}"`,
        to.length === 0 && `${field}.to must name at least one block, got none`,
        ...to.map((block) => !there(block) && `${field}.to must be blocks on premises, got "${block}"`),
        ports.length === 0 && `${field}.ports must name at least one port, got none`,
        ...ports.map(
            (port) =>
                !isPorts(port) && `${field}.ports must be ports or ranges such as 1433 or 8000-8010, got "${port}"`,
        ),
    ];
}

function isPorts(text: string): boolean {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    return match !== null && from >= 1 && from <= to && to <= 65535;
}
