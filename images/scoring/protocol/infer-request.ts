import { halfOf } from "../float16";
import { JsonFault, JsonReader } from "../json/reader";
import { faultsOf, Refusal } from "../refusal";
import { datatypes, elementsOf, isDatatype } from "../tensor";
import type { Datatype, Tensor, TensorData } from "../tensor";

/** An output that is asked for. */
export interface WantedOutput {
    name: string;
    /** As binary data behind the JSON? @default the request's */
    binary?: boolean;
}

/** What a client asks for, whichever way it came. */
export interface InferRequest {
    id?: string;
    inputs: Tensor[];
    /** @default all */
    outputs?: WantedOutput[];
    /** Are outputs binary unless they say otherwise? */
    binaryOutputs: boolean;
    /** Milliseconds that the client waits. @default the server's */
    timeoutMs?: number;
}

const maxRank = 16;
/** Beyond this no array can be made. */
const maxElements = 2 ** 31 - 1;
const maxTensors = 256;

/** An input as it is being read. */
interface Draft {
    name?: string;
    datatype?: Datatype;
    shape?: number[];
    data?: TensorData;
    /** Of data that came before what it is. */
    dataAt?: number;
    binaryBytes?: number;
}

/**
 * Reads a request in JSON, or in JSON with binary data behind it.
 * @param jsonBytes How much of the body is JSON. @default all
 * @throws Refusal with all faults at once; a text that is not JSON has one.
 */
export function readInferRequest(body: Buffer, jsonBytes = body.length): InferRequest {
    try {
        return new RequestReader(body, jsonBytes).read();
    } catch (fault) {
        if (fault instanceof JsonFault)
            throw new Refusal("invalid", `the request is not JSON as it should be: ${fault.message}`);
        throw fault;
    }
}

class RequestReader {
    private readonly json: JsonReader;
    private readonly faults: string[] = [];

    constructor(
        private readonly body: Buffer,
        private readonly jsonBytes: number,
    ) {
        this.json = new JsonReader(body.subarray(0, jsonBytes));
    }

    read(): InferRequest {
        const { json, faults } = this;
        let id: string | undefined;
        let drafts: Draft[] | undefined;
        let outputs: WantedOutput[] | undefined;
        let parameters: Record<string, unknown> = {};
        json.object("the request", (name) => {
            if (name === "id") id = this.text("id");
            else if (name === "inputs") drafts = this.inputs();
            else if (name === "outputs") outputs = this.outputs();
            else if (name === "parameters") parameters = this.parameters("parameters");
            else json.any();
        });
        json.end();
        if (drafts === undefined) faults.push("inputs is missing");
        const inputs = (drafts ?? []).map((draft, index) => this.finish(draft, index));
        this.binaryData(drafts ?? [], inputs);
        const binaryOutputs = this.flag("parameters.binary_data_output", parameters.binary_data_output) ?? false;
        const { timeout } = parameters;
        if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0))
            faults.push(`parameters.timeout must be a number of microseconds above 0, got ${shown(timeout)}`);
        if (faults.length > 0) throw faultsOf(faults);
        return {
            ...(id !== undefined && { id }),
            ...{ inputs: inputs as Tensor[], binaryOutputs },
            ...(outputs !== undefined && { outputs }),
            ...(typeof timeout === "number" && { timeoutMs: timeout / 1000 }),
        };
    }

    private text(what: string): string | undefined {
        if (this.json.isNext("string")) return this.json.string();
        this.faults.push(`${what} must be a string, got ${shown(this.json.any())}`);
        return undefined;
    }

    private flag(what: string, value: unknown): boolean | undefined {
        if (value === undefined || typeof value === "boolean") return value;
        this.faults.push(`${what} must be true or false, got ${shown(value)}`);
        return undefined;
    }

    private parameters(what: string): Record<string, unknown> {
        const value = this.json.any();
        if (typeof value === "object" && value !== null && !Array.isArray(value))
            return value as Record<string, unknown>;
        this.faults.push(`${what} must be an object, got ${shown(value)}`);
        return {};
    }

    private outputs(): WantedOutput[] {
        const { json, faults } = this;
        const outputs: WantedOutput[] = [];
        json.list("outputs", (index) => {
            if (index >= maxTensors) json.fail(`there are more than ${maxTensors} outputs`);
            const at = `outputs[${index}]`;
            let name: string | undefined;
            let binary: boolean | undefined;
            json.object(at, (field) => {
                if (field === "name") name = this.text(`${at}.name`);
                else if (field === "parameters") {
                    const { binary_data, classification } = this.parameters(`${at}.parameters`);
                    binary = this.flag(`${at}.parameters.binary_data`, binary_data);
                    if (classification !== undefined)
                        faults.push(`${at}.parameters.classification is an extension that is not offered`);
                } else json.any();
            });
            if (name === undefined) faults.push(`${at}.name is missing`);
            else outputs.push({ name, ...(binary !== undefined && { binary }) });
        });
        return outputs;
    }

    private inputs(): Draft[] {
        const { json } = this;
        const drafts: Draft[] = [];
        json.list("inputs", (index) => {
            if (index >= maxTensors) json.fail(`there are more than ${maxTensors} inputs`);
            drafts.push(this.input(`inputs[${index}]`));
        });
        return drafts;
    }

    private input(at: string): Draft {
        const { json, faults } = this;
        const draft: Draft = {};
        json.object(at, (field) => {
            if (field === "name") draft.name = this.text(`${at}.name`);
            else if (field === "datatype") {
                const name = this.text(`${at}.datatype`);
                if (name !== undefined && isDatatype(name)) draft.datatype = name;
                else if (name !== undefined)
                    faults.push(
                        `${at}.datatype must be one of ${Object.keys(datatypes).join(", ")}, got "${name.slice(0, 40)}"`,
                    );
            } else if (field === "shape") draft.shape = this.shape(`${at}.shape`);
            else if (field === "data") {
                draft.dataAt = json.position();
                if (draft.datatype && draft.shape) draft.data = this.data(at, draft.datatype, draft.shape);
                else json.any();
            } else if (field === "parameters") {
                const parameters = this.parameters(`${at}.parameters`);
                const bytes = parameters.binary_data_size;
                if (bytes === undefined) return;
                if (typeof bytes === "number" && Number.isSafeInteger(bytes) && bytes >= 0) draft.binaryBytes = bytes;
                else faults.push(`${at}.parameters.binary_data_size must be a number of bytes, got ${shown(bytes)}`);
            } else json.any();
        });
        return draft;
    }

    private shape(at: string): number[] | undefined {
        const { json } = this;
        if (!json.isNext("list")) {
            this.faults.push(`${at} must be a list of sizes, got ${shown(json.any())}`);
            return undefined;
        }
        const shape: number[] = [];
        json.list(at, (index) => {
            if (index >= maxRank) json.fail(`${at} has more than ${maxRank} sizes`);
            shape.push(json.number());
        });
        return shapeFault(at, shape, this.faults) ? undefined : shape;
    }

    /** Names what a draft lacks, and reads the data that came too early. */
    private finish(draft: Draft, index: number): Tensor | undefined {
        const { faults } = this;
        const at = `inputs[${index}]`;
        const { name, datatype, shape, dataAt, binaryBytes } = draft;
        const before = faults.length;
        for (const field of ["name", "datatype", "shape"] as const)
            if (draft[field] === undefined && !faults.some((fault) => fault.startsWith(`${at}.${field}`)))
                faults.push(`${at}.${field} is missing`);
        if (dataAt === undefined && binaryBytes === undefined)
            faults.push(`${at} has no data: give data, or binary_data_size and the bytes behind the JSON`);
        if (dataAt !== undefined && binaryBytes !== undefined)
            faults.push(`${at} has both data and binary_data_size: one of them says what it holds`);
        if (name === undefined || !datatype || !shape || faults.length > before) return undefined;
        if (dataAt !== undefined && !draft.data) {
            this.json.seek(dataAt);
            draft.data = this.data(at, datatype, shape);
        }
        return { name, datatype, shape, data: draft.data ?? [] };
    }

    /** Reads data of JSON, flat or nested as the shape is. */
    private data(at: string, datatype: Datatype, shape: readonly number[]): TensorData | undefined {
        const { json, faults } = this;
        const what = `${at}.data`;
        if (!json.isNext("list")) {
            faults.push(`${what} must be a list, got ${shown(json.any())}`);
            return undefined;
        }
        const elements = elementsOf(shape);
        // Each element takes a byte and a comma at least, so what cannot be there is not made room for.
        const room = elements * 2 - 1 > this.jsonBytes ? 0 : elements;
        const { read, made } = this.readerOf(datatype, room, what);
        const before = faults.length;
        const count = this.lists(read, what, shape, 0, 0);
        if (count !== elements && faults.length === before)
            faults.push(`${what} has ${count} elements, its shape [${shape.join(", ")}] needs ${elements}`);
        return faults.length === before ? made() : undefined;
    }

    /** Reads one list of them, or lists in lists. @returns how many elements are read so far */
    private lists(
        read: (from: number) => number,
        what: string,
        shape: readonly number[],
        level: number,
        from: number,
    ): number {
        const { json } = this;
        if (json.emptyList()) return from;
        if (!json.isNext("list")) {
            const count = read(from);
            const wanted = level === 0 ? undefined : shape.at(-1);
            if (wanted !== undefined && (count - from !== wanted || level !== shape.length - 1))
                this.unlike(what, shape);
            return count;
        }
        if (level >= shape.length - 1) json.fail(`${what} is nested deeper than its shape [${shape.join(", ")}]`);
        let count = from;
        for (let index = 0; ; index++) {
            if (!json.isNext("list")) json.fail(`${what} has lists beside other values`);
            count = this.lists(read, what, shape, level + 1, count);
            if (!json.ended()) continue;
            if (index + 1 !== shape[level]) this.unlike(what, shape);
            return count;
        }
    }

    private unlike(what: string, shape: readonly number[]): void {
        const fault = `${what} is nested otherwise than its shape [${shape.join(", ")}]`;
        if (!this.faults.includes(fault)) this.faults.push(fault);
    }

    private readerOf(
        datatype: Datatype,
        room: number,
        what: string,
    ): { read: (from: number) => number; made: () => TensorData | undefined } {
        const { json, faults } = this;
        switch (datatype) {
            case "FP32":
            case "FP64": {
                const data = datatype === "FP32" ? new Float32Array(room) : new Float64Array(room);
                return { read: (from) => json.rest(data, from, what, faults), made: () => data };
            }
            case "INT64":
            case "UINT64": {
                const data = datatype === "INT64" ? new BigInt64Array(room) : new BigUint64Array(room);
                return { read: (from) => json.restOfLongs(data, from, what, faults), made: () => data };
            }
            case "BOOL": {
                const data = new Uint8Array(room);
                return { read: (from) => json.restOfTruths(data, from, what, faults), made: () => data };
            }
            case "BYTES": {
                const data: string[] = [];
                return { read: (from) => json.restOfTexts(data, room, from, what, faults), made: () => data };
            }
            default: {
                const numbers = new Float64Array(room);
                const read = (from: number): number => json.rest(numbers, from, what, faults);
                return { read, made: () => narrowed(datatype, numbers, what, faults) };
            }
        }
    }

    /** Gives each input with binary data its part of the body. */
    private binaryData(drafts: readonly Draft[], inputs: readonly (Tensor | undefined)[]): void {
        const { body, faults } = this;
        const there = body.length - this.jsonBytes;
        let wanted = 0;
        drafts.forEach(({ binaryBytes }, index) => {
            if (binaryBytes === undefined) return;
            const from = this.jsonBytes + wanted;
            wanted += binaryBytes;
            const input = inputs[index];
            if (!input || wanted > there) return;
            const bytes = body.subarray(from, from + binaryBytes);
            const data = tensorData(`inputs[${index}]`, input, bytes, faults);
            if (data) input.data = data;
        });
        if (wanted !== there) faults.push(`${there} bytes of binary data follow the JSON, the inputs name ${wanted}`);
    }
}

/** Adds what is wrong with a shape, and says whether something is. */
export function shapeFault(at: string, shape: readonly number[], faults: string[]): boolean {
    const odd = shape.find((size) => !(Number.isSafeInteger(size) && size >= 1));
    if (odd !== undefined) faults.push(`${at} must hold whole numbers from 1, got ${odd}`);
    else if (elementsOf(shape) > maxElements)
        faults.push(`${at} [${shape.join(", ")}] has more than ${maxElements} elements`);
    else return false;
    return true;
}

const ranges = {
    INT8: [-128, 127],
    INT16: [-32768, 32767],
    INT32: [-2147483648, 2147483647],
    UINT8: [0, 255],
    UINT16: [0, 65535],
    UINT32: [0, 4294967295],
} as const;

/** Numbers as the datatype holds them; undefined where it cannot. */
export function narrowed(
    datatype: keyof typeof ranges | "FP16",
    numbers: Float64Array,
    what: string,
    faults: string[],
): TensorData | undefined {
    if (datatype === "FP16") {
        const odd = numbers.findIndex((value) => Math.abs(value) >= 65520);
        if (odd < 0) return Uint16Array.from(numbers, halfOf);
        faults.push(`${what}[${odd}] is beyond FP16: ${numbers[odd]}`);
        return undefined;
    }
    const [least, most] = ranges[datatype];
    const odd = numbers.findIndex((value) => !(Number.isInteger(value) && value >= least && value <= most));
    if (odd >= 0) {
        faults.push(`${what}[${odd}] must be a whole number from ${least} to ${most}, got ${numbers[odd]}`);
        return undefined;
    }
    const data = datatypes[datatype].make(new ArrayBuffer(numbers.length * datatypes[datatype].bytes));
    (data as Uint8Array).set(numbers);
    return data;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What raw bytes hold, little-endian as the protocol has them; a view where they are aligned. Undefined, and a fault, where they do not fit. */
export function tensorData(
    at: string,
    { datatype, shape }: { datatype: Datatype; shape: readonly number[] },
    bytes: Buffer,
    faults: string[],
): TensorData | undefined {
    const elements = elementsOf(shape);
    if (datatype === "BYTES") return textsOf(at, bytes, elements, faults);
    const kind = datatypes[datatype];
    if (bytes.length !== elements * kind.bytes) {
        faults.push(
            `${at} has ${bytes.length} bytes of data, shape [${shape.join(", ")}] of ${datatype} needs ${elements * kind.bytes}`,
        );
        return undefined;
    }
    if (datatype === "BOOL") {
        const odd = bytes.findIndex((byte) => byte > 1);
        if (odd >= 0) {
            faults.push(`${at} must hold 0 and 1 as BOOL, got ${bytes[odd] ?? 0} at element ${odd}`);
            return undefined;
        }
    }
    if (bytes.byteOffset % kind.bytes === 0 && bytes.buffer instanceof ArrayBuffer)
        return kind.make(bytes.buffer, bytes.byteOffset, elements);
    const aligned = new Uint8Array(bytes.length);
    aligned.set(bytes);
    return kind.make(aligned.buffer, 0, elements);
}

/** Texts, each behind its length in four bytes. */
function textsOf(at: string, bytes: Buffer, elements: number, faults: string[]): string[] | undefined {
    const texts: string[] = [];
    let from = 0;
    while (from + 4 <= bytes.length && texts.length < elements) {
        const to = from + 4 + bytes.readUInt32LE(from);
        if (to > bytes.length) break;
        try {
            texts.push(strictUtf8.decode(bytes.subarray(from + 4, to)));
        } catch {
            faults.push(`${at} must hold UTF-8 as BYTES, which element ${texts.length} is not`);
            return undefined;
        }
        from = to;
    }
    if (texts.length === elements && from === bytes.length) return texts;
    faults.push(
        `${at} must hold ${elements} BYTES, each behind its length in 4 bytes, and nothing else; ${texts.length} are whole, ${bytes.length - from} bytes are left`,
    );
    return undefined;
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60);
