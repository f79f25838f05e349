import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { startSandbox, type Sandbox } from "../../sandbox/sandbox";
import { program } from "../../stacks/program";

// The real engine on the sandbox's Azure: what a refresh does to a cluster whose pools are resources of their own.
jest.setTimeout(180_000);

const repository = path.resolve(__dirname, "..", "..");
const engine = path.join(process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), "versions", "3.259.0", "bin");
const pool = (prefix: string, more = {}): object => ({
    prefix,
    vmSize: "Standard_D4ds_v5",
    minCount: 1,
    maxCount: 6,
    ...more,
});
const config = (userPools: object[], more = {}): object => ({
    "mlplatform:kind": "foundation",
    "mlplatform:environment": "dev",
    "mlplatform:workload": "mlp",
    "mlplatform:location": "swedencentral",
    "mlplatform:addressSpace": "10.20.0.0/20",
    "mlplatform:adminGroupObjectIds": ["5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11"],
    "mlplatform:rolePropagationSeconds": "0.5",
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
    "mlplatform:userPools": userPools,
    ...more,
});

let folder: string;
let sandbox: Sandbox;
let stack: Stack;
/** A stack's file; JSON is YAML too. */
const configure = (values: object): void => {
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: values }));
};
const named = (prefix: string): { id: string; count: unknown } => {
    const [found] = sandbox.azure.list().filter(({ id }) => id.includes(`/agentPools/${prefix}`));
    if (found === undefined) throw new Error(`no pool ${prefix}`);
    return { id: found.id, count: sandbox.azure.get(found.id)?.outputs.count };
};

beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mlplatform-pools-"));
    fs.copyFileSync(path.join(repository, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    fs.mkdirSync(path.join(folder, "state"));
    sandbox = await startSandbox({
        store: ":memory:",
        schemaPath: path.join(repository, ".mlplatform", "schema.json"),
    });
    configure(config([pool("keep"), pool("gone")]));
    process.env.PATH = `${engine}:${process.env.PATH ?? ""}`;
    stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "dev", projectName: "mlplatform", program },
        {
            workDir: folder,
            envVars: {
                PULUMI_HOME: path.join(folder, "home"),
                PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
                PULUMI_CONFIG_PASSPHRASE: "pools",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                ...sandbox.environment,
            },
        },
    );
});
afterAll(async () => {
    await sandbox.stop();
    fs.rmSync(folder, { recursive: true, force: true });
});

test("refresh, delete a pool, update the cluster: nothing comes back, and the autoscaler's numbers stay", async () => {
    await stack.up({ color: "never" });
    sandbox.azure.set(named("keep").id, "count", 4);
    await stack.refresh({ color: "never" });

    configure(config([pool("keep")], { "mlplatform:slaTier": "Standard" }));
    const { summary } = await stack.up({ color: "never" });

    expect(summary.resourceChanges).toMatchObject({ delete: 2 }); // the pool and its component
    expect(() => named("gone")).toThrow("no pool gone");
    expect(named("keep").count).toBe(4);
    const cluster = sandbox.azure.list("azure-native:containerservice:ManagedCluster")[0];
    expect(cluster?.inputs.sku).toEqual({ name: "Base", tier: "Standard" });
    expect((await stack.preview({ color: "never" })).changeSummary).not.toHaveProperty("update");
});

test("a change of a pool that Azure takes in place leaves the autoscaler's number as it was", async () => {
    sandbox.azure.set(named("keep").id, "count", 5);
    configure(config([pool("keep", { labels: { team: "vision" } })], { "mlplatform:slaTier": "Standard" }));
    await expect(stack.preview({ color: "never" })).rejects.toThrow(
        /autoscaler has brought the pool to 5 nodes.*refresh first/,
    );

    await stack.refresh({ color: "never" });
    await stack.up({ color: "never" });
    expect(named("keep").count).toBe(5);
});

test("a change that Azure does not take is a new pool first, and the old one goes after", async () => {
    const before = named("keep").id;
    configure(config([pool("keep", { maxPods: 60 })], { "mlplatform:slaTier": "Standard" }));
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
