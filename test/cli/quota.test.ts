import { quotaAnswers, quotaReport, reportLines, type QuotaAnswers } from "../../cli/quota";
import { quotaNeeds } from "../../facts/vm-quota";
import { machineNeeds } from "../../stacks/quota-needs";
import { readSettings, type Settings } from "../../stacks/settings";
import { dev } from "../stacks/good-settings";

const pools = {
    "mlplatform:userPools": JSON.stringify([
        { prefix: "work", vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 4 },
        { prefix: "cheap", vmSize: "Standard_D8ds_v5", minCount: 0, maxCount: 2, spot: true },
    ]),
    "mlplatform:gpuPools": JSON.stringify([
        {
            ...{ prefix: "t4", vmSize: "Standard_NC4as_T4_v3", use: "training", driver: "Install" },
            ...{ minCount: 0, maxCount: 2 },
        },
    ]),
};
const settings: Settings = readSettings({ ...dev, ...pools }, new Date("2026-11-23"));

// Rows in the shape that az 2.x prints: numbers as text, names as pairs.
const usage = (value: string, limit: number, currentValue = 0): QuotaAnswers["usage"][number] => ({
    ...{ currentValue: String(currentValue), limit: String(limit) },
    name: { value },
});
const sku = (name: string, vCPUs: number, more: object = {}): QuotaAnswers["skus"][number] => ({
    ...{ name, locations: ["swedencentral"], restrictions: [] },
    locationInfo: [{ location: "swedencentral", zones: ["2", "1", "3"] }],
    capabilities: [
        { name: "vCPUs", value: String(vCPUs) },
        { name: "EncryptionAtHostSupported", value: "True" },
    ],
    ...more,
});
const sizes = [
    ...[sku("Standard_D2ds_v5", 2), sku("Standard_D4ds_v5", 4), sku("Standard_D8ds_v5", 8)],
    sku("Standard_NC4as_T4_v3", 4),
];
const plenty: QuotaAnswers = {
    usage: ["cores", "lowPriorityCores", "standardDDSv5Family", "Standard NCASv3_T4 Family"].map((name) =>
        usage(name, 500),
    ),
    skus: sizes,
    network: [usage("StandardSkuPublicIpAddresses", 20, 3)],
};
const withSku = (name: string, more: object): QuotaAnswers => ({
    ...plenty,
    skus: plenty.skus.map((one) => (one.name === name ? { ...one, ...more } : one)),
});

test("needs are counted by quota, with the machines that stand in during an upgrade", () => {
    const needs = Object.fromEntries(quotaNeeds(machineNeeds(settings)).map((need) => [need.family, need]));
    // bootstrap 1 (2 in an upgrade) of 2 vCPUs; system 1 to 3 + 1, work 1 to 4 + 2, of 4 vCPUs.
    expect(needs.standardDDSv5Family).toMatchObject({ least: 2 + 4 + 4, most: 4 + 16 + 24 });
    // GPU machines are exchanged without a spare one; spot machines have one quota together.
    expect(needs["Standard NCASv3_T4 Family"]).toMatchObject({ least: 0, most: 8, what: ["gpuPools t4"] });
    expect(needs.lowPriorityCores).toMatchObject({ least: 0, most: 16, what: ["userPools cheap"] });
    expect(needs.cores).toMatchObject({ least: 10, most: 44 + 8 });
});

test("nothing is missing where everything suffices", () => {
    const report = quotaReport(settings, plenty);
    expect(report.missing).toEqual([]);
    const lines = reportLines(report).join("\n");
    expect(lines).toContain("Standard NCASv3_T4 Family");
    // No command tells these.
    expect(lines).toContain("Azure ML makes a Cosmos DB account, an AI Search service");
});

test.each<[string, QuotaAnswers, string]>([
    [
        "a GPU family at its usual limit",
        { ...plenty, usage: [usage("Standard NCASv3_T4 Family", 0), ...plenty.usage.slice(0, 3)] },
        "Standard NCASv3_T4 Family in swedencentral: 8 vCPUs are missing (0 in use, 8 needed, limit 0); pools cannot grow to their most or be upgraded. Ask:\n" +
            '    az quota update --resource-name "Standard NCASv3_T4 Family" --scope /subscriptions/11111111-1111-4111-8111-111111111111/providers/Microsoft.Compute/locations/swedencentral --limit-object value=8 --resource-type dedicated',
    ],
    [
        "a family that others have used up",
        {
            ...plenty,
            usage: [
                usage("standarddDSv5family", 100, 95),
                ...plenty.usage.filter(({ name }) => name?.value !== "standardDDSv5Family"),
            ],
        },
        "standardDDSv5Family in swedencentral: 39 vCPUs are missing (95 in use, 44 needed, limit 100); up cannot end well",
    ],
    [
        "a region whose families suffice and whose sum does not",
        { ...plenty, usage: [usage("cores", 20), ...plenty.usage.slice(1)] },
        "cores in swedencentral: 32 vCPUs are missing",
    ],
    [
        "no spot quota",
        { ...plenty, usage: [usage("lowPriorityCores", 10), ...plenty.usage.filter((_, index) => index !== 1)] },
        '--resource-name "lowPriorityCores"',
    ],
    [
        "no public address left",
        { ...plenty, network: [usage("StandardSkuPublicIpAddresses", 10, 10)] },
        "StandardSkuPublicIpAddresses in swedencentral: 1 are missing",
    ],
    [
        "a size that the region does not have",
        { ...plenty, skus: sizes.slice(0, 3) },
        "gpuPools t4: Standard_NC4as_T4_v3 is not offered in swedencentral",
    ],
    [
        "a size that the subscription may not have",
        withSku("Standard_NC4as_T4_v3", {
            restrictions: [
                {
                    ...{ type: "Location", reasonCode: "NotAvailableForSubscription", values: ["swedencentral"] },
                    restrictionInfo: { locations: ["swedencentral"] },
                },
            ],
        }),
        "gpuPools t4: Standard_NC4as_T4_v3 is NotAvailableForSubscription in swedencentral; ask with a support request",
    ],
    [
        "a zone that the subscription may not have",
        withSku("Standard_NC4as_T4_v3", {
            restrictions: [
                {
                    ...{ type: "Zone", reasonCode: "NotAvailableForSubscription", values: ["swedencentral"] },
                    restrictionInfo: { locations: ["swedencentral"], zones: ["2"] },
                },
            ],
        }),
        "gpuPools t4: Standard_NC4as_T4_v3 is NotAvailableForSubscription in zone 2 of swedencentral",
    ],
    [
        "a zone without the size",
        withSku("Standard_NC4as_T4_v3", { locationInfo: [{ location: "swedencentral", zones: ["1", "2"] }] }),
        "gpuPools t4: Standard_NC4as_T4_v3 is not offered in zone 3 of swedencentral; leave the zone out",
    ],
    [
        "a size without host encryption",
        withSku("Standard_D4ds_v5", { capabilities: [{ name: "EncryptionAtHostSupported", value: "False" }] }),
        "systemPool: Standard_D4ds_v5 has no host encryption",
    ],
    [
        "a size that our table has wrong",
        withSku("Standard_D4ds_v5", { capabilities: [{ name: "vCPUs", value: "6" }] }),
        "systemPool: Standard_D4ds_v5 has 6 vCPUs, and 4 in facts/vm-sizes.ts",
    ],
])("tells %s", (_, answers, message) => {
    expect(quotaReport(settings, answers).missing.join("\n")).toContain(message);
});

test("answers come together or not at all, and must be lists", async () => {
    await expect(quotaAnswers("westeurope", { usage: "usage.json" })).rejects.toThrow(
        "--skus and --network must be given too:\n    az vm list-usage -l westeurope -o json > usage.json",
    );
    const all = { usage: "package.json", skus: "package.json", network: "package.json" };
    await expect(quotaAnswers("westeurope", all)).rejects.toThrow("--usage must be the list that `az vm list-usage");
    await expect(quotaAnswers("westeurope", { ...all, usage: "nowhere.json" })).rejects.toThrow("cannot be read");
});
