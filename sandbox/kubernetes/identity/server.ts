import { createServer } from "node:https";
import type { Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AzureFacts } from "../azure-facts";
import { isAllowed } from "./authorization";
import type { AccessReview } from "./authorization";
import { entraIssuer, keySet } from "./tokens";

/** What the API server asks the sandbox for: keys of its Entra ID, and what Azure lets somebody do. */
export interface IdentityServerOptions {
    port: number;
    /** Certificate and key (PEM). */
    cert: string;
    key: string;
    tenantId: string;
    /** Key (PEM) that the directory's tokens are signed with. */
    publicKey: string;
    facts: () => AzureFacts | undefined;
}

const mostBytes = 1_000_000;

/** Where OpenID Connect's discovery lies on it. */
export const discoveryPath = "/.well-known/openid-configuration";
export const authorizePath = "/authorize";

/** Serves discovery, keys and the authorization webhook on the loopback. */
export function serveIdentity(options: IdentityServerOptions): Promise<Server> {
    const { port, cert, key } = options;
    const server = createServer({ cert, key }, (asked, answer) => {
        respond(options, asked).then(
            (body) => {
                send(answer, body === undefined ? 404 : 200, body ?? {});
            },
            (fault: unknown) => {
                send(answer, 400, { error: fault instanceof Error ? fault.message : String(fault) });
            },
        );
    });
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            resolve(server);
        });
    });
}

async function respond(options: IdentityServerOptions, asked: IncomingMessage): Promise<object | undefined> {
    const { port, tenantId, publicKey, facts } = options;
    const path = (asked.url ?? "").split("?")[0];
    if (asked.method === "GET" && path === discoveryPath) {
        return {
            issuer: entraIssuer(tenantId),
            jwks_uri: `https://127.0.0.1:${port}/keys`,
            response_types_supported: ["id_token"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["RS256"],
        };
    }
    if (asked.method === "GET" && path === "/keys") return keySet(publicKey);
    if (asked.method === "POST" && path === authorizePath) {
        const { apiVersion, kind, spec = {} } = JSON.parse(await bodyOf(asked)) as Review;
        const known = facts();
        const allowed = known !== undefined && isAllowed(spec, known);
        // Not a refusal: as on AKS, whoever Azure does not let may be let by a role of the cluster's own.
        return { apiVersion, kind, status: allowed ? { allowed } : { allowed, reason } };
    }
    return undefined;
}

const reason = "User does not have access to the resource in Azure. Update role assignment to allow access.";

interface Review {
    apiVersion: string;
    kind: string;
    spec?: AccessReview;
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
    let body = "";
    for await (const part of asked) {
        body += String(part);
        if (body.length > mostBytes) throw new Error("this is too much to ask");
    }
    return body;
}

function send(answer: ServerResponse, status: number, body: object): void {
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(body));
}
