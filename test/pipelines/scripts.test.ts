import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const scripts = resolve(__dirname, "..", "..", "pipelines");

/** Stands for npx: notes what it was asked, prints what Pulumi and the platform would, and ends as the test says. */
const npx = `#!/usr/bin/env bash
echo "$*" >>"$FOLDER/calls"
case "$*" in
pulumi*\\ refresh\\ *) echo '{"steps":["observed"]}'; exit "\${REFRESH:-0}" ;;
pulumi*\\ preview\\ *) echo '{"steps":["planned"]}' ;;
mlplatform\\ drift*) cat "$5" "$7"; exit "\${CODE:-0}" ;;
mlplatform\\ review*) [ -n "\${SILENT:-}" ] || echo "the comment" >"$6"; echo "the log"; exit "\${CODE:-0}" ;;
esac
`;

let folder = "";
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pipeline-scripts-"));
    writeFileSync(join(folder, "npx"), npx);
    chmodSync(join(folder, "npx"), 0o755);
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

function run(script: string, args: readonly string[], more: Record<string, string> = {}): [number | null, string] {
    const path = [folder, process.env.PATH].join(delimiter);
    const env = { PATH: path, FOLDER: folder, TMPDIR: folder, ...more };
    const { status, stdout, stderr } = spawnSync("bash", [join(scripts, script), ...args], { env, encoding: "utf8" });
    return [status, stdout + stderr];
}
const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
const summary = (): string => join(folder, "summary");

test("drift looks without taking note of anything, and ends as it was found", () => {
    const [code, output] = run("drift.sh", ["prod"], { CODE: "7", GITHUB_STEP_SUMMARY: summary() });
    expect(output).toBe('{"steps":["observed"]}\n{"steps":["planned"]}\n');
    expect(code).toBe(7);
    expect(calls().slice(0, 2)).toEqual([
        "pulumi --non-interactive --stack prod refresh --preview-only --json",
        "pulumi --non-interactive --stack prod preview --refresh --json",
    ]);
    expect(readFileSync(summary(), "utf8")).toContain('### Drift of prod\n```\n{"steps":["observed"]}');
    // Nothing of what Azure answered stays.
    expect(readdirSync(folder).sort()).toEqual(["calls", "npx", "summary"]);
});

test("where Azure cannot be read, there is no drift to tell of", () => {
    expect(run("drift.sh", ["prod"], { REFRESH: "255" })).toEqual([255, ""]);
    expect(calls()).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(["calls", "npx"]);
});

test("on GitHub a review is in the job's summary, even of a preview that failed", () => {
    const [code, output] = run("review.sh", ["dev", "github"], { CODE: "1", GITHUB_STEP_SUMMARY: summary() });
    expect([code, output]).toEqual([1, "the log\n"]);
    expect(readFileSync(summary(), "utf8")).toBe("the comment\n");
    expect(calls()[0]).toMatch(/^mlplatform review dev --azure --comment \S+ --post github$/);
});

test("on Azure Pipelines it is a file that the agent takes", () => {
    const [code, output] = run("review.sh", ["dev", "azure-devops"]);
    const [, file = ""] = /^##vso\[task\.uploadsummary\](\S+\.md)$/m.exec(output) ?? [];
    expect(readFileSync(file, "utf8")).toBe("the comment\n");
    expect(code).toBe(0);
});

test("a review that got no preview has no summary", () => {
    const [code] = run("review.sh", ["dev", "github"], { SILENT: "1", CODE: "1", GITHUB_STEP_SUMMARY: summary() });
    expect(code).toBe(1);
    expect(existsSync(summary())).toBe(false);
});
