import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelAt } from "../../../../bench/parts/model-environment";
import { onnxModel } from "../../../../cli/models/onnx";
import type { OnnxGraph, OnnxType } from "../../../../cli/models/onnx";
import type { Datatype } from "../../../../images/scoring/tensor";

/** What the ONNX format calls the protocol's datatypes. */
export const onnxTypeOf: Record<Datatype, OnnxType> = {
    ...{ BOOL: "bool", BYTES: "string", FP16: "float16", FP32: "float", FP64: "double" },
    ...{ INT8: "int8", INT16: "int16", INT32: "int32", INT64: "int64" },
    ...{ UINT8: "uint8", UINT16: "uint16", UINT32: "uint32", UINT64: "uint64" },
};

/** Gives back what it is given. */
export const identity = (datatype: Datatype, shape: readonly (number | string)[]): Buffer => {
    const port = { type: onnxTypeOf[datatype], shape };
    return graph({
        nodes: [{ op: "Identity", inputs: ["in"], output: "out" }],
        inputs: [{ name: "in", ...port }],
        outputs: [{ name: "out", ...port }],
    });
};

/** Two inputs with free rows, their sum and their difference. */
export const arithmetic = (): Buffer => {
    const port = (name: string) => ({ name, type: "float" as const, shape: ["rows", 3] });
    return graph({
        nodes: [
            { op: "Add", inputs: ["a", "b"], output: "sum" },
            { op: "Sub", inputs: ["a", "b"], output: "difference" },
        ],
        inputs: [port("a"), port("b")],
        outputs: [port("sum"), port("difference")],
    });
};

/** `layers` multiplications of a row of `width` with a matrix: takes as long as one likes. */
export const heavy = (width: number, layers: number): Buffer => {
    const names = Array.from({ length: layers + 1 }, (_, layer) => `h${layer}`);
    // Each row of the matrix has one 1, so that what goes in is what comes out.
    const data = new Float32Array(width * width);
    for (let row = 0; row < width; row++) data[row * width + row] = 1;
    const port = (name: string) => ({ name, type: "float" as const, shape: ["rows", width] });
    return graph({
        nodes: names.slice(1).map((output, layer) => ({ op: "MatMul", inputs: [`h${layer}`, "w"], output })),
        initializers: [{ name: "w", type: "float", shape: [width, width], data }],
        inputs: [port("h0")],
        outputs: [port(`h${layers}`)],
    });
};

/** Each row less the mean of all rows: what rows get depends on the others. */
export const centred = (): Buffer => {
    const port = (name: string) => ({ name, type: "float" as const, shape: ["rows", 2] });
    return graph({
        nodes: [
            { op: "ReduceMean", inputs: ["in"], output: "mean", attributes: { axes: [0] } },
            { op: "Sub", inputs: ["in", "mean"], output: "out" },
        ],
        inputs: [port("in")],
        outputs: [port("out")],
    });
};

/** Rows of a table by their numbers: a number beyond it makes the model fail. */
export const lookup = (): Buffer =>
    graph({
        nodes: [{ op: "Gather", inputs: ["table", "in"], output: "out" }],
        initializers: [{ name: "table", type: "float", shape: [4], data: Float32Array.of(10, 11, 12, 13) }],
        inputs: [{ name: "in", type: "int64", shape: ["rows"] }],
        outputs: [{ name: "out", type: "float", shape: ["rows"] }],
    });

const graph = (parts: Omit<OnnxGraph, "name" | "initializers"> & Partial<OnnxGraph>): Buffer =>
    onnxModel({ name: "test", initializers: [], ...parts });

/** A model as a line of the file of models. */
export interface ModelLine {
    name: string;
    version?: string;
    uri: string;
    sha256: string;
    sizeBytes: number;
}

/** Writes a model below a folder. */
export function placed(folder: string, name: string, model: Buffer, version?: string): ModelLine {
    const own = join(folder, `${name}-${version ?? "1"}`);
    mkdirSync(own, { recursive: true });
    const file = join(own, "model.onnx");
    writeFileSync(file, model);
    return lineOf(name, file, version);
}

/** A model that lies in a file. */
export function lineOf(name: string, file: string, version?: string): ModelLine {
    const { MODEL_URI: uri = "", MODEL_SHA256: sha256 = "", MODEL_SIZE_BYTES: sizeBytes } = modelAt(file);
    return { name, ...(version !== undefined && { version }), uri, sha256, sizeBytes: Number(sizeBytes) };
}
