import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { PartialFailure } from "./package-backend";
import type { CheckFailure, Difference, PackageBackend } from "./package-backend";
import { fromStruct, toStruct } from "./values";
import type { Values } from "./values";

/** A package that is being served. */
export interface ServedPackage {
    /** For `PULUMI_DEBUG_PROVIDERS`, as `name:port`. */
    port: number;
    stop(): Promise<void>;
}

/** Serves a package to Pulumi engines on a free port of this machine. */
export async function serve(backend: PackageBackend): Promise<ServedPackage> {
    // The engine sends whole states in one message.
    const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
    const server = new grpc.Server(unlimited);
    server.addService(ResourceProviderService, handlers(backend));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (fault, bound) => {
            if (fault) reject(fault);
            else resolve(bound);
        });
    });
    return {
        port,
        stop: () =>
            new Promise((resolve) => {
                server.tryShutdown(() => {
                    resolve();
                });
                // An engine that was killed leaves calls that would be waited for.
                setTimeout(() => {
                    server.forceShutdown();
                    resolve();
                }, 1000).unref();
            }),
    };
}

function handlers(backend: PackageBackend): IResourceProviderServer {
    return {
        handshake: unary(() => {
            const response = new messages.ProviderHandshakeResponse();
            return Promise.resolve(response.setAcceptOutputs(false).setAcceptSecrets(false));
        }),
        attach: unary(() => Promise.resolve(new Empty())),
        getPluginInfo: unary(() => Promise.resolve(new PluginInfo().setVersion(backend.version))),
        checkConfig: unary(async (request: messages.CheckRequest) => {
            const answer = await backend.checkConfig?.({ news: fromStruct(request.getNews()) });
            if (!answer) return new messages.CheckResponse().setInputs(request.getNews());
            return checkResponse(answer);
        }),
        diffConfig: unary(async (request: messages.DiffRequest) => {
            const olds = fromStruct(request.getOlds());
            const answer = await backend.diffConfig?.({ olds, news: fromStruct(request.getNews()) });
            return diffResponse(answer?.properties ?? new Map(), answer?.deleteBeforeReplace ?? false);
        }),
        configure: unary(async (request: messages.ConfigureRequest) => {
            await backend.configure(fromStruct(request.getArgs()));
            // Without accepting secrets, the engine unwraps them here and marks them again in what comes back.
            return new messages.ConfigureResponse()
                .setAcceptsecrets(false)
                .setAcceptoutputs(false)
                .setAcceptresources(false)
                .setSupportspreview(true);
        }),
        check: unary(async (request: messages.CheckRequest) => {
            const answer = await backend.check({
                ...target(request),
                news: fromStruct(request.getNews()),
                olds: request.hasOlds() ? fromStruct(request.getOlds()) : undefined,
                randomSeed: request.getRandomseed_asU8(),
            });
            return checkResponse(answer);
        }),
        diff: unary(async (request: messages.DiffRequest) => {
            const { properties, deleteBeforeReplace } = await backend.diff({
                ...target(request),
                id: request.getId(),
                oldInputs: fromStruct(request.getOldInputs()),
                olds: fromStruct(request.getOlds()),
                news: fromStruct(request.getNews()),
                ignoreChanges: request.getIgnorechangesList(),
            });
            return diffResponse(properties, deleteBeforeReplace);
        }),
        create: unary(async (request: messages.CreateRequest) => {
            const inputs = fromStruct(request.getProperties());
            const options = { preview: request.getPreview(), timeoutSeconds: request.getTimeout() };
            const { id, properties } = await backend.create({ ...target(request), ...options, inputs });
            return new messages.CreateResponse().setId(id).setProperties(toStruct(properties));
        }),
        read: unary(async (request: messages.ReadRequest) => {
            const oldInputs = request.hasInputs() ? fromStruct(request.getInputs()) : undefined;
            const olds = fromStruct(request.getProperties());
            const found = await backend.read({ ...target(request), id: request.getId(), olds, oldInputs });
            const response = new messages.ReadResponse();
            if (!found) return response;
            return response.setId(found.id).setProperties(toStruct(found.properties)).setInputs(toStruct(found.inputs));
        }),
        update: unary(async (request: messages.UpdateRequest) => {
            const properties = await backend.update({
                ...target(request),
                id: request.getId(),
                preview: request.getPreview(),
                timeoutSeconds: request.getTimeout(),
                olds: fromStruct(request.getOlds()),
                news: fromStruct(request.getNews()),
                ignoreChanges: request.getIgnorechangesList(),
            });
            return new messages.UpdateResponse().setProperties(toStruct(properties));
        }),
        delete: unary(async (request: messages.DeleteRequest) => {
            const timeoutSeconds = request.getTimeout();
            const olds = fromStruct(request.getProperties());
            await backend.delete({ ...target(request), id: request.getId(), olds, timeoutSeconds });
            return new Empty();
        }),
        invoke: unary(async (request: messages.InvokeRequest) => {
            const answer = await backend.invoke(request.getTok(), fromStruct(request.getArgs()));
            return new messages.InvokeResponse().setReturn(toStruct(answer));
        }),
        getSchema: unary(() => Promise.resolve(new messages.GetSchemaResponse().setSchema("{}"))),
        getMapping: unary(() => Promise.resolve(new messages.GetMappingResponse())),
        getMappings: unary(() => Promise.resolve(new messages.GetMappingsResponse())),
        cancel: unary(() => {
            backend.cancel();
            return Promise.resolve(new Empty());
        }),
        parameterize: unary(() => unsupported(backend, "parameterized packages")),
        call: unary(() => unsupported(backend, "method calls")),
        construct: unary(() => unsupported(backend, "remote components")),
        list: (call) => {
            call.emit("error", { code: grpc.status.UNIMPLEMENTED, details: "the sandbox does not list resources" });
        },
    };
}

function unsupported(backend: PackageBackend, what: string): Promise<never> {
    return Promise.reject(new Error(`the sandbox for ${backend.name} does not support ${what}`));
}

/** URN and type token; the token is the last of the types in the URN. */
function target(request: { getUrn(): string }): { urn: string; token: string } {
    const urn = request.getUrn();
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return { urn, token };
}

function unary<Request, Response>(
    answer: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        answer(call.request).then(
            (response) => {
                callback(null, response);
            },
            (fault: unknown) => {
                callback(errorStatus(fault));
            },
        );
    };
}

function checkResponse({
    inputs,
    failures,
}: {
    inputs: Values;
    failures: readonly CheckFailure[];
}): messages.CheckResponse {
    const list = failures.map(({ property, reason }) => {
        return new messages.CheckFailure().setProperty(property).setReason(reason);
    });
    return new messages.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(list);
}

function diffResponse(
    properties: ReadonlyMap<string, Difference>,
    deleteBeforeReplace: boolean,
): messages.DiffResponse {
    const response = new messages.DiffResponse().setHasdetaileddiff(true);
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const replaces = [...properties].filter(([, { replace }]) => replace).map(([path]) => path);
    response.setChanges(properties.size === 0 ? DIFF_NONE : DIFF_SOME);
    response.setReplacesList(replaces).setDeletebeforereplace(deleteBeforeReplace && replaces.length > 0);
    response.setDiffsList([...new Set([...properties.keys()].map((path) => path.split(/[.[]/)[0] ?? path))]);
    for (const [path, difference] of properties) {
        const entry = new messages.PropertyDiff().setKind(protocolKind(difference)).setInputdiff(true);
        response.getDetaileddiffMap().set(path, entry);
    }
    return response;
}

function protocolKind({ kind, replace }: Difference): messages.PropertyDiff.Kind {
    const { Kind } = messages.PropertyDiff;
    const kinds = {
        add: [Kind.ADD, Kind.ADD_REPLACE],
        update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
        delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    } as const;
    return kinds[kind][replace ? 1 : 0];
}

/** A fault as a gRPC status; a partial failure carries the state that the engine must record. */
function errorStatus(fault: unknown): grpc.ServerErrorResponse {
    const cause = fault instanceof Error ? fault : new Error(String(fault));
    const metadata = new grpc.Metadata();
    if (cause instanceof PartialFailure) {
        const detail = new Any();
        detail.pack(
            initFailed(cause.id, cause.properties, cause.inputs, cause.message),
            "pulumirpc.ErrorResourceInitFailed",
        );
        const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(cause.message);
        status.addDetails(detail);
        metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    }
    return Object.assign(new Error(cause.message), {
        code: grpc.status.UNKNOWN,
        details: cause.message,
        metadata,
    });
}

function initFailed(id: string, properties: Values, inputs: Values, reason: string): Uint8Array {
    return new messages.ErrorResourceInitFailed()
        .setId(id)
        .setProperties(toStruct(properties))
        .setInputs(toStruct(inputs))
        .setReasonsList([reason])
        .serializeBinary();
}
