import { differences, factsOf, flat, markdownLines, tableLines } from "../../cli/environments";
import { places } from "../../cli/places";

test("values go by path: things in lists by their prefix, plain lists by commas", () => {
    const config = {
        egress: { kind: "firewall" },
        userPools: [{ prefix: "work", maxCount: 4 }],
        zones: ["1", "2"],
        needs: [],
        protect: true,
    };
    expect(flat(config)).toEqual({
        "egress.kind": "firewall",
        "userPools.work.maxCount": "4",
        zones: "1, 2",
        needs: "none",
        protect: "yes",
    });
});

const found = differences([
    { stack: "dev", sections: { Tier: { "egress.kind": "natGateway", sla: "Free", same: "1" } } },
    {
        stack: "prod",
        sections: { Tier: { "egress.kind": "firewall", sla: "Free", "egress.tier": "Premium", same: "1" } },
    },
]);

test("what is alike is left out, what one does not say is a dash, and paths of one key stay together", () => {
    expect(found).toEqual([
        {
            title: "Tier",
            rows: [
                ["egress.kind", "natGateway", "firewall"],
                ["egress.tier", "-", "Premium"],
            ],
        },
    ]);
});

test("the table fits 100 columns: long values go on below", () => {
    const long = "none, patch, stable, rapid, node-image, and whatever else comes to mind";
    const sections = [{ title: "Tier", rows: [["upgradeChannels", long, "none", "none"] as const] }];
    const lines = tableLines(sections, ["dev", "staging", "prod"]);
    expect(lines.length).toBeGreaterThan(2);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain("node-image, and whatever");
});

test("as Markdown, values are in full", () => {
    expect(markdownLines(found, ["dev", "prod"])).toEqual([
        "| Tier | dev | prod |",
        "| --- | --- | --- |",
        "| egress.kind | natGateway | firewall |",
        "| egress.tier | - | Premium |",
        "",
    ]);
});

test("staging differs from prod in size and retention, and not in what decides whether a change works", async () => {
    const facts = [await factsOf({ at: places() }, "staging"), await factsOf({ at: places() }, "prod")];
    const rows = differences(facts.filter((one) => one !== undefined)).flatMap((section) => section.rows);
    const paths = rows.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(["addressSpace", "systemPool.minCount", "records.retentionDays"]));
    for (const same of [/^keys\./, /^egress/, /^zones$/, /Version$/, /^dns/, /^protect$/, /vmSize.*gpu/])
        expect(paths.filter((path) => same.test(path))).toEqual([]);
});
