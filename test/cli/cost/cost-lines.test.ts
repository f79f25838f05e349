import { costLines } from "../../../cli/cost/cost-lines";
import { PriceSheet, type Price } from "../../../facts/prices";
import { costOf } from "../../../review/cost/cost";
import { change, previewOf } from "../../review/changes";

const firewall = "azure-native:network:AzureFirewall";
const price = (meter: string, usd: number, more: Partial<Price> = {}): Price => ({
    ...{ meter, region: "swedencentral", usd, date: "2026-11-25", quality: "recorded", source: "price-list", ...more },
});
const sheet = new PriceSheet([
    ...["Standard", "Premium"].flatMap((tier, index) => [
        price(`firewall:${tier}`, 1 + index),
        price(`firewall-data:${tier}`, 0.01),
    ]),
    price("internet:out", 0.08, { region: "westeurope", quality: "unverified", source: "memory", date: "" }),
]);
const found = costOf(
    previewOf(
        change(firewall, [
            { location: "swedencentral", sku: { tier: "Standard" } },
            { location: "swedencentral", sku: { tier: "Premium" } },
        ]),
        change("azure-native:network:Subnet", [{}, {}], { operation: "same" }),
        change("azure-native:alertsmanagement:PrometheusRuleGroup", [undefined, {}]),
    ),
    sheet,
);

test("a cost is a table by group and by kind, with what it hangs on, what is in no sum, and where prices are from", () => {
    expect(costLines("prod", "planned", found)).toEqual([
        'What "prod" costs a month as planned, in swedencentral: US dollars by Azure\'s list, without discounts',
        "                      least  expected  most",
        "  network              1465      1505  1910",
        "  together             1465      1505  1910",
        "  more than deployed    730       730   730",
        "By kind:",
        "                            least  expected  most",
        "  1  network:AzureFirewall   1465      1505  1910",
        "These figures hang on:",
        "  50 - 500 - 5000  GB a month out of the network, through firewall or NAT gateway",
        "Without a price, and in no sum: 1",
        "  alertsmanagement:PrometheusRuleGroup  prometheusrulegroup  billed by the samples that its rules read, which nobody knows",
        "Free, each for a reason (--json tells it): 1",
        "Prices: 5 of facts/prices.csv",
        "  1  unverified",
        "  4  with a date, the oldest of 2026-11-25",
        "  1  of other regions, as there is none of their own: 1 of westeurope",
        "npx mlplatform prices refresh asks Azure for all of them",
    ]);
});

test("what is deployed is compared with nothing", () => {
    expect(costLines("prod", "deployed", found).join("\n")).not.toContain("more than deployed");
});

test("a stack that nothing is billed for says so, and no more", () => {
    const free = costOf(previewOf(change("azure-native:network:Subnet", [{}, {}], { operation: "same" })), sheet);
    expect(costLines("dev-vision", "deployed", free).slice(1)).toEqual([
        "Nothing in it has a price",
        "Without a price: nothing",
        "Free, each for a reason (--json tells it): 1",
    ]);
});
