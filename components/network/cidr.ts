/** A block of IPv4 addresses. */
export interface Cidr {
    /** First address as a number. */
    first: number;
    /** Prefix length, 0 to 32. */
    prefix: number;
}

/** Number of addresses in a block. */
export const size = ({ prefix }: Cidr): number => 2 ** (32 - prefix);

/** Reads `10.0.0.0/16`. Undefined when it is malformed, or when the address is not the first of its block. */
export function parseCidr(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (match === null) return undefined;
    const numbers = match.slice(1).map(Number);
    const prefix = numbers.pop() ?? 33;
    if (prefix > 32 || numbers.some((octet) => octet > 255)) return undefined;
    const first = numbers.reduce((sum, octet) => sum * 256 + octet, 0);
    return first % 2 ** (32 - prefix) === 0 ? { first, prefix } : undefined;
}

/** The block as `10.0.0.0/16`. */
export function formatCidr({ first, prefix }: Cidr): string {
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
    return `${octets.join(".")}/${prefix}`;
}

export const overlap = (a: Cidr, b: Cidr): boolean => a.first < b.first + size(b) && b.first < a.first + size(a);

export const inside = (inner: Cidr, outer: Cidr): boolean =>
    inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);

/**
 * Addresses of a subnet that resources can take: Azure keeps five for itself.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
 */
export const usableAddresses = (block: Cidr): number => Math.max(0, size(block) - 5);
