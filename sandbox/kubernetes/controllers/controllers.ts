import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, makeInformer } from "@kubernetes/client-node";
import type { Informer, KubeConfig, ObjectCache, V1Deployment, V1Pod } from "@kubernetes/client-node";
import { kubeConfigOf } from "../api-server";
import type { ProcessRecord } from "../control-plane/children";
import { freePorts } from "../control-plane/ports";
import { KubeApi } from "../provider/api";
import { BuiltController } from "./built";
import { controllerPorts } from "./controller-kind";
import type { ControllerKind } from "./controller-kind";
import { keda } from "./keda";
import { kueue } from "./kueue";
import { RunningController } from "./running-controller";

const kinds: readonly ControllerKind[] = [kueue, keda];
const buildPollMs = 2_000;
/** A cluster that comes up again waits as long for controllers that it had, whose webhooks others would fail without. */
const patienceMs = 60_000;
const chartLabels = "app.kubernetes.io/managed-by=Helm";

export interface ControllersOptions {
    /** Text of a kubeconfig with all rights, for what a chart's release would make. */
    kubeconfig: string;
    /** By chart: folder of what is built of it, or will be. */
    built: Readonly<Partial<Record<ControllerKind["chart"], string>>>;
    /** Folder for theirs, and that of their logs. */
    folder: string;
    logs: string;
    /** Told which processes run, whenever that changes. */
    changed: (processes: ProcessRecord[]) => void;
    log: (line: string) => void;
}

/**
 * Runs the controllers of charts that are installed and built: their programs beside the control plane, their stand-ins in the
 * cluster as simulated as any pod. What is built later begins then; what is uninstalled ends.
 */
export class Controllers {
    private readonly informer: Informer<V1Deployment> & ObjectCache<V1Deployment>;
    private readonly running = new Map<ControllerKind, RunningController>();
    private readonly starting = new Set<Promise<void>>();
    private readonly processes = new Map<ControllerKind, ProcessRecord[]>();
    private readonly config: KubeConfig;
    private readonly api: KubeApi;
    private stopped = false;
    private following: Promise<void> = Promise.resolve();
    private timer: NodeJS.Timeout | undefined;

    constructor(private readonly options: ControllersOptions) {
        this.config = kubeConfigOf(options.kubeconfig);
        this.api = new KubeApi({ kubeconfig: options.kubeconfig }, {});
        const apps = this.config.makeApiClient(AppsV1Api);
        this.informer = makeInformer(
            this.config,
            "/apis/apps/v1/deployments",
            () => apps.listDeploymentForAllNamespaces({ labelSelector: chartLabels }),
            chartLabels,
        );
        for (const event of ["change", "delete"] as const)
            this.informer.on(event, () => {
                this.follow();
            });
        this.informer.on("error", (fault: unknown) => {
            if (this.stopped) return;
            options.log(`controllers: watch ended: ${String(fault)}`);
            setTimeout(() => void this.watch(), 500);
        });
    }

    /** Resolves when those whose charts are installed run. */
    async start(): Promise<void> {
        await this.watch();
        this.follow();
        this.timer = setInterval(() => {
            this.follow();
        }, buildPollMs);
        await this.following;
        await Promise.race([Promise.all(this.starting), after(patienceMs, undefined, { ref: false })]);
    }

    async stop(): Promise<void> {
        this.stopped = true;
        clearInterval(this.timer);
        await this.informer.stop();
        await Promise.all([...this.running.values()].map((one) => one.stop()));
        await Promise.all([this.following, ...this.starting]);
        this.api.close();
    }

    /** Is it a pod in place of a program that is still starting? It gets ready when that is. */
    readonly isHeld = ({ metadata }: V1Pod): boolean => {
        const kind = kinds.find(({ deployment }) => metadata?.labels?.["app.kubernetes.io/name"] === deployment);
        return kind !== undefined && this.builtOf(kind)?.isWhole === true && this.running.get(kind)?.isReady !== true;
    };

    private async watch(): Promise<void> {
        await this.informer.start().catch(async (fault: unknown) => {
            this.options.log(`controllers: watch did not start: ${String(fault)}`);
            await after(500);
            if (!this.stopped) await this.watch();
        });
    }

    private builtOf({ chart }: ControllerKind): BuiltController | undefined {
        const folder = this.options.built[chart];
        return folder === undefined ? undefined : new BuiltController(folder);
    }

    /** One look after the other. */
    private follow(): void {
        this.following = this.following.then(async () => {
            await Promise.all(kinds.map((kind) => this.look(kind).catch(this.told(kind))));
        });
    }

    private async look(kind: ControllerKind): Promise<void> {
        if (this.stopped) return;
        const deployment = this.informer.list().find(({ metadata }) => metadata?.name === kind.deployment);
        const running = this.running.get(kind);
        const namespace = deployment?.metadata?.namespace;
        if (running && (namespace === undefined || (await running.isOutdated(deployment)))) {
            this.running.delete(kind);
            await running.stop();
            if (namespace === undefined) await running.remove();
        }
        const built = this.builtOf(kind);
        if (namespace === undefined || this.running.has(kind) || built?.isWhole !== true) return;
        const { api, options } = this;
        const core = this.config.makeApiClient(CoreV1Api);
        const one = new RunningController(kind, {
            ...{ api, core, built, namespace, logs: options.logs, folder: join(options.folder, kind.chart) },
            ...{ server: this.config.getCurrentCluster(), ports: await freePorts(controllerPorts) },
            changed: (processes) => {
                this.processes.set(kind, processes);
                options.changed([...this.processes.values()].flat());
            },
        });
        this.running.set(kind, one);
        const start = one
            .start()
            .catch(async (fault: unknown) => {
                // Tried again at the next look.
                this.running.delete(kind);
                await one.stop();
                throw fault;
            })
            .catch(this.told(kind))
            .finally(() => this.starting.delete(start));
        this.starting.add(start);
    }

    private told({ chart }: ControllerKind): (fault: unknown) => void {
        return (fault) => {
            if (this.stopped) return;
            this.options.log(`${chart}: ${fault instanceof Error ? fault.message : String(fault)}`);
        };
    }
}
