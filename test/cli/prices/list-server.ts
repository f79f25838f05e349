import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A row as Azure's price list writes it; columns and the first values are a recorded answer's. */
export type Row = typeof recorded;

/** Of jokamotonpi/azure-price-mirror prices/AzurePriceList_westus.csv, September 2026. */
export const recorded = {
    currencyCode: "USD",
    tierMinimumUnits: 0,
    retailPrice: 0.05343,
    unitPrice: 0.05343,
    armRegionName: "westus",
    location: "US West",
    effectiveStartDate: "2023-06-01T00:00:00Z",
    meterId: "002c6a5b-cd2e-5dae-9750-56e00a786921",
    meterName: "Standard Zone Redundancy",
    productId: "DZH318Z0HHGR",
    skuId: "DZH318Z0HHGR/001W",
    productName: "Azure Managed Grafana",
    skuName: "Standard",
    serviceName: "Azure Grafana Service",
    serviceId: "DZH315FMNFNH",
    serviceFamily: "Developer Tools",
    unitOfMeasure: "1/Hour",
    type: "Consumption",
    isPrimaryMeterRegion: true,
    armSkuName: "",
};

/** An answer in the list's place: its status, and seconds to wait where it says so. */
export interface Refusal {
    status: number;
    retryAfter?: string;
}

/** Azure's price list on this machine: filters, pages and refuses as the real one does. */
export class ListServer {
    rows: Row[] = [];
    rowsAPage = 100;
    /** What the next requests are refused with, one after the other. */
    refusals: Refusal[] = [];
    /** Says where the next page is, if it is not where it should be. */
    elsewhere: string | undefined;
    readonly filters: string[] = [];
    private readonly server = createServer((request, response) => {
        this.answer(request, response);
    });

    async start(): Promise<string> {
        await new Promise<void>((ready) => this.server.listen(0, "127.0.0.1", ready));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/retail/prices`;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((done) => this.server.close(done));
    }

    private answer({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
        const refusal = this.refusals.shift();
        if (refusal) {
            response.writeHead(refusal.status, refusal.retryAfter ? { "retry-after": refusal.retryAfter } : {}).end();
            return;
        }
        const address = new URL(url, `http://${headers.host ?? ""}`);
        const filter = address.searchParams.get("$filter") ?? "";
        this.filters.push(filter);
        const found = this.rows.filter((row) => passes(row, filter));
        const skip = Number(address.searchParams.get("$skip") ?? 0);
        const items = found.slice(skip, skip + this.rowsAPage);
        address.searchParams.set("$skip", String(skip + this.rowsAPage));
        const next = skip + this.rowsAPage < found.length ? (this.elsewhere ?? address.href) : null;
        response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(
            JSON.stringify({
                ...{ BillingCurrency: "USD", CustomerEntityId: "Default", CustomerEntityType: "Retail" },
                ...{ Items: items, NextPageLink: next, Count: items.length },
            }),
        );
    }
}

/** As far as we ask: `priceType eq 'X' and ((a eq 'b' and c eq 'd') or (...))`. */
function passes(row: Row, filter: string): boolean {
    const [, type = "", rest = ""] = /^priceType eq '(\w+)' and \((.*)\)$/.exec(filter) ?? [];
    if (row.type !== type) return false;
    return rest
        .split(") or (")
        .some((condition) =>
            [...condition.matchAll(/(\w+) eq '((?:[^']|'')*)'/g)].every(
                ([, field = "", value = ""]) => row[field as keyof Row] === value.replaceAll("''", "'"),
            ),
        );
}
