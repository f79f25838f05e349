import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startLocalAzure } from "../../cli/local-azure";
import { places } from "../../cli/places";
import type { Sandbox } from "../../sandbox/sandbox";

// What an operations engineer types: the `pulumi` command on the committed files, the program as TypeScript source.
// Only the provider is the sandbox's, and the language host is the stand-in beside this file (see there).
const repository = path.resolve(__dirname, "..", "..");
const engineFolder = path.join(
    process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"),
    "versions",
    "3.259.0",
    "bin",
);

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mlplatform-plain-"));
    for (const file of [
        "Pulumi.yaml",
        "Pulumi.dev.yaml",
        "package.json",
        "tsconfig.json",
        "tsconfig.pulumi.json",
        "index.ts",
    ])
        fs.copyFileSync(path.join(repository, file), path.join(folder, file));
    for (const source of ["stacks", "components", "facts"])
        fs.cpSync(path.join(repository, source), path.join(folder, source), { recursive: true });
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
    fs.mkdirSync(path.join(folder, "state"));
    sandbox = await startLocalAzure(places(path.join(folder, "azure")));
});
afterAll(async () => {
    await sandbox.stop();
    fs.rmSync(folder, { recursive: true, force: true });
});

async function pulumi(...args: string[]): Promise<{ code: number; output: string }> {
    // Not spawnSync: the sandbox answers from this very process.
    const child = spawn(path.join(engineFolder, "pulumi"), [...args, "--non-interactive", "--color", "never"], {
        cwd: folder,
        env: {
            ...process.env,
            PATH: [__dirname, engineFolder, path.join(repository, "node_modules", ".bin"), process.env.PATH].join(":"),
            NODE_PATH: path.join(repository, "node_modules"),
            PULUMI_HOME: path.join(folder, "home"),
            PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "plain",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            ...sandbox.environment,
        },
    });
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr.on("data", (text: Buffer) => (output += text.toString()));
    const code = await new Promise<number>((done) => {
        child.on("close", (exit) => {
            done(exit ?? 1);
        });
    });
    return { code, output };
}

test("`pulumi preview` and `pulumi up` run the committed project as it is", async () => {
    expect((await pulumi("stack", "init", "dev")).code).toBe(0);

    const unset = await pulumi("preview", "-s", "dev");
    expect(unset.code).not.toBe(0);
    expect(unset.output).toContain("azure-native:subscriptionId");
    expect(unset.output).not.toMatch(/^\s+at /m); // a fault of the user's, so no stack trace

    await pulumi("config", "set", "azure-native:subscriptionId", sandbox.azure.subscriptionId);
    await pulumi("config", "set", "azure-native:tenantId", sandbox.azure.tenantId);
    await pulumi("config", "set", "mlplatform:rolePropagationSeconds", "0.5");
    const group = "55555555-5555-4555-8555-555555555555";
    await pulumi("config", "set", "--path", "mlplatform:adminGroupObjectIds[0]", group);

    const preview = await pulumi("preview", "-s", "dev");
    expect(preview.output).toMatch(/\+ \d+ to create/);
    expect(preview.code).toBe(0);

    const up = await pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    expect(up.output).toMatch(/\+ \d+ created/);
    expect(up.code).toBe(0);

    const again = await pulumi("preview", "-s", "dev", "--expect-no-changes");
    expect(again.output).toMatch(/\d+ unchanged/);
    expect(again.code).toBe(0);
}, 240_000);

test("TypeScript of the project loads without the sandbox", () => {
    const files = spawnSync(
        "grep",
        ["-rlE", "sandbox", "index.ts", "stacks", "components", "Pulumi.yaml", "Pulumi.dev.yaml"],
        {
            cwd: repository,
        },
    );
    expect(files.stdout.toString()).toBe("");
});
