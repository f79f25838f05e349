import { spawn, type ChildProcess } from "node:child_process";
import { openSync, closeSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import {
    PatchStrategy,
    PolicyV1Api,
    SchedulingV1Api,
    setHeaderOptions,
    type CoreV1Event,
    type V1Node,
    type V1Pod,
    type V1PodSpec,
} from "@kubernetes/client-node";
import type { FleetDescription } from "../../../../sandbox/kubernetes/nodes/description";
import { runNodeController, type NodeController } from "../../../../sandbox/kubernetes/nodes/node-controller";
import { kwokFlags, kwokStages } from "../../../../sandbox/kubernetes/nodes/stages";
import { cpu, fleetOf, images, ready, template } from "./manifests";
import { Clients } from "../clients";
import { kubernetesPrograms, startTimeoutMs, useControlPlane } from "../control-plane";

const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

/** A control plane with simulated nodes for the tests of one file. */
export class Fleet extends Clients {
    description: FleetDescription = fleetOf();
    /** Numbers of machines as the sandbox's Azure would show them. */
    counts: Readonly<Record<string, number>> = {};
    /** All numbers so far. */
    readonly reports: Readonly<Record<string, number>>[] = [];
    readonly log: string[] = [];
    private running: { controller: NodeController; kwok: ChildProcess } | undefined;
    protected readonly cluster = useControlPlane();

    constructor() {
        super();
        beforeAll(() => this.start(), startTimeoutMs);
        afterAll(() => this.stop(), startTimeoutMs);
    }

    get policy(): PolicyV1Api {
        return this.cluster.client(PolicyV1Api);
    }
    get scheduling(): SchedulingV1Api {
        return this.cluster.client(SchedulingV1Api);
    }

    private async start(): Promise<void> {
        const { folder, adminKubeconfig } = this.cluster.plane;
        const stages = join(folder, "kwok.yaml");
        writeFileSync(stages, kwokStages());
        const log = openSync(join(folder, "kwok.log"), "a");
        const flags = [...kwokFlags, `--kubeconfig=${adminKubeconfig}`, `--config=${stages}`];
        const kwok = spawn(join(kubernetesPrograms(), "kwok"), flags, { stdio: ["ignore", log, log] });
        closeSync(log);
        const controller = await runNodeController({
            kubeconfig: readFileSync(adminKubeconfig, "utf8"),
            fleet: () => this.description,
            secondsPerSecond: 0,
            report: (counts) => {
                this.counts = counts;
                this.reports.push(counts);
            },
            log: (line) => this.log.push(line),
        });
        this.running = { controller, kwok };
    }

    private async stop(): Promise<void> {
        if (!this.running) return;
        const { controller, kwok } = this.running;
        await controller.stop();
        const ended = new Promise((done) => kwok.once("exit", done));
        kwok.kill("SIGTERM");
        await ended;
    }

    /** What Azure says from now on. */
    become(description: FleetDescription): void {
        this.description = description;
        this.running?.controller.changed();
    }

    async nodes(poolName?: string): Promise<V1Node[]> {
        const labelSelector = poolName === undefined ? "" : `kubernetes.azure.com/agentpool=${poolName}`;
        return (await this.core.listNode({ labelSelector })).items;
    }

    async pods(namespace: string): Promise<V1Pod[]> {
        return (await this.core.listNamespacedPod({ namespace })).items;
    }

    /** Events about pods of the namespace, with that reason. */
    async events(namespace: string, reason: string): Promise<CoreV1Event[]> {
        return (await this.core.listNamespacedEvent({ namespace })).items.filter((event) => event.reason === reason);
    }

    async namespace(name: string): Promise<string> {
        await this.core.createNamespace({ body: { metadata: { name } } });
        await this.until(
            async () => (await this.core.listNamespacedServiceAccount({ namespace: name })).items.length > 0,
            "the namespace's service account",
        );
        return name;
    }

    async pod(namespace: string, name: string, more: Partial<V1PodSpec> = {}, requests = cpu("500m")): Promise<void> {
        await this.core.createNamespacedPod({
            namespace,
            body: template(name, more, requests, { name }),
        });
    }

    async deployment(
        namespace: string,
        name: string,
        replicas: number,
        options: DeploymentOptions = {},
    ): Promise<void> {
        const { spec = {}, requests = cpu("500m"), strategy } = options;
        await this.apps.createNamespacedDeployment({
            namespace,
            body: {
                metadata: { name },
                spec: {
                    replicas,
                    selector: { matchLabels: { app: name } },
                    template: template(name, spec, requests),
                    ...(strategy && { strategy: { type: "RollingUpdate", rollingUpdate: strategy } }),
                },
            },
        });
    }

    async setImage(namespace: string, name: string, image: string): Promise<void> {
        await this.patchDeployment(namespace, name, {
            spec: { template: { spec: { containers: [{ name, image }] } } },
        });
    }

    async patchDeployment(namespace: string, name: string, body: object): Promise<void> {
        await this.apps.patchNamespacedDeployment({ namespace, name, body }, merge);
    }

    /** NVIDIA's device plugin, as it is installed for real. */
    async devicePlugin(): Promise<void> {
        const name = "device-plugin";
        await this.apps.createNamespacedDaemonSet({
            namespace: "kube-system",
            body: {
                metadata: { name },
                spec: {
                    selector: { matchLabels: { app: name } },
                    template: {
                        metadata: { labels: { app: name } },
                        spec: {
                            nodeSelector: { accelerator: "nvidia" },
                            tolerations: [{ operator: "Exists" }],
                            containers: [{ name, image: images.plugin }],
                        },
                    },
                },
            },
        });
    }

    async annotateNode(name: string, annotations: Record<string, string>): Promise<void> {
        await this.core.patchNode({ name, body: { metadata: { annotations } } }, merge);
    }

    /** Waits until it is so. */
    async until(isSo: () => Promise<boolean>, what: string, seconds = 40): Promise<void> {
        const end = Date.now() + seconds * 1000;
        while (!(await isSo())) {
            if (Date.now() > end) throw new Error(`not in ${seconds} s: ${what}\n${await this.picture()}`);
            await after(100);
        }
    }

    /** Pods, events and what the programs said, for whoever must find out why. */
    private async picture(): Promise<string> {
        const pods = (await this.core.listPodForAllNamespaces()).items.map(({ metadata, spec, status }) => {
            const conditions = (status?.conditions ?? []).map(({ type, status: met }) => `${type}=${met}`).join();
            return `${metadata?.namespace}/${metadata?.name} ${status?.phase} on ${spec?.nodeName} ${conditions} ${JSON.stringify(metadata?.annotations)}`;
        });
        const events = (await this.core.listEventForAllNamespaces()).items.map(
            ({ involvedObject, reason, message }) => `${involvedObject.name}: ${reason}: ${message}`,
        );
        const kwok = readFileSync(join(this.cluster.plane.folder, "kwok.log"), "utf8");
        const faults = kwok.split("\n").filter((line) => /"level":"(WARN|ERROR)"|panic/.test(line));
        return [...pods, ...events.slice(-20), ...new Set(this.log), ...faults.slice(-10)].join("\n");
    }

    async untilRunning(namespace: string, count: number): Promise<V1Pod[]> {
        let found: V1Pod[] = [];
        await this.until(async () => {
            found = (await this.pods(namespace)).filter((pod) => ready(pod) && !pod.metadata?.deletionTimestamp);
            return found.length === count;
        }, `${count} pods ready in ${namespace}`);
        return found;
    }

    /** Deletes a namespace with all that is in it, and waits until its nodes are gone where a pool has no least number. */
    async clear(namespace: string): Promise<void> {
        await this.core.deleteNamespace({ name: namespace });
        await this.until(
            async () => !(await this.core.listNamespace()).items.some(({ metadata }) => metadata?.name === namespace),
            `${namespace} gone`,
        );
    }
}

export interface DeploymentOptions {
    spec?: Partial<V1PodSpec>;
    requests?: Record<string, string>;
    strategy?: { maxSurge: number; maxUnavailable: number };
}
