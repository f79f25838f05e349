import type { Cost } from "./cost";
import type { Range } from "./range";

/** Whole US dollars as people read them: `11,147`. */
// Added to zero, as a little less than nothing rounds to -0.
export const dollars = (usd: number): string => (Math.round(usd) + 0).toLocaleString("en-US");

/** The same of a difference: `+11,147`. */
export const signedDollars = (usd: number): string => (Math.round(usd) > 0 ? `+${dollars(usd)}` : dollars(usd));

/** Is there a difference in whole dollars? */
export const moves = ({ change: { low, expected, high } }: { change: Range }): boolean =>
    [low, expected, high].some((usd) => Math.round(usd) !== 0);

/** How far prices can be trusted. */
export interface SheetFacts {
    prices: number;
    unverified: number;
    /** Prices with a date, and the oldest of those dates. */
    dated: number;
    oldest?: string;
}

export function sheetFacts({ prices }: Pick<Cost, "prices">): SheetFacts {
    const dates = prices.map(({ date }) => date).filter((date) => date !== "");
    const [oldest] = [...dates].sort();
    return {
        ...{ prices: prices.length, dated: dates.length, ...(oldest !== undefined && { oldest }) },
        unverified: prices.filter(({ quality }) => quality === "unverified").length,
    };
}
