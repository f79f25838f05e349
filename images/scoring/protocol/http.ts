import { fastify } from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { Refusal } from "../refusal";
import { sendFault } from "./http-fault";
import { InferRoute } from "./infer-route";
import type { InferRouteArgs } from "./infer-route";
import { serverName, serverVersion } from "./server-metadata";

export interface HttpArgs extends InferRouteArgs {
    /** Is the server on its way out? */
    draining: () => boolean;
}

type Params = Readonly<Record<string, string>>;
type Handler = (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => Promise<unknown>;

const methods: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The Open Inference Protocol v2 over HTTP, with its binary tensors. @see https://github.com/kserve/open-inference-protocol */
export function httpServer(args: HttpArgs): FastifyInstance {
    const { models, draining, log } = args;
    const inferences = new InferRoute(args);
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
        reply.hijack();
        sendFault(log, fault, request.raw, reply.raw);
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
        route("POST", `${base}/infer`, ({ params: { model = "", version }, raw }, reply) => {
            reply.hijack();
            return inferences.answer(raw, reply.raw, model, version);
        });
    }
    const { server } = app;
    const others = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
        if (!inferences.take(request, response)) for (const other of others) other.call(server, request, response);
    });
    return app;
}
