import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../refusal";
import type { Tensor, TensorSpec } from "../tensor";
import type { Ran, Runner } from "./runner";
import type { SessionArgs } from "./session";
import { buffersOf } from "./worker-messages";
import type { Job, Told } from "./worker-messages";

/** A job that waits in a worker's port begins the moment the one before it ends. */
const jobsPerWorker = 2;

interface Waiting {
    done: (ran: Ran) => void;
    failed: (fault: Error) => void;
}

interface Member {
    worker: Worker;
    jobs: Map<number, Waiting>;
}

/** Runs a model in threads, each with a session of its own. */
export class WorkerPool implements Runner {
    readonly slots: number;
    inputs: readonly TensorSpec[] = [];
    outputs: readonly TensorSpec[] = [];
    private members: Member[] = [];
    private closing = false;
    private nextJob = 0;

    private constructor(
        readonly width: number,
        private readonly args: SessionArgs,
        private readonly lost: (why: string) => void,
    ) {
        this.slots = width * jobsPerWorker;
    }

    /**
     * @param lost Called when a worker has ended by itself and another one could not take its place.
     * @throws Error where the model does not load
     */
    static async open(width: number, args: SessionArgs, lost: (why: string) => void): Promise<WorkerPool> {
        const pool = new WorkerPool(width, args, lost);
        try {
            // The first one alone, so that a model that does not load says so once.
            await pool.add();
            await Promise.all(Array.from({ length: width - 1 }, () => pool.add()));
        } catch (fault) {
            await pool.close();
            throw fault;
        }
        return pool;
    }

    run(inputs: readonly Tensor[], wanted: readonly string[], owned: boolean): Promise<Ran> {
        return new Promise((done, failed) => {
            const [first, ...others] = this.members;
            if (!first) {
                failed(new Error("no worker is left"));
                return;
            }
            const member = others.reduce((least, one) => (one.jobs.size < least.jobs.size ? one : least), first);
            const id = this.nextJob++;
            member.jobs.set(id, { done, failed });
            member.worker.postMessage({ id, inputs, wanted } satisfies Job, owned ? buffersOf(inputs) : []);
        });
    }

    async close(): Promise<void> {
        this.closing = true;
        await Promise.all(this.members.map(({ worker }) => worker.terminate()));
    }

    private add(): Promise<void> {
        return new Promise((ready, failed) => {
            const worker = new Worker(join(__dirname, "worker.js"), { workerData: this.args });
            const member: Member = { worker, jobs: new Map() };
            let why = "a worker ended by itself";
            worker.on("message", (told: Told) => {
                if (told.kind === "ready") {
                    this.inputs = told.inputs;
                    this.outputs = told.outputs;
                    this.members.push(member);
                    ready();
                } else if (told.kind === "unready") failed(new Error(told.why));
                else {
                    const waiting = member.jobs.get(told.id);
                    member.jobs.delete(told.id);
                    if (told.kind === "done") waiting?.done(told);
                    else waiting?.failed(new Error(told.why));
                }
            });
            worker.on("error", (fault) => (why = messageOf(fault)));
            worker.on("exit", () => {
                failed(new Error(why));
                if (!this.members.includes(member)) return;
                this.members = this.members.filter((one) => one !== member);
                for (const waiting of member.jobs.values()) waiting.failed(new Error(why));
                if (this.closing) return;
                this.add().catch((fault: unknown) => {
                    this.lost(messageOf(fault));
                });
            });
        });
    }
}
