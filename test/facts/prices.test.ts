import { readFileSync } from "node:fs";
import { join } from "node:path";
import { priceSheet, priceSheetFile, readPriceSheet } from "../../facts/prices";

const root = join(__dirname, "..", "..");

test("the sheet's file is as the sheet writes it, so that a refresh shows as what it changes", () => {
    expect(priceSheet(root).toString()).toBe(readFileSync(priceSheetFile(root), "utf8"));
});

test("the region's own price is taken, else that of all regions, else another's", () => {
    const sheet = readPriceSheet(
        [
            "meter,region,usd,date,quality,source",
            "dns:zone,global,0.5,,recorded,infracost",
            "ip:public,eastus,0.004,2026-11-25,recorded,price-list",
            "ip:public,westeurope,0.005,2026-11-25,recorded,price-list",
            "nat:hour,japaneast,0.045,2026,unverified,memory",
        ].join("\n"),
    );
    expect(sheet.priceOf("ip:public", "eastus")?.usd).toBe(0.004);
    expect(sheet.priceOf("ip:public", "swedencentral")?.region).toBe("westeurope");
    expect(sheet.priceOf("dns:zone", "swedencentral")?.region).toBe("global");
    expect(sheet.priceOf("nat:hour", "swedencentral")?.region).toBe("japaneast");
    expect(sheet.priceOf("nat:data", "swedencentral")).toBeUndefined();
});

test("a wrong sheet gets one error with all its faults", () => {
    const wrong = [
        "meter,region,price",
        "nothing,eastus,1,2026,recorded,infracost",
        "ip:public,East US,0,25.11.2026,guessed,hearsay,x",
        "ip:public,eastus,1,2026,recorded,infracost",
        "ip:public,eastus,2,2026,recorded,infracost",
    ].join("\n");
    expect(() => readPriceSheet(wrong)).toThrow(
        [
            "the price sheet is wrong:",
            'line 1: must be "meter,region,usd,date,quality,source", got "meter,region,price"',
            'line 2: there is no meter "nothing"',
            'line 3: "East US" is no region',
            'line 3: "0" is no price',
            'line 3: "25.11.2026" is no date',
            'line 3: "guessed" is none of recorded, derived, unverified',
            'line 3: there is no source "hearsay"',
            "line 3: it has more than six columns",
            "line 5: ip:public in eastus is there twice",
        ].join("\n"),
    );
});
