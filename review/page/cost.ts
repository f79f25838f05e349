import type { Cost, ResourceCost } from "../cost/cost";
import { dollars, moves, sheetFacts, signedDollars } from "../cost/dollars";
import type { Range } from "../cost/range";
import { kindOf } from "../model/names";
import { code, escaped, folded, list, section, table, type Cell } from "./html";

const figures = ({ low, expected, high }: Range, text: (usd: number) => string): Cell[] =>
    [low, expected, high].map((usd) => ({ figure: text(usd) }));
const columns = ["Least", "Expected", "Most"];

/** What it costs, and what that hangs on. */
export function costSection(cost: Cost): string {
    const { groups, before, after, change, resources, unpriced } = cost;
    const moved = resources.filter(moves);
    return section(
        "cost",
        "Cost",
        `<p class="small">US dollars a month by Azure's list, without discounts</p>`,
        table(
            ["", ...columns],
            [
                ...groups
                    .filter(moves)
                    .map((group): Cell[] => [escaped(group.group), ...figures(group.change, signedDollars)]),
                ["<strong>change</strong>", ...figures(change, signedDollars)],
                ["before", ...figures(before, dollars)],
                ["after", ...figures(after, dollars)],
            ],
        ),
        unpriced.length === 0
            ? "<p>Nothing is without a price.</p>"
            : `<h3>Without a price, and in no sum: ${unpriced.length}</h3>${list(unpriced.map(({ type, name, reason }) => `${escaped(kindOf(type))} ${code(name)}: ${escaped(reason)}`))}`,
        moved.length > 0
            ? folded(
                  `${moved.length} resources whose cost changes`,
                  table(["Resource", ...columns, "Billed by"], moved.map(resourceRow)),
              )
            : "",
        ...basis(cost),
    );
}

function resourceRow({ type, name, change, items }: ResourceCost): Cell[] {
    const billed = items.map(
        ({ what, unit, quantity, usdPerUnit }) =>
            `${escaped(what)}: ${[quantity.low, quantity.expected, quantity.high].map(rounded).join(" - ")} ${escaped(unit)} at ${usdPerUnit}`,
    );
    return [`${escaped(kindOf(type))} ${code(name)}`, ...figures(change, signedDollars), billed.join("<br>")];
}

const rounded = (figure: number): string => String(Math.round(figure * 100) / 100);

/** What the figures come from. */
function basis(cost: Cost): string[] {
    const { assumptions, stoodIn, free } = cost;
    const { prices, oldest, unverified } = sheetFacts(cost);
    const others = stoodIn.map(
        ({ meter, region, by }) => `${escaped(meter)} in ${escaped(region)}: that of ${escaped(by)}`,
    );
    return [
        assumptions.length === 0
            ? ""
            : `<h3>Assumed</h3>${table(
                  ["What", ...columns, "Unit"],
                  assumptions.map(({ text, unit, low, expected, high }): Cell[] => [
                      escaped(text),
                      ...[low, expected, high].map((figure) => ({ figure: String(figure) })),
                      escaped(unit),
                  ]),
              )}`,
        `<p class="small">${prices} prices of the sheet${oldest === undefined ? "" : `, the oldest of ${escaped(oldest)}`}, ${unverified} unverified. ${free.reduce((sum, { count }) => sum + count, 0)} resources are free, each for a reason.</p>`,
        others.length > 0
            ? folded(`${others.length} prices of other regions, as the sheet has none of their own`, list(others))
            : "",
    ];
}
