import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentTools, agentToolsLock } from "../../../facts/agent-tools";

const clone = join(__dirname, "..", "..", "..");
const script = join(clone, "images", "pipeline-agent", "start.sh");
const root = mkdtempSync(join(tmpdir(), "mlplatform-agent-"));
afterAll(() => {
    rmSync(root, { recursive: true });
});

/** Stand-ins for Entra and the agent, which write down what they are asked. */
function place(run: string): { env: NodeJS.ProcessEnv; log: () => string } {
    const folder = mkdtempSync(join(root, "pod-"));
    const [home, agent, bin, log] = ["home", "agent", "bin", "log"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
        string,
    ];
    for (const made of [home, agent, bin]) mkdirSync(made);
    const program = (file: string, text: string): void => {
        writeFileSync(file, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
    };
    program(join(bin, "curl"), `echo "curl $*" >> ${log}; echo '{"access_token":"secret"}'`);
    program(join(bin, "jq"), 'sed -n \'s/.*"access_token":"\\([^"]*\\)".*/\\1/p\'');
    program(join(home, "config.sh"), `echo "config $* with \${VSTS_AGENT_INPUT_TOKEN}" >> ${log}`);
    program(join(home, "run.sh"), `echo "run $*" >> ${log}; ${run.replaceAll("LOG", log)}`);
    writeFileSync(join(folder, "token"), "of Kubernetes");
    return {
        env: {
            ...{ PATH: `${bin}:${process.env.PATH ?? ""}`, AGENT_HOME: home, AGENT_FOLDER: agent, AZP_WORK: "/work" },
            ...{ AZP_URL: "https://dev.azure.com/contoso", AZP_POOL: "mlplatform", AZP_AGENT_NAME: "agent-1" },
            ...{
                AZURE_TENANT_ID: "tenant",
                AZURE_CLIENT_ID: "client",
                AZURE_FEDERATED_TOKEN_FILE: join(folder, "token"),
            },
        },
        log: () => (existsSync(log) ? readFileSync(log, "utf8") : ""),
    };
}
const started = (env: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> =>
    new Promise((done) => {
        execFile("bash", [script, "--once"], { env }, (fault, _, said) => {
            done({ code: typeof fault?.code === "number" ? fault.code : 0, said });
        });
    });

test("registers by a token of its own, takes one job, and leaves the list by a fresh token", async () => {
    const { env, log } = place("exit 0");
    expect(await started(env)).toEqual({ code: 0, said: "" });
    const lines = log().trim().split("\n");
    expect(lines.map((line) => line.split(" ", 1)[0])).toEqual(["curl", "config", "run", "curl", "config"]);
    expect(lines[0]).toContain(`client_assertion@${env.AZURE_FEDERATED_TOKEN_FILE ?? ""}`);
    expect(lines[0]).toContain("https://login.microsoftonline.com/tenant/oauth2/v2.0/token");
    expect(lines[1]).toBe(
        "config --replace --acceptTeeEula --url https://dev.azure.com/contoso --pool mlplatform --agent agent-1 --work /work --unattended --auth pat with secret",
    );
    expect(lines[2]).toBe("run --once");
    expect(lines[4]).toBe("config remove --unattended --auth pat with secret");
});

test("ends with the agent's code, off the list all the same", async () => {
    const { env, log } = place("exit 7");
    expect((await started(env)).code).toBe(7);
    expect(log()).toContain("config remove");
});

test("on TERM the agent is told, and waited for", async () => {
    const { env, log } = place("trap 'echo cancelled >> LOG; exit 3' TERM; for i in {1..600}; do sleep 0.05; done");
    const child = spawn("bash", [script, "--once"], { env, stdio: "ignore" });
    while (!log().includes("run --once")) await new Promise((done) => setTimeout(done, 20));
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGTERM");
    expect(await ended).toBe(3);
    expect(log()).toMatch(/cancelled\n[^]*config remove/);
});

test("says what it was not given", async () => {
    const { env } = place("exit 0");
    expect(await started({ ...env, AZP_POOL: "" })).toEqual({ code: 64, said: "AZP_POOL must be set\n" });
});

test("what the image fetches is the list of facts, each by its checksum", () => {
    expect(readFileSync(join(clone, "images", "pipeline-agent", "tools.lock"), "utf8")).toBe(agentToolsLock());
    for (const { version, url, sha256 } of Object.values(agentTools)) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(url.startsWith("https://") && url.includes(version)).toBe(true);
    }
});
