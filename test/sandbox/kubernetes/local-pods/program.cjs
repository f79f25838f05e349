"use strict";
// What local pods run in tests: `serve` answers on 8000 as it is told, `exit CODE` and `shard INDEX` end.
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { URL } = require("node:url");

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
