import { Agent, createServer, request } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { BackendRef, Filter, HttpRoute } from "./objects";
import { backendFor, entryFor, filterOf, milliseconds, rewritten } from "./routing";
import type { Asked, Entry } from "./routing";

/** A pod that answers, at its port of this machine. */
export interface Endpoint {
    uid: string;
    port: number;
}

export interface ProxyOptions {
    port: number;
    entries: () => readonly Entry[];
    /** Ready endpoints of a route's backend. */
    endpointsOf: (backend: BackendRef, route: HttpRoute) => readonly Endpoint[];
    /** @default Math.random */
    random?: () => number;
}

/** Headers that are between two neighbours alone. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"];
/** What Envoy gives a route that says nothing. @see https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts */
const defaultTimeoutMs = 15_000;

/** Forwards requests to pods as the cluster's routes say: what Envoy does on Azure. */
export class Proxy {
    private readonly server: Server;
    private readonly upstreams = new Map<string, { agent: Agent; pending: number }>();

    constructor(private readonly options: ProxyOptions) {
        this.server = createServer((asked, answer) => {
            this.answer(asked, answer);
        });
        // A body may take as long as its route allows.
        this.server.requestTimeout = 0;
    }

    listen(): Promise<void> {
        return new Promise((resolve, reject) => {
            this.server.once("error", reject);
            this.server.listen(this.options.port, "127.0.0.1", resolve);
        });
    }

    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
        for (const { agent } of this.upstreams.values()) agent.destroy();
    }

    /** Lets go of idle connections to pods that take no more requests: they close them, and nobody should be caught by that. */
    keepOnly(uids: ReadonlySet<string>): void {
        for (const [uid, { agent, pending }] of this.upstreams) {
            if (uids.has(uid)) continue;
            agent.maxFreeSockets = 0;
            for (const sockets of Object.values(agent.freeSockets))
                for (const socket of sockets ?? []) socket.destroy();
            if (pending === 0) this.upstreams.delete(uid);
        }
    }

    private answer(asked: IncomingMessage, answer: ServerResponse): void {
        const about = askedOf(asked);
        const entry = entryFor(this.options.entries(), about);
        if (!entry) {
            // To whoever looks around on this machine.
            if (about.path === "/" && about.host !== "") this.list(answer);
            else end(answer, 404, "no route takes this");
            return;
        }
        const backend = backendFor(entry.rule, (this.options.random ?? Math.random)());
        if (!backend) {
            end(answer, 500, "the route has no backend");
            return;
        }
        const mirror = filterOf(entry.rule, "RequestMirror")?.requestMirror;
        if (mirror && (this.options.random ?? Math.random)() * 100 < (mirror.percent ?? 100))
            this.mirror(asked, entry, mirror.backendRef, about);
        this.forward(asked, answer, entry, backend, about);
    }

    private forward(
        asked: IncomingMessage,
        answer: ServerResponse,
        entry: Entry,
        backend: BackendRef,
        about: Asked,
    ): void {
        const endpoint = this.leastBusy(this.options.endpointsOf(backend, entry.route));
        if (!endpoint) {
            end(answer, 503, "no healthy upstream");
            return;
        }
        const upstream = this.upstreamOf(endpoint);
        const sent = request(upstreamOptions(asked, entry, about, endpoint, upstream.agent));
        upstream.pending += 1;
        const limit = timeoutOf(entry);
        const timer =
            limit > 0
                ? setTimeout(() => {
                      end(answer, 504, "upstream request timeout");
                      sent.destroy();
                  }, limit)
                : undefined;
        sent.once("close", () => {
            upstream.pending -= 1;
            clearTimeout(timer);
        });
        sent.once("response", (got) => {
            answer.writeHead(
                got.statusCode ?? 502,
                changed(got.headers, filterOf(entry.rule, "ResponseHeaderModifier")),
            );
            got.pipe(answer);
            got.once("error", () => answer.destroy());
        });
        sent.once("error", () => {
            if (answer.headersSent) answer.destroy();
            else end(answer, 503, "upstream connect error or disconnect/reset before headers");
        });
        answer.once("close", () => {
            if (!answer.writableFinished) sent.destroy();
        });
        asked.pipe(sent);
    }

    /** A copy whose answer nobody waits for. */
    private mirror(asked: IncomingMessage, entry: Entry, backend: BackendRef, about: Asked): void {
        const endpoint = this.leastBusy(this.options.endpointsOf(backend, entry.route));
        if (!endpoint) return;
        const sent = request(upstreamOptions(asked, entry, about, endpoint, this.upstreamOf(endpoint).agent));
        sent.once("response", (got) => got.resume());
        sent.once("error", () => asked.unpipe(sent));
        asked.pipe(sent);
    }

    private leastBusy(endpoints: readonly Endpoint[]): Endpoint | undefined {
        const pending = ({ uid }: Endpoint): number => this.upstreams.get(uid)?.pending ?? 0;
        const least = Math.min(...endpoints.map(pending));
        const idlest = endpoints.filter((endpoint) => pending(endpoint) === least);
        return idlest[Math.floor((this.options.random ?? Math.random)() * idlest.length)];
    }

    private upstreamOf({ uid }: Endpoint): { agent: Agent; pending: number } {
        const known = this.upstreams.get(uid) ?? { agent: new Agent({ keepAlive: true }), pending: 0 };
        this.upstreams.set(uid, known);
        return known;
    }

    private list(answer: ServerResponse): void {
        const lines = this.options
            .entries()
            .map(
                ({ hostname, match }) =>
                    `http://127.0.0.1:${this.options.port}${match.path?.value ?? "/"}  (${hostname})`,
            );
        end(answer, 200, ["The sandbox's gateway. It leads to:", ...lines, ""].join("\n"));
    }
}

function askedOf({ headers, url = "/", method = "GET" }: IncomingMessage): Asked {
    const host = (headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
    return { host, path: url.split("?", 1)[0] ?? "/", method, headers };
}

function upstreamOptions(asked: IncomingMessage, entry: Entry, about: Asked, endpoint: Endpoint, agent: Agent) {
    const { path, host } = rewritten(entry, about);
    const { url = "/" } = asked;
    const query = url.includes("?") ? url.slice(url.indexOf("?")) : "";
    const from = asked.socket.remoteAddress ?? "";
    const headers = changed(asked.headers, filterOf(entry.rule, "RequestHeaderModifier"));
    const forwarded = { "x-forwarded-for": from, "x-forwarded-proto": "http" };
    return {
        ...{ host: "127.0.0.1", port: endpoint.port, path: path + query, method: asked.method, agent },
        headers: { ...headers, ...forwarded, host: host === about.host ? (asked.headers.host ?? host) : host },
    };
}

/** Headers as they go on. */
function changed(headers: IncomingHttpHeaders, filter: Filter | undefined): IncomingHttpHeaders {
    const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
    const result: IncomingHttpHeaders = Object.fromEntries(kept);
    // Of a body whose length is not known, which Node tells by itself.
    if (headers["transfer-encoding"] !== undefined) result["transfer-encoding"] = headers["transfer-encoding"];
    const { set = [], add = [], remove = [] } = filter?.requestHeaderModifier ?? filter?.responseHeaderModifier ?? {};
    for (const { name, value } of set) result[name.toLowerCase()] = value;
    for (const { name, value } of add) {
        const before = result[name.toLowerCase()];
        result[name.toLowerCase()] = before === undefined ? value : [before, value].flat().join(",");
    }
    return Object.fromEntries(
        Object.entries(result).filter(([name]) => !remove.some((one) => one.toLowerCase() === name)),
    );
}

function timeoutOf({ rule }: Entry): number {
    const { request: whole, backendRequest } = rule.timeouts ?? {};
    return whole === undefined && backendRequest === undefined
        ? defaultTimeoutMs
        : milliseconds(whole ?? backendRequest ?? "");
}

function end(answer: ServerResponse, status: number, text: string): void {
    if (answer.headersSent) {
        answer.destroy();
        return;
    }
    answer.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
    answer.end(text);
}
