import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeBrightest } from "../../../../bench/batch/brightest";
import { modelAt } from "../../../../bench/parts/model-environment";
import { fetchModels } from "../../../../cli/models/models";
import { compiled, scorerProgram } from "../parts/compiled";

/** A folder of a test with pictures, a model that is quick, and what comes out; gone after the last test of the file. */
export class BatchFolder {
    readonly folder = mkdtempSync(join(tmpdir(), "batch-"));

    constructor() {
        beforeAll(() => compiled(), 60_000);
        afterAll(() => {
            rmSync(this.folder, { recursive: true, force: true });
        });
    }

    at(...path: readonly string[]): string {
        return join(this.folder, ...path);
    }

    uri(...path: readonly string[]): string {
        return pathToFileURL(this.at(...path)).href;
    }

    /** Puts the project's pictures there, in turn, under as many names. */
    async pictures(folder: string, count: number): Promise<void> {
        const files = Object.values((await fetchModels()).pictures);
        for (let index = 0; index < count; index++) {
            const name = join(folder, `day-${index % 3}`, `${String(index).padStart(4, "0")}.png`);
            mkdirSync(dirname(this.at(name)), { recursive: true });
            copyFileSync(files[index % files.length] ?? "", this.at(name));
        }
    }

    /** A model that takes no time, as a batch is told of it. */
    brightest(): Record<string, string> {
        return modelAt(writeBrightest(this.at("model")));
    }

    /** Starts the program as a pod does. */
    start(env: Readonly<Record<string, string>>): BatchRun {
        return new BatchRun(
            spawn(process.execPath, [scorerProgram, "batch"], {
                env: { PATH: process.env.PATH, MODEL_FOLDER: this.at("kept"), WORKERS: "2", ...env },
            }),
        );
    }

    /** Text of the file of a shard's results. */
    text(output: string, end = ".csv", shard = 0): string {
        return readFileSync(this.at(output, `part-${String(shard).padStart(5, "0")}${end}`), "utf8");
    }

    names(output: string): string[] {
        return readdirSync(this.at(output)).sort();
    }
}

/** A batch under way. */
export class BatchRun {
    errors = "";
    private told = "";
    readonly ended: Promise<number | undefined>;

    constructor(readonly process: ChildProcess) {
        process.stdout?.setEncoding("utf8").on("data", (text: string) => (this.told += text));
        process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
        this.ended = new Promise((done) => {
            process.on("close", (code) => {
                done(code ?? undefined);
            });
        });
    }

    get events(): { message: string; inputs?: number }[] {
        return this.told
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as { message: string; inputs?: number });
    }

    /** Waits until it has said something, or has ended. */
    async says(message: string): Promise<void> {
        while (this.process.exitCode === null && !this.events.some((event) => event.message === message))
            await new Promise((done) => setTimeout(done, 5));
    }
}
