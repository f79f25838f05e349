import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxModel, type Initializer, type OnnxNode } from "../../cli/models/onnx";
import type { ModelName } from "./peers";

/** A model as every contender loads it. */
export interface ModelFile {
    file: string;
    /** Of one input. */
    shape: readonly number[];
}

/**
 * Two models with weights of chance, of which only the time matters: a perceptron of some microseconds, where the server is the
 * cost, and a convolutional net of 20 MB and some ten milliseconds, where inference is.
 */
export function writeModels(folder: string): Record<ModelName, ModelFile> {
    const random = weights();
    const written = (name: ModelName, shape: readonly number[], body: Body, classes: number): ModelFile => {
        const file = join(folder, `${name}.onnx`);
        writeFileSync(
            file,
            onnxModel({
                name,
                ...body,
                inputs: [{ name: "x", type: "float", shape: ["batch", ...shape] }],
                outputs: [{ name: "probabilities", type: "float", shape: ["batch", classes] }],
            }),
        );
        return { file, shape: [1, ...shape] };
    };
    return {
        small: written("small", [64], perceptron(random), 10),
        large: written("large", [3, 224, 224], convolutions(random), 1000),
    };
}

interface Body {
    nodes: OnnxNode[];
    initializers: Initializer[];
}
type Weights = (name: string, shape: readonly number[], spread: number) => Initializer;

/** Numbers that are the same in each run, between -spread and spread. */
function weights(): Weights {
    let state = 7;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    return (name, shape, spread) => {
        const length = shape.reduce((product, size) => product * size, 1);
        const data = Float32Array.from({ length }, () => (2 * next() - 1) * spread);
        return { name, type: "float", shape, data };
    };
}

function perceptron(random: Weights): Body {
    return {
        initializers: [
            ...[random("w1", [64, 64], 0.2), random("b1", [64], 0.5)],
            ...[random("w2", [64, 10], 0.2), random("b2", [10], 0.5)],
        ],
        nodes: [
            { op: "Gemm", inputs: ["x", "w1", "b1"], output: "hidden" },
            { op: "Relu", inputs: ["hidden"], output: "active" },
            { op: "Gemm", inputs: ["active", "w2", "b2"], output: "scores" },
            { op: "Softmax", inputs: ["scores"], output: "probabilities", attributes: { axis: 1 } },
        ],
    };
}

/** Channels and stride of each convolution of 3 by 3. */
const layers = [
    ...[
        [32, 2],
        [64, 2],
        [64, 1],
        [64, 1],
        [128, 2],
        [128, 1],
        [128, 1],
    ],
    ...[
        [256, 2],
        [256, 1],
        [512, 2],
        [512, 1],
    ],
] as const;

function convolutions(random: Weights): Body {
    const body: Body = { nodes: [], initializers: [] };
    let [from, input]: [number, string] = [3, "x"];
    for (const [index, [channels, stride]] of layers.entries()) {
        const [weight, bias, sum, output] = ["w", "b", "c", "r"].map((letter) => `${letter}${index}`) as [
            ...[string, string, string, string],
        ];
        body.initializers.push(random(weight, [channels, from, 3, 3], Math.sqrt(6 / (9 * from))));
        body.initializers.push(random(bias, [channels], 0.01));
        const attributes = { strides: [stride, stride], pads: [1, 1, 1, 1], kernel_shape: [3, 3] };
        body.nodes.push({ op: "Conv", inputs: [input, weight, bias], output: sum, attributes });
        body.nodes.push({ op: "Relu", inputs: [sum], output });
        [from, input] = [channels, output];
    }
    body.initializers.push(random("wf", [512, 1000], 0.1), random("bf", [1000], 0.01));
    body.nodes.push(
        { op: "GlobalAveragePool", inputs: [input], output: "pooled" },
        { op: "Flatten", inputs: ["pooled"], output: "flat" },
        { op: "Gemm", inputs: ["flat", "wf", "bf"], output: "scores" },
        { op: "Softmax", inputs: ["scores"], output: "probabilities", attributes: { axis: 1 } },
    );
    return body;
}
