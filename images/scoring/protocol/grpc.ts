import { createServer } from "node:net";
import type { Server as NetServer, Socket } from "node:net";
import type { sendUnaryData, Server, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { LoadedModel } from "../model/loaded-model";
import type { Repository } from "../model/repository";
import { Refusal, faultsOf, messageOf } from "../refusal";
import type { RefusalKind } from "../refusal";
import type { InferOptions } from "../scorer";
import type { Log } from "../telemetry/log";
import type { Tracer } from "../telemetry/traces";
import { elementsOf, isDatatype } from "../tensor";
import type { Datatype, Tensor, TensorData } from "../tensor";
import { bytesOf } from "./infer-answer";
import { narrowed, shapeFault, tensorData } from "./infer-request";
import { serverName, serverVersion } from "./server-metadata";

export interface GrpcArgs {
    models: Repository;
    log: Log;
    tracer?: Tracer;
    maxRequestBytes: number;
    draining: () => boolean;
}

/** Codes of gRPC. */
const codes = {
    ...{ invalid: "INVALID_ARGUMENT", unknown: "NOT_FOUND", "too-large": "RESOURCE_EXHAUSTED" },
    ...{ unsupported: "UNIMPLEMENTED", overloaded: "RESOURCE_EXHAUSTED", "not-ready": "UNAVAILABLE" },
    ...{ "too-late": "DEADLINE_EXCEEDED", cancelled: "CANCELLED", failed: "INTERNAL" },
} as const satisfies Record<RefusalKind, keyof Statuses>;
type Statuses = typeof import("@grpc/grpc-js").status;

type Contents = Readonly<Record<string, readonly unknown[]>>;
interface InputMessage {
    name: string;
    datatype: string;
    shape: readonly string[];
    contents: Contents | null;
}
interface InferMessage {
    model_name: string;
    model_version: string;
    id: string;
    inputs: readonly InputMessage[];
    outputs: readonly { name: string }[];
    raw_input_contents: readonly Buffer[];
}

/**
 * The same protocol over gRPC. Its library takes memory and a while to load: that is done for the first connection.
 */
export class GrpcServer {
    private readonly listener: NetServer;
    private server: Promise<{ server: Server; take: (socket: Socket) => void }> | undefined;

    constructor(args: GrpcArgs) {
        this.listener = createServer({ pauseOnConnect: true }, (socket) => {
            socket.on("error", () => socket.destroy());
            this.server ??= load(args);
            this.server.then(
                ({ take }) => {
                    take(socket);
                    socket.resume();
                },
                (fault: unknown) => {
                    args.log.event("error", "gRPC cannot be offered", { reason: String(fault) });
                    socket.destroy();
                },
            );
        });
    }

    /** @returns the port that it listens on */
    listen(port: number, host: string): Promise<number> {
        return new Promise((listening, failed) => {
            this.listener.once("error", failed);
            this.listener.listen(port, host, () => {
                const address = this.listener.address();
                listening(typeof address === "object" && address !== null ? address.port : port);
            });
        });
    }

    /** Takes no new connection, and ends once all calls are answered. */
    async drain(): Promise<void> {
        this.listener.close();
        const loaded = await this.server;
        if (!loaded) return;
        await new Promise<void>((done) => {
            loaded.server.tryShutdown(() => {
                done();
            });
        });
    }
}

async function load(args: GrpcArgs): Promise<{ server: Server; take: (socket: Socket) => void }> {
    const grpc = await import("@grpc/grpc-js");
    const { fromJSON } = await import("@grpc/proto-loader");
    const { grpcMessages } = await import("./grpc-messages");
    const definition = fromJSON(grpcMessages as unknown as Parameters<typeof fromJSON>[0], {
        keepCase: true,
        longs: String,
        defaults: true,
        oneofs: true,
    });
    const { "inference.GRPCInferenceService": service } = definition;
    const server = new grpc.Server({
        "grpc.max_receive_message_length": args.maxRequestBytes,
        "grpc.max_send_message_length": -1,
    });
    server.addService(service as Parameters<Server["addService"]>[0], handlersOf(args, grpc.status));
    const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    return {
        server,
        take: (socket) => {
            injector.injectConnection(socket);
        },
    };
}

/** Whoever waits for an answer. A class, as an object literal with a getter is of a hidden class of its own each time. */
class Caller {
    constructor(private readonly call: ServerUnaryCall<InferMessage, unknown>) {}

    /** Has it gone? */
    get aborted(): boolean {
        return this.call.cancelled;
    }
}

/** Of calls that a model answers: whose answer it is. */
async function infer(
    { tracer }: GrpcArgs,
    model: LoadedModel,
    call: ServerUnaryCall<InferMessage, unknown>,
): Promise<object> {
    const { request } = call;
    const deadline = call.getDeadline();
    const span = tracer?.start("infer", call.metadata.get("traceparent")[0]?.toString(), {
        ...{ "model.name": model.name, "model.version": model.version },
    });
    const timing = span && {};
    try {
        const tensors = model.counted(() => tensorsOf(request));
        const options: InferOptions = {
            signal: new Caller(call),
            ...(request.outputs.length > 0 && { outputs: request.outputs.map(({ name }) => name) }),
            ...(deadline !== Infinity && { deadline: performance.now() + (Number(deadline) - Date.now()) }),
            ...(timing && { timing }),
        };
        const outputs = await model.infer(tensors, options);
        return {
            ...{ model_name: model.name, model_version: model.version, id: request.id },
            parameters: { model_digest: { string_param: `sha256:${model.digest}` } },
            outputs: outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
            raw_output_contents: outputs.map(bytesOf),
        };
    } catch (fault) {
        span?.fail(fault);
        throw fault;
    } finally {
        span?.end(timing);
    }
}

function handlersOf(args: GrpcArgs, statuses: Statuses): UntypedServiceImplementation {
    const { models, draining, log } = args;
    const metadataOf = (model: LoadedModel): Record<string, string> => ({
        ...{ "x-model-digest": `sha256:${model.digest}`, "x-model-version": model.version },
    });
    const handler =
        <Q>(
            answer: (
                request: Q,
                call: ServerUnaryCall<Q, unknown>,
                told: Record<string, string>,
            ) => object | Promise<object>,
        ) =>
        (call: ServerUnaryCall<Q, unknown>, done: sendUnaryData<unknown>): void => {
            const told: Record<string, string> = {};
            const trailer = call.metadata.clone();
            for (const key of Object.keys(trailer.getMap())) trailer.remove(key);
            const tell = (): typeof trailer => {
                for (const [key, value] of Object.entries(told)) trailer.set(key, value);
                return trailer;
            };
            Promise.resolve()
                .then(() => answer(call.request, call, told))
                .then(
                    (value) => {
                        done(null, value, tell());
                    },
                    (fault: unknown) => {
                        const message = messageOf(fault);
                        const kind = fault instanceof Refusal ? fault.kind : "failed";
                        if (kind === "failed")
                            log.event("error", "request failed", { path: call.getPath(), reason: message });
                        done({ code: statuses[codes[kind]], details: message, metadata: tell() });
                    },
                );
        };
    return {
        ServerLive: handler(() => ({ live: true })),
        ServerReady: handler(() => ({ ready: models.ready && !draining() })),
        ModelReady: handler(({ name, version }: { name: string; version: string }) => ({
            ready: models.isReady(name, version) && !draining(),
        })),
        ServerMetadata: handler(() => ({ name: serverName, version: serverVersion, extensions: [] })),
        ModelMetadata: handler(({ name, version }: { name: string; version: string }) => {
            const { inputs, outputs } = models.get(name, version);
            return { name, versions: models.versions(name), platform: "onnxruntime_onnx", inputs, outputs };
        }),
        ModelInfer: handler((request: InferMessage, call, told) => {
            const model = models.get(request.model_name, request.model_version);
            Object.assign(told, metadataOf(model));
            return infer(args, model, call);
        }),
    };
}

/** Reads tensors of a message. @throws Refusal with all faults at once */
function tensorsOf({ inputs, raw_input_contents: raw }: InferMessage): Tensor[] {
    const faults: string[] = [];
    if (raw.length > 0 && raw.length !== inputs.length)
        faults.push(`raw_input_contents has ${raw.length} items, inputs ${inputs.length}: each input needs one`);
    const tensors = inputs.map(({ name, datatype, shape: sizes, contents }, index): Tensor | undefined => {
        const at = `inputs[${index}]`;
        const shape = sizes.map(Number);
        if (!isDatatype(datatype)) {
            faults.push(`${at}.datatype is not one of the protocol's, got "${datatype.slice(0, 40)}"`);
            return undefined;
        }
        if (shapeFault(`${at}.shape`, shape, faults)) return undefined;
        const filled = Object.entries(contents ?? {}).filter(([, values]) => values.length > 0);
        if (raw.length > 0 && filled.length > 0) {
            faults.push(`${at}.contents must be left out where there are raw_input_contents`);
            return undefined;
        }
        const bytes = raw[index];
        const data = bytes
            ? tensorData(at, { datatype, shape }, bytes, faults)
            : contentsOf(at, datatype, shape, filled, faults);
        return data && { name, datatype, shape, data };
    });
    if (faults.length > 0) throw faultsOf(faults);
    return tensors.filter((tensor) => tensor !== undefined);
}

/** Which field holds values of a datatype; those of 16 bits have none. */
const fields: Partial<Record<Datatype, string>> = {
    ...{ BOOL: "bool_contents", INT8: "int_contents", INT16: "int_contents", INT32: "int_contents" },
    ...{ UINT8: "uint_contents", UINT16: "uint_contents", UINT32: "uint_contents" },
    ...{ INT64: "int64_contents", UINT64: "uint64_contents" },
    ...{ FP32: "fp32_contents", FP64: "fp64_contents", BYTES: "bytes_contents" },
};

function contentsOf(
    at: string,
    datatype: Datatype,
    shape: readonly number[],
    filled: readonly [string, readonly unknown[]][],
    faults: string[],
): TensorData | undefined {
    const field = fields[datatype];
    const [first] = filled;
    if (field === undefined || filled.length !== 1 || first?.[0] !== field) {
        const got = filled.map(([name]) => name).join(", ");
        faults.push(
            `${at} of ${datatype} must have its values in ${field ?? "raw_input_contents"}, got ${got || "none"}`,
        );
        return undefined;
    }
    const [, values] = first;
    const elements = elementsOf(shape);
    if (values.length !== elements) {
        faults.push(`${at}.contents has ${values.length} elements, its shape [${shape.join(", ")}] needs ${elements}`);
        return undefined;
    }
    switch (datatype) {
        case "BOOL":
            return Uint8Array.from(values, (value) => (value === true ? 1 : 0));
        case "INT64":
            return BigInt64Array.from(values as readonly string[], BigInt);
        case "UINT64":
            return BigUint64Array.from(values as readonly string[], BigInt);
        case "FP32":
            return Float32Array.from(values as readonly number[]);
        case "FP64":
            return Float64Array.from(values as readonly number[]);
        case "BYTES":
            return textsOf(at, values as readonly Buffer[], faults);
        case "FP16":
            return undefined;
        default:
            return narrowed(datatype, Float64Array.from(values as readonly number[]), `${at}.contents`, faults);
    }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textsOf(at: string, values: readonly Buffer[], faults: string[]): string[] | undefined {
    try {
        return values.map((value) => strictUtf8.decode(value));
    } catch {
        faults.push(`${at} must hold UTF-8 as BYTES`);
        return undefined;
    }
}
