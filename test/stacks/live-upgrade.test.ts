import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";

// The real engine on the sandbox's Azure: Kubernetes goes up in two changes, each with a preview that shows just that.
jest.setTimeout(180_000);

const config = (versions: object): object => ({
    ...liveConfig,
    "mlplatform:userPools": [
        { prefix: "work", vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 6 },
        { prefix: "spot", vmSize: "Standard_D4ds_v5", minCount: 0, maxCount: 3, spot: true },
    ],
    ...versions,
});
const at = (kubernetesVersion: string, poolsVersion: string): object =>
    config({ "mlplatform:kubernetesVersion": kubernetesVersion, "mlplatform:poolsVersion": poolsVersion });

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open(at("1.35", "1.35"));
    await up();
});
afterAll(() => project.close());

async function up(): Promise<void> {
    const { code, output } = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    if (code !== 0) throw new Error(output);
}

async function refresh(): Promise<void> {
    const { code, output } = await project.pulumi("refresh", "-s", "dev", "--yes", "--skip-preview");
    if (code !== 0) throw new Error(output);
}

/** What a preview would change, as `name: property,property`, by name; hidden properties and what is said of them, too. */
async function previewed(): Promise<string[]> {
    const { code, output } = await project.pulumi("preview", "-s", "dev");
    if (code !== 0) throw new Error(output);
    // The engine tells each resource more than once, the properties last.
    const lines = output.matchAll(/^ [-~+]+ +azure-native:\S+ +(\S+) +update(?: +\[diff: ~([\w,]+)\])?/gm);
    const told = new Map<string, string>();
    for (const [, name = "", properties = ""] of lines) told.set(name.replace(/-[a-z0-9]{4}$/, ""), properties);
    const said = [...output.matchAll(/the bootstrap pool inside the cluster goes from \S+ to \S+/g)].map(String);
    return [...told]
        .map(([name, properties]) => `${name}: ${properties}`)
        .concat([...new Set(said)])
        .sort();
}

async function refused(): Promise<string> {
    const { code, output } = await project.pulumi("preview", "-s", "dev");
    expect(code).not.toBe(0);
    return output.replace(/\s+/g, " ");
}

/** Versions that run: the control plane's, and each pool's by its prefix. */
function running(): Record<string, unknown> {
    const { azure } = project.sandbox;
    const [cluster] = azure.list("azure-native:containerservice:ManagedCluster");
    const pools = azure.get(cluster?.id ?? "")?.outputs.agentPoolProfiles as
        { name: string; currentOrchestratorVersion: string }[] | undefined;
    const ofPools = (pools ?? []).map((pool) => [
        pool.name.replace(/^(sys|work|spot).*/, "$1"),
        pool.currentOrchestratorVersion,
    ]);
    return { cluster: cluster?.outputs.currentKubernetesVersion, ...(Object.fromEntries(ofPools) as object) };
}

test("a version that is skipped, and pools that go with their control plane, are refused in the preview", async () => {
    project.configure(at("1.37", "1.35"));
    expect(await refused()).toMatch(/one minor version at a time.*go to 1\.36 first/);
    project.configure(config({ "mlplatform:kubernetesVersion": "1.36" }));
    expect(await refused()).toMatch(/before the pools do.*set poolsVersion to 1\.35/);
});

test("the first change is the control plane, and nothing else", async () => {
    project.configure(at("1.36", "1.35"));
    expect(await previewed()).toEqual(["cluster: kubernetesVersion"]);
    await up();
    expect(running()).toEqual({
        cluster: "1.36.5",
        bootstrap: "1.35.9",
        sys: "1.35.9",
        work: "1.35.9",
        spot: "1.35.9",
    });
});

test("the second change is the pools, the bootstrap pool inside the cluster with them", async () => {
    project.configure(at("1.36", "1.36"));
    expect(await previewed()).toEqual([
        "cluster: ",
        "pool-spot: orchestratorVersion",
        "pool-sys: orchestratorVersion",
        "pool-work: orchestratorVersion",
        "the bootstrap pool inside the cluster goes from 1.35 to 1.36",
    ]);
    await up();
    expect(new Set(Object.values(running()))).toEqual(new Set(["1.36.5"]));
});

test("a patch that the channel brings is no drift, and a rotated key of etcd is an update of the cluster", async () => {
    project.configure(at("1.36", "1.36"));
    const { azure } = project.sandbox;
    for (const { id } of azure.list("azure-native:containerservice:AgentPool"))
        azure.set(id, "currentOrchestratorVersion", "1.36.4");
    for (const { id } of azure.list("azure-native:containerservice:ManagedCluster"))
        azure.set(id, "currentKubernetesVersion", "1.36.4");
    const [key] = azure.list("azure-native:keyvault:Key").filter(({ id }) => /\/keys\/\S*cluster/.test(id));
    azure.set(key?.id ?? "", "keyUriWithVersion", `${String(key?.outputs.keyUri)}/${"f".repeat(32)}`);
    await refresh();
    expect(await previewed()).toEqual(["cluster: securityProfile"]);
});
