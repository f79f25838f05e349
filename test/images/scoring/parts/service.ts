import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled, scorerProgram } from "./compiled";
import { placed } from "./models";
import type { ModelLine } from "./models";

/** The service in a process of its own, as a pod runs it. */
export class Service {
    lines: Readonly<Record<string, unknown>>[] = [];
    errors = "";
    ports: { http: number; grpc: number; metrics: number } = { http: 0, grpc: 0, metrics: 0 };
    readonly ended: Promise<number>;

    private constructor(
        readonly process: ChildProcess,
        private readonly folder: string,
    ) {
        this.ended = new Promise((done) => {
            process.on("exit", (code, signal) => {
                done(code ?? (signal === null ? 1 : 128));
            });
        });
    }

    /** Starts it with these models, and waits until it listens, or ends. */
    static async start(
        models: readonly { name: string; model: Buffer; version?: string; also?: object }[],
        env: Readonly<Record<string, string>> = {},
    ): Promise<Service> {
        const folder = mkdtempSync(join(tmpdir(), "scorer-"));
        const lines = models.map(({ name, model, version, also }) => ({
            ...placed(folder, name, model, version),
            ...also,
        }));
        return await Service.startWith(folder, lines, env);
    }

    static async startWith(
        folder: string,
        models: readonly ModelLine[],
        env: Readonly<Record<string, string>> = {},
    ): Promise<Service> {
        await compiled();
        const file = join(folder, "models.json");
        writeFileSync(file, JSON.stringify(models));
        const child = spawn(process.execPath, [scorerProgram, "serve"], {
            env: {
                ...{ PATH: process.env.PATH, MODELS: file, MODEL_FOLDER: join(folder, "kept"), HOST: "127.0.0.1" },
                ...{ HTTP_PORT: "0", GRPC_PORT: "0", METRICS_PORT: "0", WORKERS: "2", DRAIN_SECONDS: "20", ...env },
            },
        });
        const service = new Service(child, folder);
        await service.listening();
        return service;
    }

    private listening(): Promise<void> {
        return new Promise((done) => {
            let rest = "";
            this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
                const lines = (rest + text).split("\n");
                rest = lines.pop() ?? "";
                for (const line of lines) {
                    const event = JSON.parse(line) as Record<string, unknown>;
                    this.lines.push(event);
                    if (event.message !== "listening") continue;
                    this.ports = { grpc: 0, ...event } as unknown as Service["ports"];
                    done();
                }
            });
            this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
            void this.ended.then(() => {
                done();
            });
        });
    }

    at(path: string): string {
        return `http://127.0.0.1:${this.ports.http}${path}`;
    }

    /** Waits until all models are ready, or the service has ended. */
    async ready(): Promise<this> {
        while (this.process.exitCode === null && !(await fetch(this.at("/v2/health/ready"))).ok) await pause(20);
        return this;
    }

    async get(path: string, init: RequestInit = {}): Promise<Answer> {
        const answer = await fetch(this.at(path), init);
        return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer["body"] };
    }

    /** Asks a model, with an object as JSON or a text as it is. */
    infer(model: string, request: unknown, headers: Record<string, string> = {}): Promise<Answer> {
        const body = typeof request === "string" ? request : JSON.stringify(request);
        return this.get(`/v2/models/${model}/infer`, { method: "POST", body, headers });
    }

    async metrics(): Promise<string> {
        return await (await fetch(`http://127.0.0.1:${this.ports.metrics}/metrics`)).text();
    }

    /** Ends it as Kubernetes does. @returns the exit code */
    async stop(): Promise<number> {
        this.process.kill("SIGTERM");
        const code = await this.ended;
        rmSync(this.folder, { recursive: true, force: true });
        return code;
    }
}

export interface Answer {
    status: number;
    headers: Headers;
    body: {
        error?: string;
        id?: string;
        model_name?: string;
        model_version?: string;
        parameters?: { model_digest?: string };
        outputs?: { name: string; datatype: string; shape: number[]; data: unknown[] }[];
        [field: string]: unknown;
    };
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** An input of the protocol in JSON. */
export const input = (name: string, datatype: string, shape: readonly number[], data: unknown) => ({
    ...{ name, datatype, shape, data },
});
