import { formatCidr, inside, overlap, parseCidr, type Cidr } from "./cidr";

/** What a subnet is for. Reserved roles hold their place in the plan until something is built there. */
export const subnetRoles = [
    "nodes",
    "firewall",
    "firewallManagement",
    "privateEndpoints",
    "agents",
    "ingress",
    "gateway",
    "resolverInbound",
    "resolverOutbound",
    "apiServer",
] as const;
export type SubnetRole = (typeof subnetRoles)[number];

/** A block of addresses divided by role; every value is a CIDR inside the block. */
export type AddressPlan = Readonly<Record<SubnetRole, string>>;

/** Largest and smallest block that the plan divides. */
export const blockPrefix = { min: 16, max: 22 } as const;

interface Slot {
    /** Where the slot starts, in 64ths of the block. A slot once given is never moved: subnets in use cannot be either. */
    at: number;
    /** How much is kept for the role, in 64ths of the block. */
    width: number;
    /** The subnet is never larger than this, however large its slot. */
    largestPrefix: number;
}

/**
 * Nodes take the first half. The rest is for what Azure wants in subnets of their own, each at the smallest size it
 * allows in a /22 and growing with the block. 64ths 57 to 63 are free for roles to come.
 */
const slots: Readonly<Record<SubnetRole, Slot>> = {
    nodes: { at: 0, width: 32, largestPrefix: 17 },
    // Exactly a /26, whatever the firewall's size: https://learn.microsoft.com/azure/firewall/firewall-faq
    firewall: { at: 32, width: 4, largestPrefix: 26 },
    // Forced tunnelling to a corporate hub needs it later, and it cannot be squeezed in then.
    firewallManagement: { at: 36, width: 4, largestPrefix: 26 },
    privateEndpoints: { at: 40, width: 4, largestPrefix: 24 },
    agents: { at: 44, width: 4, largestPrefix: 24 },
    ingress: { at: 48, width: 4, largestPrefix: 24 },
    // At least /27: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings
    gateway: { at: 52, width: 2, largestPrefix: 26 },
    // At least /28 each: https://learn.microsoft.com/azure/dns/dns-private-resolver-overview
    resolverInbound: { at: 54, width: 1, largestPrefix: 28 },
    resolverOutbound: { at: 55, width: 1, largestPrefix: 28 },
    // At least /28, 9 addresses of it taken by one cluster: https://learn.microsoft.com/azure/aks/api-server-vnet-integration
    apiServer: { at: 56, width: 1, largestPrefix: 28 },
};

/**
 * Ranges that AKS will not have as addresses of the network, its pods or its services.
 * @see https://learn.microsoft.com/azure/aks/concepts-network-cni-overview
 */
export const reservedRanges = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"] as const;

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"] as const;

/** What is wrong with `block` as the network's addresses; empty when nothing is. */
export function addressFaults(field: string, block: string): string[] {
    const cidr = parseCidr(block);
    if (cidr === undefined)
        return [`${field} must be an IPv4 block at its first address, such as 10.20.0.0/20, got "${block}"`];
    const faults: string[] = [];
    if (cidr.prefix < blockPrefix.min || cidr.prefix > blockPrefix.max)
        faults.push(`${field} must be a /${blockPrefix.min} to /${blockPrefix.max}, got "${block}"`);
    if (!privateRanges.some((range) => overlapsText(cidr, range)))
        faults.push(`${field} must lie in ${privateRanges.join(", ")}, got "${block}"`);
    for (const range of reservedRanges)
        if (overlapsText(cidr, range))
            faults.push(`${field} must not overlap ${range}, which AKS keeps, got "${block}"`);
    return faults;
}

/** What is wrong with `block` as somebody else's private addresses; undefined when nothing is. */
export function privateBlockFault(field: string, block: string): string | undefined {
    const cidr = parseCidr(block);
    if (cidr === undefined)
        return `${field} must be an IPv4 block at its first address, such as 10.0.0.0/16, got "${block}"`;
    const within = privateRanges.map(parseCidr).some((range) => range && inside(cidr, range));
    return within ? undefined : `${field} must lie in ${privateRanges.join(", ")}, got "${block}"`;
}

/**
 * Divides a block of addresses by subnet role. Pure: the same block always gives the same plan, and a role added later
 * takes a free slot and moves none.
 * @throws Error naming every rule that the block breaks.
 */
export function planAddresses(block: string): AddressPlan {
    const faults = addressFaults("addressBlock", block);
    const cidr = parseCidr(block);
    if (cidr === undefined || faults.length > 0) throw new Error(faults.join("; "));
    const plan = subnetRoles.map((role) => [role, formatCidr(subnet(cidr, slots[role]))] as const);
    return Object.fromEntries(plan) as Record<SubnetRole, string>;
}

function subnet(block: Cidr, { at, width, largestPrefix }: Slot): Cidr {
    const sixtyFourth = 2 ** (32 - block.prefix - 6);
    const prefix = 32 - Math.log2(sixtyFourth * width);
    return { first: block.first + at * sixtyFourth, prefix: Math.max(prefix, largestPrefix) };
}

function overlapsText(cidr: Cidr, range: string): boolean {
    const other = parseCidr(range);
    return other !== undefined && overlap(cidr, other);
}
