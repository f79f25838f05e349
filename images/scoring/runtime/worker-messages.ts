import type { Tensor, TensorSpec } from "../tensor";

/** What a worker is told. */
export interface Job {
    id: number;
    inputs: readonly Tensor[];
    wanted: readonly string[];
}

/** What it tells: first that it is ready, or why not; then the end of each job. */
export type Told =
    | { kind: "ready"; inputs: readonly TensorSpec[]; outputs: readonly TensorSpec[] }
    | { kind: "unready"; why: string }
    | { kind: "done"; id: number; outputs: Tensor[]; computeMs: number }
    | { kind: "failed"; id: number; why: string };

/** Buffers that go along with a message instead of being copied. */
export function buffersOf(tensors: readonly Tensor[]): ArrayBuffer[] {
    const buffers = new Set<ArrayBuffer>();
    for (const { data } of tensors)
        if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
    return [...buffers];
}
