"use strict";
// Runs a command with a token file that Entra exchanges for a token of the CI identity: no secret is stored anywhere.
// `node tools/federated-token.cjs COMMAND ARG...`, in a job of GitHub Actions or Azure Pipelines. The file is written again
// every few minutes, as such a token is good for minutes and an `up` takes an hour. Pulumi's state backend, its secrets
// provider and azure-native all read the same file.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const AUDIENCE = "api://AzureADTokenExchange";
const RENEWAL_MS = 4 * 60 * 1000;

/** @see https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect */
async function githubToken({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer }) {
    const answer = await ask(`${url}&audience=${encodeURIComponent(AUDIENCE)}`, "GET", bearer);
    return answer.value;
}

/** @see https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create */
async function azurePipelinesToken(env) {
    const connection = encodeURIComponent(env.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID);
    const url = `${env.SYSTEM_OIDCREQUESTURI}?api-version=7.1&serviceConnectionId=${connection}`;
    const answer = await ask(url, "POST", env.SYSTEM_ACCESSTOKEN);
    return answer.oidcToken;
}

async function ask(url, method, bearer) {
    const headers = {
        Authorization: `Bearer ${bearer}`,
        "Content-Type": "application/json",
        Accept: "application/json",
    };
    const answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(30_000) });
    // Not the URL: it may hold what is no business of a log.
    if (!answer.ok) throw new Error(`the CI system gave no token: HTTP ${answer.status}`);
    return answer.json();
}

/** How this job asks for its token, and as whom. */
function source(env) {
    if (env.ACTIONS_ID_TOKEN_REQUEST_URL) return () => githubToken(env);
    if (env.SYSTEM_OIDCREQUESTURI && env.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID) return () => azurePipelinesToken(env);
    throw new Error(
        "this job may not ask for a token: it needs `permissions: id-token: write` on GitHub, or a task with a service connection and SYSTEM_ACCESSTOKEN on Azure Pipelines",
    );
}

/** The identity, from the job's variables; Azure Pipelines' task has names of its own for them. */
function identity(env) {
    const clientId = env.AZURE_CLIENT_ID || env.AZURESUBSCRIPTION_CLIENT_ID;
    const tenantId = env.AZURE_TENANT_ID || env.AZURESUBSCRIPTION_TENANT_ID;
    if (!clientId || !tenantId) throw new Error("AZURE_CLIENT_ID and AZURE_TENANT_ID must be set");
    return { clientId, tenantId };
}

async function main([command, ...args], env) {
    if (!command) throw new Error("usage: node tools/federated-token.cjs COMMAND ARG...");
    const token = source(env);
    const { clientId, tenantId } = identity(env);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "token-"));
    const file = path.join(folder, "token");
    const write = async () => {
        const draft = `${file}.new`;
        fs.writeFileSync(draft, await token(), { mode: 0o600 });
        fs.renameSync(draft, file);
    };
    try {
        await write();
        // A renewal that fails is tried again next time; the token before it may last that long.
        const renewal = setInterval(() => void write().catch((fault) => console.error(String(fault))), RENEWAL_MS);
        const child = spawn(command, args, {
            stdio: "inherit",
            env: {
                ...env,
                ...{ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_FEDERATED_TOKEN_FILE: file },
                ...{ ARM_CLIENT_ID: clientId, ARM_TENANT_ID: tenantId, ARM_USE_OIDC: "true" },
                ARM_OIDC_TOKEN_FILE_PATH: file,
            },
        });
        for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
        const code = await new Promise((done, failed) => {
            child.on("error", failed);
            child.on("close", (status) => done(status ?? 1));
        });
        clearInterval(renewal);
        return code;
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

main(process.argv.slice(2), process.env).then(
    (code) => process.exit(code),
    (fault) => {
        console.error(`federated-token: ${fault.message}`);
        process.exit(1);
    },
);
