import { numberOfHalf } from "../float16";
import type { Scorer } from "../scorer";
import { datatypes } from "../tensor";
import type { Tensor } from "../tensor";
import type { InferRequest } from "./infer-request";

/** Header of the binary tensor extension: how much of a body is JSON. */
export const jsonLengthHeader = "inference-header-content-length";

/** An answer to an inference: text, or JSON with binary data behind it. */
export type InferAnswer = string | { jsonBytes: number; body: Buffer };

/** Writes what a scorer said, each output as the request wants it. */
export function inferAnswer(scorer: Scorer, request: InferRequest, outputs: readonly Tensor[]): InferAnswer {
    const binary = outputs.map(
        ({ name }) => request.outputs?.find((output) => output.name === name)?.binary ?? request.binaryOutputs,
    );
    let json = headOf(scorer);
    if (request.id !== undefined) json += `,"id":${JSON.stringify(request.id)}`;
    json += ',"outputs":[';
    const blobs: Buffer[] = [];
    outputs.forEach((output, index) => {
        json += index === 0 ? "" : ",";
        json += `{"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":[${output.shape.join(",")}],`;
        if (binary[index]) {
            const blob = bytesOf(output);
            blobs.push(blob);
            json += `"parameters":{"binary_data_size":${blob.length}}}`;
        } else json += `"data":[${jsonValues(output)}]}`;
    });
    json += "]}";
    if (!binary.includes(true)) return json;
    const head = Buffer.from(json);
    return { jsonBytes: head.length, body: Buffer.concat([head, ...blobs]) };
}

const heads = new WeakMap<Scorer, string>();

/** What all answers of a scorer begin with. */
function headOf(scorer: Scorer): string {
    const known = heads.get(scorer);
    if (known !== undefined) return known;
    const { name, version, digest } = scorer;
    const fields = { model_name: name, model_version: version, parameters: { model_digest: `sha256:${digest}` } };
    const head = JSON.stringify(fields).slice(0, -1);
    heads.set(scorer, head);
    return head;
}

/** Values as JSON writes them. What is not finite becomes null, as JSON has no word for it. */
function jsonValues({ datatype, data }: Tensor): string {
    if (datatype === "BYTES") return (data as readonly string[]).map((text) => JSON.stringify(text)).join(",");
    if (datatype === "BOOL") return Array.from(data as Uint8Array, (bit) => bit === 1).join(",");
    if (datatype === "FP32" || datatype === "FP64") return finiteValues(data as Float32Array);
    if (datatype === "FP16") return finiteValues(Float32Array.from(data as Uint16Array, numberOfHalf));
    return (data as Int32Array).join(",");
}

function finiteValues(values: Float32Array | Float64Array): string {
    let text = "";
    for (let index = 0; index < values.length; index++) {
        const value = values[index] ?? 0;
        if (index > 0) text += ",";
        // NaN and the infinities differ from themselves less themselves.
        text += value - value === 0 ? String(value) : "null";
    }
    return text;
}

/** Raw bytes of a tensor, little-endian; a view where it holds numbers. */
export function bytesOf({ datatype, data }: Tensor): Buffer {
    if (datatype !== "BYTES") {
        const view = data as Uint8Array;
        return Buffer.from(view.buffer, view.byteOffset, elementBytes(datatype) * view.length);
    }
    const parts = (data as readonly string[]).flatMap((text) => {
        const bytes = Buffer.from(text);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return [length, bytes];
    });
    return Buffer.concat(parts);
}

const elementBytes = (datatype: Exclude<Tensor["datatype"], "BYTES">): number => datatypes[datatype].bytes;
