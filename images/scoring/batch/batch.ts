import { createHash } from "node:crypto";
import { cardBeside } from "../model/card-file";
import { fetchModel } from "../model/fetch";
import { LoadedModel } from "../model/loaded-model";
import type { Log } from "../telemetry/log";
import { answerOf, csvHead, csvLines, failed, modelOf, rowsOf } from "../vision/answer";
import type { PictureAnswer } from "../vision/answer";
import { CardMismatch } from "../vision/candidates";
import { pictureLimits } from "../vision/decode";
import { checkGolden } from "../vision/golden";
import { PictureScorer } from "../vision/picture-scorer";
import { BatchFault } from "./batch-fault";
import { inOrder } from "./in-order";
import { inputAt, shardOf } from "./input";
import type { Input } from "./input";
import { outputAt, partName } from "./output";
import type { Checkpoint, Output } from "./output";
import { writeParquet } from "./parquet";
import type { BatchSettings } from "./settings";

/** For each thread, one picture under the model, one that waits for it, and two being read and decoded. */
const underWayPerWorker = 4;
/** Characters that are kept until they are written. */
const mostPending = 1_000_000;

/**
 * Scores one shard of a folder. Each input has its rows once in the shard's CSV file, in the order of names, however often this is
 * ended and begun again; what is no picture has one with the error.
 * @param signal Ends it early, with what is under way written.
 * @returns whether all of the shard is done; where it is not, the next run goes on from there
 * @throws BatchFault where there is nothing to score, or no way to
 */
export async function scoreShard(settings: BatchSettings, log: Log, signal: AbortSignal): Promise<boolean> {
    const { index, shards } = settings;
    const input = await inputAt(settings.input);
    const output = await outputAt(settings.output, index, orderOf(settings));
    if (await output.isFinished()) {
        log.event("info", "shard is done already", { shard: index });
        return true;
    }
    const { model, pictures } = await loaded(settings);
    try {
        const shard = new Shard(input, output, pictures, settings, log);
        const { inputs, failed: errors, rows } = await shard.score(signal);
        if (signal.aborted) return false;
        await writeParquet(output, `${partName(index)}.parquet`);
        await output.finish({ shard: index, shards, inputs, failed: errors, rows, model: modelOf(model) });
        log.event("info", "shard is done", { shard: index, inputs, failed: errors, rows });
        return true;
    } finally {
        await model.close();
    }
}

/** What decides about the rows: results of another order are not gone on with. */
function orderOf({ model, input, shards }: BatchSettings): string {
    const { sha256, cardSha256 = "" } = model;
    return createHash("sha256").update(JSON.stringify({ sha256, cardSha256, input, shards })).digest("hex");
}

async function loaded(settings: BatchSettings): Promise<{ model: LoadedModel; pictures: PictureScorer }> {
    const { model: pinned, folder, provider, workers, threads } = settings;
    const file = await fetchModel(pinned, folder);
    const card = await cardBeside(file);
    if (!card) throw new BatchFault(`the model at ${pinned.uri} has no card beside it, so it takes no pictures`);
    const model = await LoadedModel.load({
        ...{ name: card.name, version: card.version, digest: pinned.sha256, sizeBytes: pinned.sizeBytes, workers },
        session: { file, provider, threads },
        // Nobody waits: what is under way is bounded by who asks.
        batching: { maxDelayMs: 0, maxPending: 100_000, timeoutMs: 3_600_000 },
    });
    const pictures = new PictureScorer(model, card);
    try {
        await checkGolden(pictures);
    } catch (fault) {
        await model.close();
        throw fault instanceof CardMismatch ? new BatchFault(fault.message) : fault;
    }
    return { model, pictures };
}

class Shard {
    private pending = csvHead;
    private at: Checkpoint = { inputs: 0, failed: 0, rows: 0, last: "" };
    private written = performance.now();

    constructor(
        private readonly input: Input,
        private readonly output: Output,
        private readonly pictures: PictureScorer,
        private readonly settings: BatchSettings,
        private readonly log: Log,
    ) {}

    async score(signal: AbortSignal): Promise<Checkpoint> {
        const saved = await this.output.resume();
        if (saved) {
            this.at = saved;
            this.pending = "";
            this.log.event("info", "goes on from its checkpoint", { ...saved, shard: this.settings.index });
        }
        const most = this.settings.workers * underWayPerWorker;
        const model = modelOf(this.pictures.scorer);
        for await (const answer of inOrder(this.names(saved?.last, signal), most, (name) => this.answer(name))) {
            const rows = rowsOf(model, answer);
            this.pending += csvLines(rows);
            this.at = {
                inputs: this.at.inputs + 1,
                failed: this.at.failed + (answer.error ? 1 : 0),
                rows: this.at.rows + rows.length,
                last: answer.picture,
            };
            const isDue = performance.now() - this.written >= this.settings.checkpointMs;
            if (isDue || this.pending.length >= mostPending) await this.checkpoint();
        }
        await this.checkpoint();
        return this.at;
    }

    /** This shard's names behind the last that was done, until it is told to end. */
    private async *names(last: string | undefined, signal: AbortSignal): AsyncGenerator<string> {
        const { shards, index, input } = this.settings;
        let isNew = last === undefined || last === "";
        let isEmpty = true;
        for await (const name of this.input.names()) {
            if (signal.aborted) return;
            isEmpty = false;
            if (isNew) {
                if (shardOf(name, shards) === index) yield name;
            } else if (name === last) isNew = true;
        }
        if (isEmpty) throw new BatchFault(`there is nothing in ${input}`);
        if (!isNew)
            throw new BatchFault(`${input} has changed: ${last ?? ""}, which this shard had come to, is gone from it`);
    }

    private async answer(name: string): Promise<PictureAnswer> {
        const content = await this.input.read(name, pictureLimits.bytes);
        if (!content) return failed(name, { status: 400, message: "it is not there any more" });
        return await answerOf(this.pictures, name, content);
    }

    private async checkpoint(): Promise<void> {
        this.written = performance.now();
        if (this.pending === "") return;
        const text = this.pending;
        this.pending = "";
        await this.output.append(text, this.at);
        const { inputs, failed: errors } = this.at;
        this.log.event("info", "checkpoint", { shard: this.settings.index, inputs, failed: errors });
    }
}
