import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor } from "../../images/scoring/node_modules/onnxruntime-node";
import type { ModelCard } from "../../images/scoring/model/card";
import { cardBeside } from "../../images/scoring/model/card-file";
import { decode } from "../../images/scoring/vision/decode";

/** What a loop goes through. */
export interface LoopOrder {
    /** Folder of the project. */
    root: string;
    /** ONNX file with its card beside it. */
    model: string;
    /** Pictures, again and again. */
    pictures: readonly string[];
    /** Is each read and decoded, or the first one run again and again? */
    decodes: boolean;
    seconds: number;
}

type OneLoop = LoopOrder & { threads: number };

/**
 * What a script would do: a loop that reads a picture, decodes it and runs the model, one beside the other on all cores, or one
 * whose model has all cores, whichever is faster. What the model says is dropped.
 * @returns pictures a second
 */
export async function bareLoop(order: LoopOrder, cores: number): Promise<number> {
    let best = 0;
    for (const [loops, threads] of [
        [cores, 1],
        [1, cores],
    ] as const) {
        const counts = await Promise.all(Array.from({ length: loops }, () => countOf({ ...order, threads })));
        best = Math.max(best, counts.reduce((sum, count) => sum + count) / order.seconds);
    }
    return best;
}

function countOf(order: OneLoop): Promise<number> {
    return new Promise((done, failed) => {
        const worker = new Worker(__filename, { workerData: order });
        worker.once("message", done);
        worker.once("error", failed);
    });
}

async function loop({ root, model, pictures, decodes, threads, seconds }: OneLoop): Promise<number> {
    const runtime = (await import(join(root, "images", "scoring", "node_modules", "onnxruntime-node"))) as {
        InferenceSession: typeof InferenceSession;
        Tensor: typeof Tensor;
    };
    const session = await runtime.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 });
    const card = await cardBeside(model);
    if (!card) throw new Error(`${model} has no card`);
    const tensorOf = async (file: string): Promise<Record<string, Tensor>> => {
        const { bytes } = await decode(await readFile(file), card.input);
        return { [card.input.tensor]: new runtime.Tensor("uint8", bytes, shapeOf(card)) };
    };
    let feeds = await tensorOf(pictures[0] ?? "");
    for (let warm = 0; warm < 3; warm++) await session.run(feeds);
    let count = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; count++) {
        if (decodes) feeds = await tensorOf(pictures[count % pictures.length] ?? "");
        await session.run(feeds);
    }
    return count;
}

const shapeOf = ({ input }: ModelCard): number[] => [1, input.height, input.width, 3];

if (!isMainThread) {
    void loop(workerData as OneLoop).then((count) => {
        parentPort?.postMessage(count);
    });
}
