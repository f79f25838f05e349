import { Batcher } from "../runtime/batcher";
import type { BatcherSettings } from "../runtime/batcher";
import { probe } from "../runtime/probe";
import type { Measured } from "../runtime/probe";
import { InlineRunner } from "../runtime/runner";
import type { Runner } from "../runtime/runner";
import type { SessionArgs } from "../runtime/session";
import { WorkerPool } from "../runtime/worker-pool";
import { faultsOf, Refusal } from "../refusal";
import type { InferOptions, Scorer } from "../scorer";
import { ModelMetrics } from "../telemetry/metrics";
import type { Tensor, TensorSpec } from "../tensor";
import { tensorFaults, wantedFaults } from "./fit";

export interface LoadedModelArgs {
    name: string;
    version: string;
    digest: string;
    sizeBytes: number;
    session: SessionArgs;
    workers: number;
    /** Rows of one run. @default as measured, up to 64 */
    maxBatch?: number;
    batching: Omit<BatcherSettings, "maxBatch">;
}

/** Below this a model takes less time than handing its tensors to another thread and back. */
const inlineMs = 1;
/** Larger files are hardly ever that fast, and would be loaded twice. */
const inlineBytes = 4 * 1024 ** 2;
/** What the thread that answers may be busy at a stretch. */
const inlineRunMs = 8;
const defaultMaxBatch = 64;

/** A model that has been loaded and has run. */
export class LoadedModel implements Scorer {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly file: string;
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];
    readonly metrics: ModelMetrics;
    private readonly batcher: Batcher;
    private readonly allOutputs: readonly string[];
    /** Why it cannot answer any more. */
    private broken: string | undefined;

    private constructor(
        args: LoadedModelArgs,
        private readonly runner: Runner,
        readonly measured: Measured,
        readonly maxBatch: number,
    ) {
        ({ name: this.name, version: this.version, digest: this.digest } = args);
        this.file = args.session.file;
        ({ inputs: this.inputs, outputs: this.outputs } = runner);
        this.allOutputs = this.outputs.map(({ name }) => name);
        this.metrics = new ModelMetrics(args.name, args.version, args.digest, () => this.batcher.pending);
        this.batcher = new Batcher(runner, { ...args.batching, maxBatch }, this.metrics);
    }

    /** @throws Error where the model does not load */
    static async load(args: LoadedModelArgs): Promise<LoadedModel> {
        const { session, workers, sizeBytes } = args;
        const lost: { tell?: (why: string) => void } = {};
        const inThreads = (): Promise<WorkerPool> => WorkerPool.open(workers, session, (why) => lost.tell?.(why));
        const mayBeInline = session.provider === "cpu" && sizeBytes <= inlineBytes;
        let runner: Runner = mayBeInline ? await InlineRunner.open(session) : await inThreads();
        let measured = await probe(runner);
        const inline = mayBeInline && measured.rowMs !== undefined && measured.rowMs < inlineMs;
        if (mayBeInline && !inline) {
            await runner.close();
            runner = await inThreads();
            measured = await probe(runner);
        }
        const model = new LoadedModel(args, runner, measured, batchOf(args.maxBatch, measured, inline));
        lost.tell = (why) => (model.broken = why);
        return model;
    }

    /** Is it run on the thread that answers? */
    get inline(): boolean {
        return this.runner instanceof InlineRunner;
    }

    get ready(): boolean {
        return this.broken === undefined;
    }

    async infer(tensors: readonly Tensor[], options: InferOptions = {}): Promise<Tensor[]> {
        if (this.broken !== undefined)
            throw this.failed(new Refusal("not-ready", `model ${this.name} is not ready: ${this.broken}`));
        const wanted = options.outputs ?? this.allOutputs;
        const faults = tensorFaults(this.inputs, tensors, this.maxBatch > 1);
        if (options.outputs) faults.push(...wantedFaults(this.outputs, options.outputs));
        if (faults.length > 0) throw this.failed(faultsOf(faults));
        return await this.batcher.infer(tensors, wanted, options);
    }

    observeConfidence(confidence: number, unsure: number): void {
        this.metrics.observeConfidence(confidence, unsure);
    }

    private failed(refusal: Refusal): Refusal {
        this.metrics.failed(refusal);
        return refusal;
    }

    /** Does work for a request, and counts it as failed where it is refused. */
    counted<T>(work: () => T): T {
        try {
            return work();
        } catch (fault) {
            throw fault instanceof Refusal ? this.failed(fault) : fault;
        }
    }

    async close(): Promise<void> {
        await this.runner.close();
    }
}

function batchOf(
    wanted: number | undefined,
    { rowMs, rowsAreIndependent, batchPays }: Measured,
    inline: boolean,
): number {
    if (!rowsAreIndependent || rowMs === undefined) return 1;
    if (wanted === undefined && !batchPays) return 1;
    const most = wanted ?? defaultMaxBatch;
    return inline ? Math.max(1, Math.min(most, Math.floor(inlineRunMs / rowMs))) : most;
}
