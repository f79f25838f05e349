import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxModel } from "../../cli/models/onnx";

const classes = 64;

/**
 * A model that tells which two of a picture's 64 fields are the brightest, with its card: it takes no time, and shows what
 * everything around a model does.
 * @returns its file
 */
export function writeBrightest(folder: string): string {
    const model = onnxModel({
        ...{ name: "brightest", initializers: [] },
        nodes: [{ op: "Flatten", inputs: ["in"], output: "out" }],
        inputs: [{ name: "in", type: "float", shape: [1, 8, 8, 1] }],
        outputs: [{ name: "out", type: "float", shape: [1, classes] }],
    });
    const card = {
        ...{ name: "brightest", version: "2", task: "classification", licence: "Apache-2.0", source: "made here" },
        input: {
            ...{ tensor: "in", datatype: "FP32", layout: "NHWC", width: 8, height: 8, colours: "GRAY" },
            ...{ resize: "stretch", scale: 0.05 },
        },
        output: { format: "logits", tensor: "out" },
        labels: Array.from({ length: classes }, (_, index) => `field ${index}`),
        thresholds: { confidence: 0, unsure: 0.6, top: 2 },
    };
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "model.onnx");
    writeFileSync(file, model);
    writeFileSync(join(folder, "card.json"), JSON.stringify(card));
    return file;
}
