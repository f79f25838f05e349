import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const tool = join(__dirname, "..", "..", "tools", "federated-token.cjs");

/** A CI system's token endpoint, and what it was asked. */
let server: Server;
let base = "";
const asked: string[] = [];
beforeAll(async () => {
    server = createServer((request, response) => {
        asked.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
        response.statusCode = request.headers.authorization === "Bearer wrong" ? 403 : 200;
        response.end(JSON.stringify({ value: "github-token", oidcToken: "pipelines-token" }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
    server.close();
});
beforeEach(() => {
    asked.length = 0;
});

function run(env: Record<string, string>, ...command: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [tool, ...command], { env: { PATH: process.env.PATH ?? "", ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    return new Promise((done) => {
        child.on("close", (code) => {
            done({ code, output });
        });
    });
}
const show =
    'cat "$AZURE_FEDERATED_TOKEN_FILE"; echo " $ARM_CLIENT_ID $ARM_TENANT_ID $ARM_USE_OIDC"; stat -c %a "$ARM_OIDC_TOKEN_FILE_PATH"';
const identity = { AZURE_CLIENT_ID: "client", AZURE_TENANT_ID: "tenant" };

test("a GitHub job's command gets a token file that only it can read", async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job" };
    const { code, output } = await run({ ...env, ...identity }, "sh", "-c", show);
    expect(output).toBe("github-token client tenant true\n600\n");
    expect(code).toBe(0);
    expect(asked).toEqual(["GET /token?v=1&audience=api%3A%2F%2FAzureADTokenExchange Bearer job"]);
});

test("so does one of Azure Pipelines, by its service connection", async () => {
    const connection = {
        ...{ AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection", AZURESUBSCRIPTION_CLIENT_ID: "client" },
        AZURESUBSCRIPTION_TENANT_ID: "tenant",
    };
    const env = { SYSTEM_OIDCREQUESTURI: `${base}/oidc`, SYSTEM_ACCESSTOKEN: "job", ...connection };
    expect((await run(env, "sh", "-c", show)).output).toBe("pipelines-token client tenant true\n600\n");
    expect(asked).toEqual(["POST /oidc?api-version=7.1&serviceConnectionId=connection Bearer job"]);
});

test("the command's own end is the job's", async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job" };
    expect((await run({ ...env, ...identity }, "sh", "-c", "exit 7")).code).toBe(7);
});

test.each<[string, Record<string, string>, string]>([
    ["a job without the permission", identity, "this job may not ask for a token"],
    [
        "a job without an identity",
        { ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:9/?", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job" },
        "AZURE_CLIENT_ID and AZURE_TENANT_ID must be set",
    ],
])("%s is told what it lacks", async (_, env, message) => {
    const { code, output } = await run(env, "true");
    expect(output).toContain(message);
    expect(code).toBe(1);
});

test("a refusal is told without the address it came from", async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/token?secret=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "wrong" };
    const { code, output } = await run({ ...env, ...identity }, "true");
    expect(output).toBe("federated-token: the CI system gave no token: HTTP 403\n");
    expect(code).toBe(1);
});
