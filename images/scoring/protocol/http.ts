import type { IncomingMessage, ServerResponse } from "node:http";
import { fastify } from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import type { Repository } from "../model/repository";
import { Refusal, messageOf } from "../refusal";
import type { InferOptions } from "../scorer";
import type { Log } from "../telemetry/log";
import type { Tracer } from "../telemetry/traces";
import type { Tensor } from "../tensor";
import type { BodyReader } from "./body";
import { inferAnswer, jsonLengthHeader } from "./infer-answer";
import { readInferRequest } from "./infer-request";
import { serverName, serverVersion } from "./server-metadata";

export interface HttpArgs {
    models: Repository;
    bodies: BodyReader;
    log: Log;
    tracer?: Tracer;
    /** Is the server on its way out? */
    draining: () => boolean;
}

type Params = Readonly<Record<string, string>>;
type Handler = (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => Promise<unknown>;

/** How long a client may go on sending what is refused already, before its connection is cut. */
const dumpMs = 2000;
const methods: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The Open Inference Protocol v2 over HTTP, with its binary tensors. @see https://github.com/kserve/open-inference-protocol */
export function httpServer(args: HttpArgs): FastifyInstance {
    const { models, draining } = args;
    const app = fastify({
        logger: false,
        // What is there when the server closes is answered; until then it sends the connection on its way.
        return503OnClosing: false,
        forceCloseConnections: "idle",
        keepAliveTimeout: 75_000,
        requestTimeout: 120_000,
        routerOptions: { maxParamLength: 200 },
    });
    // Bodies are read by whoever wants them, once it is known that somebody does.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => {
        done(null);
    });
    app.setErrorHandler((fault, request, reply) => {
        answerFault(args, fault, request, reply);
    });
    app.setNotFoundHandler((request) => {
        throw new Refusal("unknown", `there is no ${request.method} ${request.url.split("?")[0]?.slice(0, 200) ?? ""}`);
    });
    const route = (method: "GET" | "POST", url: string, handler: Handler): void => {
        app.route<{ Params: Params }>({ method, url, handler });
        const others = methods.filter((one) => one !== method && !(method === "GET" && one === "HEAD"));
        app.route({
            ...{ method: others, url },
            handler: (request, reply) =>
                reply
                    .code(405)
                    .header("allow", method)
                    .send({ error: `${request.method} is no method of this; ${method} is` }),
        });
    };

    route("GET", "/v2/health/live", () => Promise.resolve({ live: true }));
    route("GET", "/v2/health/ready", (_request, reply) => {
        const ready = models.ready && !draining();
        if (!ready) reply.code(503);
        // The specification's page has "live" here, its OpenAPI "ready".
        return Promise.resolve({ ready, live: ready });
    });
    route("GET", "/v2", () =>
        Promise.resolve({ name: serverName, version: serverVersion, extensions: ["binary_tensor_data"] }),
    );
    for (const base of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
        route("GET", base, ({ params: { model = "", version } }) => {
            const { name, inputs, outputs } = models.get(model, version);
            return Promise.resolve({
                name,
                versions: models.versions(name),
                platform: "onnxruntime_onnx",
                inputs,
                outputs,
            });
        });
        route("GET", `${base}/ready`, ({ params: { model = "", version } }, reply) => {
            const ready = models.isReady(model, version) && !draining();
            if (!ready) reply.code(503);
            return Promise.resolve({ name: model, ready });
        });
        route("POST", `${base}/infer`, (request, reply) => infer(args, request, reply));
    }
    return app;
}

async function infer(
    { models, bodies, tracer, log }: HttpArgs,
    { params: { model = "", version }, raw }: FastifyRequest<{ Params: Params }>,
    reply: FastifyReply,
): Promise<unknown> {
    const scorer = models.get(model, version);
    reply.header("x-model-digest", `sha256:${scorer.digest}`).header("x-model-version", scorer.version);
    const span = tracer?.start("infer", raw.headers.traceparent, {
        "model.name": scorer.name,
        "model.version": scorer.version,
    });
    const began = performance.now();
    const timing = span || log.takes("debug") ? {} : undefined;
    try {
        const jsonBytes = jsonLengthOf(raw);
        const body = await bodies.read(raw, reply.raw, jsonBytes);
        if (jsonBytes !== undefined && jsonBytes > body.length)
            throw new Refusal("invalid", `${jsonLengthHeader} is ${jsonBytes}, the body has ${body.length} bytes`);
        const request = scorer.counted(() => readInferRequest(body, jsonBytes));
        const options: InferOptions = { signal: goneWith(reply.raw), owned: true };
        if (request.outputs && request.outputs.length > 0) options.outputs = request.outputs.map(({ name }) => name);
        if (request.timeoutMs !== undefined) options.deadline = began + request.timeoutMs;
        if (timing) options.timing = timing;
        const outputs: Tensor[] = await scorer.infer(request.inputs, options);
        const answer = inferAnswer(scorer, request, outputs);
        if (typeof answer === "string") return await reply.type("application/json").send(answer);
        return await reply
            .type("application/octet-stream")
            .header(jsonLengthHeader, String(answer.jsonBytes))
            .send(answer.body);
    } catch (fault) {
        span?.fail(fault);
        throw fault;
    } finally {
        span?.end(timing);
        if (log.takes("debug"))
            log.event("debug", "inference", { model: scorer.name, ms: performance.now() - began, ...timing });
    }
}

/** @throws Refusal where it is no number */
function jsonLengthOf({ headers }: IncomingMessage): number | undefined {
    const given = headers[jsonLengthHeader];
    if (given === undefined) return undefined;
    if (typeof given === "string" && /^\d{1,10}$/.test(given)) return Number(given);
    throw new Refusal("invalid", `${jsonLengthHeader} must be a number of bytes, got "${String(given).slice(0, 40)}"`);
}

/** Has the client gone? */
export const goneWith = (response: ServerResponse): { readonly aborted: boolean } => ({
    get aborted() {
        return response.destroyed;
    },
});

/** Answers with what is wrong, as {"error"}. */
function answerFault({ log }: HttpArgs, fault: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const message = messageOf(fault);
    const given = fault instanceof Refusal ? fault.status : (fault as { statusCode?: number }).statusCode;
    const status = given ?? 500;
    if (status >= 500)
        log.event("error", "request failed", { path: request.routeOptions.url, status, reason: message });
    else log.event("debug", "request refused", { path: request.routeOptions.url, status, reason: message });
    if (status === 429 || status === 503) reply.header("retry-after", "1");
    const { raw } = request;
    // Of a body that nobody wants, the rest is let go by, for a while.
    if (!raw.complete)
        setTimeout(() => {
            if (!raw.complete) raw.socket.destroy();
        }, dumpMs).unref();
    void reply
        .code(status)
        .type("application/json")
        .send(JSON.stringify({ error: message }));
}
