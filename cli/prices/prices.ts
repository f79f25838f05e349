import { setTimeout as wait } from "node:timers/promises";
import { priceMeters } from "../../facts/price-meters";
import { priceSheet, priceSheetFile } from "../../facts/prices";
import { writeWhole } from "../../sandbox/files";
import type { Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { committedConfig, knownStacks } from "../workspace";
import { azurePriceList } from "./price-list";
import { refreshed, type Refreshed } from "./refresh";

/**
 * Lists the price sheet, or asks Azure's price list for all that is in it.
 * @param region @default the regions of the committed foundations
 * @param from @default Azure's own list
 */
export async function prices(
    context: Context,
    [what]: readonly string[],
    { region, from = azurePriceList }: { region?: string; from?: string },
): Promise<void> {
    if (what === "list") listPrices(context);
    else if (what === "refresh") await refreshPrices(context, region, from);
    else throw new UserError(`prices list or prices refresh, got "${what ?? ""}"`);
}

function listPrices({ at, terminal }: Context): void {
    const rows = priceSheet(at.root).prices.map(({ meter, region, usd, date, quality }) => {
        const { what = "", unit = "" } = priceMeters.get(meter) ?? {};
        return [what, region, String(usd), unit, date === "" ? "-" : date, quality];
    });
    for (const line of table([["what", "region", "USD", "for", "as of", "quality"], ...rows])) terminal.line(line);
}

async function refreshPrices(context: Context, region: string | undefined, from: string): Promise<void> {
    const { at, terminal, signal } = context;
    if (!URL.canParse(from)) throw new UserError(`--from must be an address, got "${from}"`);
    if (region !== undefined && !/^[a-z0-9]+$/.test(region))
        throw new UserError(`--region must be a region as Azure names it, e.g. swedencentral, got "${region}"`);
    const today = new Date().toISOString().slice(0, 10);
    let sheet = priceSheet(at.root);
    for (const each of region === undefined ? regionsOf(context) : [region]) {
        const found = await refreshed(sheet, each, today, {
            ...{ from, signal, sleep: (seconds: number) => wait(seconds * 1000, undefined, { signal }) },
            say: (text) => {
                terminal.now(text);
            },
        }).finally(() => {
            terminal.now(undefined);
        });
        sheet = found.sheet;
        for (const line of refreshLines(each, found)) terminal.line(line);
    }
    writeWhole(priceSheetFile(at.root), sheet.toString());
    terminal.step("facts/prices.csv is as the list says; look at its difference before you commit it");
}

/** Regions of the committed foundations. */
function regionsOf({ at }: Context): string[] {
    const stacks = knownStacks(at, "foundation");
    const locations = stacks.map((stack) => committedConfig(at, stack)["mlplatform:location"]);
    return [...new Set(locations.filter((location) => typeof location === "string"))].sort();
}

/** Moves by more than this are told by themselves: they are a mistake as often as news. */
const bigMove = 0.5;

/** What a refresh found, as it is printed. */
export function refreshLines(region: string, { changed, unchanged, gone, ambiguous }: Refreshed): string[] {
    const moved = changed.flatMap(({ meter, was, is }) => {
        if (was === undefined || Math.abs(is / was - 1) <= bigMove) return [];
        return [[meter.what, `was ${was}, is ${is}`, `${Math.round((is / was - 1) * 100)} %`]];
    });
    const fresh = changed.filter(({ was }) => was === undefined).length;
    const section = (title: string, rows: string[][]): string[] => (rows.length > 0 ? [title, ...table(rows)] : []);
    return [
        `${region}: ${changed.length - fresh} prices changed, ${fresh} new, ${unchanged} as they were`,
        ...section("Moved by more than half, so look twice:", moved),
        ...section(
            "No longer in the list, or never; what the sheet has is kept:",
            gone.map(({ meter, kept }) => [
                meter.what,
                kept ? `${kept.usd} of ${kept.date === "" ? "no day" : kept.date}` : "none is known",
            ]),
        ),
        ...section(
            "With several prices in the list; what the sheet has is kept, as its question must be narrower:",
            ambiguous.map(({ meter, prices }) => [meter.what, prices.join(", ")]),
        ),
    ];
}
