import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";

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

let project: CompiledProject;
const pulumi = (...args: string[]): Promise<{ code: number; output: string }> => project.pulumi(...args, "-s", "dev");
const done = async (...args: string[]): Promise<string> => {
    const { code, output } = await pulumi(...args, "--yes");
    if (code !== 0) throw new Error(output);
    return output;
};
const named = (prefix: string): { id: string; count: unknown } => {
    const { azure } = project.sandbox;
    const [found] = azure.list().filter(({ id }) => id.includes(`/agentPools/${prefix}`));
    if (found === undefined) throw new Error(`no pool ${prefix}`);
    return { id: found.id, count: azure.get(found.id)?.outputs.count };
};

beforeAll(async () => {
    project = await CompiledProject.open(config([pool("keep"), pool("gone")]));
});
afterAll(() => project.close());

test("refresh, delete a pool, update the cluster: nothing comes back, and the autoscaler's numbers stay", async () => {
    await done("up", "--skip-preview");
    project.sandbox.azure.set(named("keep").id, "count", 4);
    await done("refresh", "--skip-preview");

    project.configure(config([pool("keep")], { "mlplatform:slaTier": "Standard" }));
    expect(await done("up", "--skip-preview")).toMatch(/- 2 deleted/); // the pool and its component

    expect(() => named("gone")).toThrow("no pool gone");
    expect(named("keep").count).toBe(4);
    const cluster = project.sandbox.azure.list("azure-native:containerservice:ManagedCluster")[0];
    expect(cluster?.inputs.sku).toEqual({ name: "Base", tier: "Standard" });
    expect((await pulumi("preview")).output).not.toMatch(/to update/);
});

test("a change of a pool that Azure takes in place leaves the autoscaler's number as it was", async () => {
    project.sandbox.azure.set(named("keep").id, "count", 5);
    project.configure(config([pool("keep", { labels: { team: "vision" } })], { "mlplatform:slaTier": "Standard" }));
    const preview = await pulumi("preview");
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/autoscaler has brought the pool to 5 nodes.*refresh first/);

    await done("refresh", "--skip-preview");
    await done("up", "--skip-preview");
    expect(named("keep").count).toBe(5);
});

test("a change that Azure does not take is a new pool first, and the old one goes after", async () => {
    const before = named("keep").id;
    project.configure(config([pool("keep", { maxPods: 60 })], { "mlplatform:slaTier": "Standard" }));
    const preview = await pulumi("preview");
    expect(preview.output).toMatch(/\+ 1 to create/);
    expect(preview.output).toMatch(/- 1 to delete/);
    expect(preview.output).not.toMatch(/to replace/);

    const up = await done("up", "--skip-preview");
    const [made, gone] = [/AgentPool pool-keep-\w+ created/, /AgentPool pool-keep-\w+ delet/].map((step) =>
        up.search(step),
    );
    expect(made).toBeGreaterThan(0);
    expect(gone).toBeGreaterThan(made ?? Infinity);
    expect(named("keep").id).not.toBe(before);
});
