import { Server, Socket } from "node:net";
import { isMainThread } from "node:worker_threads";

/** What a pod's network is here, where all pods share one machine's loopback. */
export interface PodNetwork {
    /** Port of this machine by the port that the program listens on. */
    listens: Readonly<Record<string, number>>;
    /** Where hosts that the program calls answer here: a name, or `*.` and the end of one, and the port of this machine. */
    hosts: Readonly<Record<string, number>>;
}

/** Variable that holds it, as JSON. */
export const networkVariable = "MLPLATFORM_POD_NETWORK";

/** The port of this machine at which that host answers; undefined for one that is not of this network. */
export function portFor({ hosts }: PodNetwork, host: string): number | undefined {
    const name = host.toLowerCase();
    return hosts[name] ?? hosts[name.replace(/^[^.]+/, "*")];
}

/**
 * Runs before a pod's program (`node --require`), and in each of its threads: a program that listens on 8000 as every pod may
 * listens on a port of its own, and the private endpoints of Azure answer on this machine. Its text needs to know nothing of that.
 */
function joinNetwork(network: PodNetwork): void {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its server below
    const listen = Server.prototype.listen as Method;
    Server.prototype.listen = function (this: Server, ...args: unknown[]) {
        const asked = listening(args);
        if (!asked) return listen.apply(this, args);
        const options = { ...asked.options, host: "127.0.0.1", port: network.listens[asked.port] ?? 0 };
        return listen.call(this, options, ...asked.after);
    } as typeof Server.prototype.listen;

    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its socket below
    const connect = Socket.prototype.connect as Method;
    Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
        // Node's own modules hand over what they have put in order: a list of options and callback.
        const [first, ...rest] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
        const options = typeof first === "object" ? (first as Address) : { port: first, host: rest[0] };
        const port = typeof options?.host === "string" ? portFor(network, options.host) : undefined;
        if (port === undefined) return connect.apply(this, args);
        const callback = rest.find((each) => typeof each === "function");
        return connect.call(this, { ...options, host: "127.0.0.1", port }, ...(callback ? [callback] : []));
    } as typeof Socket.prototype.connect;
}

type Method = (...args: unknown[]) => unknown;
type Address = { port?: unknown; host?: unknown } | null;

function listening(args: unknown[]): { port: string; options: object; after: unknown[] } | undefined {
    const [first, ...rest] = args;
    if (typeof first === "object" && first !== null) {
        const { port } = first as { port?: unknown };
        const isPort = typeof port === "number" || typeof port === "string";
        return isPort ? { port: String(port), options: first, after: rest } : undefined;
    }
    if (typeof first !== "number" && !/^\d+$/.test(String(first))) return undefined;
    const host = typeof rest[0] === "string";
    return { port: String(first), options: {}, after: host ? rest.slice(1) : rest };
}

/** Whoever has started the pods has gone without a word: nothing of them stays behind. */
function endWithParent(): void {
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) process.exit(137);
    }, 500).unref();
}

const given = process.env[networkVariable];
if (given !== undefined) {
    joinNetwork(JSON.parse(given) as PodNetwork);
    if (isMainThread) endWithParent();
}
