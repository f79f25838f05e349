import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageEnvironment } from "../parts/model-environment";

/** One shard, from the start of its process to its end. */
export interface BatchRun {
    seconds: number;
    inputs: number;
    /** Resident at the most, in megabytes. */
    peakMegabytes: number;
}

/** The scorer's `batch`, as its pod runs it. */
export function runBatch(build: string, env: Readonly<Record<string, string>>): Promise<BatchRun> {
    const began = performance.now();
    const child = spawn(process.execPath, [join(build, "images", "scoring", "main.js"), "batch"], {
        env: { PATH: process.env.PATH, ...imageEnvironment, ...env },
        stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    let peakMegabytes = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (told = text));
    const looking = setInterval(() => {
        peakMegabytes = Math.max(peakMegabytes, peakOf(child.pid));
    }, 50);
    return new Promise((done, failed) => {
        child.on("error", failed);
        child.on("close", (code) => {
            clearInterval(looking);
            const seconds = (performance.now() - began) / 1000;
            const last = told.trim().split("\n").at(-1) ?? "{}";
            const { message, inputs } = JSON.parse(last) as { message?: string; inputs?: number };
            if (code === 0 && message === "shard is done") done({ seconds, inputs: inputs ?? 0, peakMegabytes });
            else failed(new Error(`the batch ended with ${code ?? "a signal"}: ${last}`));
        });
    });
}

/** proc(5): the most that it has been. */
function peakOf(pid: number | undefined): number {
    try {
        const status = readFileSync(`/proc/${pid ?? 0}/status`, "utf8");
        return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000);
    } catch {
        return 0;
    }
}
