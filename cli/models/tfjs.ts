import { numberOfHalf } from "../../images/scoring/float16";

/** A node of a TensorFlow.js graph model, as far as conversion reads it. */
export interface TfjsNode {
    name: string;
    op: string;
    input?: string[];
    attr?: Record<string, TfjsAttribute>;
}

/** As protobuf's JSON has them: whole numbers are strings, bytes are base64. */
export interface TfjsAttribute {
    b?: boolean;
    i?: string;
    s?: string;
    list?: { i?: string[]; s?: string[] };
}

interface Weight {
    name: string;
    shape: number[];
    dtype: "float32" | "int32";
    quantization?: { dtype: "float16" };
}

interface Manifest {
    modelTopology: { node: TfjsNode[] };
    weightsManifest: { paths: string[]; weights: Weight[] }[];
}

export interface TfjsTensor {
    shape: readonly number[];
    data: Float32Array | Int32Array;
}

export interface TfjsModel {
    nodes: ReadonlyMap<string, TfjsNode>;
    weights: ReadonlyMap<string, TfjsTensor>;
}

/** Reads a graph model of TensorFlow.js: its JSON, and its weights one after the other. @throws Error when they do not fit. */
export function readTfjs(json: string, weights: Buffer): TfjsModel {
    const { modelTopology, weightsManifest } = JSON.parse(json) as Manifest;
    const tensors = new Map<string, TfjsTensor>();
    let offset = 0;
    for (const weight of weightsManifest.flatMap((group) => group.weights)) {
        const count = weight.shape.reduce((product, size) => product * size, 1);
        const half = weight.quantization?.dtype === "float16";
        const end = offset + count * (half ? 2 : 4);
        if (end > weights.length) throw new Error(`the weights end before ${weight.name}`);
        const raw = weights.subarray(offset, end);
        const data = half ? halves(raw) : weight.dtype === "int32" ? integers(raw) : floats(raw);
        tensors.set(weight.name, { shape: weight.shape, data });
        offset = end;
    }
    if (offset !== weights.length) throw new Error(`${weights.length - offset} bytes follow the last weight`);
    return { nodes: new Map(modelTopology.node.map((node) => [node.name, node])), weights: tensors };
}

const floats = (raw: Buffer): Float32Array =>
    Float32Array.from({ length: raw.length / 4 }, (_, at) => raw.readFloatLE(at * 4));
const integers = (raw: Buffer): Int32Array =>
    Int32Array.from({ length: raw.length / 4 }, (_, at) => raw.readInt32LE(at * 4));
const halves = (raw: Buffer): Float32Array =>
    Float32Array.from({ length: raw.length / 2 }, (_, at) => numberOfHalf(raw.readUInt16LE(at * 2)));
