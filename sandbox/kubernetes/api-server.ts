import { IsomorphicFetchHttpLibrary, KubeConfig, RequestContext, Watch } from "@kubernetes/client-node";
import type { HttpMethod } from "@kubernetes/client-node";
import { isObject } from "../azure/properties";
import type { Values } from "../protocol/values";
import { ApiError, Unreachable } from "./api-faults";

/** What goes along with a request. */
export interface Sent {
    query?: Record<string, string>;
    body?: object;
    /** @default application/json */
    contentType?: string;
}

/** A kubeconfig by its text. */
export function kubeConfigOf(text: string): KubeConfig {
    const config = new KubeConfig();
    config.loadFromString(text);
    return config;
}

/**
 * Requests to an API server through `@kubernetes/client-node`: its kubeconfig, logins, certificates, requests and watches. Objects
 * go as they are, not by its types, which leave out fields they do not know and turn times into dates. Loading it takes its time:
 * whoever may not need a cluster imports this when it does.
 */
export class ApiServer {
    private config: KubeConfig;
    private connections: ReturnType<RequestContext["getDispatcher"]>;
    private readonly http = new IsomorphicFetchHttpLibrary();
    private readonly watches = new Set<AbortController>();
    private isClosed = false;

    /** @param load Called again when the API server takes a token no more: the client keeps that of a login until it ends. */
    constructor(private readonly load: () => KubeConfig) {
        this.config = load();
    }

    close(): void {
        this.isClosed = true;
        for (const watch of this.watches) watch.abort();
        void this.connections?.close();
    }

    /**
     * @param path As in the API's reference, such as `/api/v1/nodes`.
     * @throws ApiError when it refuses, Unreachable when it does not answer or we cannot log in.
     */
    async send(method: HttpMethod, path: string, sent: Sent = {}): Promise<Values> {
        let answer = await this.once(method, path, sent);
        // The token may have been withdrawn; once, a new one is asked for.
        if (answer.code === 401) {
            this.config = this.load();
            answer = await this.once(method, path, sent);
        }
        if (answer.code < 400) return answer.body;
        const { message, reason, details } = answer.body;
        throw new ApiError(
            answer.code,
            typeof reason === "string" ? reason : "",
            typeof message === "string" ? message : `the API server answered ${answer.code} to ${method} ${path}`,
            isObject(details) ? details : {},
        );
    }

    /** Tells of every change below a path, until closed. */
    watch(path: string, changed: () => void): void {
        if (this.isClosed) return;
        let current: AbortController | undefined;
        const again = (): void => {
            if (current) this.watches.delete(current);
            if (this.isClosed) return;
            setTimeout(() => {
                this.watch(path, changed);
            }, rewatchMs).unref();
        };
        void new Watch(this.config).watch(path, {}, changed, again).then((watch) => {
            current = watch;
            if (this.isClosed) watch.abort();
            if (watch.signal.aborted) return;
            this.watches.add(watch);
            // What has changed while nobody watched.
            changed();
        }, again);
    }

    private async once(method: HttpMethod, path: string, sent: Sent): Promise<{ code: number; body: Values }> {
        const request = new RequestContext(`${this.config.getCurrentCluster()?.server ?? ""}${path}`, method);
        for (const [name, value] of Object.entries(sent.query ?? {})) request.setQueryParam(name, value);
        request.setHeaderParam("Accept", "application/json");
        if (sent.body) {
            request.setHeaderParam("Content-Type", sent.contentType ?? "application/json");
            request.setBody(JSON.stringify(sent.body));
        }
        await this.config.applySecurityAuthentication(request).catch((fault: unknown) => {
            throw new Unreachable(`getting credentials: ${this.loginFault(fault)}`);
        });
        // The client opens connections anew for each request: the first one's serve all.
        this.connections ??= request.getDispatcher();
        if (this.connections) request.setDispatcher(this.connections);
        for (let attempt = 0; ; attempt += 1) {
            request.setSignal(AbortSignal.timeout(answerTimeoutMs));
            try {
                const response = await this.http.send(request).toPromise();
                return { code: response.httpStatusCode, body: parsed(await response.body.text()) };
            } catch (fault) {
                const { code, message } = reasonOf(fault);
                // A kept connection that the server has closed since. Every request here may be sent twice.
                if (attempt === 0 && brokenConnections.has(code)) continue;
                throw new Unreachable(`${method} "${this.shown(request)}": ${message}`);
            }
        }
    }

    private loginFault(fault: unknown): string {
        const why = (fault instanceof Error ? fault.message : String(fault)).trim();
        const { command } = (this.config.getCurrentUser()?.exec ?? {}) as { command?: string };
        return command === undefined ? why : `exec: executable ${command} failed: ${why}`;
    }

    /** The request's address by the server's own name, wherever it listens on this machine. */
    private shown(request: RequestContext): string {
        const name = this.config.getCurrentCluster()?.tlsServerName;
        const { origin, pathname, search } = new URL(request.getUrl());
        return `${name === undefined ? origin : `https://${name}`}${pathname}${search}`;
    }
}

const answerTimeoutMs = 60_000;
const rewatchMs = 500;
const brokenConnections = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** `fetch` says no more than that it failed: why is in the cause. */
function reasonOf(fault: unknown): { code: string; message: string } {
    const { name, message, cause } = fault as Error;
    if (name === "TimeoutError") return { code: "", message: "no answer in time" };
    if (!isObject(cause)) return { code: "", message };
    const { code, message: why } = cause as Partial<NodeJS.ErrnoException>;
    return { code: code ?? "", message: why === undefined || why === "" ? (code ?? message) : why };
}

function parsed(text: string): Values {
    try {
        const value: unknown = JSON.parse(text);
        return isObject(value) ? value : {};
    } catch {
        return { message: text.trim() };
    }
}
