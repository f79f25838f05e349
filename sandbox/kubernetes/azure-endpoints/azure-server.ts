import { createServer, request } from "node:https";
import type { Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Directory } from "../identity/directory";
import { verifiedClaims } from "../identity/tokens";
import type { Claims } from "../identity/tokens";
import { storageAudience } from "./azurite";
import type { Azurite } from "./azurite";
import { accountIn } from "./storage-facts";
import type { StorageFacts } from "./storage-facts";
import { mayDo } from "./storage-rights";
import { exchange } from "./token-endpoint";

export interface AzureServerOptions {
    port: number;
    /** Certificate, key and authority (PEM). */
    cert: string;
    key: string;
    ca: string;
    /** Key (PEM) that tokens are signed with. */
    publicKey: string;
    directory: () => Directory;
    facts: () => StorageFacts;
    azurite: Azurite;
    ports: { blobs: number; queues: number };
}

export const loginHost = "login.microsoftonline.com";
export const storageHosts = { blob: "*.blob.core.windows.net", queue: "*.queue.core.windows.net" } as const;
const mostFormBytes = 100_000;

/** Plays Azure's endpoints on this machine: signing in, and storage, where role assignments decide what somebody may do. */
export function serveAzure(options: AzureServerOptions): Promise<Server> {
    const { port, cert, key } = options;
    const server = createServer({ cert, key }, (asked, answer) => {
        const host = (asked.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
        const [, account = "", service = ""] = /^([a-z0-9]+)\.(blob|queue)\.core\.windows\.net$/.exec(host) ?? [];
        if (host === loginHost) signIn(options, asked, answer);
        else if (service === "blob" || service === "queue") store(options, asked, answer, account, service);
        else json(answer, 404, { error: `the sandbox has no ${host}` });
    });
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            resolve(server);
        });
    });
}

function signIn({ directory }: AzureServerOptions, asked: IncomingMessage, answer: ServerResponse): void {
    const [, tenant = ""] = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec((asked.url ?? "").split("?")[0] ?? "") ?? [];
    if (asked.method !== "POST" || tenant === "") {
        json(answer, 404, { error: "the sandbox's Entra ID gives tokens to pods, and nothing else" });
        return;
    }
    let form = "";
    asked.on("data", (part: Buffer) => {
        form += part.toString();
        if (form.length > mostFormBytes) asked.destroy();
    });
    asked.once("end", () => {
        const { status, body } = exchange(directory(), new URLSearchParams(form));
        json(answer, status, body);
    });
}

function store(
    options: AzureServerOptions,
    asked: IncomingMessage,
    answer: ServerResponse,
    account: string,
    service: "blob" | "queue",
): void {
    const facts = options.facts();
    const id = accountIn(facts, account);
    if (id === undefined) {
        refuse(asked, answer, 404, "ResourceNotFound", "The specified resource does not exist.");
        return;
    }
    const claims = claimsOf(asked, options);
    if (!claims) {
        refuse(asked, answer, 401, "NoAuthenticationInformation", "Server failed to authenticate the request.");
        return;
    }
    const name = decodeURIComponent((asked.url ?? "/").split("?", 1)[0]?.split("/")[1] ?? "");
    const { method = "GET" } = asked;
    if (!mayDo(String(claims.oid), { service, method, account: id, ...(name !== "" && { name }) }, facts)) {
        const text = "This request is not authorized to perform this operation using this permission.";
        refuse(asked, answer, 403, "AuthorizationPermissionMismatch", text);
        return;
    }
    if (service === "blob" && name !== "" && !options.azurite.has(account, name)) {
        refuse(asked, answer, 404, "ContainerNotFound", "The specified container does not exist.");
        return;
    }
    const port = service === "blob" ? options.ports.blobs : options.ports.queues;
    const { url = "/", headers } = asked;
    const sent = request(
        { host: "127.0.0.1", port, path: url, method, headers, ca: options.ca, servername: "localhost" },
        (got) => {
            answer.writeHead(got.statusCode ?? 502, got.headers);
            got.pipe(answer);
        },
    );
    sent.once("error", (fault) => {
        if (answer.headersSent) answer.destroy();
        else refuse(asked, answer, 503, "ServerBusy", fault.message);
    });
    asked.pipe(sent);
}

/** Who asks, by a token of the sandbox's Entra ID for storage. */
function claimsOf({ headers }: IncomingMessage, { publicKey }: AzureServerOptions): Claims | undefined {
    const [, token = ""] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
    try {
        const claims = verifiedClaims(token, publicKey);
        return [claims.aud].flat().includes(storageAudience) ? claims : undefined;
    } catch {
        return undefined;
    }
}

/** As Azure Storage words it. @see https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
function refuse(asked: IncomingMessage, answer: ServerResponse, status: number, code: string, message: string): void {
    asked.resume();
    answer.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code });
    answer.end(
        asked.method === "HEAD"
            ? ""
            : `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    );
}

function json(answer: ServerResponse, status: number, body: object): void {
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(body));
}
