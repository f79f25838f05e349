#!/usr/bin/env node
"use strict";
// What `npm start`, `npm test` and `npx mlplatform` run first: installs what is missing, compiles what has changed, and
// hands over. Node 18 or later, nothing installed.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { compile } = require("./compile.cjs");
const { beginControllers } = require("./controllers.cjs");
const { installsOf, markInstalled, markInstalling, nodeOf, whyInstall } = require("./dependencies.cjs");
const { ensureDefinitions } = require("./definitions.cjs");
const { ensureEngine } = require("./engine.cjs");
const { ensureKubernetes } = require("./kubernetes.cjs");
const { withLock } = require("./lock.cjs");
const { began, during, say } = require("./progress.cjs");
const { endAll, handOver, passOn, quietly } = require("./run.cjs");
const { ensureManifestScanners } = require("./manifest-scanners.cjs");
const { ensureScanners } = require("./scanners.cjs");
const { ensureUv } = require("./uv.cjs");

const ROOT = path.dirname(__dirname);
/** What is installed and compiled belongs to the clone, wherever the platform's own state is kept. */
const HOME = path.join(ROOT, ".mlplatform");
const BUILD = path.join(HOME, "build");
const NODE_MAJOR = 18;
/** Node 22 calls its SQLite experimental at every start. */
const QUIET = "--disable-warning=ExperimentalWarning";
/**
 * What a deployment makes is garbage soon, and a larger nursery saves it from being moved about. Source maps slow every error
 * down, and the SDK of Pulumi takes a stack of calls for each of its promises: both are whole only for debugging.
 */
const FLAGS = [
    ...[QUIET, "--max-semi-space-size=32"],
    process.env.MLPLATFORM_DEBUG ? "--enable-source-maps" : "--stack-trace-limit=1",
];

async function installDependencies() {
    for (const install of installsOf(ROOT, HOME)) await installOne(install);
}

async function installOne({ what, where, flags }) {
    const reason = whyInstall(where);
    if (reason === undefined) {
        if (!fs.existsSync(path.join(where.home, "installed"))) markInstalled(where);
        return;
    }
    const waiting = (pid) => say(`${what}: another process (${pid}) is installing them, waiting for that`);
    await withLock(
        path.join(HOME, "install.lock"),
        async () => {
            if (whyInstall(where) === undefined) return;
            markInstalling(where.home);
            await during(`${what}: installing, as ${reason}`, () => installLocked(what, where.root, flags));
            markInstalled(where);
        },
        waiting,
    );
}

/** Installs exactly what package-lock.json says. */
async function installLocked(what, root, flags) {
    const npm = process.env.npm_execpath;
    const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
    const { code, output } = await quietly(
        command,
        [...before, "ci", ...flags, "--no-audit", "--no-fund", "--loglevel=error"],
        { cwd: root, env: { NODE_ENV: "development" } },
    );
    if (code !== 0) throw new Error(`installing the ${what} failed:\n${tail(output)}`);
}

function tail(output) {
    return output.trim().split("\n").slice(-15).join("\n");
}

/** Is this the Node that the project pins? */
function onPinnedNode() {
    return fs.realpathSync(process.execPath) === fs.realpathSync(nodeOf(ROOT));
}

async function compileSources() {
    // Told of nothing in the usual case: with nothing changed it takes a few milliseconds.
    await withLock(
        path.join(HOME, "build.lock"),
        () => compile({ root: ROOT, out: BUILD }),
        () => {},
    );
}

async function test(args) {
    const counts = path.join(os.tmpdir(), `mlplatform-test-${process.pid}.json`);
    const reporter = path.join(__dirname, "closing-line.cjs");
    const jest = require.resolve("jest/bin/jest", { paths: [ROOT] });
    const programs = await ensureKubernetes();
    // Tests of what they do wait for them, and no others.
    const note = beginControllers();
    if (note !== undefined) say(note);
    const reporters = args.some((arg) => arg.startsWith("--reporters")) ? [] : ["--reporters=default"];
    const code = await handOver(process.execPath, [QUIET, jest, ...args, ...reporters, `--reporters=${reporter}`], {
        env: {
            ...{ MLPLATFORM_TEST_COUNTS: counts, NODE_ENV: "test" },
            MLPLATFORM_KUBERNETES_BIN: programs,
            MLPLATFORM_DEFINITIONS: await ensureDefinitions(),
        },
    });
    if (!fs.existsSync(counts)) return code || 1;
    const { passed, failed, skipped } = JSON.parse(fs.readFileSync(counts, "utf8"));
    fs.rmSync(counts, { force: true });
    process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
    return code;
}

async function bench([name, ...args]) {
    const folder = path.join(BUILD, "bench");
    const script = path.join(folder, `${name}.js`);
    if (!name || name !== path.basename(name) || !fs.existsSync(script)) {
        const all = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith(".js")) : [];
        const names = all.map((file) => file.slice(0, -3)).sort();
        throw new Error(
            `${name ? `no benchmark "${name}".` : "which benchmark?"} There is: ${names.join(", ") || "none"}`,
        );
    }
    return await handOver(process.execPath, [...FLAGS, script, ...args], {
        env: runtime(),
        channel: true,
    });
}

/** Where what `scan` runs is, made sure of. */
async function scannersThere() {
    const definitions = { MLPLATFORM_DEFINITIONS: await ensureDefinitions() };
    return { ...(await ensureScanners()), ...(await ensureManifestScanners()), ...definitions };
}

function runtime() {
    return { NODE_COMPILE_CACHE: path.join(HOME, "compile-cache"), MLPLATFORM_BEGAN: String(began) };
}

async function main(argv) {
    if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR) {
        throw new Error(`Node ${NODE_MAJOR} or later is needed to begin with, this is ${process.versions.node}`);
    }
    await installDependencies();
    if (!onPinnedNode()) {
        const env = { MLPLATFORM_BEGAN: String(began) };
        return await handOver(nodeOf(ROOT), [module.filename, ...argv], { env, channel: true, listens: true });
    }
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "node_modules", "pulumi", "package.json"), "utf8"));
    const npmPackage = path.join(ROOT, "node_modules", "pulumi");
    await ensureEngine({ version, npmPackage, source: path.join(__dirname, "engine") });
    await compileSources();
    const [command, ...args] = argv;
    if (command === "test") return await test(args);
    if (command === "bench") return await bench(args);
    const scanners = command === "scan" ? await scannersThere() : {};
    const resolver = command === "kernels" ? { MLPLATFORM_UV: await ensureUv() } : {};
    return await handOver(process.execPath, [...FLAGS, path.join(BUILD, "cli", "main.js"), ...argv], {
        env: { ...runtime(), ...scanners, ...resolver },
        channel: true,
    });
}

/** A program that has the terminal ends by itself; otherwise what was begun is ended here. */
function onSignal(signal) {
    endAll(signal);
    if (!passOn(signal)) process.exit(128 + os.constants.signals[signal]);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => onSignal(signal));
// From another bootstrap, on an older Node: its signals, and its end.
process.on("message", ({ signal }) => onSignal(signal));
process.once("disconnect", () => onSignal("SIGTERM"));

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => {
        process.stderr.write(`${process.env.MLPLATFORM_DEBUG ? error.stack : `mlplatform: ${error.message}`}\n`);
        process.exit(1);
    },
);
