import type { V1Container, V1Pod, V1Probe } from "@kubernetes/client-node";
import type { Pace } from "../nodes/pace";
import type { LocalProcess } from "./local-process";
import type { ContainerView, Told } from "./pod-status";
import { lookOf, Prober } from "./probe";
import { NotYet } from "./volumes";

/** What a container's life depends on. */
export interface ContainerSurroundings {
    pod: V1Pod;
    pace: Pace;
    /** Starts the process. @throws NotYet when something that it needs is not there */
    launch: (container: V1Container, restarts: number) => Promise<LocalProcess>;
    /** Port of this machine for one of the container's, by number or name. */
    portOf: (port: number | string) => number | undefined;
    /** The view has changed. */
    changed: () => void;
    tell: (type: "Normal" | "Warning", reason: string, message: string) => void;
}

/** Seconds: a kubelet's first wait before it starts a container for the third time, and its longest. */
const [firstBackoff, longestBackoff] = [10, 300];
/** After so many seconds of running, what was before is forgotten. */
const steadySeconds = 600;
const defaultGraceSeconds = 30;
const missingRetrySeconds = 10;

/**
 * Time that passes by itself, at the sandbox's pace, but never less than a second of it in real time: what is waited for, such as
 * news of the pod's end, takes its time here too.
 */
export const unhurried = (pace: Pace, seconds: number): number =>
    Math.max(pace.pass(seconds), Math.min(seconds, 1) * 1000);

/** Starts a container's process, again and again as its pod's policy says, and looks after it. */
export class ContainerRunner {
    readonly view: ContainerView;
    private process: LocalProcess | undefined;
    private probers: Prober[] = [];
    private stopping = false;
    private readonly pauses = new Set<() => void>();
    private backoff = 0;

    constructor(
        private readonly container: V1Container,
        private readonly around: ContainerSurroundings,
        earlier?: { restarts: number; before: Told },
    ) {
        this.view = {
            ...{ name: container.name, image: container.image ?? "", restarts: earlier?.restarts ?? 0 },
            ...(earlier && { before: earlier.before }),
            now: { kind: "waiting", reason: "ContainerCreating" },
            ...{ started: false, ready: false },
        };
    }

    /** Resolves when it will not be started again. */
    async run(): Promise<void> {
        const { changed } = this.around;
        const { before } = this.view;
        if (before && !this.restarts(before.exitCode)) {
            this.view.now = { kind: "ended", ...before };
            return;
        }
        while (!this.isStopping()) {
            const process = await this.start();
            if (!process) return;
            const ended = await process.ended;
            this.stopProbes();
            this.process = undefined;
            Object.assign(this.view, { started: false, ready: false, now: { kind: "ended", ...ended } });
            changed();
            if (this.isStopping() || !this.restarts(ended.exitCode)) return;
            await this.backOff(ended);
        }
    }

    /** Lets it go as a kubelet does: preStop, TERM, and KILL at the deadline. */
    async stop(deadline: number): Promise<void> {
        this.stopping = true;
        this.wake();
        const sleep = this.container.lifecycle?.preStop?.sleep?.seconds ?? 0;
        if (sleep > 0 && this.process)
            await this.pause(Math.min(unhurried(this.around.pace, sleep), deadline - Date.now()));
        await this.process?.end(Math.max(0, deadline - Date.now()));
    }

    /** Asked anew each time: it changes while something is waited for. */
    private isStopping(): boolean {
        return this.stopping;
    }

    /** Ends it at once. */
    kill(): void {
        this.stopping = true;
        this.wake();
        this.stopProbes();
        this.process?.signal("SIGKILL");
    }

    /** Starts the process, once all that it needs is there; undefined when it is stopped before. */
    private async start(): Promise<LocalProcess | undefined> {
        const { launch, changed, tell, pace } = this.around;
        while (!this.isStopping()) {
            try {
                this.process = await launch(this.container, this.view.restarts);
                // Stopped while it was started.
                if (this.isStopping()) this.process.signal("SIGKILL");
                this.view.now = { kind: "running", startedAt: this.process.startedAt };
                tell("Normal", "Started", `Started container ${this.view.name}`);
                this.startProbes();
                changed();
                return this.process;
            } catch (fault) {
                if (!(fault instanceof NotYet)) throw fault;
                this.view.now = { kind: "waiting", reason: "CreateContainerConfigError", message: fault.message };
                tell("Warning", "Failed", `Error: ${fault.message}`);
                changed();
                await this.pause(unhurried(pace, missingRetrySeconds));
            }
        }
        return undefined;
    }

    private restarts(exitCode: number): boolean {
        const policy = this.around.pod.spec?.restartPolicy ?? "Always";
        return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
    }

    /** The first time at once; then it takes ever longer. */
    private async backOff({ startedAt, finishedAt, ...ended }: Told): Promise<void> {
        const { changed, tell, pace, pod } = this.around;
        const steady = finishedAt.getTime() - startedAt.getTime() >= unhurried(pace, steadySeconds);
        const wait = steady ? 0 : this.backoff;
        this.backoff = steady || this.backoff === 0 ? firstBackoff : Math.min(longestBackoff, this.backoff * 2);
        this.view.before = { ...ended, startedAt, finishedAt };
        this.view.restarts += 1;
        if (wait === 0) return;
        const who = `container=${this.view.name} pod=${pod.metadata?.name ?? ""}_${pod.metadata?.namespace ?? ""}`;
        const message = `back-off ${wait}s restarting failed ${who}`;
        this.view.now = { kind: "waiting", reason: "CrashLoopBackOff", message };
        tell("Warning", "BackOff", `Back-off restarting failed container ${this.view.name}`);
        changed();
        await this.pause(unhurried(pace, wait));
    }

    private startProbes(): void {
        const { startupProbe, livenessProbe } = this.container;
        const begun = (): void => {
            this.view.started = true;
            this.startReadiness();
            this.probe(livenessProbe, (succeeds) => {
                if (!succeeds) this.fail("Liveness");
            });
            this.around.changed();
        };
        const starting = this.probe(startupProbe, (succeeds, self) => {
            self.stop();
            if (succeeds) begun();
            else this.fail("Startup");
        });
        if (!starting) begun();
    }

    private startReadiness(): void {
        const become = (ready: boolean): void => {
            if (this.view.ready === ready) return;
            this.view.ready = ready;
            this.around.changed();
        };
        if (!this.probe(this.container.readinessProbe, become)) become(true);
    }

    private probe(probe: V1Probe | undefined, judged: (succeeds: boolean, self: Prober) => void): Prober | undefined {
        const look = probe && lookOf(probe, this.around.portOf);
        if (!look) return undefined;
        const prober: Prober = new Prober(probe, this.around.pace, look, (succeeds) => {
            judged(succeeds, prober);
        });
        this.probers.push(prober);
        return prober;
    }

    private stopProbes(): void {
        for (const prober of this.probers) prober.stop();
        this.probers = [];
    }

    /** Ended because a probe says so; its policy decides what comes then. */
    private fail(probe: "Liveness" | "Startup"): void {
        if (this.isStopping()) return;
        const { tell, pod } = this.around;
        const { name } = this.view;
        tell("Warning", "Unhealthy", `${probe} probe failed`);
        tell("Normal", "Killing", `Container ${name} failed ${probe.toLowerCase()} probe, will be restarted`);
        this.stopProbes();
        void this.process?.end((pod.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1000);
    }

    private pause(milliseconds: number): Promise<void> {
        return new Promise((resolve) => {
            const end = (): void => {
                clearTimeout(timer);
                this.pauses.delete(end);
                resolve();
            };
            const timer = setTimeout(end, milliseconds);
            this.pauses.add(end);
        });
    }

    private wake(): void {
        for (const end of this.pauses) end();
    }
}
