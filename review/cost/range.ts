/** A figure at its least, as it is expected, and at its most. */
export interface Range {
    low: number;
    expected: number;
    high: number;
}

export const exactly = (figure: number): Range => ({ low: figure, expected: figure, high: figure });

export const nothing = exactly(0);

export function mapped({ low, expected, high }: Range, change: (figure: number) => number): Range {
    return { low: change(low), expected: change(expected), high: change(high) };
}

export const times = (range: Range, factor: number): Range => mapped(range, (figure) => figure * factor);

export function combined(left: Range, right: Range, combine: (left: number, right: number) => number): Range {
    return {
        low: combine(left.low, right.low),
        expected: combine(left.expected, right.expected),
        high: combine(left.high, right.high),
    };
}

export const sum = (ranges: readonly Range[]): Range =>
    ranges.reduce((total, range) => combined(total, range, (a, b) => a + b), nothing);

/** Figure by figure: what a change makes of the least is compared with what the least was. */
export const minus = (left: Range, right: Range): Range => combined(left, right, (a, b) => a - b);
