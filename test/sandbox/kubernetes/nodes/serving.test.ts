import type { V1Deployment, V1Job, V1PodDisruptionBudget, V1PriorityClass } from "@kubernetes/client-node";
import { Provider } from "@pulumi/kubernetes/provider";
import { BatchScoring } from "../../../../components/workloads/batch-scoring";
import { ModelEndpoint } from "../../../../components/workloads/model-endpoint";
import { priorityClasses } from "../../../../components/workloads/priority-classes";
import { annotation } from "../../../../sandbox/kubernetes/nodes/node-object";
import { batch, endpoint } from "../../../components/workloads/scorers";
import { seen, value } from "../../../mocks";
import { Fleet } from "./fleet";
import { fleetOf, gpuPool, images } from "./manifests";

jest.setTimeout(120_000);

// What the components make, on nodes that come as it asks for them.
const fleet = new Fleet();
const namespace = "team-vision";
const image = images.app as typeof endpoint.image;

beforeAll(async () => {
    fleet.become(
        fleetOf(
            gpuPool("t4", { maxCount: 2 }),
            gpuPool("t4spot", {
                ...{ scaleSetPriority: "Spot", maxCount: 2 },
                nodeTaints: [
                    "nvidia.com/gpu=present:NoSchedule",
                    "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
                ],
            }),
        ),
    );
    await fleet.devicePlugin();
    await fleet.namespace(namespace);
    await fleet.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: "vision" } } });
    const made = priorityClasses({ provider: new Provider("cluster", { kubeconfig: "{}" }) });
    await Promise.all(made.map((one) => value(one.urn)));
    for (const body of registered<V1PriorityClass>("PriorityClass"))
        await fleet.scheduling.createPriorityClass({ body });
});

/** Objects of that kind, as the program wrote them. */
const registered = <T>(kind: string): T[] =>
    seen.filter(({ inputs }) => inputs.kind === kind).map(({ inputs }) => inputs as T);

async function ordered(of: typeof image): Promise<V1Deployment> {
    seen.length = 0;
    await value(new ModelEndpoint("detector", { ...endpoint, image: of }).url);
    const [deployment] = registered<V1Deployment>("Deployment");
    if (deployment === undefined) throw new Error("no Deployment");
    return deployment;
}
const name = "detector-baseline";
const available = async (): Promise<number> =>
    (await fleet.apps.readNamespacedDeployment({ namespace, name })).status?.availableReplicas ?? 0;

test("an endpoint comes up on GPU nodes that are started from zero for it, one replica each, and may lose one at a time", async () => {
    const body = await ordered(image);
    const [budget] = registered<V1PodDisruptionBudget>("PodDisruptionBudget");
    expect(await fleet.nodes("t4")).toEqual([]);
    await fleet.apps.createNamespacedDeployment({ namespace, body, fieldValidation: "Strict" });
    if (budget) await fleet.policy.createNamespacedPodDisruptionBudget({ namespace, body: budget });
    const pods = await fleet.untilRunning(namespace, 2);
    const nodes = (await fleet.nodes("t4")).map((node) => node.metadata?.name);
    expect(pods.map((pod) => pod.spec?.nodeName).sort()).toEqual(nodes.sort());
    expect(pods[0]?.spec?.priority).toBe(100_000);
    await fleet.until(async () => {
        const { status } = await fleet.policy.readNamespacedPodDisruptionBudget({ namespace, name });
        return status?.disruptionsAllowed === 1;
    }, "a budget of one");
});

test("a broken image stops the rollout with the other replica still answering, without a GPU to spare; and it goes back", async () => {
    const broken = await ordered(images.broken as typeof image);
    await fleet.apps.replaceNamespacedDeployment({ namespace, name, body: broken });
    await fleet.until(async () => {
        const waiting = (await fleet.pods(namespace)).flatMap((pod) => pod.status?.containerStatuses ?? []);
        return waiting.some(({ state }) => /ErrImagePull|ImagePullBackOff/.test(state?.waiting?.reason ?? ""));
    }, "a pod without its image");
    expect(await available()).toBe(1);
    await fleet.apps.replaceNamespacedDeployment({ namespace, name, body: await ordered(image) });
    await fleet.until(async () => (await available()) === 2, "both replicas again");
});

test("a batch runs on spot GPUs once the queue lets it go; a shard that is taken away begins again and counts against nobody", async () => {
    seen.length = 0;
    const { jobName, results } = new BatchScoring("nightly", { ...batch, image, shards: 2, parallelism: 2 });
    await value(results);
    const [body] = registered<V1Job>("Job");
    if (body?.spec?.template.metadata === undefined) throw new Error("no Job");
    body.spec.template.metadata.annotations = { [annotation.runSeconds]: "36000" };
    await fleet.batch.createNamespacedJob({ namespace, body, fieldValidation: "Strict" });
    const shards = async (): Promise<string[]> =>
        (await fleet.pods(namespace))
            .filter((pod) => pod.metadata?.labels?.["batch.kubernetes.io/job-name"] === jobName)
            .filter((pod) => pod.status?.phase === "Running" && pod.metadata?.deletionTimestamp === undefined)
            .map((pod) => pod.metadata?.name ?? "");
    expect(await shards()).toEqual([]);
    // Kueue's part.
    const job = await fleet.batch.readNamespacedJob({ namespace, name: jobName });
    if (job.spec) job.spec.suspend = false;
    await fleet.batch.replaceNamespacedJob({ namespace, name: jobName, body: job });
    await fleet.until(async () => (await shards()).length === 2, "both shards");
    const [first = ""] = await shards();
    const machine = (await fleet.core.readNamespacedPod({ namespace, name: first })).spec?.nodeName ?? "";
    await fleet.annotateNode(machine, { [annotation.evict]: "now" });
    await fleet.until(async () => {
        const now = await shards();
        return now.length === 2 && !now.includes(first);
    }, "the shard once more");
    const { status } = await fleet.batch.readNamespacedJob({ namespace, name: jobName });
    expect(status?.failedIndexes ?? "").toBe("");
    expect((status?.conditions ?? []).some(({ type }) => type === "Failed")).toBe(false);
});
