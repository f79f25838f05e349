import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Request } from "./load";
import type { Encoding } from "./peers";

/** What a request's one tensor holds. */
export interface Input {
    shape: readonly number[];
    data: Float32Array;
}

/** An input between 0 and 1 that is the same in each run. Four digits, as measured values have. */
export function inputOf(shape: readonly number[]): Input {
    let state = 1;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const length = shape.reduce((product, size) => product * size, 1);
    return { shape, data: Float32Array.from({ length }, () => Number(next().toFixed(4))) };
}

const json = { "content-type": "application/json" };

/** The same input in each of the encodings, as a file to be sent. */
export function requestOf(input: Input, encoding: Encoding, url: string, folder: string): Request {
    const body = join(folder, `body.${encoding}`);
    const tensor = { name: "x", shape: input.shape, datatype: "FP32" };
    const values = (): number[] => [...input.data].map((value) => Number(value.toFixed(4)));
    const bytes = Buffer.from(input.data.buffer, input.data.byteOffset, input.data.byteLength);
    switch (encoding) {
        case "json":
            writeFileSync(body, JSON.stringify({ inputs: [{ ...tensor, data: values() }] }));
            return { url, body, headers: json };
        case "own-json":
            writeFileSync(body, JSON.stringify({ x: [values()] }));
            return { url, body, headers: json };
        case "base64":
            writeFileSync(body, JSON.stringify({ shape: input.shape, tensor: bytes.toString("base64") }));
            return { url, body, headers: json };
        case "raw":
            writeFileSync(body, bytes);
            return { url, body, headers: { "content-type": "application/octet-stream" } };
        case "binary": {
            const parameters = { binary_data_size: bytes.length };
            const header = Buffer.from(JSON.stringify({ inputs: [{ ...tensor, parameters }] }));
            writeFileSync(body, Buffer.concat([header, bytes]));
            const length = { "inference-header-content-length": String(header.length) };
            return { url, body, headers: { "content-type": "application/octet-stream", ...length } };
        }
    }
}

/** The probabilities in a server's answer, which all write in JSON. */
export function probabilitiesIn(answer: Buffer): number[] {
    const read = JSON.parse(answer.toString("utf8")) as number[][] | { outputs: { data: number[] }[] };
    return (Array.isArray(read) ? read[0] : read.outputs[0]?.data) ?? [];
}
