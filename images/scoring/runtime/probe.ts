import { datatypes, elementsOf } from "../tensor";
import type { Tensor, TensorSpec } from "../tensor";
import type { Runner } from "./runner";

/** What a model was found to be like, before its first request. */
export interface Measured {
    /** Milliseconds of a run with one row, once warm; undefined where no made-up input was to its liking. */
    rowMs?: number;
    /** Do rows of a batch get what they get alone? */
    rowsAreIndependent: boolean;
    /** Does a row take less time in a batch than alone? */
    batchPays: boolean;
}

/** Sizes that stand in for free ones, beyond the first: what a pooling or a convolution needs at least is not known. */
const freeSizes = [1, 64, 224];
/** Below this a row of a batch is cheaper than one alone. */
const pays = 0.85;
/** Runs that are short are timed several times, as the first ones warm up caches. */
const repeatBelowMs = 5;

/** Runs a model on made-up inputs: to warm up all of it, and to find out what batches do. */
export async function probe(runner: Runner): Promise<Measured> {
    const wanted = runner.outputs.map(({ name }) => name);
    const timed = async (inputs: readonly Tensor[]): Promise<{ ms: number; outputs: Tensor[] }> => {
        let least = Infinity;
        for (let tried = 0; ; tried++) {
            const { outputs, computeMs } = await runner.run(inputs, wanted, false);
            least = Math.min(least, computeMs);
            if (tried === 4 || least > repeatBelowMs) return { ms: least, outputs };
        }
    };
    for (const free of freeSizes) {
        const row = (seed: number): Tensor[] => runner.inputs.map((spec) => madeUp(spec, free, seed));
        try {
            // Each of those that run side by side once, so that all are warm.
            await Promise.all(Array.from({ length: runner.width }, () => runner.run(row(1), wanted, false)));
        } catch {
            continue;
        }
        const one = await timed(row(1));
        if (!mayBatch(runner)) return { rowMs: one.ms, rowsAreIndependent: false, batchPays: false };
        try {
            const other = await timed(row(2));
            const both = row(1).map((tensor, index) => stacked(tensor, row(2)[index] ?? tensor));
            await runner.run(both, wanted, false);
            const two = await timed(both);
            const rowsAreIndependent = two.outputs.every((output, index) =>
                isStackOf(output, one.outputs[index], other.outputs[index]),
            );
            return { rowMs: one.ms, rowsAreIndependent, batchPays: two.ms < pays * (one.ms + other.ms) };
        } catch {
            return { rowMs: one.ms, rowsAreIndependent: false, batchPays: false };
        }
    }
    return { rowsAreIndependent: false, batchPays: false };
}

/** Is the first size of every input and output free? */
function mayBatch({ inputs, outputs }: Runner): boolean {
    return [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

function madeUp({ name, datatype, shape: given }: TensorSpec, free: number, seed: number): Tensor {
    const shape = given.map((size, dimension) => (size === -1 ? (dimension === 0 ? 1 : free) : size));
    const elements = elementsOf(shape);
    if (datatype === "BYTES")
        return { name, datatype, shape, data: Array.from({ length: elements }, () => `text ${seed}`) };
    const { bytes, make } = datatypes[datatype];
    const data = make(new ArrayBuffer(elements * bytes));
    // Numbers of words and classes are small; what is measured may be anything.
    if (data instanceof Float32Array || data instanceof Float64Array)
        for (let index = 0; index < elements; index++) data[index] = ((index * 7 + seed * 13) % 101) / 101;
    else if (datatype !== "FP16" && datatype !== "INT64" && datatype !== "UINT64") (data as Uint8Array).fill(seed - 1);
    return { name, datatype, shape, data };
}

function stacked({ name, datatype, shape, data }: Tensor, other: Tensor): Tensor {
    const all = [2, ...shape.slice(1)];
    if (datatype === "BYTES")
        return { name, datatype, shape: all, data: [...(data as string[]), ...(other.data as string[])] };
    const both = datatypes[datatype].make(new ArrayBuffer(elementsOf(all) * datatypes[datatype].bytes)) as Uint8Array;
    both.set(data as Uint8Array, 0);
    both.set(other.data as Uint8Array, (data as Uint8Array).length);
    return { name, datatype, shape: all, data: both };
}

/** Kernels of larger batches add up in another order. */
const near = (a: number, b: number): boolean =>
    Object.is(a, b) || Math.abs(a - b) <= 1e-4 + 1e-3 * Math.max(Math.abs(a), Math.abs(b));

function isStackOf({ shape, data }: Tensor, one?: Tensor, other?: Tensor): boolean {
    if (!one || !other || shape[0] !== 2 || data.length !== one.data.length + other.data.length) return false;
    for (let index = 0; index < data.length; index++) {
        const half = one.data.length;
        const value = data[index];
        const alone = index < half ? one.data[index] : other.data[index - half];
        if (value !== alone && !(typeof value === "number" && near(value, Number(alone)))) return false;
    }
    return true;
}
