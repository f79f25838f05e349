import type { Cost, ResourceCost } from "../../review/cost/cost";
import { sheetFacts } from "../../review/cost/dollars";
import { sum, type Range } from "../../review/cost/range";
import { kindOf } from "../../review/model/names";
import { table } from "../table";

type Row = (string | number)[];

const dollars = (usd: number): number => Math.round(usd);
const figures = ({ low, expected, high }: Range): number[] => [low, expected, high].map(dollars);
const columns = ["least", "expected", "most"];

/** A cost as it is printed: US dollars a month. */
export function costLines(stack: string, resourcesAre: "deployed" | "planned", cost: Cost): string[] {
    const where = cost.region === "global" ? "" : `, in ${cost.region}`;
    const compared = cost.before.high > 0 && resourcesAre === "planned";
    const priced =
        cost.groups.length === 0
            ? ["Nothing in it has a price"]
            : [
                  ...table([
                      ["", ...columns],
                      ...cost.groups.map(({ group, after }): Row => [group, ...figures(after)]),
                      ["together", ...figures(cost.after)],
                      ...(compared ? [["more than deployed", ...figures(cost.change)] satisfies Row] : []),
                  ]),
                  "By kind:",
                  ...table([["", "", ...columns], ...byType(cost.resources)]),
                  ...assumptionLines(cost),
              ];
    return [
        `What "${stack}" costs a month as ${resourcesAre}${where}: US dollars by Azure's list, without discounts`,
        ...priced,
        ...unpricedLines(cost),
        `Free, each for a reason (--json tells it): ${cost.free.reduce((count, each) => count + each.count, 0)}`,
        ...(cost.prices.length > 0 ? priceLines(cost) : []),
    ];
}

const assumptionLines = ({ assumptions }: Cost): string[] =>
    assumptions.length === 0
        ? []
        : [
              "These figures hang on:",
              ...table(assumptions.map(({ text, low, expected, high }) => [`${low} - ${expected} - ${high}`, text])),
          ];

/** Kinds of what there is after the change, dearest first; less than a dollar is left to the sums. */
function byType(resources: readonly ResourceCost[]): Row[] {
    const types = [...new Set(resources.map(({ type }) => type))];
    return types
        .map((type) => {
            const of = resources.filter((each) => each.type === type && each.after.high > 0);
            return { type, count: of.length, after: sum(of.map(({ after }) => after)) };
        })
        .filter(({ after }) => dollars(after.high) > 0)
        .sort((a, b) => b.after.expected - a.after.expected)
        .map(({ type, count, after }) => [count, kindOf(type), ...figures(after)]);
}

function unpricedLines({ unpriced }: Cost): string[] {
    if (unpriced.length === 0) return ["Without a price: nothing"];
    return [
        `Without a price, and in no sum: ${unpriced.length}`,
        ...table(unpriced.map(({ type, name, reason }) => [kindOf(type), name, reason])),
    ];
}

/** Where the prices are from, as far as it makes the sums less certain. */
function priceLines(cost: Cost): string[] {
    const { stoodIn } = cost;
    const { prices, unverified, dated, oldest } = sheetFacts(cost);
    const by = [...new Set(stoodIn.map((each) => each.by))].sort();
    const others = by.map((region) => `${stoodIn.filter((each) => each.by === region).length} of ${region}`);
    return [
        `Prices: ${prices} of facts/prices.csv`,
        ...table([
            [unverified, "unverified"],
            [dated, `with a date${oldest === undefined ? "" : `, the oldest of ${oldest}`}`],
            [
                stoodIn.length,
                `of other regions, as there is none of their own${by.length > 0 ? `: ${others.join(", ")}` : ""}`,
            ],
        ]),
        "npx mlplatform prices refresh asks Azure for all of them",
    ];
}
