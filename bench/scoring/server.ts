import { spawn } from "node:child_process";
import { openSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import type { Request } from "./load";

/** A server under measurement with all processes it has made. */
export interface Running {
    /** From the start of its process to its first right answer. */
    coldStartMs: number;
    firstAnswer: Buffer;
    /** What its processes hold together, shared pages divided among those that share them. */
    megabytes(): number;
    stop(): Promise<void>;
}

/** How long a server may take to its first answer. */
const patienceMs = 90_000;
const pollMs = 5;
/** Environment variable by which a server's processes are found, those that left its process group too. */
const mark = "MLPLATFORM_BENCH_SERVER";

export interface Program {
    command: readonly string[];
    env: Record<string, string>;
    cwd: string;
    /** File for what it prints. */
    log: string;
}

/** Starts a server and waits until it answers. */
export async function start(program: Program, ask: Request): Promise<Running> {
    const id = randomUUID();
    const output = openSync(program.log, "a");
    const [file = "", ...args] = program.command;
    const began = process.hrtime.bigint();
    const child = spawn(file, args, {
        cwd: program.cwd,
        env: { ...process.env, ...program.env, [mark]: id },
        stdio: ["ignore", output, output],
    });
    let ended: string | undefined;
    child.on("error", (fault) => (ended = fault.message));
    child.on("exit", (code, signal) => (ended = `ended with ${code ?? signal ?? "nothing"}`));
    const stop = async (): Promise<void> => {
        child.kill("SIGTERM");
        for (let waited = 0; waited < 10_000 && processesOf(id).length > 0; waited += 100) await sleep(100);
        for (const pid of processesOf(id)) tryKill(pid);
    };
    const body = readFileSync(ask.body);
    while (Number(process.hrtime.bigint() - began) / 1e6 < patienceMs) {
        const firstAnswer = ended === undefined ? await answerTo(ask, body) : undefined;
        if (firstAnswer !== undefined) {
            const coldStartMs = Number(process.hrtime.bigint() - began) / 1e6;
            return { coldStartMs, firstAnswer, megabytes: () => megabytesOf(processesOf(id)), stop };
        }
        if (ended !== undefined) break;
        await sleep(pollMs);
    }
    await stop();
    const last = readFileSync(program.log, "utf8").trim().split("\n").slice(-5).join("\n");
    throw new Error(`${program.command.join(" ")} ${ended ?? "does not answer"}; its log ends with\n${last}`);
}

/** The body of an answer with 200; nothing while there is none. */
function answerTo(ask: Request, body: Buffer): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
        const sent = request(
            ask.url,
            { method: "POST", headers: { ...ask.headers, connection: "close" } },
            (answer) => {
                const chunks: Buffer[] = [];
                answer.on("data", (chunk: Buffer) => chunks.push(chunk));
                answer.on("end", () => {
                    resolve(answer.statusCode === 200 ? Buffer.concat(chunks) : undefined);
                });
                answer.on("error", () => {
                    resolve(undefined);
                });
            },
        );
        sent.on("error", () => {
            resolve(undefined);
        });
        sent.end(body);
    });
}

function processesOf(id: string): number[] {
    const wanted = Buffer.from(`${mark}=${id}`);
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => {
            try {
                return readFileSync(`/proc/${pid}/environ`).includes(wanted);
            } catch {
                return false; // ended meanwhile
            }
        })
        .map(Number);
}

function megabytesOf(pids: readonly number[]): number {
    const kilobytes = pids.map((pid) => {
        try {
            return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
        } catch {
            return 0;
        }
    });
    return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function tryKill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // ended meanwhile
    }
}
