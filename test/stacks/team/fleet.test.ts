import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import {
    capacityFaults,
    ordersOf,
    overlapFaults,
    readFleet,
    workspaceFaults,
    type Fleet,
    type FleetPool,
} from "../../../stacks/team/fleet";
import { readOrders } from "../../../stacks/team/order";
import { environments } from "../../../stacks/tiers";
import { goodOrder } from "../wrong-orders";

const root = resolve(__dirname, "..", "..", "..");
const pools: FleetPool[] = [
    { prefix: "work", mode: "User", vmSize: "Standard_D4ds_v5", maxCount: 4 },
    { prefix: "t4", mode: "User", vmSize: "Standard_NC4as_T4_v3", maxCount: 2 },
];
const audio = {
    ...{ ...goodOrder, team: "audio", imagePrefix: "audio" },
    groups: { members: "66666666-6666-4666-8666-000000000003" },
};

/** Reads a folder with these orders. */
function fleet(orders: readonly { team: string }[], budgets: object = { dev: 1000 }): Fleet {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-teams-"));
    try {
        mkdirSync(join(folder, "teams"));
        writeFileSync(join(folder, "teams", "fleet.yaml"), stringify({ budgets }));
        for (const order of orders) writeFileSync(join(folder, "teams", `${order.team}.yaml`), stringify(order));
        return readFleet(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test("two teams that fit beside each other do", () => {
    const both = fleet([goodOrder, audio]);
    expect(overlapFaults(both, "dev")).toEqual([]);
    expect(capacityFaults(ordersOf(both, "dev"), pools, "dev")).toEqual([]);
});

test.each([
    ["a group", { groups: goodOrder.groups }, `groups must be a team's own, got "${goodOrder.groups.members}" in both`],
    ["images", { imagePrefix: "vision" }, 'imagePrefix must not lie in another team\'s, got "vision" and "vision"'],
    [
        "images below",
        { imagePrefix: "vision/sound" },
        'imagePrefix must not lie in another team\'s, got "vision/sound" and "vision"',
    ],
])("two teams cannot share %s", (_, change, message) => {
    const faults = overlapFaults(fleet([goodOrder, { ...audio, ...change }]), "dev");
    expect(faults).toContain(`teams/audio.yaml and teams/vision.yaml: ${message}`);
});

test("nor a container, whichever way its name comes about", () => {
    const raw = { ...audio, team: "vision-raw", containers: ["data"] };
    expect(overlapFaults(fleet([{ ...goodOrder, containers: ["raw-data"] }, raw]), "dev")).toEqual([
        'teams/vision-raw.yaml and teams/vision.yaml: containers must be a team\'s own, got "vision-raw-data" from both',
    ]);
});

test("a workspace of its own is the foundation's to make first", () => {
    const { orders } = fleet([{ ...goodOrder, workspace: "own" } as typeof goodOrder, audio]);
    expect(workspaceFaults(orders, ["vision"], "dev")).toEqual([]);
    expect(workspaceFaults(orders, ["audio"], "dev")).toEqual([
        'teams/vision.yaml: workspace must be shared or none while stack dev has none of the team\'s own, got "own"; mlplatform:teamWorkspaces there names those who have, add "vision"',
    ]);
});

test("what all may spend is at most what the fleet may, and everyone's part is told", () => {
    expect(overlapFaults(fleet([goodOrder, audio], { dev: 700 }), "dev")).toEqual([
        "teams/: the budgets in dev must be at most 700 together (teams/fleet.yaml), got audio 400 + vision 400 = 800",
    ]);
    expect(overlapFaults(fleet([goodOrder], { prod: 700 }), "dev")).toEqual([
        "teams/fleet.yaml: budgets.dev must be set: vision have orders there",
    ]);
    expect(overlapFaults(fleet([goodOrder], { prod: 700 }), "staging")).toEqual([]);
});

test("what all may have at once is at most what the pools can grow to", () => {
    const greedy = { ...audio, quota: { ...audio.quota, gpus: { t4: 2, a100: 1 }, cpu: 22, memoryGib: 150 } };
    expect(capacityFaults(ordersOf(fleet([goodOrder, greedy]), "dev"), pools, "dev")).toEqual([
        'teams/audio.yaml: quota.gpus must be of GPU pools of stack dev, t4, got "a100"',
        "teams/: GPUs of pool t4 must be at most 2 together (stack dev: 2 machines with 1 each), got audio 2 + vision 1 = 3",
        "teams/: quota.cpu must be at most 24 together (vCPUs of all user pools of stack dev), got audio 22 + vision 6 = 28",
        "teams/: quota.memoryGib must be at most 120 together (GiB of all user pools of stack dev), got audio 150 + vision 32 = 182",
    ]);
});

test("faults of all files are told at once", () => {
    expect(() =>
        fleet([
            { ...goodOrder, lead: "me" },
            { ...audio, expires: "soon" },
        ] as (typeof audio)[]),
    ).toThrow(/teams\/audio\.yaml: expires must be[^]*teams\/vision\.yaml: lead must be/);
    expect(() => fleet([goodOrder], { test: 5 })).toThrow(
        'teams/fleet.yaml: budgets must be of dev, staging, prod, got "test"',
    );
});

test.each(environments)("the committed orders fit together in %s, and have room in its pools", (environment) => {
    const committed = readFleet(root);
    expect(overlapFaults(committed, environment)).toEqual([]);
    const { config } = parse(readFileSync(join(root, `Pulumi.${environment}.yaml`), "utf8")) as {
        config: Record<string, unknown>;
    };
    const own = ["userPools", "gpuPools"].flatMap((key) => config[`mlplatform:${key}`] as FleetPool[]);
    const orders = ordersOf(committed, environment);
    expect(orders.length).toBeGreaterThan(0);
    expect(
        capacityFaults(
            orders,
            own.map((pool) => ({ ...pool, mode: "User" })),
            environment,
        ),
    ).toEqual([]);
});

test("the order that docs/teams.md shows is whole, and fits beside the committed ones", () => {
    const page = readFileSync(join(root, "docs", "teams.md"), "utf8");
    const [, block = ""] = /^ {3}```yaml\n([^]*?)^ {3}```$/m.exec(page) ?? [];
    const faults: string[] = [];
    const [order] = readOrders("teams/audio.yaml", block.replace(/^ {3}/gm, ""), faults);
    expect(faults).toEqual([]);
    if (order === undefined) throw new Error("the page shows no order");
    const committed = readFleet(root);
    const all = { ...committed, orders: [...committed.orders, order] };
    expect(overlapFaults(all, "dev")).toEqual([]);
    expect(capacityFaults(ordersOf(all, "dev"), pools, "dev")).toEqual([]);
});
