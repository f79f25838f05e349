import { waitSeconds, type ListOptions } from "../../../cli/prices/price-list";
import { refreshLines } from "../../../cli/prices/prices";
import { refreshed, type Refreshed } from "../../../cli/prices/refresh";
import { readPriceSheet } from "../../../facts/prices";
import { ListServer, recorded, type Row } from "./list-server";

const server = new ListServer();
let from = "";
const waits: number[] = [];
beforeAll(async () => {
    from = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
    Object.assign(server, { rows: [], rowsAPage: 100, refusals: [], elsewhere: undefined });
    server.filters.length = 0;
    waits.length = 0;
});

const row = (more: Partial<Row>): Row => ({ ...recorded, armRegionName: "swedencentral", ...more });
const zones = row({ retailPrice: 0.06 });
const machine = (more: Partial<Row> = {}): Row =>
    row({
        ...{
            serviceName: "Virtual Machines",
            armSkuName: "Standard_D4ds_v5",
            meterName: "D4ds v5",
            skuName: "D4ds v5",
        },
        ...{ productName: "Virtual Machines Ddsv5 Series", unitOfMeasure: "1 Hour", retailPrice: 0.24, ...more },
    });
const logs = (tierMinimumUnits: number, retailPrice: number): Row =>
    row({
        ...{ serviceName: "Log Analytics", skuName: "Pay-as-you-go", meterName: "Pay-as-you-go Data Ingestion" },
        ...{ productName: "Log Analytics", unitOfMeasure: "1 GB", tierMinimumUnits, retailPrice },
    });

const head = "meter,region,usd,date,quality,source";
const refresh = (rows: readonly Row[], lines: readonly string[] = []): Promise<Refreshed> => {
    server.rows = [...rows];
    const options: ListOptions & { say: () => void } = {
        ...{ from, say: () => undefined },
        sleep: (seconds) => {
            waits.push(seconds);
            return Promise.resolve();
        },
    };
    return refreshed(readPriceSheet([head, ...lines].join("\n")), "swedencentral", "2026-11-25", options);
};
const keys = (found: Refreshed["changed"]): string[] => found.map(({ meter }) => meter.key);

test("prices of the list come into the sheet, with the day, and those of other regions stay", async () => {
    const found = await refresh([zones, machine()], ["grafana:zones,westus,0.05343,2026-09,recorded,mirror"]);
    expect(found.sheet.toString()).toBe(
        [
            head,
            "grafana:zones,swedencentral,0.06,2026-11-25,recorded,price-list",
            "grafana:zones,westus,0.05343,2026-09,recorded,mirror",
            "vm:Standard_D4ds_v5,swedencentral,0.24,2026-11-25,recorded,price-list",
            "",
        ].join("\n"),
    );
    expect(server.filters[0]).toMatch(/^priceType eq 'Consumption' and \(\(serviceName eq '/);
    expect(server.filters.join()).toContain("armSkuName eq 'Standard_D4ds_v5' and armRegionName eq 'swedencentral'");
});

test("of all rows of a machine, the one without Windows, spot, reservation and developers' discount counts", async () => {
    const found = await refresh([
        machine({ productName: "Virtual Machines Ddsv5 Series Windows", retailPrice: 0.42 }),
        machine({ skuName: "D4ds v5 Low Priority", meterName: "D4ds v5 Low Priority", retailPrice: 0.05 }),
        machine({ type: "DevTestConsumption", retailPrice: 0.2 }),
        machine({ type: "Reservation", retailPrice: 1200 }),
        machine({ armRegionName: "westus", retailPrice: 0.3 }),
        machine({ skuName: "D4ds v5 Spot", meterName: "D4ds v5 Spot", retailPrice: 0.03 }),
        machine(),
    ]);
    expect(found.changed.map(({ meter, is }) => [meter.key, is])).toEqual([
        ["vm:Standard_D4ds_v5", 0.24],
        ["spot:Standard_D4ds_v5", 0.03],
    ]);
});

test("what is free for the first amount costs what comes after", async () => {
    const found = await refresh([logs(5, 2.76), logs(0, 0), logs(100, 2)]);
    expect(found.changed).toMatchObject([{ is: 2.76 }]);
});

test("a price of all regions is found in rows without a region", async () => {
    const zone = { serviceName: "Azure DNS", skuName: "Private", meterName: "Private Zone", unitOfMeasure: "1/Month" };
    const found = await refresh([row({ ...zone, armRegionName: "", retailPrice: 0.5 })]);
    expect(found.sheet.toString()).toContain("dns:zone,global,0.5,2026-11-25");
});

test("all pages are read", async () => {
    const others = Array.from({ length: 7 }, (_, index) => logs(10 + index, 2));
    server.rowsAPage = 2;
    const found = await refresh([...others, logs(5, 2.76)]);
    expect(found.changed).toMatchObject([{ is: 2.76 }]);
    expect(server.filters.filter((filter) => filter.includes("Pay-as-you-go")).length).toBe(4);
});

test("a next page at another place is not asked for", async () => {
    server.rowsAPage = 1;
    server.elsewhere = "http://127.0.0.1:1/api/retail/prices?$skip=1";
    await expect(refresh([logs(0, 0), logs(5, 2.76)])).rejects.toThrow(
        /goes on at http:\/\/127\.0\.0\.1:1, which was not asked for/,
    );
});

test("the service is given the time that it asks for, and in the end up on", async () => {
    server.refusals = [{ status: 429, retryAfter: "7" }, { status: 503 }, { status: 500 }];
    expect(keys((await refresh([zones])).changed)).toEqual(["grafana:zones"]);
    expect(waits).toEqual([7, 4, 8]);
    server.refusals = Array.from({ length: 6 }, () => ({ status: 429, retryAfter: "1" }));
    await expect(refresh([zones])).rejects.toThrow(/answers with 429 Too Many Requests/);
});

test.each<[string | null, number, number]>([
    ["30", 1, 30],
    ["Wed, 25 Nov 2026 12:01:00 GMT", 1, 60],
    ["Wed, 25 Nov 2026 11:00:00 GMT", 1, 0],
    ["86400", 1, 120],
    ["soon", 2, 4],
    [null, 3, 8],
    ["", 9, 120],
])("Retry-After %s at attempt %s means %s seconds", (header, attempt, seconds) => {
    expect(waitSeconds(header, attempt, Date.parse("2026-11-25T12:00:00Z"))).toBe(seconds);
});

test.each([
    ["a request that is wrong is not made again", { status: 400 }, /answers with 400 Bad Request/],
    ["nor is one that leads elsewhere", { status: 302 }, /answers with 302|does not answer/],
])("%s", async (_, refusal, message) => {
    server.refusals = [refusal];
    await expect(refresh([zones])).rejects.toThrow(message);
    expect(waits).toEqual([]);
});

test("another currency is refused", async () => {
    await expect(refresh([{ ...zones, currencyCode: "EUR" }])).rejects.toThrow(/was asked for USD and answers in EUR/);
});

test("a row without a price is refused", async () => {
    await expect(refresh([{ ...zones, retailPrice: "0.06" as unknown as number }])).rejects.toThrow(
        /lists something without a price/,
    );
});

test("what disappeared, what moved far and what is ambiguous is told, and kept where there is nothing better", async () => {
    const found = await refresh(
        [
            ...[machine({ retailPrice: 0.5 }), zones],
            row({ ...logs(0, 2.5), productName: "Log Analytics" }),
            row({ ...logs(0, 2.9), productName: "Log Analytics, another" }),
        ],
        [
            "firewall:Standard,swedencentral,1.25,2026-01-02,recorded,price-list",
            "grafana:zones,swedencentral,0.05,2026-01-02,recorded,price-list",
            "logs:analytics,swedencentral,2.76,2026-01-02,recorded,price-list",
            "vm:Standard_D4ds_v5,swedencentral,0.24,2026-01-02,recorded,price-list",
        ],
    );
    const lines = refreshLines("swedencentral", found);
    expect(lines[0]).toBe("swedencentral: 2 prices changed, 0 new, 0 as they were");
    expect(lines.slice(1, 3)).toEqual([
        "Moved by more than half, so look twice:",
        "  Standard_D4ds_v5  was 0.24, is 0.5  108 %",
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}firewall Standard +1\.25 of 2026-01-02$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}gateway ErGw1AZ +none is known$/));
    expect(lines.at(-1)).toBe("  logs taken in  2.5, 2.9");
    expect(found.sheet.priceOf("firewall:Standard", "swedencentral")).toMatchObject({ date: "2026-01-02" });
    expect(found.sheet.priceOf("logs:analytics", "swedencentral")).toMatchObject({ usd: 2.76, date: "2026-01-02" });
});

test("a unit that changed is no price of ours", async () => {
    const found = await refresh([{ ...zones, unitOfMeasure: "100/Hour" }]);
    expect(keys(found.changed)).toEqual([]);
    expect(found.gone.map(({ meter }) => meter.key)).toContain("grafana:zones");
});
