import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";
import { writeWhole } from "../../files";
import { recordOf } from "../control-plane/children";

/** How a process ended, as a container's end is told. */
export interface Ended {
    exitCode: number;
    reason: "Completed" | "Error" | "OOMKilled";
    startedAt: Date;
    finishedAt: Date;
}

export interface LocalProcessOptions {
    args: readonly string[];
    env: NodeJS.ProcessEnv;
    /** Folder that it runs in. */
    folder: string;
    /** Everything that it says, in one file. */
    log: string;
    /** Where it is written down for whoever must end it when this process is gone. */
    record: string;
    /** Bytes that it may have. @default no limit */
    memoryBytes?: number;
}

const memoryLookMs = 1_000;

/** A container that runs as a process of this machine. */
export class LocalProcess {
    readonly startedAt = new Date();
    readonly ended: Promise<Ended>;
    private readonly child: ChildProcess;
    private tooLarge = false;

    constructor({ args, env, folder, log, record, memoryBytes }: LocalProcessOptions) {
        mkdirSync(dirname(log), { recursive: true });
        const output = openSync(log, "a");
        this.child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", output, output] });
        closeSync(output);
        const { pid } = this.child;
        if (pid !== undefined) writeWhole(record, JSON.stringify(recordOf("pod", pid)));
        const look = setInterval(() => {
            this.weigh(memoryBytes);
        }, memoryLookMs);
        this.ended = new Promise((resolve) => {
            const end = (code: number | null, signal: NodeJS.Signals | null): void => {
                clearInterval(look);
                rmSync(record, { force: true });
                const exitCode = code ?? (signal ? 128 + constants.signals[signal] : 1);
                const reason = this.tooLarge ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
                resolve({ exitCode, reason, startedAt: this.startedAt, finishedAt: new Date() });
            };
            this.child.once("exit", end);
            // What could not even be started: the kubelet's code for it.
            this.child.once("error", () => {
                end(128, null);
            });
        });
    }

    get pid(): number | undefined {
        return this.child.pid;
    }

    signal(signal: "SIGTERM" | "SIGKILL"): void {
        this.child.kill(signal);
    }

    /** Asks it to end, and kills it when it has not after so long. */
    async end(patienceMs: number): Promise<Ended> {
        this.signal("SIGTERM");
        const kill = setTimeout(() => {
            this.signal("SIGKILL");
        }, patienceMs);
        const ended = await this.ended;
        clearTimeout(kill);
        return ended;
    }

    private weigh(most = Infinity): void {
        if (residentBytes(this.pid) <= most) return;
        this.tooLarge = true;
        this.signal("SIGKILL");
    }
}

/** Memory of a process that lies in RAM; 0 where the system does not tell. */
export function residentBytes(pid: number | undefined): number {
    try {
        const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        return Number(kilobytes) * 1024;
    } catch {
        return 0;
    }
}
