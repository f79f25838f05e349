import { priceMeters, type Meter } from "../../facts/price-meters";
import { PriceSheet, type Price } from "../../facts/prices";
import { UserError } from "../user-error";
import { listedPrices, type ListedPrice, type ListOptions } from "./price-list";

/** A sheet as Azure's list has it now, and what is worth a look. */
export interface Refreshed {
    sheet: PriceSheet;
    /** Meters whose price is another one, or the first. */
    changed: { meter: Meter; region: string; was?: number; is: number }[];
    unchanged: number;
    /** Meters that the list does not have, with the day of the price that is kept, if there is one. */
    gone: { meter: Meter; kept?: Price }[];
    /** Meters with several prices in the list; what the sheet had is kept. */
    ambiguous: { meter: Meter; prices: readonly number[] }[];
}

/** Conditions that go into one question: addresses have a length. */
const conditionsAtOnce = 12;
const fieldsOfQuery = ["serviceName", "productName", "skuName", "meterName", "armSkuName"] as const;
/** Regions of rows that hold for all. */
const everywhere = ["Global", "", "Zone 1"];

/** Asks the list for all meters in a region, and puts what it answers into a sheet. */
export async function refreshed(
    sheet: PriceSheet,
    region: string,
    today: string,
    options: ListOptions & { say: (text: string) => void },
): Promise<Refreshed> {
    const rows = await rowsFor(region, options);
    const prices = new Map(sheet.prices.map((price) => [`${price.meter},${price.region}`, price]));
    const found: Refreshed = { sheet, changed: [], unchanged: 0, gone: [], ambiguous: [] };
    for (const meter of priceMeters.values()) {
        const place = meter.everywhere ? "global" : region;
        const key = `${meter.key},${place}`;
        const was = prices.get(key);
        const listed = listedFor(meter, region, rows);
        const [is] = listed;
        if (is === undefined) found.gone.push({ meter, ...(was && { kept: was }) });
        else if (listed.length > 1) found.ambiguous.push({ meter, prices: listed });
        else {
            prices.set(key, {
                ...{ meter: meter.key, region: place, usd: is },
                ...{ date: today, quality: "recorded", source: "price-list" },
            });
            if (was?.usd === is) found.unchanged += 1;
            else found.changed.push({ meter, region: place, is, ...(was && { was: was.usd }) });
        }
    }
    return { ...found, sheet: new PriceSheet([...prices.values()]) };
}

async function rowsFor(region: string, options: ListOptions & { say: (text: string) => void }): Promise<ListedPrice[]> {
    const questions = [...priceMeters.values()].map((meter) => ({ meter, text: conditionOf(meter, region) }));
    const distinct = [...new Set(questions.map(({ text }) => text))];
    const rows: ListedPrice[] = [];
    for (let at = 0; at < distinct.length; at += conditionsAtOnce) {
        options.say(`asking ${new URL(options.from).origin}: ${at} of ${distinct.length} questions answered`);
        const some = distinct.slice(at, at + conditionsAtOnce);
        const filter = `priceType eq 'Consumption' and (${some.map((text) => `(${text})`).join(" or ")})`;
        rows.push(...(await listedPrices(filter, options)));
    }
    const other = rows.find(({ currencyCode }) => currencyCode !== "USD");
    if (other)
        throw new UserError(`${options.from} was asked for USD and answers in ${other.currencyCode || "nothing"}`);
    return rows;
}

function conditionOf({ query, everywhere: all }: Meter, region: string): string {
    const fields = fieldsOfQuery.flatMap((field) => {
        const value = query[field];
        return value === undefined ? [] : [`${field} eq '${value.replaceAll("'", "''")}'`];
    });
    return [...fields, ...(all ? [] : [`armRegionName eq '${region}'`])].join(" and ");
}

/** Prices of a meter in the list, each once: of the first amount from which it costs something. */
function listedFor(meter: Meter, region: string, rows: readonly ListedPrice[]): number[] {
    const named = rows.filter((row) => isOf(meter, row));
    const places = meter.everywhere ? [region, ...everywhere] : [region];
    const place = places.find((each) => named.some(({ armRegionName }) => armRegionName === each));
    const costing = named.filter(({ armRegionName, retailPrice }) => armRegionName === place && retailPrice > 0);
    const first = Math.min(...costing.map(({ tierMinimumUnits }) => tierMinimumUnits));
    const tier = costing.filter(({ tierMinimumUnits }) => tierMinimumUnits === first);
    const primary = tier.filter(({ isPrimaryMeterRegion }) => isPrimaryMeterRegion);
    return [...new Set((primary.length > 0 ? primary : tier).map(({ retailPrice }) => retailPrice))].sort(
        (a, b) => a - b,
    );
}

function isOf({ query, unit, spot }: Meter, row: ListedPrice): boolean {
    if (row.type !== "Consumption" || row.unitOfMeasure !== unit) return false;
    if (fieldsOfQuery.some((field) => query[field] !== undefined && query[field] !== row[field])) return false;
    if (query.armSkuName === undefined) return true;
    // Machines: no licence of Windows, and neither spot nor its predecessor unless asked for.
    return (
        !row.productName.endsWith("Windows") &&
        !row.skuName.endsWith("Low Priority") &&
        row.skuName.endsWith(" Spot") === spot
    );
}
