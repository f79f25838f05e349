import { UserError } from "../user-error";

/** Azure's price list. No account is needed. https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices */
export const azurePriceList = "https://prices.azure.com/api/retail/prices";

/** A row of the list, as far as it is read. */
export interface ListedPrice {
    currencyCode: string;
    tierMinimumUnits: number;
    retailPrice: number;
    armRegionName: string;
    meterName: string;
    productName: string;
    skuName: string;
    serviceName: string;
    unitOfMeasure: string;
    type: string;
    isPrimaryMeterRegion: boolean;
    armSkuName: string;
}

/** A page of it. */
interface Page {
    Items?: unknown;
    NextPageLink?: unknown;
}

export interface ListOptions {
    /** Where the list is. */
    from: string;
    signal?: AbortSignal;
    /** Waits so many seconds. */
    sleep: (seconds: number) => Promise<void>;
}

const attempts = 6;
const secondsToAnswer = 60;
/** What a service that asks for patience without a number is given, doubled each time. */
const firstWaitSeconds = 2;
const mostWaitSeconds = 120;
/** The list has at most a thousand rows a page; more pages than this are no answer to a question of ours. */
const mostPages = 200;

/**
 * All rows that the filter lets through, page by page.
 * @param filter OData, e.g. `serviceName eq 'Azure Firewall'`
 * @throws UserError when the list cannot be had, or is none.
 */
export async function listedPrices(filter: string, options: ListOptions): Promise<ListedPrice[]> {
    const start = new URL(options.from);
    start.searchParams.set("currencyCode", "'USD'");
    start.searchParams.set("$filter", filter);
    start.search = start.search.replaceAll("+", "%20");
    const rows: ListedPrice[] = [];
    let next: URL | undefined = start;
    for (let pages = 0; next !== undefined; pages += 1) {
        if (pages >= mostPages) throw new UserError(`${options.from} goes on for more than ${mostPages} pages`);
        const page: Page = await pageAt(next, options);
        rows.push(...rowsOf(page, next));
        next = nextPage(page, start);
    }
    return rows;
}

/** The page after this one; only at the place that was asked, whatever the answer says. */
function nextPage({ NextPageLink: link }: Page, start: URL): URL | undefined {
    if (typeof link !== "string" || link === "") return undefined;
    if (!URL.canParse(link)) throw new UserError(`the price list's next page is no address: ${link}`);
    const next = new URL(link);
    if (next.origin === start.origin) return next;
    throw new UserError(`the price list of ${start.origin} goes on at ${next.origin}, which was not asked for`);
}

async function pageAt(address: URL, { signal, sleep }: ListOptions): Promise<Page> {
    for (let attempt = 1; ; attempt += 1) {
        const limits = [AbortSignal.timeout(secondsToAnswer * 1000), ...(signal ? [signal] : [])];
        const answer = await fetch(address, { signal: AbortSignal.any(limits), redirect: "error" }).catch(
            (fault: unknown): never => {
                throw new UserError(`${address.origin} does not answer: ${reasonOf(fault)}`);
            },
        );
        if (answer.ok) return (await answer.json().catch(() => ({}))) as Page;
        await answer.body?.cancel();
        const patience = answer.status === 429 || answer.status >= 500;
        if (!patience || attempt === attempts)
            throw new UserError(`${address.origin} answers with ${answer.status} ${answer.statusText}`.trimEnd());
        await sleep(waitSeconds(answer.headers.get("retry-after"), attempt));
    }
}

function reasonOf(fault: unknown): string {
    if (!(fault instanceof Error)) return String(fault);
    return fault.cause instanceof Error ? fault.cause.message : fault.message;
}

/** What the service asks for, in seconds or as a time; else longer each time. */
export function waitSeconds(retryAfter: string | null, attempt: number, now = Date.now()): number {
    const asked = retryAfter === null || retryAfter === "" ? Number.NaN : Number(retryAfter);
    const seconds = Number.isNaN(asked) ? (Date.parse(retryAfter ?? "") - now) / 1000 : asked;
    const wait = Number.isNaN(seconds) ? firstWaitSeconds * 2 ** (attempt - 1) : seconds;
    return Math.min(mostWaitSeconds, Math.max(0, wait));
}

function rowsOf({ Items: items }: Page, address: URL): ListedPrice[] {
    if (!Array.isArray(items)) throw new UserError(`${address.origin} answers with no price list: it has no Items`);
    return (items as unknown[]).map((item) => {
        const row = (typeof item === "object" && item !== null ? item : {}) as Record<string, unknown>;
        if (typeof row.retailPrice !== "number" || !Number.isFinite(row.retailPrice) || row.retailPrice < 0)
            throw new UserError(`${address.origin} lists something without a price: ${JSON.stringify(item)}`);
        const text = (name: string): string => (typeof row[name] === "string" ? row[name] : "");
        return {
            ...{ currencyCode: text("currencyCode"), type: text("type"), unitOfMeasure: text("unitOfMeasure") },
            ...{ serviceName: text("serviceName"), productName: text("productName"), skuName: text("skuName") },
            ...{ meterName: text("meterName"), armSkuName: text("armSkuName"), armRegionName: text("armRegionName") },
            retailPrice: row.retailPrice,
            tierMinimumUnits: typeof row.tierMinimumUnits === "number" ? row.tierMinimumUnits : 0,
            isPrimaryMeterRegion: row.isPrimaryMeterRegion === true,
        };
    });
}
