import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { PipelineAgents } from "../../../../components/workloads/pipeline-agents";
import { keda as chart } from "../../../../sandbox/kubernetes/charts/keda";
import { conditionOf, isTrue, textAt, type KubeObject } from "../../../../sandbox/kubernetes/provider/objects";
import { seen, value } from "../../../mocks";
import { testFacts, useControlPlane } from "../control-plane";
import { fleetOf, images, pool } from "../nodes/manifests";
import {
    accountOf,
    buildTimeoutMs,
    controllerFolder,
    controllerVersion,
    ensureController,
    install,
    installRelease,
    kubectl,
    pidOf,
    read,
    said,
    uninstall,
    until,
} from "./installed";

jest.setTimeout(180_000);

const home = "platform-scaling";
const apart = "team-vision";
const facts = testFacts();
const cluster = useControlPlane(
    { controllers: { keda: controllerFolder("keda") } },
    { ...facts, fleet: fleetOf(pool("work", { minCount: 1 })) },
);

/** A source of metrics: what waits, until it is gone. */
let waiting = 0;
const source = createServer((_, answer) => answer.end(JSON.stringify({ waiting })));

beforeAll(async () => {
    await ensureController("keda");
    await new Promise<void>((done) => source.listen(0, "127.0.0.1", done));
}, buildTimeoutMs);

beforeAll(async () => {
    for (const name of [home, apart]) await cluster.client(CoreV1Api).createNamespace({ body: { metadata: { name } } });
    const image = { registry: "registry.example.azurecr.io", repository: "app", tag: images.app.split("@")[1] ?? "" };
    await installRelease(cluster, {
        ...{ name: "keda", namespace: home, version: chart.version },
        chart: "oci://registry.example.azurecr.io/mirror/charts/keda",
        values: { image: { keda: image, metricsApiServer: image, webhooks: image } },
    });
}, 180_000);
afterAll(() => source.close());

/** A workload, and what scales it. */
async function scaled(name: string, spec: object): Promise<void> {
    await cluster.client(AppsV1Api).createNamespacedDeployment({
        namespace: apart,
        body: {
            metadata: { name },
            spec: {
                replicas: 0,
                selector: { matchLabels: { app: name } },
                template: {
                    metadata: { labels: { app: name } },
                    spec: { containers: [{ name, image: images.app, resources: { requests: { cpu: "100m" } } }] },
                },
            },
        },
    });
    await kubectl(cluster, ["create", "-n", apart, "-f", "-"], scaledObject(name, spec));
}

const scaledObject = (name: string, spec: object, target = name): object => ({
    ...{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata: { name } },
    spec: { scaleTargetRef: { name: target }, pollingInterval: 1, cooldownPeriod: 1, minReplicaCount: 0, ...spec },
});

const replicasOf = async (name: string): Promise<number> => {
    const { spec } = await cluster.client(AppsV1Api).readNamespacedDeployment({ name, namespace: apart });
    return spec?.replicas ?? 0;
};
const statusOf = (name: string): Promise<KubeObject> => read(cluster, "scaledobjects.keda.sh", apart, name);

test("the version that is built is the one that the platform mirrors", () => {
    expect(controllerVersion("keda")).toBe(chart.version);
});

test("what waits wakes a workload from zero, more of it makes it grow, and it sleeps again", async () => {
    const { port } = source.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const trigger = { type: "metrics-api", metadata: { url, valueLocation: "waiting", targetValue: "5" } };
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };
    const advanced = { horizontalPodAutoscalerConfig: { behavior } };
    await scaled("worker", {
        maxReplicaCount: 4,
        triggers: [trigger],
        advanced,
        fallback: { failureThreshold: 2, replicas: 2 },
    });
    await until(
        "the scaler",
        () => statusOf("worker"),
        (now) => isTrue(now, "Ready"),
    );
    expect(await replicasOf("worker")).toBe(0);
    waiting = 5;
    await until(
        "the first replica",
        () => replicasOf("worker"),
        (count) => count === 1,
    );
    expect(isTrue(await statusOf("worker"), "Active")).toBe(true);
    waiting = 20;
    // By the autoscaler, which reads the external metric from KEDA's API behind the API server.
    await until(
        "four replicas",
        () => replicasOf("worker"),
        (count) => count === 4,
        90,
    );
    const { status } = await cluster
        .client(AutoscalingV2Api)
        .readNamespacedHorizontalPodAutoscaler({ name: "keda-hpa-worker", namespace: apart });
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: "ScalingActive", status: "True" }));
    const pods = () => cluster.client(CoreV1Api).listNamespacedPod({ namespace: apart, labelSelector: "app=worker" });
    await until("their pods", pods, ({ items }) => items.filter((pod) => pod.status?.phase === "Running").length === 4);
    waiting = 0;
    await until(
        "sleep",
        () => replicasOf("worker"),
        (count) => count === 0,
        90,
    );
});

test("without its source of metrics, a workload has the replicas of its fallback", async () => {
    waiting = 5;
    await until(
        "the first replica",
        () => replicasOf("worker"),
        (count) => count === 1,
    );
    source.close();
    source.closeAllConnections();
    await until(
        "the fallback",
        () => replicasOf("worker"),
        (count) => count === 2,
        90,
    );
    expect(conditionOf(await statusOf("worker"), "Fallback")).toMatchObject({
        status: "True",
        reason: "FallbackExists",
    });
});

test("a workload is awake at the times that its schedule says", async () => {
    const metadata = { timezone: "Etc/UTC", start: "0 0 1 1 *", end: "59 23 31 12 *", desiredReplicas: "3" };
    await scaled("daily", { maxReplicaCount: 3, triggers: [{ type: "cron", metadata }] });
    await until(
        "its replicas",
        () => replicasOf("daily"),
        (count) => count === 3,
        90,
    );
});

test("two scalers of one workload are refused by the webhook", async () => {
    const metadata = { timezone: "Etc/UTC", start: "0 0 1 1 *", end: "59 23 31 12 *", desiredReplicas: "3" };
    const second = scaledObject("again", { triggers: [{ type: "cron", metadata }] }, "daily");
    await expect(kubectl(cluster, ["create", "-n", apart, "-f", "-"], second)).rejects.toThrow(
        "the workload 'daily' of type 'apps/v1.Deployment' is already managed by",
    );
});

test("the agents' ScaledJob is taken by the real operator, which says that Azure DevOps is out of reach and goes on", async () => {
    seen.length = 0;
    const agents = new PipelineAgents("agents", {
        ...{ organisation: "contoso", pool: "platform", nodes: { pool: "work" }, maxAgents: 2 },
        image: images.app as `${string}@sha256:${string}`,
        ...{ namespace: apart, serviceAccountName: "default", scalerClientId: "22222222-1111-4111-8111-111111111111" },
    });
    await value(agents.scaledJobName);
    await install(cluster);
    const before = pidOf(cluster, "keda-operator");
    const job = await until(
        "what the operator says",
        () => read(cluster, "scaledjobs.keda.sh", apart, "agents"),
        (now) => conditionOf(now, "Ready")?.status === "False",
    );
    expect(textAt(conditionOf(job, "Ready"), "reason")).toBe("ScaledJobCheckFailed");
    const { items } = await cluster.client(BatchV1Api).listNamespacedJob({ namespace: apart });
    expect(items).toEqual([]);
    expect(pidOf(cluster, "keda-operator")).toBe(before);
});

test("each program has the rights of its account, none the administrator's", async () => {
    const who = async (account: string): Promise<string> =>
        await kubectl(
            cluster,
            ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"],
            "",
            accountOf(cluster, "keda", account),
        );
    for (const account of ["keda-operator", "keda-metrics-server", "keda-webhook"])
        expect(await who(account)).toBe(`system:serviceaccount:${home}:${account}`);
    const asked = ["auth", "can-i", "create", "secrets", "-n", apart];
    expect((await kubectl(cluster, asked, "", accountOf(cluster, "keda", "keda-operator")).catch(said)).trim()).toBe(
        "no",
    );
});

test("with the release, its API of metrics goes, so that namespaces can go, too", async () => {
    for (const kind of ["scaledobjects", "scaledjobs", "triggerauthentications"])
        await kubectl(cluster, ["delete", `${kind}.keda.sh`, "--all", "-n", apart]);
    await uninstall(cluster, `${home}/keda`);
    await kubectl(cluster, ["delete", "namespace", home, apart, "--timeout=60s"]);
    expect(await kubectl(cluster, ["get", "apiservices", "-o", "name"])).not.toContain("external.metrics");
});
