import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const tool = join(__dirname, "..", "..", "tools", "upgrade-alone.cjs");

let folder = "";
const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder });
};
function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
}
const lock = (versions: Record<string, string>): string =>
    JSON.stringify({
        packages: Object.fromEntries(
            Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
        ),
    });
const versions = { "@pulumi/azure-native": "3.28.0", pulumi: "3.259.0", yaml: "2.9.1" };

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "upgrade-alone-"));
    git("init", "-q", "-b", "main");
    write("package-lock.json", lock(versions));
    write("docs/notes.md", "before\n");
    write("index.ts", "before\n");
    git("add", "-A");
    git("commit", "-qm", "base");
    git("checkout", "-qb", "change");
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

/** What it says of a branch with these files changed, while main goes on. */
function said(files: Record<string, string>): { status: number | null; output: string } {
    for (const [file, text] of Object.entries(files)) write(file, text);
    git("add", "-A");
    git("commit", "-qm", "change");
    git("checkout", "-q", "main");
    write("other.ts", "of somebody else\n");
    git("add", "-A");
    git("commit", "-qm", "other");
    git("checkout", "-q", "change");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tool, "main"], { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
}

const upgrade = lock({ ...versions, "@pulumi/azure-native": "3.29.0" });

test("an upgrade with what is written of it is one", () => {
    const files = { "package-lock.json": upgrade, "package.json": "{}", "docs/notes.md": "after\n", "test/a.ts": "\n" };
    expect(said(files)).toEqual({ status: 0, output: "upgrades: @pulumi/azure-native 3.28.0 -> 3.29.0\n" });
});

test("a program that changes with it is told", () => {
    const { status, output } = said({ "package-lock.json": upgrade, "index.ts": "after\n" });
    expect(output).toContain("an upgrade is a change of its own; this one changes more: index.ts");
    expect(status).toBe(1);
});

test("the engine and a provider within another package count, and so does one that goes", () => {
    const { "@pulumi/azure-native": gone, ...rest } = versions;
    const nested = { ...rest, pulumi: "3.260.0", "x/node_modules/@pulumi/docker": "5.2.0" };
    expect(said({ "package-lock.json": lock(nested), "index.ts": "after\n" }).output).toContain(
        `upgrades: @pulumi/azure-native ${gone} -> none, pulumi 3.259.0 -> 3.260.0, @pulumi/docker none -> 5.2.0`,
    );
});

test("other packages may change with anything", () => {
    const files = { "package-lock.json": lock({ ...versions, yaml: "2.9.2" }), "index.ts": "after\n" };
    expect(said(files)).toEqual({ status: 0, output: "" });
});
