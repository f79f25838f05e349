import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import type { Tensor, TensorData, TensorSpec } from "../tensor";
import { datatypeOfOnnx, datatypes } from "../tensor";

export const providers = ["cpu", "cuda"] as const;
export type Provider = (typeof providers)[number];

export interface SessionArgs {
    /** ONNX file. */
    file: string;
    provider: Provider;
    /** Threads that one run of the model may use, 1 to 256. */
    threads: number;
}

/** A model in onnxruntime. One at a time may run in it. */
export class Session {
    private constructor(
        private readonly session: InferenceSession,
        readonly inputs: readonly TensorSpec[],
        readonly outputs: readonly TensorSpec[],
    ) {}

    /** @throws Error where the file is no model that this library can run, or the provider is not there. */
    static async open({ file, provider, threads }: SessionArgs): Promise<Session> {
        if (provider === "cuda") refuseMissingCuda();
        const session = await InferenceSession.create(file, {
            executionProviders: [provider],
            intraOpNumThreads: threads,
            interOpNumThreads: 1,
            // Errors come as exceptions; warnings would be lines without a form on stderr.
            logSeverityLevel: 3,
            // Waiting threads would spin on cores that others have work for.
            extra: { session: { intra_op: { allow_spinning: "0" } } },
        });
        return new Session(session, specsOf("input", session.inputMetadata), specsOf("output", session.outputMetadata));
    }

    /** Runs the model; outputs in the order that they are wanted in. */
    async run(inputs: readonly Tensor[], wanted: readonly string[]): Promise<Tensor[]> {
        const feeds: Record<string, OnnxTensor> = {};
        for (const { name, datatype, shape, data } of inputs) feeds[name] = onnxTensor(datatype, shape, data);
        const results = await this.session.run(feeds, wanted);
        return wanted.map((name) => {
            const output = results[name];
            const datatype = output && datatypeOfOnnx(output.type);
            if (!datatype) throw new Error(`output ${name} is of a type that the protocol has no name for`);
            return { name, datatype, shape: output.dims, data: output.data };
        });
    }

    async close(): Promise<void> {
        await this.session.release();
    }
}

function onnxTensor(datatype: Tensor["datatype"], shape: readonly number[], data: TensorData): OnnxTensor {
    // The types of one overload each; which belongs to which is said by the table of datatypes.
    return new OnnxTensor(datatypes[datatype].onnx as "float32", data as Float32Array, shape);
}

function specsOf(kind: string, metadata: readonly InferenceSession.ValueMetadata[]): TensorSpec[] {
    return metadata.map((value) => {
        const datatype = value.isTensor ? datatypeOfOnnx(value.type) : undefined;
        if (!value.isTensor || !datatype)
            throw new Error(
                `${kind} ${value.name} is ${value.isTensor ? value.type : "no tensor"}: the protocol has no datatype for it`,
            );
        return { name: value.name, datatype, shape: value.shape.map((size) => (typeof size === "number" ? size : -1)) };
    });
}

/** Without its library, onnxruntime would say something of a symbol, or go on with CPUs. */
function refuseMissingCuda(): void {
    const folder = join(
        dirname(require.resolve("onnxruntime-node/package.json")),
        "bin",
        "napi-v6",
        process.platform,
        process.arch,
    );
    const library = "libonnxruntime_providers_cuda.so";
    if (!existsSync(join(folder, library)))
        throw new Error(
            `EXECUTION_PROVIDER is cuda, but ${library} is not in ${folder}: this image holds onnxruntime for CPUs alone`,
        );
}
