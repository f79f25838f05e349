import { mkdtempSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { places } from "../cli/places";
import { writeBrightest } from "./batch/brightest";
import { picturesOfAllFormats } from "./hostile/pictures";
import { hostileRun } from "./hostile/run";
import { imageEnvironment, modelAt } from "./parts/model-environment";

// Damaged, truncated, huge, hostile and wrong-typed requests against the scorer: each must get the right answer of 4xx in time,
// good ones in between are answered as ever, memory stays bounded, and the process is there at the end.
//
//   npm run bench -- hostile             20,000 requests
//   npm run bench -- hostile 1000 7      1,000 of them, by seed 7

const count = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? 1);
const maxRequestMib = 4;

async function main(): Promise<void> {
    if (![count, seed].every((one) => Number.isInteger(one) && one > 0))
        throw new Error("usage: npm run bench -- hostile [REQUESTS] [SEED]");
    const { root } = places();
    const pictures = await picturesOfAllFormats();
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-hostile-"));
    const program = join(root, ".mlplatform", "build", "images", "scoring", "main.js");
    const model = { ...modelAt(writeBrightest(join(folder, "model"))), MODEL_NAME: "brightest" };
    const ports = { HOST: "127.0.0.1", HTTP_PORT: "0", METRICS_PORT: "0", GRPC_PORT: "off" };
    const limits = { MODEL_FOLDER: join(folder, "kept"), MAX_REQUEST_MIB: String(maxRequestMib) };
    const service = spawn(process.execPath, [program, "serve"], {
        env: { PATH: process.env.PATH, ...imageEnvironment, ...model, ...ports, ...limits },
        stdio: ["ignore", "pipe", "inherit"],
    });
    try {
        const port = await readyAt(service.stdout);
        const began = performance.now();
        const run = await hostileRun({
            ...{ host: "127.0.0.1", port, pid: service.pid ?? 0, count, seed },
            target: {
                model: "brightest",
                maxRequestBytes: maxRequestMib * 1024 ** 2,
                pictures,
            },
        });
        const seconds = (performance.now() - began) / 1000;
        for (const [kind, answers] of Object.entries(run.answers))
            process.stdout.write(
                `${kind.padEnd(40)} ${Object.entries(answers)
                    .map(([status, times]) => `${status === "0" ? "no answer" : status}: ${times}`)
                    .join(", ")}\n`,
            );
        for (const line of run.wrong) process.stdout.write(`WRONG ${line}\n`);
        const crashed = service.exitCode !== null;
        service.kill("SIGTERM");
        const [code] = (await once(service, "exit")) as [number | null];
        const { requests, wrongs, slowestMs, megabytesBefore, peakMegabytes } = run;
        const figures = {
            ...{ bench: "hostile", requests, wrong: wrongs, crashed, exitCode: code, slowestMs: Math.round(slowestMs) },
            ...{ megabytesBefore, peakMegabytes, perSecond: Math.round(requests / seconds) },
        };
        process.stdout.write(`${JSON.stringify(figures)}\n`);
        if (wrongs > 0 || crashed || code !== 0) process.exitCode = 1;
    } finally {
        service.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
    }
}

/** The port, once the model is ready. */
async function readyAt(stdout: NodeJS.ReadableStream): Promise<number> {
    let port = 0;
    for await (const line of createInterface({ input: stdout })) {
        const event = JSON.parse(line) as { message: string; http?: number };
        if (event.message === "listening") port = event.http ?? 0;
        if (event.message === "model ready") break;
    }
    stdout.resume();
    return port;
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
