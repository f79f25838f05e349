/** First and last address of an IPv4 block; undefined for anything else, such as a service tag. */
function rangeOf(block: string): [number, number] | undefined {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(block);
    if (!match) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map(Number);
    const size = 2 ** (32 - Number(match[5] ?? 32));
    const first = ((a * 256 + b) * 256 + c) * 256 + d;
    return [first, first + size - 1];
}

/** Is a block, or an address, wholly within another block? */
export function isWithin(inner: string, outer: string): boolean {
    const [small, large] = [rangeOf(inner), rangeOf(outer)];
    return small !== undefined && large !== undefined && small[0] >= large[0] && small[1] <= large[1];
}
