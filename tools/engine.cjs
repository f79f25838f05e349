"use strict";
// The Pulumi engine: used where it is, downloaded as the npm package `pulumi` does it, or built from the Go module proxy
// (behind a proxy that lets only package registries through). Node 18, no dependencies.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { during, say } = require("./progress.cjs");
const { withLock } = require("./lock.cjs");
const { quietly } = require("./run.cjs");

const MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const EXECUTABLE = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const ANSWER_MS = 8_000;
const DOWNLOAD_MS = 10 * 60_000;

/** The folder the npm package `pulumi` and the Automation API install this version into. */
function engineRoot(version, env = process.env) {
    return path.join(env.PULUMI_HOME || path.join(os.homedir(), ".pulumi"), "versions", version);
}

function enginePath(version, env = process.env) {
    return path.join(engineRoot(version, env), "bin", EXECUTABLE);
}

/** Does the file answer as the engine of this version? A half-written one does not. */
async function answers(file, version) {
    if (!fs.existsSync(file)) return false;
    const { code, output } = await quietly(file, ["version"], {
        env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeoutMs: 30_000,
    });
    return code === 0 && output.trim().split("\n").pop().trim() === `v${version}`;
}

/** Moves what was installed beside the final folder into it, the engine itself last. */
function moveIn(from, to) {
    fs.mkdirSync(to, { recursive: true });
    const names = fs
        .readdirSync(from)
        .sort((left, right) => Number(left === EXECUTABLE) - Number(right === EXECUTABLE));
    for (const name of names) fs.renameSync(path.join(from, name), path.join(to, name));
}

/** Tries the official installer; says why it did not work out. */
async function download(version, root, { npmPackage }) {
    const aside = `${root}.download-${process.pid}`;
    // The npm package's own code, in a process of its own: it blocks, writes to the terminal and may hang.
    const script = `
        const probe = new AbortController();
        setTimeout(() => probe.abort(), ${ANSWER_MS}).unref();
        fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: probe.signal })
            .then((answer) => { if (!answer.ok) throw new Error("HTTP " + answer.status); })
            .then(() => require(process.argv[1]).installCLI(process.argv[2], process.argv[3]))
            .then(() => process.exit(0), (error) => { console.error(String((error.cause || error).message)); process.exit(1); });
    `;
    try {
        const args = ["-e", script, path.join(npmPackage, "lib", "download.js"), version, aside];
        const { code, output } = await during(`engine: downloading Pulumi ${version} from get.pulumi.com`, () =>
            // Node honours the proxy variables only when asked to.
            quietly(process.execPath, args, { env: { NODE_USE_ENV_PROXY: "1" }, timeoutMs: DOWNLOAD_MS }),
        );
        if (code !== 0) return output.trim().split("\n").pop() || "no answer";
        if (!(await answers(path.join(aside, "bin", EXECUTABLE), version))) return "what came is not the engine";
        moveIn(path.join(aside, "bin"), path.join(root, "bin"));
        return undefined;
    } finally {
        fs.rmSync(aside, { recursive: true, force: true });
    }
}

/** Builds the same version from source; throws with what to do. */
async function build(version, root, { source }) {
    const found = await quietly("go", ["version"]);
    if (found.code !== 0) {
        throw new Error(
            `the Pulumi engine ${version} is missing: get.pulumi.com cannot be reached, and without Go it cannot be ` +
                `built. Install Go 1.21 or later (https://go.dev/dl/), or put the engine at ${path.join(root, "bin", EXECUTABLE)}; then run the same command again`,
        );
    }
    const bin = path.join(root, "bin");
    fs.mkdirSync(bin, { recursive: true });
    const draft = path.join(bin, `.${EXECUTABLE}-${process.pid}`);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    const args = ["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", draft, MODULE];
    try {
        const { code, output } = await during(
            `engine: building Pulumi ${version} from the Go module proxy (about 4 minutes on two cores, once)`,
            (note) => {
                let [fetched, compiled] = [0, 0];
                return quietly("go", args, {
                    cwd: source,
                    env: { CGO_ENABLED: "0", GOWORK: "off" },
                    onLine: (line) => {
                        if (line.startsWith("go: downloading")) fetched += 1;
                        else compiled += 1;
                        note(compiled === 0 ? `${fetched} modules downloaded` : `${compiled} packages compiled`);
                    },
                });
            },
        );
        if (code !== 0) throw new Error(`building the Pulumi engine failed:\n${lastLines(output, 12)}`);
        if (!(await answers(draft, version)))
            throw new Error(`the engine that was built does not answer as ${version}`);
        fs.renameSync(draft, path.join(bin, EXECUTABLE)); // whole or not at all
    } finally {
        fs.rmSync(draft, { force: true });
    }
}

function lastLines(output, count) {
    // Without what `-v` says about each module and package.
    const lines = output.split("\n").filter((line) => !/^(go: downloading .*|[\w./~-]+)$/.test(line));
    return lines.slice(-count).join("\n").trim();
}

/** Leftovers of installs whose process is gone. */
function sweep(root) {
    const folders = [path.dirname(root), path.join(root, "bin")].filter((folder) => fs.existsSync(folder));
    for (const folder of folders) {
        for (const name of fs.readdirSync(folder)) {
            const leftover = name.startsWith(`.${EXECUTABLE}-`) || name.startsWith(`${path.basename(root)}.download-`);
            if (leftover) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
        }
    }
}

/** Makes sure that the engine is there and returns its path; one process at a time installs it. */
async function ensureEngine({ version, source, npmPackage, ways = { download, build } }) {
    const file = enginePath(version);
    if (await answers(file, version)) return file;
    const root = engineRoot(version);
    const waiting = (pid) => say(`engine: another process (${pid}) is installing it, waiting for that`);
    await withLock(
        `${root}.lock`,
        async () => {
            if (await answers(file, version)) return;
            sweep(root);
            const why = await ways.download(version, root, { npmPackage });
            if (why === undefined) return;
            say(`engine: no download (${why})`);
            await ways.build(version, root, { source });
        },
        waiting,
    );
    return file;
}

module.exports = { ensureEngine, enginePath, engineRoot };
