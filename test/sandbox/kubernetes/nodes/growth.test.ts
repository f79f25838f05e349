import { Fleet } from "./fleet";
import { cpu, fleetOf, gpuPool, gpuTolerations, images, pool } from "./manifests";

jest.setTimeout(120_000);

const fleet = new Fleet();

beforeAll(async () => {
    fleet.become(
        fleetOf(
            pool("system", {
                mode: "System",
                minCount: 1,
                count: 1,
                nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
            }),
            pool("apps"),
            gpuPool("gpu"),
        ),
    );
    await fleet.devicePlugin();
});

test("a pool has its least number of nodes, ready, with AKS's labels, and reserves what AKS reserves", async () => {
    await fleet.until(async () => (await fleet.nodes("system")).length === 1, "a system node");
    const [node] = await fleet.nodes("system");
    expect(node?.metadata?.name).toMatch(/^aks-system-\d{8}-vmss000000$/);
    expect(node?.metadata?.labels).toMatchObject({
        "kubernetes.azure.com/mode": "system",
        "node.kubernetes.io/instance-type": "Standard_D4ds_v5",
        "topology.kubernetes.io/zone": "westeurope-1",
        "mlplatform/pool": "system",
    });
    expect(node?.status?.allocatable?.cpu).toBe("3860m");
    expect(node?.status?.nodeInfo?.kubeletVersion).toBe("v1.36.1");
    await fleet.until(async () => {
        const [now] = await fleet.nodes("system");
        return (now?.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
    }, "ready");
});

test("a GPU pod grows the GPU pool from zero, runs once the device plugin offers the GPU, and the pool goes back to zero", async () => {
    const namespace = await fleet.namespace("gpu");
    await fleet.pod(namespace, "train", { tolerations: gpuTolerations }, { ...cpu("1"), "nvidia.com/gpu": "1" });
    const [pod] = await fleet.untilRunning(namespace, 1);
    const [node] = await fleet.nodes("gpu");
    expect(pod?.spec?.nodeName).toBe(node?.metadata?.name);
    expect(node?.status?.allocatable?.["nvidia.com/gpu"]).toBe("1");
    expect(node?.metadata?.labels?.accelerator).toBe("nvidia");
    expect(pod?.status?.podIP).toMatch(/^10\.244\./);
    expect(await fleet.nodes("apps")).toEqual([]);
    const [event] = await fleet.events(namespace, "TriggeredScaleUp");
    expect(event?.message).toMatch(/^pod triggered scale-up: \[\{aks-gpu-\d{8}-vmss 0->1 \(max: 3\)\}\]$/);
    expect(fleet.counts).toMatchObject({ gpu: 1, apps: 0, system: 1 });

    await fleet.clear(namespace);
    await fleet.until(async () => (await fleet.nodes("gpu")).length === 0, "no GPU node");
    expect(fleet.counts).toMatchObject({ gpu: 0 });
});

test("an image that is not in the registry keeps its pod waiting, with kubelet's words", async () => {
    const namespace = await fleet.namespace("images");
    await fleet.pod(namespace, "typo", { containers: [{ name: "typo", image: images.broken }] });
    await fleet.until(async () => {
        const [pod] = await fleet.pods(namespace);
        return pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason === "ImagePullBackOff";
    }, "ImagePullBackOff");
    const [failed] = await fleet.events(namespace, "Failed");
    expect(failed?.message).toContain(`failed to resolve reference "${images.broken}": ${images.broken}: not found`);
    fleet.become({ ...fleet.description, images: [...fleet.description.images, images.broken] });
    await fleet.untilRunning(namespace, 1);
    await fleet.clear(namespace);
});

test("the most nodes of a pool and its vCPU quota stop growth, and events say so", async () => {
    const namespace = await fleet.namespace("limits");
    await fleet.deployment(namespace, "wide", 5, { requests: cpu("3") });
    await fleet.until(async () => (await fleet.nodes("apps")).length === 3, "three nodes, the most");
    await fleet.until(
        async () => (await fleet.events(namespace, "NotTriggerScaleUp")).length > 0,
        "pods that nothing helps",
    );
    const [full] = await fleet.events(namespace, "NotTriggerScaleUp");
    expect(full?.message).toContain("1 max node group size reached");

    // T4s of this cluster: 16 vCPUs, four machines of four.
    fleet.become({
        ...fleet.description,
        vcpuQuota: { ...fleet.description.vcpuQuota, "Standard NCASv3_T4 Family": 4 },
    });
    const gpu = { spec: { tolerations: gpuTolerations }, requests: { ...cpu("1"), "nvidia.com/gpu": "1" } };
    await fleet.deployment(namespace, "train", 2, gpu);
    await fleet.until(async () => (await fleet.events(namespace, "FailedScaleUp")).length > 0, "the quota's event");
    const [short] = await fleet.events(namespace, "FailedScaleUp");
    expect(short?.message).toContain("exceeding approved Standard NCASv3_T4 Family Cores quota");
    // The event comes with the decision; the machine that the quota has room for takes its time to be a node.
    await fleet.until(async () => (await fleet.nodes("gpu")).length > 0, "the first GPU node");
    expect((await fleet.nodes("gpu")).length).toBe(1);
    // More quota: it is tried again.
    fleet.become({
        ...fleet.description,
        vcpuQuota: { ...fleet.description.vcpuQuota, "Standard NCASv3_T4 Family": 16 },
    });
    await fleet.until(async () => (await fleet.nodes("gpu")).length === 2, "two GPU nodes");
    await fleet.clear(namespace);
});

test("taints and selectors decide which pool grows, and a pod that fits none says why", async () => {
    const namespace = await fleet.namespace("places");
    await fleet.pod(namespace, "plain");
    const [plain] = await fleet.untilRunning(namespace, 1);
    expect(plain?.spec?.nodeName).toMatch(/^aks-apps-/);
    await fleet.pod(namespace, "chosen", { nodeSelector: { "mlplatform/pool": "gpu" }, tolerations: gpuTolerations });
    const running = await fleet.untilRunning(namespace, 2);
    const chosen = running.find(({ metadata }) => metadata?.name === "chosen");
    expect(chosen?.spec?.nodeName).toMatch(/^aks-gpu-/);
    await fleet.pod(namespace, "lost", { nodeSelector: { "mlplatform/pool": "nowhere" } });
    await fleet.until(async () => (await fleet.events(namespace, "NotTriggerScaleUp")).length > 0, "a reason");
    const [event] = await fleet.events(namespace, "NotTriggerScaleUp");
    expect(event?.message).toContain("1 node(s) didn't match Pod's node affinity/selector");
    await fleet.clear(namespace);
});

test("a deployment that must spread over zones gets a node in each", async () => {
    const namespace = await fleet.namespace("zones");
    const spread = [
        {
            maxSkew: 1,
            minDomains: 3,
            topologyKey: "topology.kubernetes.io/zone",
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: { app: "web" } },
        },
    ];
    await fleet.deployment(namespace, "web", 3, { spec: { topologySpreadConstraints: spread } });
    const pods = await fleet.untilRunning(namespace, 3);
    const nodes = await fleet.nodes("apps");
    const zones = pods.map(({ spec }) => {
        const node = nodes.find(({ metadata }) => metadata?.name === spec?.nodeName);
        return node?.metadata?.labels?.["topology.kubernetes.io/zone"];
    });
    expect(zones.sort()).toEqual(["westeurope-1", "westeurope-2", "westeurope-3"]);
    await fleet.clear(namespace);
});
