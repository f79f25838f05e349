import { ModelEndpoint, type ModelEndpointArgs } from "../../../components/workloads/model-endpoint";
import { seen, value, type Seen } from "../../mocks";
import { endpoint, image, model } from "./scorers";

const canary = { image, imageGib: 2, model: { ...model, sha256: "c".repeat(64) }, replicas: 1, weight: 10 };
const byCpu = { ...endpoint, gpus: 0, pool: "work", scaling: { cpu: { least: 2, most: 6, percent: 60 } } };
const byQueue = { scaling: { queue: { least: 2, most: 6, depth: 8, waitMs: 50 } } };

interface Pod {
    terminationGracePeriodSeconds: number;
    priorityClassName: string;
    nodeSelector: object;
    tolerations: object[];
    automountServiceAccountToken: boolean;
    securityContext: object;
    topologySpreadConstraints: { topologyKey: string; whenUnsatisfiable: string; matchLabelKeys: string[] }[];
    containers: Container[];
    volumes: { name: string; emptyDir: { medium?: string; sizeLimit: string } }[];
}
interface Container {
    image: string;
    env: { name: string; value: string }[];
    resources: { requests: Record<string, string>; limits: Record<string, string> };
    securityContext: object;
    lifecycle: object;
    startupProbe: { httpGet: { path: string }; periodSeconds: number; failureThreshold: number };
    readinessProbe: { httpGet: { path: string } };
    livenessProbe: { httpGet: { path: string } };
    volumeMounts: { mountPath: string }[];
}
interface DeploymentSpec {
    replicas: number;
    progressDeadlineSeconds: number;
    strategy: object;
    template: { metadata: { labels: Record<string, string>; annotations: Record<string, string> }; spec: Pod };
}

async function build(more: Partial<ModelEndpointArgs> = {}): Promise<ModelEndpoint> {
    const made = new ModelEndpoint("detector", { ...endpoint, ...more });
    await value(made.url);
    return made;
}
const kind = (name: string): Seen[] =>
    seen.filter(({ type, inputs }) => type.endsWith(`:${name}`) || inputs.kind === name);
const one = (name: string): Seen => {
    const [first, ...others] = kind(name);
    if (first === undefined || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${name}`);
    return first;
};
const deployment = (): DeploymentSpec => one("Deployment").inputs.spec as DeploymentSpec;
function container(): Container {
    const [first] = deployment().template.spec.containers;
    if (first === undefined) throw new Error("no container");
    return first;
}

test("a pod goes to the pool's GPU nodes by name, and promises what it may use", async () => {
    await build();
    const { spec } = deployment().template;
    expect(spec).toMatchObject({
        nodeSelector: { "mlplatform/pool": "t4", accelerator: "nvidia" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
        priorityClassName: "platform-serving",
    });
    const { requests, limits } = container().resources;
    expect(requests).toMatchObject({ cpu: "3000m", "nvidia.com/gpu": "1" });
    expect(limits).toEqual({ ...requests, cpu: undefined });
    expect(limits).not.toHaveProperty("cpu");
});

test("shared memory is a volume in memory, and comes on top of the pod's own in its limit", async () => {
    await build({ memoryGib: 12, sharedMemoryGib: 2 });
    const volume = deployment().template.spec.volumes.find(({ name }) => name === "shared-memory");
    expect(volume?.emptyDir).toEqual({ medium: "Memory", sizeLimit: "2048Mi" });
    expect(container().volumeMounts.map(({ mountPath }) => mountPath)).toContain("/dev/shm");
    expect(container().resources.limits.memory).toBe(`${14 * 1024}Mi`);
});

test("no root, no write but to its volumes, no token of the cluster", async () => {
    await build();
    expect(deployment().template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container().securityContext).toMatchObject({
        ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    });
});

test("model and image are named by what they hold, and the pod says so", async () => {
    await build();
    const { metadata } = deployment().template;
    expect(container().image).toBe(image);
    expect(metadata.annotations).toMatchObject({ "mlplatform/model-sha256": model.sha256 });
    expect(metadata.labels).toMatchObject({ "mlplatform/model": `sha256-${"b".repeat(16)}` });
    expect(container().env).toEqual(
        expect.arrayContaining([
            { name: "MODEL_SHA256", value: model.sha256 },
            { name: "MODEL_SIZE_BYTES", value: "170000000" },
        ]),
    );
});

test("probes ask the model, never by inference; start and rollout are given what the cold start takes", async () => {
    const { coldStart } = await build({ loadSeconds: 300 });
    expect(container()).toMatchObject({
        readinessProbe: { httpGet: { path: "/v2/models/detector/ready" } },
        livenessProbe: { httpGet: { path: "/v2/health/live" } },
    });
    const { startupProbe } = container();
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(
        coldStart.containerSeconds,
    );
    expect(deployment().progressDeadlineSeconds).toBeGreaterThan(coldStart.totalSeconds);
    expect(one("Deployment").options.timeouts.create).toMatch(/^\d+m$/);
});

test("what ends has left the gateway first, with time for its last requests", async () => {
    await build();
    expect(container().lifecycle).toEqual({ preStop: { sleep: { seconds: 15 } } });
    const seconds = Number(container().env.find(({ name }) => name === "DRAIN_SECONDS")?.value);
    expect(deployment().template.spec.terminationGracePeriodSeconds).toBeGreaterThan(15 + seconds);
});

test("replicas spread over zones and nodes, each generation by itself, without waiting for what there is not", async () => {
    await build();
    const spread = deployment().template.spec.topologySpreadConstraints;
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]);
    for (const constraint of spread)
        expect(constraint).toMatchObject({
            ...{ whenUnsatisfiable: "ScheduleAnyway", matchLabelKeys: ["pod-template-hash"] },
        });
});

test("a budget spares all but one, or as many as must answer, and there is none for one replica", async () => {
    await build();
    expect(one("PodDisruptionBudget").inputs.spec).toMatchObject({ maxUnavailable: 1 });
    seen.length = 0;
    await build({ scaling: { replicas: 4 }, minAvailable: 2 });
    expect(one("PodDisruptionBudget").inputs.spec).toMatchObject({ minAvailable: 2 });
    seen.length = 0;
    await build({ scaling: { replicas: 1 } });
    expect(kind("PodDisruptionBudget")).toEqual([]);
});

test("KEDA scales by the queue, guards the wait, and holds a fallback when metrics are lost", async () => {
    await build(byQueue);
    expect(kind("HorizontalPodAutoscaler")).toEqual([]);
    const spec = one("ScaledObject").inputs.spec as { triggers: { metadata: Record<string, string> }[] };
    expect(spec).toMatchObject({
        ...{ minReplicaCount: 2, maxReplicaCount: 6, fallback: { failureThreshold: 3, replicas: 4 } },
        scaleTargetRef: { kind: "Deployment", name: "detector-baseline" },
    });
    expect(spec.triggers).toMatchObject([
        { metricType: "AverageValue", metadata: { threshold: "8", serverAddress: "https://metrics" } },
        { metricType: "Value", metadata: { threshold: "50000" } },
    ]);
    expect(spec.triggers[0]?.metadata.query).toBe(
        'sum(nv_inference_pending_request_count{namespace="team-vision",model="detector"})',
    );
    for (const { metadata } of spec.triggers) expect(metadata.ignoreNullValues).toBe("false");
    expect(one("TriggerAuthentication").inputs.spec).toEqual({
        podIdentity: { provider: "azure-workload" },
    });
});

test("a model without a GPU may scale by CPU", async () => {
    await build(byCpu);
    expect(kind("ScaledObject")).toEqual([]);
    expect(one("HorizontalPodAutoscaler").inputs.spec).toMatchObject({
        ...{ minReplicas: 2, maxReplicas: 6, scaleTargetRef: { kind: "Deployment", name: "detector-baseline" } },
    });
});

test.each([
    ["a fixed number is Pulumi's", {}, []],
    ["KEDA's number is KEDA's", byQueue, ["spec.replicas"]],
    ["an autoscaler's number is its own", byCpu, ["spec.replicas"]],
])("%s", async (_, more, ignored) => {
    await build(more);
    expect(one("Deployment").options.ignoreChanges).toEqual(ignored);
    expect(deployment().replicas).toBe(2);
});

interface Route {
    rules: { matches: object[]; filters: { type: string }[]; backendRefs: { name: string; weight: number }[] }[];
}
const route = (): Route => one("HTTPRoute").inputs.spec as Route;
const weights = (): unknown[] => (route().rules[0]?.backendRefs ?? []).map(({ name, weight }) => [name, weight]);

test("the gateway leads to the endpoint by its team and name, which the server does not see", async () => {
    const made = await build();
    expect(await value(made.url)).toBe("https://vision.ml.example.com/detector");
    expect(route()).toMatchObject({
        hostnames: ["vision.ml.example.com"],
        parentRefs: [{ name: "platform", namespace: "platform-gateway" }],
    });
    expect(route().rules[0]).toMatchObject({
        matches: [{ path: { type: "PathPrefix", value: "/detector" } }],
        filters: [{ type: "URLRewrite", urlRewrite: { path: { replacePrefixMatch: "/" } } }],
    });
    expect(weights()).toEqual([["detector-baseline", 100]]);
    expect(one("HTTPRoute").options.ignoreChanges).toEqual([]);
});

test("a canary has a deployment of its own with fixed replicas; from then on its share is the rollout's alone", async () => {
    await build({ ...byQueue, canary });
    expect(kind("Deployment").map(({ name }) => name)).toEqual(["detector-baseline", "detector-canary"]);
    expect(kind("Deployment")[1]?.options.ignoreChanges).toEqual([]);
    expect(kind("ScaledObject")).toHaveLength(1);
    expect(weights()).toEqual([
        ["detector-baseline", 90],
        ["detector-canary", 10],
    ]);
    expect(one("HTTPRoute").options.ignoreChanges).toEqual(["spec.rules"]);
});

test("another canary begins with its own share: its route is another one", async () => {
    await build({ canary });
    const first = one("HTTPRoute");
    seen.length = 0;
    await build({ canary: { ...canary, model: { ...model, sha256: "d".repeat(64) } } });
    expect(one("HTTPRoute").name).not.toBe(first.name);
    expect(one("HTTPRoute").inputs.metadata).not.toEqual(first.inputs.metadata);
});

test("what the order changes of a canary's route is not ignored: but for weights, other rules are another route", async () => {
    const nameOf = async (more: Partial<ModelEndpointArgs>): Promise<string> => {
        seen.length = 0;
        await build(more);
        return one("HTTPRoute").name;
    };
    const first = await nameOf({ canary });
    expect(await nameOf({ canary: { ...canary, weight: 50 } })).toBe(first);
    expect(await nameOf({ canary: { ...canary, weight: 0, mirrorPercent: 20 } })).not.toBe(first);
    expect(await nameOf({ canary, gateway: { ...endpoint.gateway, domain: "other.example.com" } })).toBe(first);
});

test("a mirror sends copies and answers nobody", async () => {
    await build({ canary: { ...canary, weight: 0, mirrorPercent: 20 } });
    expect(weights()).toEqual([
        ["detector-baseline", 100],
        ["detector-canary", 0],
    ]);
    expect(route().rules[0]?.filters[1]).toMatchObject({
        requestMirror: { backendRef: { name: "detector-canary" }, percent: 20 },
    });
});

test.each<[string, Partial<ModelEndpointArgs>, string]>([
    [
        "a name",
        { endpoint: "Detector" },
        'endpoint must be 1 to 30 of a-z, 0-9 and inner hyphens from a letter on, got "Detector"',
    ],
    [
        "an image by tag",
        { image: "cr.azurecr.io/scorer:v1" as never },
        'endpoint.image must be HOST/REPOSITORY@sha256:DIGEST, by digest and without a tag, got "cr.azurecr.io/scorer:v1"',
    ],
    [
        "a model without digest",
        { model: { ...model, sha256: "latest" } },
        'endpoint.model.sha256 must be the SHA-256 of the model\'s bytes, 64 of 0-9 and a-f: a model is pinned by what it holds, got "latest"',
    ],
    [
        "a model without size",
        { model: { ...model, sizeBytes: 0 } },
        "endpoint.model.sizeBytes must be a whole number from 1 to 1e12, got 0",
    ],
    [
        "a model from elsewhere",
        { model: { ...model, uri: "https://huggingface.co/x" } },
        "endpoint.model.uri must be https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH without a query",
    ],
    [
        "two controllers",
        { scaling: { replicas: 2, ...byQueue.scaling } },
        "endpoint.scaling must name one of replicas, cpu, queue: two that set one number of replicas undo each other's work, got replicas and queue",
    ],
    [
        "two autoscalers",
        { scaling: { ...byCpu.scaling, ...byQueue.scaling } },
        "undo each other's work, got cpu and queue",
    ],
    [
        "no controller",
        { scaling: {} },
        "endpoint.scaling must name one of replicas, cpu, queue: two that set one number of replicas undo each other's work, got none",
    ],
    [
        "CPU for a GPU",
        { scaling: byCpu.scaling },
        "endpoint.scaling.cpu must not scale what computes on GPUs, whose CPUs idle under full load: use queue, got 1 GPUs",
    ],
    [
        "bounds the wrong way",
        { scaling: { queue: { ...byQueue.scaling.queue, most: 1 } } },
        "endpoint.scaling.queue.most must be a whole number from 2 to 100, got 1",
    ],
    [
        "scaling to nothing",
        { scaling: { queue: { ...byQueue.scaling.queue, least: 0 } } },
        "endpoint.scaling.queue.least must be a whole number from 1 to 100, got 0",
    ],
    [
        "a fallback out of bounds",
        { scaling: { queue: { ...byQueue.scaling.queue, fallback: 9 } } },
        "endpoint.scaling.queue.fallback must be a whole number from 2 to 6, got 9",
    ],
    [
        "a budget that blocks upgrades",
        { minAvailable: 2 },
        "endpoint.minAvailable must be from 1 to 1, less than the 2 replicas there are at least: a budget that spares nobody blocks every upgrade of nodes, got 2",
    ],
    [
        "a canary seen twice",
        { canary: { ...canary, mirrorPercent: 5 } },
        "endpoint.canary.mirrorPercent must be 0 beside a weight: it would see requests twice, got 5 and weight 10",
    ],
    [
        "a canary's weight",
        { canary: { ...canary, weight: 101 } },
        "endpoint.canary.weight must be a whole number from 0 to 100, got 101",
    ],
    [
        "a canary by tag",
        { canary: { ...canary, image: "x:1" as never } },
        "endpoint.canary.image must be HOST/REPOSITORY@sha256:DIGEST",
    ],
    ["GPUs by halves", { gpus: 0.5 }, "endpoint.gpus must be a whole number from 0 to 8, got 0.5"],
    [
        "a taint that is none",
        { tolerates: ["dedicated"] },
        'endpoint.tolerates[0] must read key=value:NoSchedule or :NoExecute, got "dedicated"',
    ],
])("refuses %s", (_, more, message) => {
    expect(() => new ModelEndpoint("wrong", { ...endpoint, ...more })).toThrow(message);
});

test("tells all faults at once", () => {
    const wrong = { ...endpoint, cpu: 0, imageGib: 0, minAvailable: 9, scaling: { replicas: 0 } };
    expect(() => new ModelEndpoint("wrong", wrong)).toThrow(/imageGib.*cpu.*scaling\.replicas.*minAvailable/s);
});
