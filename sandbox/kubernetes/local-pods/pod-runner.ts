import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { freePorts } from "../control-plane/ports";
import type { ClusterView } from "../nodes/cluster-view";
import { annotation } from "../nodes/node-object";
import { quantity } from "../nodes/quantity";
import type { Pace } from "../nodes/pace";
import { isLeaving } from "../nodes/pod-kinds";
import { ContainerRunner } from "./container-runner";
import { environmentOf, expanded, onThisMachine } from "./environment";
import { LocalProcess } from "./local-process";
import { networkVariable } from "./pod-network";
import type { PodNetwork } from "./pod-network";
import { podStatus } from "./pod-status";
import type { Told } from "./pod-status";
import { programOf } from "./programs";
import type { Programs } from "./programs";
import { Volumes } from "./volumes";
import type { Sources } from "./volumes";

/** What all local pods of a cluster share. */
export interface PodHost {
    view: ClusterView;
    pace: Pace;
    programs: Programs;
    /** Folder with one for each pod. */
    folder: string;
    sources: (pod: V1Pod) => Sources;
    /** Where hosts that programs call answer on this machine. */
    hosts: () => PodNetwork["hosts"];
    /** Variables that every program gets: where the API server is, whom it trusts. */
    environment: () => Record<string, string>;
    /** What AKS's webhook adds to pods that sign in to Azure; empty for others. */
    workloadIdentity: (pod: V1Pod, volumes: Volumes, folder: string) => Promise<Record<string, string>>;
    log: (line: string) => void;
}

/** Share of a container's memory that JavaScript's heap may have: the rest is for what lies beside it. */
const heapShare = 0.75;
const mib = 1024 ** 2;

/** One pod, its containers running as processes of this machine. */
export class PodRunner {
    private readonly pod: V1Pod;
    private readonly containers: ContainerRunner[];
    private readonly volumes: Volumes;
    private readonly folder: string;
    private readonly startTime: Date;
    private readonly conditions = new Map<string, { met: boolean; since: Date }>();
    private ports: Record<string, number> = {};
    private prepared: Promise<Record<string, string>> | undefined;
    private over = false;
    private leaving = false;
    private gone = false;
    private dirty = false;
    private writing: Promise<void> | undefined;
    private readonly life: Promise<void>;

    constructor(
        pod: V1Pod,
        private readonly addresses: { hostIP: string; podIP: string },
        private readonly host: PodHost,
    ) {
        this.pod = { metadata: pod.metadata, spec: pod.spec, status: addresses };
        this.folder = join(host.folder, pod.metadata?.uid ?? "");
        this.volumes = new Volumes(this.folder, this.pod, host.sources(pod), host.log);
        this.startTime = new Date(pod.status?.startTime ?? Date.now());
        this.containers = (pod.spec?.containers ?? []).map((container) => {
            const around = {
                ...{ pod: this.pod, pace: host.pace },
                launch: (each: V1Container, restarts: number) => this.launch(each, restarts),
                portOf: (port: number | string) => this.portOf(port),
                changed: () => {
                    this.changed();
                },
                tell: (type: "Normal" | "Warning", reason: string, message: string) => {
                    this.tell(type, reason, message);
                },
            };
            return new ContainerRunner(container, around, earlierOf(pod, container.name));
        });
        this.life = this.run().catch((fault: unknown) => {
            host.log(`pod ${pod.metadata?.name ?? ""}: ${String(fault)}`);
        });
    }

    /** The pod as it is now. */
    update(pod: V1Pod): void {
        if (!isLeaving(pod) || this.leaving) return;
        this.leaving = true;
        const grace = pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
        void this.leave(Date.now() + grace * 1000);
    }

    /** The pod is no more. Resolves when nothing of it is left on this machine. */
    async remove(): Promise<void> {
        this.gone = true;
        for (const container of this.containers) container.kill();
        await this.life;
        this.cleanUp();
    }

    /** Ends its processes and says nothing: the cluster goes down with them. */
    async stop(patienceMs: number): Promise<void> {
        this.gone = true;
        this.volumes.stop();
        await Promise.all(this.containers.map((container) => container.stop(Date.now() + patienceMs)));
        await this.life;
    }

    /** Port of this machine for one of the pod's, by number or name. */
    portOf(port: number | string): number | undefined {
        const all = (this.pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
        const number = typeof port === "number" ? port : (all.find(({ name }) => name === port)?.containerPort ?? port);
        return this.ports[String(number)];
    }

    /** File with what a container has said; the one of its run before. */
    logOf(container: string, previous: boolean): string | undefined {
        const found = this.containers.find(({ view }) => view.name === container);
        if (!found) return undefined;
        const run = found.view.restarts - (previous || found.view.now.kind === "waiting" ? 1 : 0);
        return run < 0 ? undefined : this.logFile(container, run);
    }

    /** Is the container running? Then its log goes on. */
    runs(container: string): boolean {
        return this.containers.some(({ view }) => view.name === container && view.now.kind === "running");
    }

    private async run(): Promise<void> {
        mkdirSync(this.folder, { recursive: true, mode: 0o700 });
        const ports = (this.pod.spec?.containers ?? []).flatMap((each) => each.ports ?? []);
        this.ports = await freePorts([...new Set(ports.map(({ containerPort }) => String(containerPort)))]);
        await this.host.view.patchPod(this.pod, {
            metadata: { annotations: { [annotation.ports]: JSON.stringify(this.ports) } },
        });
        this.changed();
        await Promise.all(this.containers.map((container) => container.run()));
        if (this.leaving || this.gone) return;
        this.over = true;
        this.changed();
    }

    private async leave(deadline: number): Promise<void> {
        this.tell("Normal", "Killing", `Stopping container ${this.containers.map(({ view }) => view.name).join()}`);
        await Promise.all(this.containers.map((container) => container.stop(deadline)));
        await this.life;
        this.over = true;
        this.changed();
        await this.writing;
        if (!this.gone) await this.host.view.deletePod(this.pod);
    }

    private async launch(container: V1Container, restarts: number): Promise<LocalProcess> {
        const { host, volumes, pod } = this;
        this.prepared ??= this.prepare();
        const identity = await this.prepared.catch((fault: unknown) => {
            this.prepared = undefined;
            throw fault;
        });
        const mounts = volumes.mountsOf(container);
        const own = await environmentOf(pod, container, host.sources(pod), mounts);
        const scratch = onThisMachine("/tmp", mounts);
        const work = scratch === "/tmp" ? this.folder : scratch;
        const program = programOf(container.image ?? "", host.programs) ?? "";
        const limit = container.resources?.limits?.memory;
        const memoryBytes = limit === undefined ? undefined : quantity(limit);
        const network: PodNetwork = { listens: this.ports, hosts: host.hosts() };
        const args = [...(container.command ?? []), ...(container.args ?? [])];
        return new LocalProcess({
            args: [
                ...["--require", require.resolve("./pod-network"), "--disable-warning=ExperimentalWarning"],
                ...(memoryBytes === undefined
                    ? []
                    : [`--max-old-space-size=${Math.floor((memoryBytes * heapShare) / mib)}`]),
                program,
                ...args.map((arg) => onThisMachine(expanded(arg, own), mounts)),
            ],
            env: {
                // Nothing of whoever runs the sandbox, but where programs are found.
                PATH: process.env.PATH,
                ...{ HOME: work, TMPDIR: work, HOSTNAME: pod.metadata?.name },
                ...host.environment(),
                ...identity,
                ...own,
                [networkVariable]: JSON.stringify(network),
            },
            ...{ folder: work, log: this.logFile(container.name, restarts) },
            record: join(this.folder, `${container.name}.process.json`),
            ...(memoryBytes !== undefined && { memoryBytes }),
        });
    }

    /** What all its containers share, once. */
    private async prepare(): Promise<Record<string, string>> {
        await this.volumes.make();
        return await this.host.workloadIdentity(this.pod, this.volumes, this.folder);
    }

    private logFile(container: string, restarts: number): string {
        return join(this.folder, "logs", `${container}.${restarts}.log`);
    }

    private cleanUp(): void {
        this.volumes.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }

    private tell(type: "Normal" | "Warning", reason: string, message: string): void {
        if (this.gone) return;
        const { name = "", namespace = "", uid = "" } = this.pod.metadata ?? {};
        const about = { kind: "Pod" as const, name, namespace, uid };
        this.host.view.tell({ about, type, reason, message, component: "kubelet" }).catch((fault: unknown) => {
            this.host.log(`event of ${name}: ${String(fault)}`);
        });
    }

    /** Writes the status; what changes meanwhile is written after that. */
    private changed(): void {
        this.dirty = true;
        this.writing ??= this.write().finally(() => {
            this.writing = undefined;
        });
    }

    private async write(): Promise<void> {
        while (this.dirty && !this.gone) {
            this.dirty = false;
            const status = podStatus(this.pod, {
                ...{ containers: this.containers.map(({ view }) => view), over: this.over },
                ...{ addresses: this.addresses, startTime: this.startTime },
                since: (type, met) => this.since(type, met),
            });
            try {
                await this.host.view.patchPodStatus(this.pod, status);
            } catch (fault) {
                this.host.log(`status of ${this.pod.metadata?.name ?? ""}: ${String(fault)}`);
                this.dirty = true;
                await new Promise((done) => setTimeout(done, 500));
            }
        }
    }

    private since(type: string, met: boolean): Date {
        const known = this.conditions.get(type);
        if (known?.met === met) return known.since;
        const since = new Date();
        this.conditions.set(type, { met, since });
        return since;
    }
}

/** What became of the container in a life of this machine before: it ended unseen. */
function earlierOf({ status }: V1Pod, container: string): { restarts: number; before: Told } | undefined {
    const known = status?.containerStatuses?.find(({ name }) => name === container);
    const startedAt = known?.state?.running?.startedAt;
    if (!known || startedAt === undefined) return undefined;
    const before = { exitCode: 137, reason: "ContainerStatusUnknown", startedAt: new Date(startedAt) };
    return { restarts: known.restartCount + 1, before: { ...before, finishedAt: new Date() } };
}
