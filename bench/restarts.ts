import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
    AppsV1Api,
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    PatchStrategy,
    setHeaderOptions,
} from "@kubernetes/client-node";
import { fetchModels } from "../cli/models/models";
import { places } from "../cli/places";
import { routesLabel } from "../components/workloads/gateway";
import { ownRepository } from "../facts/own-images";
import { readFacts } from "../sandbox/kubernetes/azure-facts";
import { runningControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../sandbox/kubernetes/control-plane/settings";
import { sandboxFiles } from "../sandbox/kubernetes/identity/places";
import { rounded } from "./parts/statistics";

// Whether rolling restarts lose requests: two replicas of the scorer in the sandbox that `npm start` has brought up, behind its
// gateway, restarted again and again while callers send pictures without a pause.
//
//   npm run bench -- restarts        100 restarts
//   npm run bench -- restarts 5 2    5 restarts, 2 callers

const restarts = Number(process.argv[2] ?? "100");
const callers = Number(process.argv[3] ?? "4");
const name = "bench-restarts";
const patienceMs = 300_000;
const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

async function main(): Promise<void> {
    const cluster = sandboxFiles(dirname(places().sandboxStore))
        .allClusters()
        .flatMap((folder) => {
            const plane = runningControlPlane(folder);
            const images = readFacts(clusterFiles(folder).azure)?.fleet.images ?? [];
            const image = images.find((one) => one.includes(`/${ownRepository("scoring")}@sha256:`));
            return plane && image !== undefined ? [{ plane, image }] : [];
        })[0];
    if (!cluster) throw new Error("no cluster with the scorer's image runs: `npm start` brings one up");
    const config = new KubeConfig();
    config.loadFromFile(cluster.plane.adminKubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    const { models, pictures } = await fetchModels();
    const { file, sha256, sizeBytes } = models.coco;
    await core.createNamespace({ body: { metadata: { name, labels: { ...routesLabel } } } });
    try {
        const labels = { app: name };
        const env = {
            ...{ MODEL_NAME: "coco", MODEL_URI: pathToFileURL(file).href, MODEL_SHA256: sha256, WORKERS: "1" },
            ...{ MODEL_SIZE_BYTES: String(sizeBytes), MODEL_FOLDER: "/models", DRAIN_SECONDS: "30" },
        };
        const get = (path: string) => ({ httpGet: { path, port: "http" } });
        await apps.createNamespacedDeployment({
            namespace: name,
            body: {
                metadata: { name },
                spec: {
                    ...{ replicas: 2, selector: { matchLabels: labels } },
                    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
                    template: {
                        metadata: { labels },
                        spec: {
                            nodeSelector: { "mlplatform/pool": "work" },
                            terminationGracePeriodSeconds: 60,
                            containers: [
                                {
                                    ...{ name: "scorer", image: cluster.image, args: ["serve"] },
                                    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
                                    ports: [{ name: "http", containerPort: 8000 }, { containerPort: 8002 }],
                                    startupProbe: {
                                        ...get("/v2/health/ready"),
                                        periodSeconds: 10,
                                        failureThreshold: 12,
                                    },
                                    readinessProbe: { ...get("/v2/models/coco/ready"), periodSeconds: 5 },
                                    lifecycle: { preStop: { sleep: { seconds: 15 } } },
                                    resources: { requests: { cpu: "250m", memory: "512Mi" } },
                                    volumeMounts: [{ name: "models", mountPath: "/models" }],
                                },
                            ],
                            volumes: [{ name: "models", emptyDir: {} }],
                        },
                    },
                },
            },
        });
        const ports = [{ name: "http", port: 80, targetPort: "http" }];
        await core.createNamespacedService({
            namespace: name,
            body: { metadata: { name }, spec: { selector: labels, ports } },
        });
        await config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
            ...{ group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", namespace: name },
            body: {
                ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name } },
                spec: {
                    parentRefs: [{ name: "platform", namespace: "platform-gateway" }],
                    rules: [
                        {
                            matches: [{ path: { type: "PathPrefix", value: `/${name}` } }],
                            filters: [
                                {
                                    type: "URLRewrite",
                                    urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
                                },
                            ],
                            backendRefs: [{ name, port: 80 }],
                            timeouts: { request: "60s" },
                        },
                    ],
                },
            },
        });
        const settled = async (generation: number): Promise<void> => {
            const end = Date.now() + patienceMs;
            for (;;) {
                const { spec, status } = await apps.readNamespacedDeployment({ name, namespace: name });
                const counts = [status?.updatedReplicas, status?.availableReplicas, status?.replicas];
                const seen = (status?.observedGeneration ?? 0) >= generation;
                if (seen && counts.every((count) => count === spec?.replicas)) return;
                if (Date.now() > end) throw new Error("a restart has not come to its end");
                await after(100);
            }
        };
        await settled(1);
        const address = `http://127.0.0.1:${cluster.plane.gatewayPort}/${name}/score`;
        const body = new Uint8Array(readFileSync(pictures["coffee.png"]));
        const answers = new Map<string, number>();
        let [going, slowestMs] = [true, 0];
        const calling = Array.from({ length: callers }, async () => {
            while (going) {
                const began = performance.now();
                const code = await fetch(address, {
                    method: "POST",
                    body,
                    headers: { "content-type": "image/png" },
                }).then(
                    async (answer) => {
                        await answer.arrayBuffer();
                        return String(answer.status);
                    },
                    (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)),
                );
                answers.set(code, (answers.get(code) ?? 0) + 1);
                slowestMs = Math.max(slowestMs, performance.now() - began);
            }
        });
        const began = Date.now();
        for (let done = 1; done <= restarts; done += 1) {
            const annotations = { restarted: String(Date.now()) };
            const body = { spec: { template: { metadata: { annotations } } } };
            const { metadata } = await apps.patchNamespacedDeployment({ name, namespace: name, body }, merge);
            await settled(metadata?.generation ?? 0);
            if (done % 10 === 0 || done === restarts)
                process.stderr.write(`${done} restarts, answers: ${JSON.stringify(Object.fromEntries(answers))}\n`);
        }
        going = false;
        await Promise.all(calling);
        const requests = [...answers.values()].reduce((sum, count) => sum + count, 0);
        const lost = requests - (answers.get("200") ?? 0);
        const seconds = rounded((Date.now() - began) / 1000);
        process.stdout.write(
            `${JSON.stringify({ restarts, callers, requests, lost, seconds, slowestMs: Math.round(slowestMs), answers: Object.fromEntries(answers) })}\n`,
        );
        if (lost > 0) process.exitCode = 1;
    } finally {
        await core.deleteNamespace({ name });
    }
}

void main();
