/** Kinds of values, with their numbers in `onnx.proto`. */
export const onnxTypes = {
    ...{ float: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7 },
    ...{ string: 8, bool: 9, float16: 10, double: 11, uint32: 12, uint64: 13 },
} as const;
export type OnnxType = keyof typeof onnxTypes;

/** A constant of a graph. */
export interface Initializer {
    name: string;
    type: OnnxType;
    shape: readonly number[];
    data: Float32Array | BigInt64Array;
}

export type Attribute = number | string | readonly number[] | { float: number };

/** One operation; the attributes' numbers are whole, but for those that say `float`. */
export interface OnnxNode {
    op: string;
    inputs: readonly string[];
    output: string;
    attributes?: Record<string, Attribute>;
}

/** What goes in or comes out. A name stands for a dimension that the caller chooses. */
export interface Port {
    name: string;
    type: OnnxType;
    shape: readonly (number | string)[];
}

export interface OnnxGraph {
    name: string;
    /** In an order in which each follows what it takes. */
    nodes: readonly OnnxNode[];
    initializers: readonly Initializer[];
    inputs: readonly Port[];
    outputs: readonly Port[];
}

/**
 * A model in ONNX's format: opset 13, IR version 8. The same graph gives the same bytes.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the numbers of the fields; read in November 2026
 */
export function onnxModel(graph: OnnxGraph): Buffer {
    return message(
        whole(1, 8),
        bytes(2, "mlplatform"),
        bytes(7, graphMessage(graph)),
        bytes(8, message(bytes(1, ""), whole(2, 13))),
    );
}

function graphMessage({ name, nodes, initializers, inputs, outputs }: OnnxGraph): Buffer {
    return message(
        ...nodes.map((node, index) => bytes(1, nodeMessage(node, index))),
        bytes(2, name),
        ...initializers.map((one) => bytes(5, tensorMessage(one))),
        ...inputs.map((port) => bytes(11, portMessage(port))),
        ...outputs.map((port) => bytes(12, portMessage(port))),
    );
}

function nodeMessage({ op, inputs, output, attributes = {} }: OnnxNode, index: number): Buffer {
    return message(
        ...inputs.map((name) => bytes(1, name)),
        bytes(2, output),
        bytes(3, `${op}_${index}`),
        bytes(4, op),
        ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeMessage(name, value))),
    );
}

function attributeMessage(name: string, value: Attribute): Buffer {
    if (typeof value === "number") return message(bytes(1, name), whole(3, value), whole(20, 2));
    if (typeof value === "string") return message(bytes(1, name), bytes(4, value), whole(20, 3));
    if ("float" in value) {
        const four = Buffer.alloc(4);
        four.writeFloatLE(value.float);
        return message(bytes(1, name), tag(2, 5), four, whole(20, 1));
    }
    return message(bytes(1, name), ...value.map((one) => whole(8, one)), whole(20, 7));
}

function tensorMessage({ name, type, shape, data }: Initializer): Buffer {
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return message(...shape.map((one) => whole(1, one)), whole(2, onnxTypes[type]), bytes(8, name), bytes(9, raw));
}

function portMessage({ name, type, shape }: Port): Buffer {
    const dimensions = shape.map((one) => bytes(1, typeof one === "number" ? whole(1, one) : bytes(2, one)));
    const tensor = message(whole(1, onnxTypes[type]), bytes(2, message(...dimensions)));
    return message(bytes(1, name), bytes(2, bytes(1, tensor)));
}

const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

/** Wire types of protobuf: 0 is a varint, 2 has its length before it, 5 has four bytes. */
const tag = (field: number, wire: 0 | 2 | 5): Buffer => varint(field * 8 + wire);
const whole = (field: number, value: number): Buffer => Buffer.concat([tag(field, 0), varint(value)]);

function bytes(field: number, value: Buffer | string): Buffer {
    const content = typeof value === "string" ? Buffer.from(value) : value;
    return Buffer.concat([tag(field, 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
    const out: number[] = [];
    // Of 64 bits, as protobuf has negative numbers: an axis of -1 is one.
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
    return Buffer.from([...out, Number(rest)]);
}
