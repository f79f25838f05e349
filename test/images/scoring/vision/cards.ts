import type { CardOutput, ModelCard } from "../../../../images/scoring/model/card";
import type { Tensor } from "../../../../images/scoring/tensor";

/** A card of a detector with a square input of 100 pixels and two classes, with changes. */
export function cardOf(output: CardOutput, change: Partial<ModelCard> = {}): ModelCard {
    return {
        name: "test",
        version: "1",
        task: "detection",
        input: {
            ...{ tensor: "in", datatype: "FP32", layout: "NCHW", width: 100, height: 100, colours: "RGB" },
            resize: "letterbox",
        },
        output,
        labels: ["cat", "dog"],
        thresholds: { confidence: 0.5, unsure: 0.6, top: 10 },
        licence: "MIT",
        source: "a test",
        ...change,
    };
}

export const tensorOf = (name: string, shape: readonly number[], data: Iterable<number>): Tensor => ({
    ...{ name, datatype: "FP32", shape: [...shape], data: Float32Array.from(data) },
});
