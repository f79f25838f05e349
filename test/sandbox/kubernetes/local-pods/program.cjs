"use strict";
// What local pods run in tests: `serve` answers on 8000 as it is told, `exit CODE` and `shard INDEX` end.
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { URL, URLSearchParams } = require("node:url");
const { fetch } = globalThis;

const [task, code] = process.argv.slice(2);
console.log(`begun: ${task}`);

if (task === "exit") process.exit(Number(code));
// The second shard of a job cannot be scored.
if (task === "shard") process.exit(code === "1" ? 42 : 0);

let lives = true;
const answers = {
    "/live": (answer) => answer.writeHead(lives ? 200 : 500).end(),
    "/ready": (answer) => answer.writeHead(200).end(),
    "/about": (answer) =>
        answer.end(JSON.stringify({ args: process.argv.slice(2), env: process.env, pid: process.pid })),
    "/hang": (answer) => {
        lives = false;
        answer.end();
    },
    "/end": (answer, query) => answer.end("ending", () => process.exit(Number(query.get("code")))),
    "/slow": (answer, query) => setTimeout(() => answer.end("slow"), Number(query.get("ms"))),
    "/file": (answer, query) => answer.end(readFileSync(query.get("path"))),
    // Signs in as workload identity does, and asks for a blob.
    "/storage": async (answer, query) => {
        const { AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE } = process.env;
        const signedIn = await fetch(`${AZURE_AUTHORITY_HOST}${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
            method: "POST",
            body: new URLSearchParams({
                ...{ client_id: AZURE_CLIENT_ID, grant_type: "client_credentials" },
                scope: "https://storage.azure.com/.default",
                client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                client_assertion: readFileSync(AZURE_FEDERATED_TOKEN_FILE, "utf8"),
            }),
        });
        const { access_token: token } = await signedIn.json();
        const method = query.get("method");
        const got = await fetch(query.get("url"), {
            ...{ method, ...(method === "PUT" && { body: query.get("body") }) },
            headers: { authorization: `Bearer ${token}`, "x-ms-version": "2025-01-05", "x-ms-blob-type": "BlockBlob" },
        });
        answer.end(JSON.stringify({ status: got.status, text: await got.text() }));
    },
    "/fill": (answer, query) => {
        globalThis.filled = Buffer.alloc(Number(query.get("mib")) * 1024 ** 2, 1);
        answer.end();
    },
};

const server = createServer((asked, answer) => {
    if (!asked.headers["user-agent"]?.startsWith("kube-probe")) console.log(`asked ${asked.url}`);
    const { pathname, searchParams } = new URL(asked.url, "http://pod");
    const how = answers[pathname];
    if (how) how(answer, searchParams);
    else answer.end(`${process.env.SAYS ?? ""}${asked.url}`);
});
server.listen(8000, "0.0.0.0", () => console.log("listening on 8000"));

process.on("SIGTERM", () => {
    console.log("draining");
    server.close(() => {
        console.log("drained");
        process.exit(0);
    });
});
