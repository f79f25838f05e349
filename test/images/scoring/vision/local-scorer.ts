import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { readCard } from "../../../../images/scoring/model/card";
import type { Models, Scorer } from "../../../../images/scoring/scorer";
import { datatypeOfOnnx, datatypes } from "../../../../images/scoring/tensor";
import type { Tensor } from "../../../../images/scoring/tensor";
import { PictureScorer } from "../../../../images/scoring/vision/picture-scorer";
import { fetchModels } from "../../../../cli/models/models";
import type { FetchedModel } from "../../../../cli/models/models";
import type { MadeModelName } from "../../../../facts/models";

export interface CountedScorer extends Scorer {
    confidences: number[];
}

const onnxruntime = resolve(__dirname, "../../../../images/scoring/node_modules/onnxruntime-node");

/** jest's own globals are not those of native modules, so onnxruntime is in a thread without jest. */
const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    const { InferenceSession, Tensor } = require(workerData.onnxruntime);
    const session = InferenceSession.create(workerData.file, { intraOpNumThreads: 1 });
    parentPort.on("message", async ({ id, tensors }) => {
        const feeds = tensors.map(({ name, type, data, shape }) => [name, new Tensor(type, data, shape)]);
        const found = await (await session).run(Object.fromEntries(feeds));
        const outputs = Object.entries(found).map(([name, { type, dims, data }]) => ({ name, type, dims, data }));
        parentPort.postMessage({ id, outputs });
    });`;

interface Found {
    id: number;
    outputs: { name: string; type: string; dims: number[]; data: Tensor["data"] }[];
}

/** A scorer on onnxruntime alone: no queue, no batches. */
export function localScorer(name: string, { file, sha256 }: FetchedModel): CountedScorer {
    const worker = new Worker(program, { eval: true, workerData: { onnxruntime, file } });
    worker.unref();
    const confidences: number[] = [];
    let last = 0;
    return {
        ...{ name, version: "1", digest: sha256, file, inputs: [], outputs: [], confidences },
        infer: (tensors) =>
            new Promise((done) => {
                const id = (last += 1);
                const answered = ({ id: of, outputs }: Found): void => {
                    if (of !== id) return;
                    worker.off("message", answered);
                    worker.unref();
                    done(
                        outputs.map(({ type, dims, ...one }) => ({
                            ...one,
                            shape: dims,
                            datatype: datatypeOfOnnx(type) ?? "FP32",
                        })),
                    );
                };
                worker.ref();
                worker.on("message", answered);
                const sent = tensors.map((one) => ({ ...one, type: datatypes[one.datatype].onnx }));
                worker.postMessage({ id, tensors: sent });
            }),
        observeConfidence: (confidence) => confidences.push(confidence),
    };
}

export const modelsOf = (...scorers: readonly Scorer[]): Models => ({
    get: (name) => {
        const found = scorers.find((one) => one.name === name);
        if (found) return found;
        throw new Error(`no model ${name}`);
    },
    ...(scorers.length === 1 && scorers[0] && { only: scorers[0].name }),
    all: () => scorers,
});

/** One of the models that are made here, on its own card. */
export async function pictureScorer(name: MadeModelName): Promise<PictureScorer> {
    const model = (await fetchModels()).models[name];
    const card = await readCard(readFileSync(join(dirname(model.file), "card.json"), "utf8"));
    return new PictureScorer(localScorer(name, model), card);
}
