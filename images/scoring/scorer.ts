import type { Tensor, TensorSpec } from "./tensor";

export interface InferOptions {
    /** Gives up what nobody waits for any more, unless it is being computed already. */
    signal?: { readonly aborted: boolean };
    /** Time of `performance.now()` by which the answer is due. @default the setting's */
    deadline?: number;
    /** Outputs that are wanted. @default all */
    outputs?: readonly string[];
    /** Are the buffers of the tensors nobody else's? Then they are taken, not copied, and gone afterwards. @default false */
    owned?: boolean;
    /** Is told where the time went. */
    timing?: { queueMs?: number; computeMs?: number; rows?: number };
}

/** One version of a model, loaded. */
export interface Scorer {
    readonly name: string;
    readonly version: string;
    /** SHA-256 of the model's bytes, 64 hexadecimal digits: what answers say that they came from. */
    readonly digest: string;
    /** File of the model on disk; its card and golden picture lie beside it. */
    readonly file: string;
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];
    /** @throws Refusal where the tensors do not fit the model, the queue is full or the deadline has passed. */
    infer(tensors: readonly Tensor[], options?: InferOptions): Promise<Tensor[]>;
    /** Counts the confidence of one prediction, 0 to 1; `unsure` is the card's threshold. */
    observeConfidence(confidence: number, unsure: number): void;
}

/** The models that are served. */
export interface Models {
    /** The version asked for, or the model's newest. @throws Refusal where there is none, or it is not ready. */
    get(name: string, version?: string): Scorer;
    /** Of a server with one model, that one's name. */
    readonly only?: string;
    all(): readonly Scorer[];
}
