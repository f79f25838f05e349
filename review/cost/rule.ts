import type { AssumptionName } from "./assumptions";
import type { ValueMap } from "../model/value";
import type { Range } from "./range";

export const groups = [
    "machines",
    "network",
    "storage",
    "registry",
    "keys",
    "logs and metrics",
    "machine learning",
] as const;
export type Group = (typeof groups)[number];

/** What a rule sees of a resource. */
export interface Priced {
    type: string;
    name: string;
    inputs: ValueMap;
}

/** So many units of a meter a month. */
export interface Item {
    /** Key in `priceMeters`. */
    meter: string;
    quantity: Range;
    /** What the quantity hangs on beyond what the program says. */
    assumed: readonly AssumptionName[];
}

/** What a type of resource is billed by. */
export interface Rule {
    group: Group;
    /**
     * The items; or a text that says why nobody can price this one.
     * @param all The stack's resources, before the change or after it, as is this one.
     */
    items: (resource: Priced, all: readonly Priced[]) => readonly Item[] | string;
}

/** So many units of a meter a month. */
export const item = (meter: string, quantity: Range, ...assumed: readonly AssumptionName[]): Item => ({
    ...{ meter, quantity, assumed },
});

/** All items; or the first reason why one of them cannot be told. */
export function allOf(items: readonly (Item | string)[]): Item[] | string {
    const reason = items.find((each) => typeof each === "string");
    return reason ?? items.filter((each) => typeof each !== "string");
}
