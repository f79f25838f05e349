import { Agent, request } from "node:https";
import type { RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import type { Cluster, Surroundings } from "./kubeconfig";
import { apiVersionOf, listAt, textAt } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";

/** What the API server answers when it refuses. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class ApiError extends Error {
    constructor(
        readonly code: number,
        /** Such as `NotFound`, `Conflict` or `Invalid`. */
        readonly reason: string,
        message: string,
        readonly details: Values,
    ) {
        super(message);
        this.name = "ApiError";
    }
}

/** The API server knows no such type: a custom resource whose definition is not there. */
export class NoMatch extends Error {
    constructor(type: GroupVersionKind) {
        super(`no matches for kind "${type.kind}" in version "${apiVersionOf(type)}"`);
        this.name = "NoMatch";
    }
}

/** The API server could not be reached, or would not say who we are. */
export class Unreachable extends Error {
    constructor(message: string) {
        super(message);
        this.name = "Unreachable";
    }
}

export function isNotFound(fault: unknown): boolean {
    return fault instanceof ApiError && fault.code === 404;
}

/** How objects of a type are addressed. */
interface Mapping {
    plural: string;
    isNamespaced: boolean;
}

export interface WriteOptions {
    manager: string;
    force: boolean;
    dryRun: boolean;
}

type Query = Record<string, string>;

/** Requests to an API server, as they are written in its reference. */
export class KubeApi {
    private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
    private readonly mappings = new Map<string, Promise<Map<string, Mapping>>>();
    private readonly address: { host: string; port: number };

    constructor(
        readonly cluster: Cluster,
        { addressOf }: Surroundings,
    ) {
        const { hostname, port } = cluster.server;
        this.address = addressOf?.(hostname) ?? { host: hostname, port: Number(port === "" ? 443 : port) };
    }

    close(): void {
        this.agent.destroy();
    }

    /** Version of the API server, such as `v1.34.1`. */
    async version(): Promise<string> {
        return textAt(await this.send("GET", "/version"), "gitVersion");
    }

    /** @throws NoMatch */
    async isNamespaced(type: GroupVersionKind): Promise<boolean> {
        return (await this.mapping(type)).isNamespaced;
    }

    get(type: GroupVersionKind, namespace: string | undefined, name: string): Promise<KubeObject> {
        return this.onObject("GET", type, namespace, name);
    }

    /** @param query Selectors, such as `{ labelSelector: "app=web" }`. */
    async list(type: GroupVersionKind, namespace: string | undefined, query: Query = {}): Promise<KubeObject[]> {
        const path = await this.path(type, namespace);
        const items = listAt(await this.send("GET", path, query), "items");
        const { kind } = type;
        return items.map((item) => ({ apiVersion: apiVersionOf(type), kind, metadata: {}, ...item }));
    }

    /** Server-side apply. */
    apply(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        object: Values,
        { manager, force, dryRun }: WriteOptions,
    ): Promise<KubeObject> {
        const query = { fieldManager: manager, force: String(force), ...(dryRun && { dryRun: "All" }) };
        return this.onObject("PATCH", type, namespace, name, query, object);
    }

    replace(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        object: Values,
        { manager, dryRun }: Omit<WriteOptions, "force">,
    ): Promise<KubeObject> {
        return this.onObject(
            "PUT",
            type,
            namespace,
            name,
            { fieldManager: manager, ...(dryRun && { dryRun: "All" }) },
            object,
        );
    }

    async delete(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        propagationPolicy: string,
    ): Promise<void> {
        await this.onObject("DELETE", type, namespace, name, {}, { propagationPolicy });
    }

    private async onObject(
        method: string,
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        query: Query = {},
        body?: Values,
    ): Promise<KubeObject> {
        const path = `${await this.path(type, namespace)}/${encodeURIComponent(name)}`;
        return (await this.send(method, path, query, body)) as KubeObject;
    }

    private async path(type: GroupVersionKind, namespace: string | undefined): Promise<string> {
        const { plural, isNamespaced } = await this.mapping(type);
        const place = isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
        return `${rootOf(type)}${place}/${plural}`;
    }

    private async mapping(type: GroupVersionKind): Promise<Mapping> {
        const root = rootOf(type);
        const known = (await this.mappings.get(root))?.get(type.kind);
        if (known) return known;
        // A definition may have come since.
        const asked = this.discover(root);
        this.mappings.set(root, asked);
        asked.catch(() => this.mappings.delete(root));
        const found = (await asked).get(type.kind);
        if (!found) throw new NoMatch(type);
        return found;
    }

    private async discover(root: string): Promise<Map<string, Mapping>> {
        const answer = await this.send("GET", root).catch((fault: unknown): Values => {
            if (isNotFound(fault)) return {};
            throw fault;
        });
        const resources = listAt(answer, "resources").filter(({ name }) => !String(name).includes("/"));
        return new Map(
            resources.map(({ name, kind, namespaced }) => {
                return [String(kind), { plural: String(name), isNamespaced: namespaced === true }];
            }),
        );
    }

    private async send(method: string, path: string, query: Query = {}, body?: Values): Promise<Values> {
        const target = Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`;
        let answer = await this.once(method, target, body, false);
        // The token may have been withdrawn; once, a new one is asked for.
        if (answer.code === 401) answer = await this.once(method, target, body, true);
        if (answer.code < 400) return answer.body;
        const { message, reason, details } = answer.body;
        throw new ApiError(
            answer.code,
            typeof reason === "string" ? reason : "",
            typeof message === "string" ? message : `the API server answered ${answer.code} to ${method} ${path}`,
            isObject(details) ? details : {},
        );
    }

    private async once(
        method: string,
        target: string,
        body: Values | undefined,
        again: boolean,
    ): Promise<{ code: number; body: Values }> {
        const token = await this.cluster.token(again).catch((fault: unknown) => {
            throw new Unreachable(fault instanceof Error ? fault.message : String(fault));
        });
        const text = body && JSON.stringify(body);
        const { certificate, key } = this.cluster.clientCertificate ?? {};
        const options = {
            ...{ method, path: target, agent: this.agent, host: this.address.host, port: this.address.port },
            ...{ servername: serverName(this.cluster.server.hostname), timeout: answerTimeoutMs },
            ...(certificate !== undefined && { cert: certificate, key }),
            ...{ ca: this.cluster.certificateAuthority, rejectUnauthorized: !this.cluster.isUnverified },
            headers: {
                ...{ accept: "application/json", host: this.cluster.server.host },
                ...(token !== undefined && { authorization: `Bearer ${token}` }),
                ...(text !== undefined && {
                    "content-type": method === "PATCH" ? "application/apply-patch+yaml" : "application/json",
                    "content-length": Buffer.byteLength(text),
                }),
            },
        };
        for (let attempt = 0; ; attempt += 1) {
            try {
                return await exchange(options, text);
            } catch (fault) {
                const { code, message } = fault as NodeJS.ErrnoException;
                // A kept connection that the server has closed since. Every request here may be sent twice.
                if (attempt === 0 && (code === "ECONNRESET" || code === "EPIPE")) continue;
                throw new Unreachable(`${method} "${this.cluster.server.origin}${target}": ${message}`);
            }
        }
    }
}

const answerTimeoutMs = 60_000;

/** TLS names no addresses. */
function serverName(hostname: string): string {
    return /^[\d.]+$|:/.test(hostname) ? "" : hostname;
}

function rootOf(type: GroupVersionKind): string {
    return type.group === "" ? `/api/${type.version}` : `/apis/${apiVersionOf(type)}`;
}

function exchange(options: RequestOptions, text: string | undefined): Promise<{ code: number; body: Values }> {
    return new Promise((resolve, reject) => {
        const sent = request(options, (response: IncomingMessage) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                resolve({ code: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString("utf8")) });
            });
        });
        sent.on("error", reject);
        sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
        sent.end(text);
    });
}

function parsed(text: string): Values {
    try {
        const value: unknown = JSON.parse(text);
        return isObject(value) ? value : {};
    } catch {
        return { message: text.trim() };
    }
}
