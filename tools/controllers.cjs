"use strict";
// Controllers of charts that the sandbox runs for real, built from the Go module proxy in the background: until they are
// there, their charts are only recorded. Kept like the control plane's programs, with the manifests that their modules
// bring. Node 18, no dependencies.
const { spawn, spawnSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { tryLock, withLock } = require("./lock.cjs");
const { quietly } = require("./run.cjs");

const SOURCE = path.join(__dirname, "controllers");

/** By chart: the module, the programs that are built of it, folders of its manifests, and what of its source is changed. */
const CONTROLLERS = {
    kueue: {
        module: "sigs.k8s.io/kueue",
        programs: ["kueue"],
        manifests: ["crd", "internalcert", "rbac", "webhook"].map((of) => `config/components/${of}`),
        changes: [],
    },
    keda: {
        module: "github.com/kedacore/keda/v2",
        programs: ["operator", "adapter", "webhooks"],
        manifests: ["config/rbac", "config/metrics-server", "config/webhooks"],
        // Two servers that know no address to listen on: here, nobody else is to reach them.
        changes: [
            {
                file: "cmd/adapter/main.go",
                from: 'Sprintf(":%v", metricsAPI',
                to: 'Sprintf("127.0.0.1:%v", metricsAPI',
            },
            {
                file: "cmd/webhooks/main.go",
                from: "Port:    webhooksPort,",
                to: 'Host: "127.0.0.1", Port: webhooksPort,',
            },
        ],
    },
};

/** Leaves one of two cores to whatever else goes on. */
const NICENESS = 10;

/** Version that a controller's go.mod is pinned to. */
function controllerVersion(name) {
    const text = fs.readFileSync(path.join(SOURCE, name, "go.mod"), "utf8");
    return new RegExp(`^\\s*(?:require )?${CONTROLLERS[name].module} v(\\S+)`, "m").exec(text)[1];
}

/** Folder of a controller made from these files, by this recipe. */
function controllerFolder(name, env = process.env) {
    const digest = crypto.createHash("sha256").update(`${process.platform}-${process.arch}`);
    const files = ["go.mod", "go.sum"].map((file) => path.join(SOURCE, name, file));
    for (const file of [module.filename, ...files]) digest.update(fs.readFileSync(file));
    const cache = env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "controllers", `${name}-${digest.digest("hex").slice(0, 16)}`);
}

/** By chart: the folder, whether it is whole or not yet. */
function controllerFolders(env = process.env) {
    return Object.fromEntries(Object.keys(CONTROLLERS).map((name) => [name, controllerFolder(name, env)]));
}

const isWhole = (folder) => fs.existsSync(path.join(folder, "complete"));

async function go(args, options) {
    const { code, output } = await quietly("go", args, { ...options, env: { CGO_ENABLED: "0", GOWORK: "off" } });
    if (code === 127) throw new Error("Go is missing (https://go.dev/dl/)");
    if (code !== 0) throw new Error(output.trim().split("\n").slice(-12).join("\n"));
    return output;
}

/** Builds the programs of a module, and keeps its manifests beside them. */
async function build(name, folder) {
    const { module: origin, manifests, changes } = CONTROLLERS[name];
    const cwd = path.join(SOURCE, name);
    await go(["mod", "download", origin], { cwd });
    const cached = (await go(["list", "-m", "-f", "{{.Dir}}", origin], { cwd })).trim();
    for (const each of manifests) copy(path.join(cached, each), path.join(folder, "manifests", each));
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", `${folder}${path.sep}`];
    if (changes.length > 0) flags.push("-modfile", changedSource(name, cached, folder));
    await go(["build", ...flags, "tool"], { cwd });
    fs.rmSync(path.join(folder, "source"), { recursive: true, force: true });
}

/** Go's cache of modules can only be read; a copy can be changed and removed. */
function copy(from, to) {
    fs.cpSync(from, to, { recursive: true });
    fs.chmodSync(to, 0o755);
    for (const entry of fs.readdirSync(to, { recursive: true, withFileTypes: true }))
        fs.chmodSync(path.join(entry.parentPath ?? entry.path, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

/** A copy of the module with its changes, and the go.mod that builds that instead. */
function changedSource(name, cached, folder) {
    const { module: origin, changes } = CONTROLLERS[name];
    const source = path.join(folder, "source");
    copy(cached, path.join(source, name));
    for (const change of changes) {
        const file = path.join(source, name, change.file);
        const text = fs.readFileSync(file, "utf8");
        if (!text.includes(change.from)) throw new Error(`${change.file} of ${origin} does not hold: ${change.from}`);
        fs.writeFileSync(file, text.replace(change.from, change.to));
    }
    const modfile = path.join(source, "go.mod");
    const own = fs.readFileSync(path.join(SOURCE, name, "go.mod"), "utf8");
    fs.writeFileSync(modfile, `${own}\nreplace ${origin} => ${path.join(source, name)}\n`);
    fs.copyFileSync(path.join(SOURCE, name, "go.sum"), path.join(source, "go.sum"));
    return modfile;
}

/** Makes sure that a controller is there, and tells where; one process at a time makes it. */
async function ensureController(name, make = build) {
    const folder = controllerFolder(name);
    const whenFree = async () => {
        if (isWhole(folder)) return;
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(folder, { recursive: true });
        await make(name, folder);
        const missing = CONTROLLERS[name].programs.filter((program) => !fs.existsSync(path.join(folder, program)));
        if (missing.length > 0) throw new Error(`it came without ${missing.join(", ")}`);
        fs.writeFileSync(path.join(folder, "complete"), "");
    };
    if (!isWhole(folder)) await withLock(`${folder}.lock`, whenFree, () => {});
    return folder;
}

/** Has what is missing made by a process of its own, which outlives this one; tells what becomes of it. */
function beginControllers() {
    const missing = Object.keys(CONTROLLERS).filter((name) => !isWhole(controllerFolder(name)));
    if (missing.length === 0) return undefined;
    const what = missing.join(" and ");
    if (spawnSync("go", ["version"]).status !== 0)
        return `controllers: without Go to build them, ${what} are only recorded (https://go.dev/dl/)`;
    const log = path.join(path.dirname(controllerFolder("keda")), "build.log");
    fs.mkdirSync(path.dirname(log), { recursive: true });
    const output = fs.openSync(log, "a");
    spawn(process.execPath, [module.filename], { detached: true, stdio: ["ignore", output, output] }).unref();
    fs.closeSync(output);
    return `controllers: ${what} are being built beside all this (once, some minutes; ${log}), and begin to work then`;
}

/** Makes one after the other, unless another process is at it. */
async function makeAll() {
    const lock = path.join(path.dirname(controllerFolder("keda")), "build.lock");
    if (tryLock(lock)) return;
    process.once("exit", () => fs.rmSync(lock, { force: true }));
    os.setPriority(NICENESS);
    for (const name of Object.keys(CONTROLLERS)) {
        const began = Date.now();
        try {
            const folder = await ensureController(name);
            process.stdout.write(`${name}: ${folder}, ${Math.round((Date.now() - began) / 1000)} s\n`);
        } catch (error) {
            process.stderr.write(`${name}: ${error.message}\n`);
            process.exitCode = 1;
        }
    }
}

module.exports = { beginControllers, controllerFolder, controllerFolders, controllerVersion, ensureController };
if (require.main === module) {
    // For the command line, which is told where they are or will be.
    if (process.argv[2] === "begin")
        process.stdout.write(JSON.stringify({ note: beginControllers(), folders: controllerFolders() }));
    else void makeAll();
}
