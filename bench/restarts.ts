import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import {
    AppsV1Api,
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    PatchStrategy,
    setHeaderOptions,
} from "@kubernetes/client-node";
import type { V1Container, V1Deployment } from "@kubernetes/client-node";
import { fetchModels } from "../cli/models/models";
import { places } from "../cli/places";
import { routesLabel } from "../components/workloads/gateway";
import { ownRepository } from "../facts/own-images";
import { readFacts } from "../sandbox/kubernetes/azure-facts";
import { runningControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../sandbox/kubernetes/control-plane/settings";
import { sandboxFiles } from "../sandbox/kubernetes/identity/places";
import { modelAt } from "./parts/model-environment";
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
    const { plane, image } = runningCluster();
    const config = new KubeConfig();
    config.loadFromFile(plane.adminKubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    const { models, pictures } = await fetchModels();
    await core.createNamespace({ body: { metadata: { name, labels: { ...routesLabel } } } });
    try {
        await apps.createNamespacedDeployment({ namespace: name, body: scorers(image, models.coco.file) });
        const ports = [{ name: "http", port: 80, targetPort: "http" }];
        const service = { metadata: { name }, spec: { selector: labels, ports } };
        await core.createNamespacedService({ namespace: name, body: service });
        await config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
            ...{ group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", namespace: name },
            body: route,
        });
        await settled(apps, 1);
        const picture = new Uint8Array(readFileSync(pictures["coffee.png"]));
        const calls = new Calls(`http://127.0.0.1:${plane.gatewayPort}/${name}/score`, picture);
        const began = Date.now();
        for (let done = 1; done <= restarts; done += 1) {
            await restart(apps);
            if (done % 10 === 0 || done === restarts)
                process.stderr.write(`${done} restarts, answers: ${JSON.stringify(calls.answers())}\n`);
        }
        await calls.stop();
        const seconds = rounded((Date.now() - began) / 1000);
        const { requests, lost, slowestMs } = calls;
        const figures = { restarts, callers, requests, lost, seconds, slowestMs, answers: calls.answers() };
        process.stdout.write(`${JSON.stringify(figures)}\n`);
        if (lost > 0) process.exitCode = 1;
    } finally {
        await core.deleteNamespace({ name });
    }
}

/** The first cluster of the sandbox that has the scorer's image. */
function runningCluster(): { plane: ControlPlane; image: string } {
    const [cluster] = sandboxFiles(dirname(places().sandboxStore))
        .allClusters()
        .flatMap((folder) => {
            const plane = runningControlPlane(folder);
            const images = readFacts(clusterFiles(folder).azure)?.fleet.images ?? [];
            const image = images.find((one) => one.includes(`/${ownRepository("scoring")}@sha256:`));
            return plane && image !== undefined ? [{ plane, image }] : [];
        });
    if (!cluster) throw new Error("no cluster with the scorer's image runs: `npm start` brings one up");
    return cluster;
}

const labels = { app: name };

function scorers(image: string, model: string): V1Deployment {
    const env = {
        ...{ ...modelAt(model), MODEL_NAME: "coco", WORKERS: "1" },
        ...{ MODEL_FOLDER: "/models", DRAIN_SECONDS: "30" },
    };
    const get = (path: string) => ({ httpGet: { path, port: "http" } });
    const container: V1Container = {
        ...{ name: "scorer", image, args: ["serve"] },
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        ports: [{ name: "http", containerPort: 8000 }, { containerPort: 8002 }],
        startupProbe: { ...get("/v2/health/ready"), periodSeconds: 10, failureThreshold: 12 },
        readinessProbe: { ...get("/v2/models/coco/ready"), periodSeconds: 5 },
        lifecycle: { preStop: { sleep: { seconds: 15 } } },
        resources: { requests: { cpu: "250m", memory: "512Mi" } },
        volumeMounts: [{ name: "models", mountPath: "/models" }],
    };
    const spec = {
        nodeSelector: { "mlplatform/pool": "work" },
        terminationGracePeriodSeconds: 60,
        containers: [container],
        volumes: [{ name: "models", emptyDir: {} }],
    };
    return {
        metadata: { name },
        spec: {
            ...{ replicas: 2, selector: { matchLabels: labels } },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: { metadata: { labels }, spec },
        },
    };
}

const rewrite = { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } };
const route = {
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name } },
    spec: {
        parentRefs: [{ name: "platform", namespace: "platform-gateway" }],
        rules: [
            {
                matches: [{ path: { type: "PathPrefix", value: `/${name}` } }],
                filters: [{ type: "URLRewrite", urlRewrite: rewrite }],
                backendRefs: [{ name, port: 80 }],
                timeouts: { request: "60s" },
            },
        ],
    },
};

async function restart(apps: AppsV1Api): Promise<void> {
    const annotations = { restarted: String(Date.now()) };
    const body = { spec: { template: { metadata: { annotations } } } };
    const { metadata } = await apps.patchNamespacedDeployment({ name, namespace: name, body }, merge);
    await settled(apps, metadata?.generation ?? 0);
}

/** Waits until all pods are of a generation, and none is left of the one before. */
async function settled(apps: AppsV1Api, generation: number): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
        const { spec, status } = await apps.readNamespacedDeployment({ name, namespace: name });
        const counts = [status?.updatedReplicas, status?.availableReplicas, status?.replicas];
        const seen = (status?.observedGeneration ?? 0) >= generation;
        if (seen && counts.every((count) => count === spec?.replicas)) return;
        if (Date.now() > end) throw new Error("a restart has not come to its end");
        await after(100);
    }
}

/** Callers that send a picture without a pause, each as soon as it has its answer. */
class Calls {
    slowestMs = 0;
    private readonly counts = new Map<string, number>();
    private readonly calling: Promise<void>[];
    private going = true;

    constructor(
        private readonly address: string,
        private readonly picture: Uint8Array<ArrayBuffer>,
    ) {
        this.calling = Array.from({ length: callers }, () => this.call());
    }

    answers(): Record<string, number> {
        return Object.fromEntries(this.counts);
    }

    get requests(): number {
        return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    }

    get lost(): number {
        return this.requests - (this.counts.get("200") ?? 0);
    }

    /** Ends once the last requests are answered. */
    async stop(): Promise<void> {
        this.going = false;
        await Promise.all(this.calling);
    }

    private async call(): Promise<void> {
        while (this.going) {
            const began = performance.now();
            const code = await this.codeOf();
            this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
            this.slowestMs = Math.max(this.slowestMs, Math.round(performance.now() - began));
        }
    }

    /** The status of an answer, or what broke the connection. */
    private async codeOf(): Promise<string> {
        try {
            const headers = { "content-type": "image/png" };
            const answer = await fetch(this.address, { method: "POST", body: this.picture, headers });
            await answer.arrayBuffer();
            return String(answer.status);
        } catch (fault) {
            return fault instanceof Error ? fault.message : String(fault);
        }
    }
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
