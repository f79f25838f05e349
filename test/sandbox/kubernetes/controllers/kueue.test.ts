import { BatchV1Api, CoreV1Api, type V1Job } from "@kubernetes/client-node";
import { BatchScoring } from "../../../../components/workloads/batch-scoring";
import { priorityClasses } from "../../../../components/workloads/priority-classes";
import { TrainingQueue, teamQueue, type QueuedPool } from "../../../../components/workloads/training-queue";
import { kueue as chart } from "../../../../sandbox/kubernetes/charts/kueue";
import { conditionOf, isTrue, listAt, textAt, type KubeObject } from "../../../../sandbox/kubernetes/provider/objects";
import { batch } from "../../../components/workloads/scorers";
import { value } from "../../../mocks";
import { testFacts, useControlPlane } from "../control-plane";
import { fleetOf, gpuPool, images, pool } from "../nodes/manifests";
import {
    accountOf,
    buildTimeoutMs,
    controllerFolder,
    controllerVersion,
    ensureController,
    install,
    kubectl,
    pidOf,
    read,
    said,
    uninstall,
    until,
} from "./installed";

jest.setTimeout(180_000);

const app = images.app as `${string}@sha256:${string}`;
const team = "team-vision";
const facts = testFacts();
const cluster = useControlPlane(
    { controllers: { kueue: controllerFolder("kueue") } },
    { ...facts, fleet: fleetOf(pool("work", { minCount: 1 }), gpuPool("t4")) },
);
const work: QueuedPool = { prefix: "work", vmSize: "Standard_D4ds_v5", maxCount: 3, spot: false, taints: [] };
const t4: QueuedPool = {
    ...{ prefix: "t4", vmSize: "Standard_NC4as_T4_v3", maxCount: 2, spot: false, use: "serving" },
    taints: ["nvidia.com/gpu=present:NoSchedule"],
};
const batches = (): BatchV1Api => cluster.client(BatchV1Api);

beforeAll(async () => {
    await ensureController("kueue");
}, buildTimeoutMs);

beforeAll(async () => {
    priorityClasses({});
    const queue = new TrainingQueue("queues", {
        chart: { name: "oci://registry.example.azurecr.io/mirror/charts/kueue", version: chart.version },
        ...{ image: app, core: { pool: "work" }, replicas: 1, apiServerBlocks: ["10.0.0.1/32"] },
        ...{ pools: [work, t4], lentGpus: 1 },
    });
    await value(queue.queueName);
    await install(cluster);
    for (const [name, labels] of [
        [team, { "mlplatform/team": "vision" }],
        ["elsewhere", {}],
    ] as const)
        await cluster.client(CoreV1Api).createNamespace({ body: { metadata: { name, labels } } });
    await cluster.client(CoreV1Api).createNamespacedServiceAccount({
        namespace: team,
        body: { metadata: { name: "vision" } },
    });
}, 180_000);

/** A job of pods that take so much, for so many seconds of the sandbox. */
function job(name: string, requests: Record<string, string>, more: JobChoice = {}): V1Job {
    const { parallelism = 1, seconds = 4, queue = "jobs", priorityClassName } = more;
    const labels: Record<string, string> = queue === "" ? {} : { "kueue.x-k8s.io/queue-name": queue };
    const limits = Object.fromEntries(Object.entries(requests).filter(([key]) => key.startsWith("nvidia.com/")));
    return {
        metadata: { name, labels },
        spec: {
            ...{ parallelism, completions: parallelism, backoffLimit: 6 },
            template: {
                metadata: { annotations: { "sandbox.mlplatform/run-seconds": String(seconds) } },
                spec: {
                    ...{
                        restartPolicy: "Never",
                        terminationGracePeriodSeconds: 1,
                        ...(priorityClassName !== undefined && { priorityClassName }),
                    },
                    containers: [{ name: "main", image: app, resources: { requests, limits } }],
                },
            },
        },
    };
}
interface JobChoice {
    parallelism?: number;
    seconds?: number;
    queue?: string;
    priorityClassName?: string;
}

const create = async (body: V1Job, namespace = team): Promise<V1Job> =>
    await batches().createNamespacedJob({ namespace, body });
const jobNow = async (name: string): Promise<V1Job> => await batches().readNamespacedJob({ name, namespace: team });
const isOver = ({ status }: V1Job): boolean => status?.conditions?.some(({ type }) => type === "Complete") === true;
const goes = ({ spec }: V1Job): boolean => spec?.suspend === false;

async function workloadOf(name: string): Promise<KubeObject | undefined> {
    const text = await kubectl(cluster, ["get", "workloads.kueue.x-k8s.io", "-n", team, "-o", "json"]);
    return listAt(JSON.parse(text), "items").find((item) =>
        listAt(item, "metadata", "ownerReferences").some((owner) => owner.name === name),
    ) as KubeObject | undefined;
}

const waits = (seen?: KubeObject): boolean => conditionOf(seen ?? {}, "QuotaReserved")?.reason === "Pending";
const isEvicted = (seen?: KubeObject): boolean => isTrue(seen ?? {}, "Evicted");

test("the version that is built is the one that the platform mirrors", () => {
    expect(controllerVersion("kueue")).toBe(chart.version);
});

test("a batch of the program waits until Kueue admits it, runs on a pool of its queue and completes", async () => {
    const { resource } = teamQueue("jobs", team, {});
    await value(resource.id);
    const made = new BatchScoring("nightly", {
        ...{ ...batch, image: app, pool: "work", gpus: 0, cpu: 1, memoryGib: 2, queue: "jobs" },
        ...{ shards: 4, parallelism: 2 },
    });
    await value(made.results);
    await install(cluster);
    const queue = await until(
        "the team's queue",
        () => read(cluster, "localqueues.kueue.x-k8s.io", team, "jobs"),
        (seen) => isTrue(seen, "Active"),
    );
    expect(conditionOf(queue, "Active")?.reason).toBe("Ready");
    const done = await until("the batch", () => jobNow(made.jobName), isOver, 120);
    expect(done.status).toMatchObject({ succeeded: 4, completedIndexes: "0-3" });
    const workload = await workloadOf(made.jobName);
    expect(workload && isTrue(workload, "Finished")).toBe(true);
    // What the flavour says of the pool, Kueue has put into the job.
    expect(done.spec?.template.spec?.nodeSelector).toEqual({ "mlplatform/pool": "work" });
});

test("what is beyond the quota waits in line, and goes when there is room", async () => {
    await create(job("wide", { cpu: "2", memory: "1Gi" }, { parallelism: 5, seconds: 20 }));
    await until("the first job", () => jobNow("wide"), goes);
    await create(job("next", { cpu: "2", memory: "1Gi" }, { parallelism: 5 }));
    const waiting = await until("the second job's place in line", () => workloadOf("next"), waits);
    expect(textAt(waiting && conditionOf(waiting, "QuotaReserved"), "message")).toContain(
        "insufficient unused quota for cpu",
    );
    expect((await jobNow("next")).spec?.suspend).toBe(true);
    await until("the second job", () => jobNow("next"), isOver, 120);
    expect(isOver(await jobNow("wide"))).toBe(true);
});

test("GPUs are borrowed from serving as far as it lends them, and given back when it wants them", async () => {
    const gpu = { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" };
    await create(job("borrower", gpu, { seconds: 3600 }));
    await until("the job on a lent GPU", () => jobNow("borrower"), goes);
    const [assignment] = listAt(await workloadOf("borrower"), "status", "admission", "podSetAssignments");
    expect(textAt(assignment, "flavors", "nvidia.com/gpu")).toBe("t4");
    await create(job("second", gpu));
    await until("the second job's place in line", () => workloadOf("second"), waits);
    await kubectl(cluster, ["delete", "job", "second", "-n", team]);

    const owner = { apiVersion: "kueue.x-k8s.io/v1beta2", kind: "LocalQueue", metadata: { name: "owner" } };
    await kubectl(cluster, ["create", "-n", team, "-f", "-"], { ...owner, spec: { clusterQueue: "serving" } });
    await create(job("owned", gpu, { parallelism: 2, queue: "owner", seconds: 2 }));
    const evicted = await until("the lent GPU's return", () => workloadOf("borrower"), isEvicted);
    expect(textAt(evicted && conditionOf(evicted, "Preempted"), "reason")).toBe("InCohortReclamation");
    await kubectl(cluster, ["delete", "job", "borrower", "owned", "-n", team]);
});

test("who has the higher priority takes the place of others in the line", async () => {
    const fill = { parallelism: 5, seconds: 3600 };
    await create(job("patient", { cpu: "2", memory: "1Gi" }, { ...fill, priorityClassName: "platform-training" }));
    await until("the first job", () => jobNow("patient"), goes);
    await create(job("urgent", { cpu: "2", memory: "1Gi" }, { ...fill, priorityClassName: "platform-serving" }));
    await until("the job of a higher priority", () => jobNow("urgent"), goes);
    expect((await jobNow("patient")).spec?.suspend).toBe(true);
    expect(isEvicted(await workloadOf("patient"))).toBe(true);
    await kubectl(cluster, ["delete", "job", "patient", "urgent", "-n", team]);
});

test("no job of a team gets around the line; jobs of others are none of its business", async () => {
    await create(job("unnamed", { cpu: "1", memory: "1Gi" }, { queue: "" }));
    expect((await jobNow("unnamed")).spec?.suspend).toBe(true);
    const other = await create(job("unnamed", { cpu: "1", memory: "1Gi" }, { queue: "" }), "elsewhere");
    expect(other.spec?.suspend).toBe(false);
});

test("Kueue has the rights of its account and no more, and is started again when it crashes", async () => {
    const own = accountOf(cluster, "kueue", "kueue-controller-manager");
    expect(await kubectl(cluster, ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], "", own)).toBe(
        "system:serviceaccount:platform-queues:kueue-controller-manager",
    );
    const may = async (...asked: string[]): Promise<string> =>
        (await kubectl(cluster, ["auth", "can-i", ...asked], "", own).catch(said)).trim();
    expect(await may("update", "jobs.batch", "-n", team)).toBe("yes");
    expect(await may("get", "secrets", "-n", team)).toBe("no");
    expect(await may("delete", "nodes")).toBe("no");

    const before = pidOf(cluster, "kueue");
    process.kill(before, "SIGKILL");
    await until(
        "another process",
        () => Promise.resolve(pidOf(cluster, "kueue")),
        (pid) => pid > 0 && pid !== before,
    );
    const name = "after";
    await until(
        "its webhook",
        () => create(job(name, { cpu: "1", memory: "1Gi" })).then(String, said),
        (told) => told === "[object Object]",
    );
    await until("a job after the crash", () => jobNow(name), isOver);
});

test("with the release, its webhooks and kinds go", async () => {
    for (const kind of ["jobs.batch", "localqueues.kueue.x-k8s.io"])
        await kubectl(cluster, ["delete", kind, "--all", "-n", team]);
    await kubectl(cluster, ["delete", "clusterqueues.kueue.x-k8s.io,resourceflavors.kueue.x-k8s.io", "--all"]);
    await uninstall(cluster, "platform-queues/kueue");
    const kinds =
        "mutatingwebhookconfigurations,validatingwebhookconfigurations,customresourcedefinitions,clusterroles";
    await until(
        "what Kueue brought",
        () => kubectl(cluster, ["get", kinds, "-o", "name"]),
        (names) => !names.includes("kueue"),
    );
    const free = await create(job("free", { cpu: "1" }));
    expect(free.spec?.suspend).toBe(false);
});
