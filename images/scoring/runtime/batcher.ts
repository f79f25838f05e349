import { Refusal, messageOf } from "../refusal";
import type { InferOptions } from "../scorer";
import { datatypes, elementsOf } from "../tensor";
import type { Tensor, TensorData } from "../tensor";
import type { Runner } from "./runner";

export interface BatcherSettings {
    /** Rows of one run, 1 to 1024; 1 runs each request by itself. */
    maxBatch: number;
    /** Milliseconds that a request waits for others to join it, 0 to 1000; 0 takes along what waits already. */
    maxDelayMs: number;
    /** Requests that wait or run, 1 to 100000. */
    maxPending: number;
    /** Milliseconds until a request is given up, unless it says otherwise. */
    timeoutMs: number;
}

/** What is counted. */
export interface BatcherMeter {
    succeeded(rows: number, totalMs: number, queueMs: number, computeMs: number): void;
    failed(refusal: Refusal): void;
    ran(): void;
}

interface Pending {
    inputs: readonly Tensor[];
    wanted: readonly string[];
    rows: number;
    arrived: number;
    deadline: number;
    options: InferOptions;
    resolve: (outputs: Tensor[]) => void;
    reject: (refusal: Refusal) => void;
    answered: boolean;
}

/** How often deadlines are looked at. */
const sweepMs = 20;

/**
 * Runs what waits together as one batch: rows of requests one below the other, and each request gets its rows of the outputs.
 * No more requests wait than there may be, and none waits longer than it wants to.
 */
export class Batcher {
    private waiting: Pending[] = [];
    private readonly running = new Set<Pending>();
    private runs = 0;
    private soon: NodeJS.Immediate | undefined;
    private later: NodeJS.Timeout | undefined;
    private sweep: NodeJS.Timeout | undefined;

    constructor(
        private readonly runner: Runner,
        private readonly settings: BatcherSettings,
        private readonly meter: BatcherMeter,
    ) {}

    /** Requests that wait or run. */
    get pending(): number {
        return this.waiting.length + this.running.size;
    }

    /** Runs inputs that fit the model. @throws Refusal where there is no room, or no time left, or the model fails */
    infer(inputs: readonly Tensor[], wanted: readonly string[], options: InferOptions = {}): Promise<Tensor[]> {
        const { settings } = this;
        const arrived = performance.now();
        return new Promise((resolve, reject) => {
            if (this.pending >= settings.maxPending) {
                const refusal = new Refusal(
                    "overloaded",
                    `${settings.maxPending} requests wait already: ask again later`,
                );
                this.meter.failed(refusal);
                reject(refusal);
                return;
            }
            this.waiting.push({
                ...{ inputs, wanted, arrived, resolve, reject, options, answered: false },
                rows: settings.maxBatch > 1 ? (inputs[0]?.shape[0] ?? 1) : 1,
                deadline: Math.min(options.deadline ?? Infinity, arrived + settings.timeoutMs),
            });
            this.plan();
            this.sweep ??= setInterval(() => {
                this.giveUp();
            }, sweepMs);
        });
    }

    /** Sees to it that what waits is run. */
    private plan(): void {
        if (this.runs >= this.runner.slots) return;
        const { maxDelayMs, maxBatch } = this.settings;
        if (maxDelayMs > 0 && this.waiting.length < maxBatch) {
            this.later ??= setTimeout(() => {
                this.dispatch();
            }, maxDelayMs);
            return;
        }
        // Requests that came with this one are read before it: they go along.
        this.soon ??= setImmediate(() => {
            this.dispatch();
        });
    }

    private dispatch(): void {
        clearTimeout(this.later);
        this.soon = this.later = undefined;
        while (this.waiting.length > 0 && this.runs < this.runner.slots) {
            const batch = this.take();
            if (batch.length > 0) void this.run(batch);
        }
    }

    /** The next requests that may run together, in the order that they came in. */
    private take(): Pending[] {
        const { waiting, runner } = this;
        // What waits is shared out among those who are idle.
        const idle = Math.max(1, runner.width - this.runs);
        const share = Math.min(this.settings.maxBatch, Math.ceil(waiting.length / idle));
        const batch: Pending[] = [];
        let rows = 0;
        let looked = 0;
        const now = performance.now();
        for (const pending of waiting) {
            const [first] = batch;
            if (first && (rows + pending.rows > share || !mayJoin(first, pending))) break;
            looked++;
            if (this.isLost(pending, now)) continue;
            batch.push(pending);
            rows += pending.rows;
            if (this.settings.maxBatch === 1) break;
        }
        this.waiting = waiting.slice(looked);
        return batch;
    }

    private async run(batch: readonly Pending[]): Promise<void> {
        this.runs++;
        for (const pending of batch) this.running.add(pending);
        try {
            await this.runAll(batch);
        } finally {
            for (const pending of batch) this.running.delete(pending);
            this.runs--;
            if (this.waiting.length > 0) this.dispatch();
        }
    }

    private async runAll(batch: readonly Pending[]): Promise<void> {
        const [first] = batch;
        if (!first) return;
        const joined = batch.length > 1;
        const rows = batch.reduce((sum, pending) => sum + pending.rows, 0);
        const began = performance.now();
        this.meter.ran();
        try {
            const inputs = joined ? join(batch) : first.inputs;
            const { outputs, computeMs } = await this.runner.run(
                inputs,
                first.wanted,
                joined || first.options.owned === true,
            );
            const now = performance.now();
            const parts = joined ? split(batch, outputs) : [outputs];
            batch.forEach((pending, index) => {
                if (pending.answered) return;
                pending.answered = true;
                const totalMs = now - pending.arrived;
                const queueMs = Math.max(0, totalMs - computeMs);
                this.meter.succeeded(pending.rows, totalMs, queueMs, computeMs);
                if (pending.options.timing) Object.assign(pending.options.timing, { queueMs, computeMs, rows });
                pending.resolve(parts[index] ?? []);
            });
        } catch (fault) {
            if (!joined) this.refuse(first, new Refusal("failed", `the model failed: ${messageOf(fault)}`));
            // One of them may be at fault: the others are not to bear it.
            else for (const pending of batch) if (!this.isLost(pending, began)) await this.runAll([pending]);
        }
    }

    private refuse(pending: Pending, refusal: Refusal): void {
        if (pending.answered) return;
        pending.answered = true;
        this.meter.failed(refusal);
        pending.reject(refusal);
    }

    /** Is nobody waiting for it any more? */
    private isLost(pending: Pending, now: number): boolean {
        if (pending.answered) return true;
        if (pending.options.signal?.aborted) this.refuse(pending, new Refusal("cancelled", "the client has gone"));
        else if (now >= pending.deadline)
            this.refuse(pending, new Refusal("too-late", `no result within ${Math.round(now - pending.arrived)} ms`));
        return pending.answered;
    }

    private giveUp(): void {
        const now = performance.now();
        this.waiting = this.waiting.filter((pending) => !this.isLost(pending, now));
        for (const pending of this.running) this.isLost(pending, now);
        if (this.pending > 0) return;
        clearInterval(this.sweep);
        this.sweep = undefined;
    }
}

/** May rows of these go below each other? */
function mayJoin(a: Pending, b: Pending): boolean {
    if (a.wanted !== b.wanted && a.wanted.join("\n") !== b.wanted.join("\n")) return false;
    return a.inputs.every((input, index) => {
        const other = b.inputs[index];
        return (
            other?.shape.length === input.shape.length &&
            input.shape.every((size, dimension) => dimension === 0 || size === other.shape[dimension])
        );
    });
}

/** One tensor for each input, with the rows of all. */
function join(batch: readonly Pending[]): Tensor[] {
    const rows = batch.reduce((sum, pending) => sum + pending.rows, 0);
    return (batch[0]?.inputs ?? []).map(({ name, datatype, shape }, index) => {
        const all = [rows, ...shape.slice(1)];
        const parts = batch.map((pending) => pending.inputs[index]?.data ?? []);
        return { name, datatype, shape: all, data: joined(datatype, elementsOf(all), parts) };
    });
}

function joined(datatype: Tensor["datatype"], elements: number, parts: readonly TensorData[]): TensorData {
    if (datatype === "BYTES") return (parts as readonly string[][]).flat();
    const data = datatypes[datatype].make(new ArrayBuffer(elements * datatypes[datatype].bytes)) as Uint8Array;
    let from = 0;
    for (const part of parts as Uint8Array[]) {
        data.set(part, from);
        from += part.length;
    }
    return data;
}

/** Each request's rows of the outputs. @throws Error where a model's outputs have not a row for each of the inputs' */
function split(batch: readonly Pending[], outputs: readonly Tensor[]): Tensor[][] {
    const rows = batch.reduce((sum, pending) => sum + pending.rows, 0);
    const odd = outputs.find(({ shape }) => shape[0] !== rows);
    if (odd) throw new Error(`output ${odd.name} has not a row for each of the input`);
    let from = 0;
    return batch.map((pending) => {
        const to = from + pending.rows;
        const part = outputs.map(({ name, datatype, shape, data }) => {
            const size = elementsOf(shape) / rows;
            const own = Array.isArray(data)
                ? (data as string[]).slice(from * size, to * size)
                : (data as Uint8Array).subarray(from * size, to * size);
            return { name, datatype, shape: [pending.rows, ...shape.slice(1)], data: own };
        });
        from = to;
        return part;
    });
}
