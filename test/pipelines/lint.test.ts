import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";

// Both linters are made on first use, of a package registry each.
jest.setTimeout(300_000);

const { ensurePipelineLinters } = jest.requireActual<{
    ensurePipelineLinters: () => Promise<{ actionlint: string; checkJsonschema: string }>;
}>("../../tools/pipeline-linters.cjs");
const root = resolve(__dirname, "..", "..");
const workflows = join(root, ".github", "workflows");
const filesIn = (folder: string): string[] =>
    readdirSync(folder)
        .filter((name) => name.endsWith(".yml"))
        .map((name) => join(folder, name));

let linters: Awaited<ReturnType<typeof ensurePipelineLinters>>;
let folder = "";
beforeAll(async () => {
    linters = await ensurePipelineLinters();
    folder = mkdtempSync(join(tmpdir(), "pipelines-"));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

/** What a linter has to say; empty when it is content. */
function said(command: string, args: readonly string[]): Promise<string> {
    return new Promise((done) => {
        execFile(command, args, { cwd: root }, (fault, stdout, stderr) => {
            done(fault === null ? "" : `${stdout}${stderr}` || fault.message);
        });
    });
}
// No shellcheck: scripts are in files, and whether one is installed must not decide what is told.
const actionlint = (files: readonly string[]): Promise<string> =>
    said(linters.actionlint, [
        ...["-no-color", "-oneline", "-shellcheck=", "-pyflakes="],
        ...["-config-file", join(root, ".github", "actionlint.yaml"), ...files],
    ]);
const githubSchema = (files: readonly string[]): Promise<string> =>
    said(linters.checkJsonschema, ["--builtin-schema", "vendor.github-workflows", ...files]);

/** Azure Pipelines takes every plain value for a text, and so does its schema. */
function azureSchema(files: readonly string[]): Promise<string> {
    const plain = files.map((file) => {
        const path = join(folder, `${basename(file)}.json`);
        // A name must be one, which a stack's is.
        const text = readFileSync(file, "utf8").replaceAll("${{ stack }}", "dev");
        writeFileSync(path, JSON.stringify(parse(text, { schema: "failsafe" })));
        return path;
    });
    return said(linters.checkJsonschema, [
        ...["--builtin-schema", "vendor.azure-pipelines"],
        // Expressions such as `each` are no part of the schema, whose patterns are older than the Unicode flag.
        ...["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", ...plain],
    ]);
}

/** A file with a fault put into it. */
function broken(file: string, from: string, to: string): string {
    const text = readFileSync(file, "utf8");
    expect(text).toContain(from);
    const path = join(mkdirIn(folder), "broken.yml");
    writeFileSync(path, text.replace(from, to));
    return path;
}
function mkdirIn(parent: string): string {
    const path = join(parent, ".github", "workflows");
    mkdirSync(path, { recursive: true });
    return path;
}

test("actionlint finds nothing in the workflows", async () => {
    expect(await actionlint(filesIn(workflows))).toBe("");
});

test("the workflows are as GitHub's schema says", async () => {
    expect(await githubSchema(filesIn(workflows))).toBe("");
});

test("the pipeline and its templates are as Azure Pipelines' schema says", async () => {
    const files = [join(root, "azure-pipelines.yml"), ...filesIn(join(root, "pipelines"))];
    expect(await azureSchema(files)).toBe("");
});

test.each([
    [
        "a variable that is not there",
        "preview.yml",
        "matrix.stack",
        "matrix.stacks",
        'property "stacks" is not defined',
    ],
    ["a job that waits for none", "deploy.yml", "needs: dev", "needs: devel", 'needs job "devel"'],
    [
        "a right that there is not",
        "preview.yml",
        "id-token: write",
        "id-tokens: write",
        'unknown permission scope "id-tokens"',
    ],
    [
        "a machine that nobody has",
        "up.yml",
        "runs-on: mlplatform",
        "runs-on: mlplatfrom",
        'label "mlplatfrom" is unknown',
    ],
    [
        "a text of a stranger's in a script",
        "check.yml",
        "run: npm ci",
        "run: echo ${{ github.event.pull_request.title }}",
        "potentially untrusted",
    ],
])("actionlint tells %s", async (_, name, from, to, message) => {
    expect(await actionlint([broken(join(workflows, name), from, to)])).toContain(message);
});

test.each([
    [".github/workflows/preview.yml", "timeout-minutes", "timeout-hours"],
    ["azure-pipelines.yml", "timeoutInMinutes", "timeoutInHours"],
    ["pipelines/with-identity.yml", "inputs:", "input:"],
])("its schema tells a wrong key of %s", async (name, from, to) => {
    const check = name.startsWith(".github") ? githubSchema : azureSchema;
    expect(await check([broken(join(root, name), from, to)])).toContain("Schema validation errors");
});
