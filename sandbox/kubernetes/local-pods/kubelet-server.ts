import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LocalPods } from "./local-pods";

export interface KubeletServerOptions {
    port: number;
    /** Certificate, key and authority (PEM); only who shows a certificate of the authority is answered. */
    cert: string;
    key: string;
    ca: string;
    pods: () => LocalPods | undefined;
}

const followMs = 100;
const chunkBytes = 65_536;

/**
 * What the API server asks a node for: the logs of its pods. One for all nodes, as their local pods are all here.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.1/pkg/kubelet/server/server.go (getContainerLogs)
 */
export function serveKubelet({ port, cert, key, ca, pods }: KubeletServerOptions): Promise<Server> {
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (asked, answer) => {
        answerLogs(asked, answer, pods());
    });
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            resolve(server);
        });
    });
}

function answerLogs(asked: IncomingMessage, answer: ServerResponse, pods: LocalPods | undefined): void {
    const { pathname, searchParams } = new URL(asked.url ?? "/", "https://node");
    const [, what, namespace = "", name = "", container = ""] = pathname.split("/").map(decodeURIComponent);
    const refuse = (code: number, why: string): void => {
        answer.writeHead(code, { "content-type": "text/plain" });
        answer.end(`${why}\n`);
    };
    if (what !== "containerLogs") {
        refuse(404, "the sandbox's nodes answer for logs alone");
        return;
    }
    const pod = pods?.find(namespace, name);
    const file = pod?.logOf(container, searchParams.get("previous") === "true");
    if (!pod || file === undefined || !existsSync(file)) {
        refuse(
            404,
            pod ? `container ${container} has said nothing yet` : `pod ${name} is simulated: it has no process here`,
        );
        return;
    }
    answer.writeHead(200, { "content-type": "text/plain" });
    const tail = searchParams.get("tailLines");
    const from = tail === null ? 0 : tailOffset(file, Number(tail));
    const follows = searchParams.get("follow") === "true" ? () => pod.runs(container) : () => false;
    stream(file, from, answer, follows);
}

/** Where the last so many lines begin. */
function tailOffset(file: string, lines: number): number {
    const text = readFileSync(file);
    let at = text.length;
    if (text.at(-1) === 10) at -= 1;
    for (let left = lines; left > 0 && at >= 0; left -= 1) at = at === 0 ? -1 : text.lastIndexOf(10, at - 1);
    return lines === 0 ? text.length : at + 1;
}

/** Sends the file from there on, and what is added as long as it goes on. */
function stream(file: string, from: number, answer: ServerResponse, goesOn: () => boolean): void {
    const handle = openSync(file, "r");
    let at = from;
    const more = (): void => {
        // Asked before reading: what is written before the end is read after it.
        const on = goesOn() && !answer.destroyed;
        for (let size = fstatSync(handle).size; at < size && !answer.destroyed;) {
            const part = Buffer.alloc(Math.min(chunkBytes, size - at));
            const read = readSync(handle, part, 0, part.length, at);
            answer.write(part.subarray(0, read));
            at += read;
        }
        if (on) {
            setTimeout(more, followMs);
            return;
        }
        closeSync(handle);
        answer.end();
    };
    more();
}
