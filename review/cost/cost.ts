import { priceMeters } from "../../facts/price-meters";
import type { Price, PriceSheet } from "../../facts/prices";
import type { Operation, Preview, ResourceChange, ResourceState } from "../model/preview";
import { assumptions, type Assumption, type AssumptionName } from "./assumptions";
import { freeBecause, unpricedTypes } from "./free-types";
import { textAt } from "../model/inputs";
import { combined, minus, nothing, sum, type Range } from "./range";
import { groups, type Group, type Item, type Priced, type Rule } from "./rule";
import { dataRules } from "./rules/data";
import { diskRules } from "./rules/disks";
import { machineRules } from "./rules/machines";
import { monitoringRules } from "./rules/monitoring";
import { networkRules } from "./rules/network";

const rules: Readonly<Record<string, Rule>> = {
    ...{ ...machineRules, ...diskRules, ...networkRules, ...dataRules, ...monitoringRules },
};

/** US dollars a month, before the change and after it; its cost is their difference, figure by figure. */
export interface Cost {
    /** Region that prices are for where a resource names none. */
    region: string;
    before: Range;
    after: Range;
    change: Range;
    groups: readonly GroupCost[];
    /** All that have a price, the dearest changes first. */
    resources: readonly ResourceCost[];
    /** All that cost something nobody can tell: never zero. */
    unpriced: readonly Unpriced[];
    /** By the reason, the most first. */
    free: readonly { reason: string; types: readonly string[]; count: number }[];
    /** Those that a figure hangs on, as they were when it was made. */
    assumptions: readonly ({ name: AssumptionName } & Assumption)[];
    /** Prices that it was made with. */
    prices: readonly Price[];
    /** Prices of other regions, as the sheet has none of the resource's own. */
    stoodIn: readonly { meter: string; region: string; by: string }[];
}

export interface GroupCost {
    group: Group;
    before: Range;
    after: Range;
    change: Range;
}

export interface ResourceCost extends GroupCost {
    urn: string;
    type: string;
    name: string;
    operation: Operation;
    /** What it is billed by after the change; for what goes, before it. */
    items: readonly ItemCost[];
}

export interface ItemCost {
    what: string;
    unit: string;
    quantity: Range;
    usdPerUnit: number;
    usd: Range;
}

export interface Unpriced {
    urn: string;
    type: string;
    name: string;
    operation: Operation;
    reason: string;
}

/** One side of a resource: priced, free, or neither. */
type Verdict = { usd: Range; group: Group; items: ItemCost[] } | { free: string } | { reason: string };

/** What the stack costs a month, before and after that preview. */
export function costOf(preview: Preview, sheet: PriceSheet): Cost {
    const resources = preview.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    const region = mainRegion(resources);
    const pricing = new Pricing(sheet, region);
    const sides = {
        before: resources.flatMap((each) => priced(each, each.old)),
        after: resources.flatMap((each) => priced(each, afterwards(each))),
    };
    const costs: ResourceCost[] = [];
    const unpriced: Unpriced[] = [];
    const free = new Map<string, { types: Set<string>; count: number }>();
    for (const resource of resources) {
        const [before, after] = [
            priced(resource, resource.old).map((each) => pricing.of(each, sides.before)),
            priced(resource, afterwards(resource)).map((each) => pricing.of(each, sides.after)),
        ].map(([verdict]) => verdict);
        const known = after ?? before;
        const { urn, type, name, operation } = resource;
        const faulty = [after, before].find((each) => each !== undefined && "reason" in each);
        if (faulty && "reason" in faulty) unpriced.push({ urn, type, name, operation, reason: faulty.reason });
        else if (known && "free" in known) {
            const entry = free.get(known.free) ?? { types: new Set(), count: 0 };
            free.set(known.free, { types: entry.types.add(type), count: entry.count + 1 });
        } else if (known && "usd" in known) {
            const [was, is] = [usdOf(before), usdOf(after)];
            costs.push({
                ...{ urn, type, name, operation, group: known.group, items: known.items },
                ...{ before: was, after: is, change: minus(is, was) },
            });
        }
    }
    const total = (of: readonly ResourceCost[]): Omit<GroupCost, "group"> => ({
        before: sum(of.map((each) => each.before)),
        after: sum(of.map((each) => each.after)),
        change: sum(of.map((each) => each.change)),
    });
    return {
        ...{ region, ...total(costs) },
        groups: groups
            .map((group) => ({ group, ...total(costs.filter((each) => each.group === group)) }))
            .filter(({ before, after }) => before.high > 0 || after.high > 0),
        resources: costs.sort(dearestFirst),
        unpriced: unpriced.sort((a, b) => compare(a.type, b.type) || compare(a.urn, b.urn)),
        free: [...free]
            .map(([reason, { types, count }]) => ({ reason, count, types: [...types].sort(compare) }))
            .sort((a, b) => b.count - a.count || compare(a.reason, b.reason)),
        ...pricing.used(),
    };
}

/** Prices items, and remembers what it took for that. */
class Pricing {
    private readonly assumed = new Set<AssumptionName>();
    private readonly prices = new Map<string, Price>();
    private readonly stoodIn = new Map<string, { meter: string; region: string; by: string }>();

    constructor(
        private readonly sheet: PriceSheet,
        private readonly region: string,
    ) {}

    of(resource: Priced, all: readonly Priced[]): Verdict {
        const rule = rules[resource.type];
        if (rule === undefined) {
            const free = freeBecause(resource.type);
            if (free !== undefined) return { free };
            return { reason: unpricedTypes[resource.type] ?? "nobody has said what this type is billed by" };
        }
        const items = rule.items(resource, all);
        if (typeof items === "string") return { reason: items };
        if (items.length === 0) return { free: "as it is set, nothing is billed for it" };
        const region = regionOf(resource) ?? this.region;
        const costs = items.map((each) => this.cost(each, region));
        const reason = costs.find((each) => typeof each === "string");
        if (reason !== undefined) return { reason };
        const known = costs.filter((each) => typeof each !== "string");
        return { group: rule.group, items: known, usd: sum(known.map(({ usd }) => usd)) };
    }

    used(): Pick<Cost, "assumptions" | "prices" | "stoodIn"> {
        const names = [...this.assumed].sort(compare);
        return {
            assumptions: names.map((name) => ({ name, ...assumptions[name] })),
            prices: [...this.prices].sort(([a], [b]) => compare(a, b)).map(([, price]) => price),
            stoodIn: [...this.stoodIn].sort(([a], [b]) => compare(a, b)).map(([, each]) => each),
        };
    }

    private cost({ meter: key, quantity, assumed }: Item, region: string): ItemCost | string {
        const meter = priceMeters.get(key);
        const price = this.sheet.priceOf(key, region);
        if (!meter || !price) return `the price sheet has no ${meter?.what ?? key}`;
        for (const each of assumed) this.assumed.add(each);
        this.prices.set(`${key},${price.region}`, price);
        if (price.region !== region && price.region !== "global")
            this.stoodIn.set(`${key},${region}`, { meter: meter.what, region, by: price.region });
        const usd = combined(quantity, nothing, (units) => units * price.usd);
        return { what: meter.what, unit: meter.unit, quantity, usdPerUnit: price.usd, usd };
    }
}

/** What is there once the change is done: what is only forgotten, Azure goes on billing. */
function afterwards({ operation, old, new: next }: ResourceChange): ResourceState | undefined {
    return operation === "forget" ? old : (next ?? (operation === "same" ? old : undefined));
}

const priced = ({ type, name }: ResourceChange, state: ResourceState | undefined): Priced[] =>
    state === undefined ? [] : [{ type, name, inputs: state.inputs }];

function usdOf(verdict: Verdict | undefined): Range {
    return verdict !== undefined && "usd" in verdict ? verdict.usd : nothing;
}

/** Where it is, if it is anywhere in particular. */
function regionOf({ inputs }: Pick<Priced, "inputs">): string | undefined {
    const location = textAt(inputs, "location")?.toLowerCase().replaceAll(" ", "");
    return location === "global" ? undefined : location;
}

/** The region that most resources name. */
function mainRegion(resources: readonly ResourceChange[]): string {
    const counts = new Map<string, number>();
    for (const resource of resources) {
        const inputs = (resource.new ?? resource.old)?.inputs;
        const region = inputs && regionOf({ inputs });
        if (region !== undefined) counts.set(region, (counts.get(region) ?? 0) + 1);
    }
    const [first] = [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    return first?.[0] ?? "global";
}

function dearestFirst(left: ResourceCost, right: ResourceCost): number {
    const size = ({ change, after }: ResourceCost): [number, number] => [Math.abs(change.expected), after.expected];
    const [a, b] = [size(left), size(right)];
    return b[0] - a[0] || b[1] - a[1] || compare(left.urn, right.urn);
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
