import { PriceSheet, readPriceSheet, type Price } from "../../../facts/prices";
import { costOf, type Cost } from "../../../review/cost/cost";
import type { ResourceChange } from "../../../review/model/preview";
import { Unknown, type ValueMap } from "../../../review/model/value";
import { change, previewOf } from "../changes";

const price = (meter: string, usd: number, region = "swedencentral"): Price => ({
    ...{ meter, region, usd, date: "2026-11-25", quality: "recorded", source: "price-list" },
});
const sheet = new PriceSheet([
    ...[
        price("vm:Standard_D4ds_v5", 0.25),
        price("spot:Standard_D4ds_v5", 0.05),
        price("vm:Standard_NC4as_T4_v3", 0.5),
    ],
    ...[price("firewall:Standard", 1), price("firewall:Premium", 2)],
    ...[price("firewall-data:Standard", 0.01), price("firewall-data:Premium", 0.02), price("internet:out", 0.08)],
    ...[
        price("aks:Standard", 0.1),
        price("balancer:rules", 0.02),
        price("defender:vcore", 0.01),
        price("disk:P10", 20),
    ],
    ...[
        price("logs:analytics", 3),
        price("logs:basic", 0.6),
        price("logs:retention", 0.1),
        price("logs:archive", 0.02),
    ],
    ...[price("dns:zone", 0.5, "global"), price("ip:public", 0.005, "westeurope")],
]);

const pool = "azure-native:containerservice:AgentPool";
const firewall = "azure-native:network:AzureFirewall";
const scaling = (minCount: number, maxCount: number, more: ValueMap = {}): ValueMap => ({
    ...{ location: "swedencentral", vmSize: "Standard_D4ds_v5", osDiskType: "Ephemeral" },
    ...{ enableAutoScaling: true, minCount, maxCount, ...more },
});
const cost = (...resources: readonly ResourceChange[]): Cost => costOf(previewOf(...resources), sheet);

test("a pool costs its least, a part of what may come, and its most", () => {
    const found = cost(change(pool, [undefined, scaling(2, 10)]));
    expect(found.before).toEqual({ low: 0, expected: 0, high: 0 });
    expect(found.change).toEqual({ low: 2 * 730 * 0.25, expected: 4 * 730 * 0.25, high: 10 * 730 * 0.25 });
    expect(found.groups.map(({ group }) => group)).toEqual(["machines"]);
    expect(found.assumptions).toMatchObject([{ name: "nodes", low: 0, expected: 0.25, high: 1 }]);
});

test.each<[string, ValueMap, number]>([
    ["spot machines", { scaleSetPriority: "Spot" }, 0.05 * 730],
    ["a size in other letters", { vmSize: "standard_d4DS_v5" }, 0.25 * 730],
    ["GPUs", { vmSize: "Standard_NC4as_T4_v3" }, 0.5 * 730],
    ["a disk beside the machine", { osDiskType: "Managed", osDiskSizeGB: 100 }, 0.25 * 730 + 20],
])("%s", (_, more, expected) => {
    expect(cost(change(pool, [undefined, scaling(1, 1, more)])).change.expected).toBeCloseTo(expected);
});

test("a change costs the difference, a delete saves, and what stays is in both sums", () => {
    const premium = change(firewall, [{ sku: { tier: "Standard" } }, { sku: { tier: "Premium" } }]);
    const gone = change(pool, [scaling(1, 1), undefined]);
    const zone = change("azure-native:privatedns:PrivateZone", [{}, {}], { operation: "same" });
    const found = cost(premium, gone, zone);
    expect(found.change.low).toBeCloseTo(730 + 50 * 0.01 - 730 * 0.25);
    expect(found.change.high).toBeCloseTo(730 + 5000 * 0.01 - 730 * 0.25);
    expect(found.resources.map(({ type, operation }) => [type, operation])).toEqual([
        [firewall, "update"],
        [pool, "delete"],
        ["azure-native:privatedns:PrivateZone", "same"],
    ]);
    expect(found.before.low).toBeCloseTo(730 + 50 * 0.09 + 730 * 0.25 + 0.5);
    expect(found.after.low).toBeCloseTo(2 * 730 + 50 * 0.1 + 0.5);
});

test("what only the state forgets, Azure goes on billing", () => {
    const found = cost(change(firewall, [{ sku: { tier: "Standard" } }, undefined], { operation: "forget" }));
    expect(found.change).toEqual({ low: 0, expected: 0, high: 0 });
    expect(found.after.low).toBeCloseTo(730 + 50 * 0.09);
});

test.each<[string, ResourceChange, string]>([
    [
        "a size that no sheet has",
        change(pool, [undefined, scaling(1, 1, { vmSize: "Standard_D8ds_v5" })]),
        "the price sheet has no Standard_D8ds_v5",
    ],
    [
        "a size that nobody knows",
        change(pool, [undefined, scaling(1, 1, { vmSize: "Standard_New" })]),
        "the price sheet has no vm:Standard_New",
    ],
    [
        "a tier that is known later",
        change(firewall, [undefined, { sku: new Unknown("map") }]),
        "its tier is not known before the update",
    ],
    [
        "a type that nobody has thought of",
        change("azure-native:quantum:Computer", [undefined, {}]),
        "nobody has said what this type is billed by",
    ],
    [
        "a type that is billed by what nobody knows",
        change("azure-native:alertsmanagement:PrometheusRuleGroup", [undefined, {}]),
        "billed by the samples that its rules read, which nobody knows",
    ],
    [
        "a price that only the old side lacks",
        change(pool, [scaling(1, 1, { vmSize: "Standard_New" }), scaling(1, 1)]),
        "the price sheet has no vm:Standard_New",
    ],
])("%s is counted and named, and in no sum", (_, resource, reason) => {
    const found = cost(resource);
    expect(found.unpriced).toEqual([expect.objectContaining({ urn: resource.urn, reason })]);
    expect(found.resources).toEqual([]);
    expect(found.after.high).toBe(0);
});

test("what is free says why, once for all of a reason", () => {
    const found = cost(
        change("azure-native:resources:ResourceGroup", [{}, {}], { operation: "same" }),
        change("azure-native:authorization:RoleAssignment", [undefined, {}]),
        change("kubernetes:apps/v1:Deployment", [undefined, {}]),
    );
    expect(found.free).toEqual([
        {
            reason: "kept in Resource Manager, which bills nothing",
            types: ["azure-native:authorization:RoleAssignment", "azure-native:resources:ResourceGroup"],
            count: 2,
        },
        {
            reason: "runs on nodes, which their pools are billed for",
            types: ["kubernetes:apps/v1:Deployment"],
            count: 1,
        },
    ]);
});

test("a region without its own price takes another's, and says so", () => {
    const found = cost(
        change("azure-native:network:PublicIPAddress", [undefined, { location: "Sweden Central" }]),
        change("azure-native:privatedns:PrivateZone", [undefined, { location: "global" }]),
    );
    expect(found.region).toBe("swedencentral");
    expect(found.stoodIn).toEqual([{ meter: "public IP address", region: "swedencentral", by: "westeurope" }]);
    expect(found.prices.map(({ meter, region }) => [meter, region])).toEqual([
        ["dns:zone", "global"],
        ["ip:public", "westeurope"],
    ]);
});

const cluster = (more: ValueMap): ResourceChange =>
    change("azure-native:containerservice:ManagedCluster", [
        undefined,
        {
            ...{ sku: { tier: "Standard" }, networkProfile: { loadBalancerSku: "standard" } },
            agentPoolProfiles: [{ vmSize: "Standard_D4ds_v5", count: 1, osDiskType: "Ephemeral" }],
            ...more,
        },
    ]);

test.each<[string, ValueMap, number, number]>([
    ["off", { securityProfile: {} }, 0, 0],
    // Four vCPUs of the cluster's own pool, and eight of the other.
    ["on", { securityProfile: { defender: { securityMonitoring: { enabled: true } } } }, 12, 12],
    ["not known before the update", { securityProfile: new Unknown("map") }, 0, 12],
])("Defender that is %s is billed by the vCPUs of all pools", (_, more, least, expected) => {
    const found = cost(cluster(more), change(pool, [undefined, scaling(2, 2)]));
    const [own] = found.resources.filter(({ type }) => type.endsWith("ManagedCluster"));
    const rest = 730 * (0.1 + 0.02 + 0.25);
    expect(own?.after.low).toBeCloseTo(rest + least * 7.3);
    expect(own?.after.expected).toBeCloseTo(rest + expected * 7.3);
});

test("logs are a part of their cap, by plan, with what is kept beyond the free days", () => {
    const found = cost(
        change("azure-native:operationalinsights:Workspace", [
            undefined,
            { retentionInDays: 90, workspaceCapping: { dailyQuotaGb: 8 } },
        ]),
        change("azure-native:operationalinsights:Table", [undefined, { plan: "Basic" }]),
    );
    // A quarter of 8 GB a day, half of it Basic.
    expect(found.change.expected).toBeCloseTo((365 / 12) * (1 * 3 + 1 * 0.6) + 59 * 0.1);
    expect(found.change.high).toBeCloseTo((365 / 12) * (4 * 3 + 4 * 0.6) + 4 * 59 * 0.1);
});

test("two runs say the same, whatever the order of resources", () => {
    const all = [change(pool, [undefined, scaling(1, 4)]), cluster({}), change(firewall, [undefined, { sku: {} }])];
    const [one, other] = [cost(...all), cost(...all.toReversed())];
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(readPriceSheet(sheet.toString()).prices).toEqual(sheet.prices);
});
