import { readFileSync } from "node:fs";
import { stopControlPlane } from "../../../../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../../../../sandbox/kubernetes/control-plane/settings";
import type { ClusterSettings, SupervisorState } from "../../../../sandbox/kubernetes/control-plane/settings";
import { claimsOf } from "../../../../sandbox/kubernetes/identity/tokens";
import { annotation } from "../../../../sandbox/kubernetes/nodes/node-object";
import { lifeOf } from "../../../../sandbox/process-identity";
import { images } from "../nodes/manifests";
import { startTestPlane, startTimeoutMs, testIssuerUrl, testTenantId } from "../control-plane";
import { LocalCluster, scorerIdentity } from "./cluster";

jest.setTimeout(startTimeoutMs);

const cluster = new LocalCluster();
const { namespace } = cluster;

interface About {
    args: string[];
    env: Record<string, string>;
    pid: number;
}

const address = async (app: string): Promise<string> => {
    const ports = (await cluster.pod(app)).metadata?.annotations?.[annotation.ports] ?? "{}";
    return `http://127.0.0.1:${(JSON.parse(ports) as Record<string, number>)["8000"] ?? 0}`;
};
const ask = async (app: string, path: string): Promise<Response> => fetch(`${await address(app)}${path}`);
const about = async (app: string): Promise<About> => (await (await ask(app, "/about")).json()) as About;
const status = async (app: string) => (await cluster.pod(app)).status?.containerStatuses?.[0];

test("a pod of ours is a process with its own environment, and nothing of ours", async () => {
    await cluster.core.createNamespacedConfigMap({
        namespace,
        body: { metadata: { name: "settings" }, data: { COLOUR: "green", "card.json": "{}" } },
    });
    await cluster.core.createNamespacedSecret({
        namespace,
        body: { metadata: { name: "word" }, stringData: { password: "swordfish" } },
    });
    const { metadata } = await cluster.core.readNamespacedServiceAccount({ name: "scorer", namespace });
    expect(metadata?.annotations).toEqual({ "azure.workload.identity/client-id": scorerIdentity.clientId });
    await cluster.core.createNamespacedPod({
        namespace,
        body: {
            metadata: { name: "env", labels: { app: "env", "azure.workload.identity/use": "true" } },
            spec: {
                serviceAccountName: "scorer",
                containers: [
                    {
                        ...{ name: "main", image: images.app, args: ["serve", "--in=$(POD)", "/models/card"] },
                        ports: [{ containerPort: 8000 }],
                        resources: { limits: { memory: "512Mi" } },
                        envFrom: [{ prefix: "ALL_", configMapRef: { name: "settings" } }],
                        env: [
                            { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                            { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
                            { name: "ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                            { name: "MEMORY", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
                            { name: "COLOUR", valueFrom: { configMapKeyRef: { name: "settings", key: "COLOUR" } } },
                            { name: "WORD", valueFrom: { secretKeyRef: { name: "word", key: "password" } } },
                            { name: "BOTH", value: "$(COLOUR) $$(COLOUR) $(UNKNOWN)" },
                            { name: "MODEL_FOLDER", value: "/models" },
                            { name: "CARD", value: "/etc/settings/card.json" },
                        ],
                        volumeMounts: [
                            { name: "models", mountPath: "/models" },
                            { name: "settings", mountPath: "/etc/settings" },
                            { name: "tmp", mountPath: "/tmp" },
                        ],
                        readinessProbe: { httpGet: { path: "/ready", port: 8000 }, periodSeconds: 1 },
                    },
                ],
                volumes: [
                    { name: "models", emptyDir: {} },
                    { name: "tmp", emptyDir: {} },
                    { name: "settings", configMap: { name: "settings" } },
                ],
            },
        },
    });
    await cluster.until("it is ready", async () => (await status("env"))?.ready === true);
    const { env, args } = await about("env");
    expect(env).toMatchObject({
        ...{ POD: "env", APP: "env", MEMORY: String(512 * 1024 ** 2), COLOUR: "green", WORD: "swordfish" },
        ...{ ALL_COLOUR: "green", BOTH: "green $(COLOUR) $(UNKNOWN)", HOSTNAME: "env" },
        ...{ AZURE_CLIENT_ID: scorerIdentity.clientId, AZURE_TENANT_ID: testTenantId },
        AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
    });
    expect(env).not.toHaveProperty("MLPLATFORM_KUBERNETES_BIN");
    expect(args).toEqual(["serve", "--in=env", `${env.MODEL_FOLDER ?? ""}/card`]);
    expect(env.MODEL_FOLDER).toMatch(/\/pods\/[0-9a-f-]+\/volumes\/models$/);
    expect(await (await ask("env", `/file?path=${env.CARD ?? ""}`)).text()).toBe("{}");
    const { podIP, podIPs } = (await cluster.pod("env")).status ?? {};
    expect(env.ADDRESS).toBe(podIP);
    expect(podIPs).toEqual([{ ip: podIP }]);
    // The token is one of the cluster's own, for Entra ID alone.
    const token = claimsOf(await (await ask("env", `/file?path=${env.AZURE_FEDERATED_TOKEN_FILE ?? ""}`)).text());
    expect(token).toMatchObject({
        ...{ iss: testIssuerUrl, sub: "system:serviceaccount:team:scorer", aud: ["api://AzureADTokenExchange"] },
    });
});

test("kubectl finds what it says, and what is simulated says so", async () => {
    await cluster.deploy("talks");
    const name = (await cluster.pod("talks")).metadata?.name ?? "";
    const log = await cluster.core.readNamespacedPodLog({ name, namespace });
    expect(log).toBe("begun: serve\nlistening on 8000\n");
    expect(await cluster.core.readNamespacedPodLog({ name, namespace, tailLines: 1 })).toBe("listening on 8000\n");
});

test("one that fails is started again, ever later, and its end is told", async () => {
    await cluster.core.createNamespacedPod({
        namespace,
        body: {
            metadata: { name: "crashes", labels: { app: "crashes" } },
            spec: { containers: [{ name: "main", image: images.app, args: ["exit", "7"] }] },
        },
    });
    await cluster.until("it waits to be started again", async () => {
        const now = await status("crashes");
        return now?.state?.waiting?.reason === "CrashLoopBackOff" && now.restartCount >= 2;
    });
    const now = await status("crashes");
    expect(now?.lastState?.terminated).toMatchObject({ exitCode: 7, reason: "Error" });
    expect((await cluster.pod("crashes")).status?.phase).toBe("Running");
    const log = await cluster.core.readNamespacedPodLog({ name: "crashes", namespace, previous: true });
    expect(log).toBe("begun: exit\n");
    await cluster.core.deleteNamespacedPod({ name: "crashes", namespace });
});

test("a probe that fails long enough ends the container, and it runs again", async () => {
    await cluster.deploy("hangs", {
        livenessProbe: { httpGet: { path: "/live", port: "http" }, periodSeconds: 1, failureThreshold: 2 },
    });
    const { pid } = await about("hangs");
    await ask("hangs", "/hang");
    await cluster.until("it is another process", async () => (await status("hangs"))?.restartCount === 1);
    await cluster.until("it is ready again", async () => (await status("hangs"))?.ready === true);
    expect((await about("hangs")).pid).not.toBe(pid);
    expect(lifeOf(pid).running).toBe(false);
});

test("one that takes more memory than its limit is killed for it", async () => {
    await cluster.deploy("grows", { resources: { limits: { memory: "256Mi" } } });
    await ask("grows", "/fill?mib=300");
    await cluster.until("it is killed", async () => {
        const { lastState } = (await status("grows")) ?? {};
        return lastState?.terminated?.reason === "OOMKilled";
    });
    expect((await status("grows"))?.lastState?.terminated?.exitCode).toBe(137);
});

test("who is deleted sleeps, is asked to end, and answers what it has begun", async () => {
    await cluster.deploy("drains", { lifecycle: { preStop: { sleep: { seconds: 15 } } } });
    const { pid } = await about("drains");
    const name = (await cluster.pod("drains")).metadata?.name ?? "";
    const slow = ask("drains", "/slow?ms=2500");
    await new Promise((done) => setTimeout(done, 200));
    await cluster.apps.deleteNamespacedDeployment({ name: "drains", namespace });
    await cluster.until("it is on its way out", async () => {
        const pods = await cluster.pods("drains");
        return pods[0]?.metadata?.deletionTimestamp !== undefined;
    });
    // During its sleep it is as it was.
    expect(await (await ask("drains", "/hello")).text()).toBe("/hello");
    expect(await (await slow).text()).toBe("slow");
    await cluster.until("it is gone", async () => (await cluster.pods("drains")).length === 0);
    expect(lifeOf(pid).running).toBe(false);
    const { items } = await cluster.core.listNamespacedEvent({ namespace });
    expect(items.some(({ involvedObject, reason }) => involvedObject.name === name && reason === "Killing")).toBe(true);
});

test("jobs end as their programs do: what cannot be scored is not tried again", async () => {
    await cluster.batch.createNamespacedJob({
        namespace,
        body: {
            metadata: { name: "shards" },
            spec: {
                ...{ completionMode: "Indexed", completions: 2, parallelism: 2, backoffLimitPerIndex: 3 },
                maxFailedIndexes: 2,
                podFailurePolicy: {
                    rules: [
                        {
                            action: "FailIndex",
                            onExitCodes: { containerName: "main", operator: "In", values: [42] },
                        },
                    ],
                },
                template: {
                    spec: {
                        restartPolicy: "Never",
                        containers: [{ name: "main", image: images.app, args: ["shard", "$(JOB_COMPLETION_INDEX)"] }],
                    },
                },
            },
        },
    });
    await cluster.until("it is over", async () => {
        const job = await cluster.batch.readNamespacedJob({ name: "shards", namespace });
        return (job.status?.conditions ?? []).some(({ type }) => type === "Failed" || type === "Complete");
    });
    const { status: ended } = await cluster.batch.readNamespacedJob({ name: "shards", namespace });
    expect(ended).toMatchObject({ completedIndexes: "0", failedIndexes: "1", succeeded: 1, failed: 1 });
});

test("a supervisor that is killed leaves nothing behind, and the next one starts its pods again", async () => {
    await cluster.deploy("survives");
    const { pid } = await about("survives");
    const { folder } = cluster.plane;
    const state = JSON.parse(readFileSync(clusterFiles(folder).state, "utf8")) as SupervisorState;
    process.kill(state.supervisor.pid, "SIGKILL");
    await cluster.until("the pod's process has noticed", () => !lifeOf(pid).running);
    await stopControlPlane(folder);
    await startTestPlane(folder, JSON.parse(readFileSync(clusterFiles(folder).settings, "utf8")) as ClusterSettings);
    await cluster.until("it runs again", async () => {
        const now = await status("survives").catch(() => undefined);
        return now?.restartCount === 1 && now.ready;
    });
    expect((await status("survives"))?.lastState?.terminated?.reason).toBe("ContainerStatusUnknown");
});
