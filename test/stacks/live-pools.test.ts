import type { Stack } from "@pulumi/pulumi/automation";
import { liveConfig, LiveStack } from "../live-stack";

// The real engine on the sandbox's Azure: what a refresh does to a cluster whose pools are resources of their own.
jest.setTimeout(180_000);

const pool = (prefix: string, more = {}): object => ({
    prefix,
    vmSize: "Standard_D4ds_v5",
    minCount: 1,
    maxCount: 6,
    ...more,
});
const config = (userPools: object[], more = {}): object => ({
    ...liveConfig,
    "mlplatform:userPools": userPools,
    ...more,
});

let live: LiveStack;
let stack: Stack;
const named = (prefix: string): { id: string; count: unknown } => {
    const [found] = live.sandbox.azure.list().filter(({ id }) => id.includes(`/agentPools/${prefix}`));
    if (found === undefined) throw new Error(`no pool ${prefix}`);
    return { id: found.id, count: live.sandbox.azure.get(found.id)?.outputs.count };
};

beforeAll(async () => {
    live = await LiveStack.open(config([pool("keep"), pool("gone")]));
    stack = await live.stack();
});
afterAll(() => live.close());

test("refresh, delete a pool, update the cluster: nothing comes back, and the autoscaler's numbers stay", async () => {
    await stack.up({ color: "never" });
    live.sandbox.azure.set(named("keep").id, "count", 4);
    await stack.refresh({ color: "never" });

    live.configure(config([pool("keep")], { "mlplatform:slaTier": "Standard" }));
    const { summary } = await stack.up({ color: "never" });

    expect(summary.resourceChanges).toMatchObject({ delete: 2 }); // the pool and its component
    expect(() => named("gone")).toThrow("no pool gone");
    expect(named("keep").count).toBe(4);
    const cluster = live.sandbox.azure.list("azure-native:containerservice:ManagedCluster")[0];
    expect(cluster?.inputs.sku).toEqual({ name: "Base", tier: "Standard" });
    expect((await stack.preview({ color: "never" })).changeSummary).not.toHaveProperty("update");
});

test("a change of a pool that Azure takes in place leaves the autoscaler's number as it was", async () => {
    live.sandbox.azure.set(named("keep").id, "count", 5);
    live.configure(config([pool("keep", { labels: { team: "vision" } })], { "mlplatform:slaTier": "Standard" }));
    await expect(stack.preview({ color: "never" })).rejects.toThrow(
        /autoscaler has brought the pool to 5 nodes.*refresh first/,
    );

    await stack.refresh({ color: "never" });
    await stack.up({ color: "never" });
    expect(named("keep").count).toBe(5);
});

test("a change that Azure does not take is a new pool first, and the old one goes after", async () => {
    const before = named("keep").id;
    live.configure(config([pool("keep", { maxPods: 60 })], { "mlplatform:slaTier": "Standard" }));
    const preview = await stack.preview({ color: "never" });
    expect(preview.changeSummary).toMatchObject({ create: 1, delete: 1 });
    expect(preview.changeSummary).not.toHaveProperty("replace");

    const steps: string[] = [];
    await stack.up({
        color: "never",
        onEvent: ({ resOutputsEvent }) => {
            const { metadata } = resOutputsEvent ?? {};
            if (metadata?.type === "azure-native:containerservice:AgentPool" && metadata.op !== "same")
                steps.push(metadata.op);
        },
    });
    expect(steps).toEqual(["create", "delete"]);
    expect(named("keep").id).not.toBe(before);
});
