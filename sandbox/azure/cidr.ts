/** An IPv4 block: first and last address as numbers. */
export interface Block {
    first: number;
    last: number;
    /** Prefix length, 0 to 32. */
    length: number;
}

/** The block of `10.0.0.0/16`; undefined when malformed or when host bits are set, which Azure refuses too. */
export function parseBlock(text: string): Block | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) return undefined;
    const [a, b, c, d, length] = match.slice(1).map(Number) as [number, number, number, number, number];
    if (Math.max(a, b, c, d) > 255 || length > 32) return undefined;
    const first = ((a * 256 + b) * 256 + c) * 256 + d;
    const size = 2 ** (32 - length);
    return first % size === 0 ? { first, last: first + size - 1, length } : undefined;
}

/** The number of a dotted address; undefined when malformed. */
export function parseAddress(text: string): number | undefined {
    return parseBlock(`${text}/32`)?.first;
}

/** Dotted form of an address. */
export function formatAddress(address: number): string {
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `address/length` of a block. */
export function formatBlock(block: Block): string {
    return `${formatAddress(block.first)}/${block.length}`;
}

export function overlaps(left: Block, right: Block): boolean {
    return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: Block, inner: Block): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

/** Addresses of a subnet that resources may take: Azure keeps five of each for itself. */
export function usableAddresses(block: Block): number {
    return Math.max(0, block.last - block.first + 1 - 5);
}
