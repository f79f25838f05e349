/** What tensors hold, by the names of the Open Inference Protocol. BYTES is text here, as onnxruntime has no other. */
export type TensorData =
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | BigUint64Array
    | BigInt64Array
    | Float32Array
    | Float64Array
    | readonly string[];

interface Kind {
    /** Bytes of an element; none for BYTES, whose elements differ. */
    bytes?: number;
    /** Name of the type in onnxruntime. */
    onnx: string;
    make: (buffer: ArrayBuffer, offset?: number, length?: number) => Exclude<TensorData, readonly string[]>;
}

/** The datatypes of the protocol that onnxruntime takes from Node. FP16 is held as its bits. */
export const datatypes = {
    BOOL: { bytes: 1, onnx: "bool", make: (...view) => new Uint8Array(...view) },
    UINT8: { bytes: 1, onnx: "uint8", make: (...view) => new Uint8Array(...view) },
    UINT16: { bytes: 2, onnx: "uint16", make: (...view) => new Uint16Array(...view) },
    UINT32: { bytes: 4, onnx: "uint32", make: (...view) => new Uint32Array(...view) },
    UINT64: { bytes: 8, onnx: "uint64", make: (...view) => new BigUint64Array(...view) },
    INT8: { bytes: 1, onnx: "int8", make: (...view) => new Int8Array(...view) },
    INT16: { bytes: 2, onnx: "int16", make: (...view) => new Int16Array(...view) },
    INT32: { bytes: 4, onnx: "int32", make: (...view) => new Int32Array(...view) },
    INT64: { bytes: 8, onnx: "int64", make: (...view) => new BigInt64Array(...view) },
    FP16: { bytes: 2, onnx: "float16", make: (...view) => new Uint16Array(...view) },
    FP32: { bytes: 4, onnx: "float32", make: (...view) => new Float32Array(...view) },
    FP64: { bytes: 8, onnx: "float64", make: (...view) => new Float64Array(...view) },
    BYTES: { onnx: "string", make: (...view) => new Uint8Array(...view) },
} as const satisfies Record<string, Kind>;

export type Datatype = keyof typeof datatypes;

const names: ReadonlySet<string> = new Set(Object.keys(datatypes));
export const isDatatype = (name: string): name is Datatype => names.has(name);

const byOnnx = new Map<string, Datatype>(
    (Object.keys(datatypes) as Datatype[]).map((name) => [datatypes[name].onnx, name]),
);
/** The protocol's name of a type of onnxruntime; undefined where it has none. */
export const datatypeOfOnnx = (type: string): Datatype | undefined => byOnnx.get(type);

/** Values in row-major order. */
export interface Tensor {
    name: string;
    datatype: Datatype;
    shape: readonly number[];
    data: TensorData;
}

/** A model's input or output; -1 stands for a size that is free. */
export interface TensorSpec {
    name: string;
    datatype: Datatype;
    shape: readonly number[];
}

/** How many elements a shape has. */
export function elementsOf(shape: readonly number[]): number {
    let elements = 1;
    for (const size of shape) elements *= size;
    return elements;
}
