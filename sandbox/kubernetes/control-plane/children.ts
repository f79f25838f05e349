import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { lifeOf } from "../../process-identity";

/** A program that runs as long as the control plane does. */
export interface Program {
    name: string;
    command: string;
    args: readonly string[];
    /** @default this process's */
    env?: NodeJS.ProcessEnv;
}

/** A process as a later one finds it again: its number, and when it began. */
export interface ProcessRecord {
    name: string;
    pid: number;
    /** Milliseconds since 1970, where the system tells. */
    startedAt?: number;
}

const leastDelayMs = 200;
const mostDelayMs = 5_000;
/** A program that has run for so long is started again without delay. */
const steadyMs = 30_000;
const logLimitBytes = 20_000_000;
/** Start times are computed from ticks and the uptime, so two readings differ a little. */
const startToleranceMs = 2_000;

/** Programs that are started again whenever they end, each with a log of its own. */
export class Children {
    private readonly running = new Map<string, ChildProcess>();
    private readonly delays = new Map<string, number>();
    private stopping = false;

    /**
     * @param logs Folder of the logs.
     * @param changed Told whenever another process runs, before anything else happens.
     */
    constructor(
        private readonly logs: string,
        private readonly changed: (processes: ProcessRecord[]) => void,
    ) {
        mkdirSync(logs, { recursive: true });
    }

    start(program: Program): void {
        // Without its folder it has nothing to work on, and whoever supervises it is about to end.
        if (this.stopping || !existsSync(this.logs)) return;
        const { name, command, args, env } = program;
        const log = this.openLog(name);
        const began = Date.now();
        const child = spawn(command, args, { stdio: ["ignore", log, log], ...(env && { env }) });
        closeSync(log);
        this.running.set(name, child);
        this.changed(this.records());
        child.once("error", () => {
            this.ended(program, began);
        });
        child.once("exit", () => {
            this.ended(program, began);
        });
    }

    /** Ends it, and starts it as it is told now. */
    async restart(program: Program, patienceMs: number): Promise<void> {
        const child = this.running.get(program.name);
        this.running.delete(program.name);
        if (child) await endOf(child, patienceMs);
        this.start(program);
    }

    records(): ProcessRecord[] {
        return [...this.running].flatMap(([name, { pid }]) => (pid === undefined ? [] : [recordOf(name, pid)]));
    }

    /** Ends them in the given order, those that are not named last; whoever does not end in time is killed. */
    async stop(order: readonly (readonly [name: string, patienceMs: number])[]): Promise<void> {
        this.stopping = true;
        for (const [name, patienceMs] of order) await this.end(name, patienceMs);
        await Promise.all([...this.running.keys()].map((name) => this.end(name, 0)));
    }

    private async end(name: string, patienceMs: number): Promise<void> {
        const child = this.running.get(name);
        if (!child) return;
        await endOf(child, patienceMs);
        this.running.delete(name);
    }

    private ended(program: Program, began: number): void {
        const { name } = program;
        if (this.stopping || !this.running.delete(name)) return;
        const steady = Date.now() - began > steadyMs;
        const delay = steady ? leastDelayMs : Math.min(mostDelayMs, (this.delays.get(name) ?? leastDelayMs / 2) * 2);
        this.delays.set(name, delay);
        setTimeout(() => {
            this.start(program);
        }, delay);
    }

    private openLog(name: string): number {
        const file = join(this.logs, `${name}.log`);
        try {
            if (statSync(file).size > logLimitBytes) rmSync(file);
        } catch (fault) {
            if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
        }
        return openSync(file, "a");
    }
}

async function endOf(child: ChildProcess, patienceMs: number): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await ended;
    clearTimeout(kill);
}

export function recordOf(name: string, pid: number): ProcessRecord {
    const life = lifeOf(pid);
    return { name, pid, ...(life.running && life.startedAt !== undefined && { startedAt: life.startedAt }) };
}

/** Is this very process still running, and not another that has its number since? */
export function isRunning({ pid, startedAt }: ProcessRecord): boolean {
    const life = lifeOf(pid);
    if (!life.running) return false;
    if (life.startedAt === undefined || startedAt === undefined) return true;
    return Math.abs(life.startedAt - startedAt) <= startToleranceMs;
}

/** Kills processes that an earlier supervisor left behind, and waits until they are gone. */
export async function killLeftovers(processes: readonly ProcessRecord[]): Promise<void> {
    const left = processes.filter(isRunning);
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    while (left.some(isRunning)) await new Promise((done) => setTimeout(done, 50));
}
