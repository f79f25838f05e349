import { createServer } from "node:http";
import type { Server } from "node:http";
import { demoRoute } from "./demo/demo-route";
import { Repository } from "./model/repository";
import type { Prove } from "./model/repository";
import { BodyReader } from "./protocol/body";
import { GrpcServer } from "./protocol/grpc";
import { httpServer } from "./protocol/http";
import type { ServeSettings } from "./settings";
import { Log } from "./telemetry/log";
import { exposition } from "./telemetry/metrics";
import { Tracer } from "./telemetry/traces";
import { scoreRoute } from "./vision/score-route";

/** A server that answers. */
export interface Serving {
    ports: { http: number; grpc?: number; metrics: number };
    /** Resolves once all models are ready. @throws Error where none is */
    loaded: Promise<void>;
    /** Answers what is there and what still comes, tells clients to go, and ends. */
    drain: () => Promise<void>;
}

/** Nothing new for so long, and the clients have understood. */
const quietMs = 500;

/** Starts to answer, at first that nothing is ready yet. */
export async function serve(settings: ServeSettings, prove: Prove = () => Promise.resolve()): Promise<Serving> {
    const log = new Log(settings.logLevel);
    const { traces, host, ports } = settings;
    const tracer = traces && new Tracer(traces.endpoint, traces.service, log);
    const models = new Repository(settings, log, prove);
    let isDraining = false;
    const draining = (): boolean => isDraining;
    const common = { models, log, draining, ...(tracer && { tracer }) };
    const app = httpServer({ ...common, bodies: new BodyReader(settings) });
    const metrics = createServer((request, response) => {
        const found = request.url === "/metrics";
        response.writeHead(found ? 200 : 404, { "content-type": "text/plain; version=0.0.4" });
        response.end(found ? exposition(models.all().map((model) => model.metrics)) : "there is /metrics\n");
    });
    void app.register(scoreRoute, { models });
    if (settings.demo) demoRoute(app);
    await app.listen({ port: ports.http, host });
    const metricsPort = await listening(metrics, ports.metrics, host);
    const grpc =
        ports.grpc === undefined ? undefined : new GrpcServer({ ...common, maxRequestBytes: settings.maxRequestBytes });
    const grpcPort = await grpc?.listen(ports.grpc ?? 0, host);
    const open = { http: portOf(app.server), metrics: metricsPort, ...(grpcPort !== undefined && { grpc: grpcPort }) };
    log.event("info", "listening", open);

    async function drain(): Promise<void> {
        if (isDraining) return;
        isDraining = true;
        const began = performance.now();
        log.event("info", "draining", {
            requests: models.all().reduce((sum, model) => sum + model.metrics.pendingNow, 0),
        });
        let last = began;
        app.server.prependListener("request", (_request, response) => {
            last = performance.now();
            response.setHeader("connection", "close");
        });
        // Who has not heard yet that this server goes still gets an answer.
        const limit = began + (settings.drainSeconds * 1000) / 2;
        while (performance.now() < Math.min(limit, last + quietMs)) await new Promise((done) => setTimeout(done, 50));
        await Promise.all([app.close(), grpc?.drain()]);
        await tracer?.close();
        metrics.close();
        metrics.closeAllConnections();
        await models.close();
        log.event("info", "drained", { ms: Math.round(performance.now() - began) });
    }

    return { ports: open, loaded: models.load(), drain };
}

function listening(server: Server, port: number, host: string): Promise<number> {
    return new Promise((done, failed) => {
        server.once("error", failed);
        server.listen(port, host, () => {
            done(portOf(server));
        });
    });
}

function portOf(server: Server): number {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
}
