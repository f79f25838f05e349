import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { annotation } from "../../../../sandbox/kubernetes/nodes/node-object";
import { Fleet } from "./fleet";
import { cpu, fleetOf, gpuPool, gpuTolerations, images, pool, ready, template, type PoolSettings } from "./manifests";

jest.setTimeout(120_000);

const fleet = new Fleet();
const gpu = { requests: { ...cpu("1"), "nvidia.com/gpu": "1" }, spec: { tolerations: gpuTolerations } };

/** Pools of these tests; the GPU pool has one machine at most, so no GPU is spare. */
function pools(apps: PoolSettings = {}): ReturnType<typeof pool>[] {
    const spot = {
        ...{ scaleSetPriority: "Spot", maxCount: 2 },
        nodeTaints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
    };
    return [pool("apps", { minCount: 2, ...apps }), gpuPool("gpu", { maxCount: 1 }), pool("spot", spot)];
}

beforeAll(async () => {
    fleet.become(fleetOf(...pools()));
    await fleet.devicePlugin();
    await fleet.until(async () => (await fleet.nodes("apps")).length === 2, "two nodes");
});

const namesOf = (pods: readonly V1Pod[]): string[] => pods.map(({ metadata }) => metadata?.name ?? "");

test("a more important pod takes the place of a lesser one when a pool cannot grow", async () => {
    const namespace = await fleet.namespace("priority");
    for (const [name, value] of [
        ["serving", 1000],
        ["training", 100],
    ] as const)
        await fleet.scheduling.createPriorityClass({ body: { metadata: { name }, value } });
    await fleet.pod(namespace, "train", { ...gpu.spec, priorityClassName: "training" }, gpu.requests);
    await fleet.untilRunning(namespace, 1);
    await fleet.pod(namespace, "serve", { ...gpu.spec, priorityClassName: "serving" }, gpu.requests);
    await fleet.until(
        async () => namesOf((await fleet.pods(namespace)).filter(ready)).join() === "serve",
        "only the more important one",
    );
    expect((await fleet.events(namespace, "Preempted")).map(({ involvedObject }) => involvedObject.name)).toEqual([
        "train",
    ]);
    await fleet.clear(namespace);
});

test("a rollout with an extra pod hangs where no GPU is spare, and goes through when one goes before the next comes", async () => {
    const namespace = await fleet.namespace("surge");
    await fleet.deployment(namespace, "model", 1, { ...gpu, strategy: { maxSurge: 1, maxUnavailable: 0 } });
    const [old] = await fleet.untilRunning(namespace, 1);
    await fleet.setImage(namespace, "model", images.next);
    await fleet.until(async () => (await fleet.events(namespace, "NotTriggerScaleUp")).length > 0, "a pod that hangs");
    expect((await fleet.pods(namespace)).filter(ready).map(({ metadata }) => metadata?.uid)).toEqual([
        old?.metadata?.uid,
    ]);
    const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };
    await fleet.patchDeployment(namespace, "model", { spec: { strategy } });
    await fleet.until(async () => {
        const running = (await fleet.pods(namespace)).filter(ready);
        return running.length === 1 && running[0]?.spec?.containers[0]?.image === images.next;
    }, "the new image");
    await fleet.clear(namespace);
});

test("a rollout to an image that nobody has pushed stops with the old pods serving, and goes back", async () => {
    const namespace = await fleet.namespace("rollout");
    await fleet.deployment(namespace, "web", 3, { strategy: { maxSurge: 1, maxUnavailable: 0 } });
    await fleet.untilRunning(namespace, 3);
    await fleet.setImage(namespace, "web", images.broken);
    await fleet.until(async () => {
        const waiting = (await fleet.pods(namespace)).map(
            ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason,
        );
        return waiting.includes("ImagePullBackOff");
    }, "the pull's failure");
    expect((await fleet.pods(namespace)).filter(ready)).toHaveLength(3);
    await fleet.patchDeployment(namespace, "web", { spec: { progressDeadlineSeconds: 2 } });
    await fleet.until(async () => {
        const { status } = await fleet.apps.readNamespacedDeployment({ namespace, name: "web" });
        return (status?.conditions ?? []).some(({ reason }) => reason === "ProgressDeadlineExceeded");
    }, "the deployment's verdict");
    await fleet.setImage(namespace, "web", images.app);
    await fleet.until(async () => {
        const pods = await fleet.pods(namespace);
        return pods.length === 3 && pods.every((each) => ready(each) && each.spec?.containers[0]?.image === images.app);
    }, "the old image alone");
    await fleet.clear(namespace);
});

test("a budget keeps pods on a node that is drained until others are ready elsewhere", async () => {
    const namespace = await fleet.namespace("budget");
    const affinity = {
        podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } } },
            ],
        },
    };
    await fleet.deployment(namespace, "web", 2, { spec: { affinity } });
    await fleet.untilRunning(namespace, 2);
    await fleet.policy.createNamespacedPodDisruptionBudget({
        namespace,
        body: {
            metadata: { name: "web" },
            spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } },
        },
    });
    await fleet.until(async () => {
        const { status } = await fleet.policy.readNamespacedPodDisruptionBudget({ namespace, name: "web" });
        return status?.currentHealthy === 2;
    }, "the budget's count");
    const [first] = await fleet.pods(namespace);
    const asked = fleet.core.createNamespacedPodEviction({
        ...{ namespace, name: first?.metadata?.name ?? "" },
        body: { metadata: { name: first?.metadata?.name ?? "", namespace } },
    });
    await expect(asked).rejects.toMatchObject({ code: 429 });
    // An upgrade cannot go on either: its node is set aside, and nothing is lost.
    const settings = { upgradeSettings: { maxSurge: "0", maxUnavailable: "1", drainTimeoutInMinutes: 5 } };
    fleet.become(fleetOf(...pools({ ...settings, currentOrchestratorVersion: "1.36.2" })));
    await fleet.until(
        async () =>
            (await fleet.nodes("apps")).some(({ metadata }) => metadata?.labels?.[quarantine] === "Quarantined"),
        "a node that would not drain",
    );
    expect((await fleet.pods(namespace)).filter(ready)).toHaveLength(2);
    await fleet.clear(namespace);
    fleet.become(fleetOf(...pools()));
    for (const { metadata } of await fleet.nodes("apps")) await fleet.core.deleteNode({ name: metadata?.name ?? "" });
});

const quarantine = "kubernetes.azure.com/upgrade-status";

test("an upgrade brings all nodes of a pool to its version, within the budget and with one node more at a time", async () => {
    const namespace = await fleet.namespace("upgrade");
    await fleet.until(async () => (await fleet.nodes("apps")).length === 2, "two nodes");
    await fleet.deployment(namespace, "web", 2);
    await fleet.untilRunning(namespace, 2);
    await fleet.policy.createNamespacedPodDisruptionBudget({
        namespace,
        body: { metadata: { name: "web" }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: "web" } } } },
    });
    const before = new Set((await fleet.nodes("apps")).map(({ metadata }) => metadata?.name));
    const reported = fleet.reports.length;
    let leastReady = 2;
    fleet.become(fleetOf(...pools({ currentOrchestratorVersion: "1.36.2" })));
    await fleet.until(async () => {
        const nodes = await fleet.nodes("apps");
        leastReady = Math.min(leastReady, (await fleet.pods(namespace)).filter(ready).length);
        const versions = nodes.map(({ status }) => status?.nodeInfo?.kubeletVersion);
        return nodes.length === 2 && versions.every((version) => version === "v1.36.2");
    }, "the new version everywhere");
    expect(Math.max(...fleet.reports.slice(reported).map(({ apps = 0 }) => apps))).toBe(3);
    expect(leastReady).toBeGreaterThanOrEqual(1);
    expect((await fleet.nodes("apps")).filter(({ metadata }) => before.has(metadata?.name))).toEqual([]);
    await fleet.untilRunning(namespace, 2);
    await fleet.clear(namespace);
});

test("a spot machine is taken away in the middle of a batch: what was done stays done, and the rest is done again", async () => {
    const namespace = await fleet.namespace("batch");
    const spec = {
        restartPolicy: "Never",
        tolerations: [{ key: "kubernetes.azure.com/scalesetpriority", operator: "Exists" }],
        nodeSelector: { "mlplatform/pool": "spot" },
    };
    const made = template("shards", spec, cpu("3"), { annotations: { [annotation.runSeconds]: "480" } });
    const body: V1Job = {
        metadata: { name: "shards" },
        spec: {
            ...{ completionMode: "Indexed", completions: 3, parallelism: 1, backoffLimit: 0, template: made },
            podFailurePolicy: {
                rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
            },
        },
    };
    await fleet.batch.createNamespacedJob({ namespace, body });
    const indexes = async (): Promise<string> =>
        (await fleet.batch.readNamespacedJob({ namespace, name: "shards" })).status?.completedIndexes ?? "";
    await fleet.until(async () => (await indexes()) === "0", "the first shard");
    await fleet.untilRunning(namespace, 1);
    const [node] = await fleet.nodes("spot");
    const name = node?.metadata?.name ?? "";
    expect(node?.spec?.taints).toContainEqual({
        ...{ key: "kubernetes.azure.com/scalesetpriority", value: "spot", effect: "NoSchedule" },
    });
    await fleet.annotateNode(name, { [annotation.evict]: "now" });
    await fleet.until(
        async () => !(await fleet.nodes("spot")).some((each) => each.metadata?.name === name),
        "node gone",
    );
    expect(await indexes()).toBe("0");
    const events = (await fleet.core.listEventForAllNamespaces()).items;
    expect(events.find(({ reason }) => reason === "PreemptScheduled")?.involvedObject.name).toBe(name);
    await fleet.until(async () => (await indexes()) === "0-2", "all shards");
    const { status } = await fleet.batch.readNamespacedJob({ namespace, name: "shards" });
    expect(status).toMatchObject({ succeeded: 3 });
    expect((status?.conditions ?? []).some(({ type }) => type === "Complete")).toBe(true);
    await fleet.clear(namespace);
});

test("the nodes of a pool that is deleted are drained and gone", async () => {
    const namespace = await fleet.namespace("deletion");
    await fleet.deployment(namespace, "web", 2);
    await fleet.untilRunning(namespace, 2);
    const [, ...others] = pools();
    fleet.become(fleetOf(...others, pool("next", { maxCount: 2 })));
    await fleet.until(async () => (await fleet.nodes("apps")).length === 0, "no node of the pool");
    const pods = await fleet.untilRunning(namespace, 2);
    for (const { spec } of pods) expect(spec?.nodeName).toMatch(/^aks-next-/);
    await fleet.clear(namespace);
});
