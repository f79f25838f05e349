/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const half = Math.floor(sorted.length / 2);
    const [below, above] = [sorted[half - 1], sorted[half]];
    if (above === undefined) throw new Error("the median of nothing");
    return sorted.length % 2 === 1 || below === undefined ? above : (below + above) / 2;
}

/** Rounded for people to read. */
export function rounded(value: number, digits = 2): number {
    return Number(value.toFixed(digits));
}
