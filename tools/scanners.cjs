"use strict";
// The scanners that read the ARM templates: Checkov from PyPI, with the digest of every package, and KICS built from the
// Go module proxy with its queries. Both are kept outside the clone, under a digest of what they were made from. Node 18.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { withLock } = require("./lock.cjs");
const { during, say } = require("./progress.cjs");
const { quietly } = require("./run.cjs");

const SOURCE = path.join(__dirname, "scanners");
const KICS = "github.com/Checkmarx/kics/v2";
/** Checkov takes no older Python, and no newer one is tried. */
const PYTHONS = ["python3", "python3.12", "python3.11", "python3.10", "python"];

/** Folder of scanners made from these files, by this recipe. */
function cacheOf(files, env = process.env) {
    const digest = crypto.createHash("sha256");
    for (const file of [module.filename, ...files]) digest.update(fs.readFileSync(file));
    const cache = env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "scanners", digest.digest("hex").slice(0, 16));
}

async function must(what, command, args, options) {
    const { code, output } = await quietly(command, args, options);
    if (code !== 0) throw new Error(`${what} failed:\n${output.trim().split("\n").slice(-12).join("\n")}`);
    return output;
}

/** @param tool that needs it */
async function pythonOf(tool) {
    const script = "import sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 1)";
    for (const name of PYTHONS) if ((await quietly(name, ["-c", script])).code === 0) return name;
    throw new Error(
        `${tool} needs Python 3.10 or later with its venv module; install it, then run the same command again`,
    );
}

async function installCheckov(folder) {
    const python = await pythonOf("Checkov");
    await during("scanners: installing Checkov from PyPI (half a minute, once)", async () => {
        await must("making a Python environment", python, ["-m", "venv", folder]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
        const wanted = ["-r", path.join(SOURCE, "checkov", "requirements.txt")];
        await must("installing Checkov", path.join(folder, "bin", "python"), [...pip, ...wanted]);
    });
}

async function buildKics(folder) {
    const go = { cwd: path.join(SOURCE, "kics"), env: { CGO_ENABLED: "0", GOWORK: "off" } };
    if ((await quietly("go", ["version"])).code !== 0) {
        throw new Error(
            "KICS is built from source and needs Go 1.21 or later (https://go.dev/dl/); then run the same command again",
        );
    }
    await during(
        "scanners: building KICS from the Go module proxy (about 4 minutes on two cores, once)",
        async (note) => {
            let compiled = 0;
            const onLine = (line) => {
                if (!line.startsWith("go: ")) note(`${(compiled += 1)} packages compiled`);
            };
            const version = (await must("finding KICS", "go", ["list", "-m", "-f", "{{.Version}}", KICS], go)).trim();
            const linker = `-s -w -X ${KICS}/internal/constants.Version=${version.slice(1)}`;
            const flags = ["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", linker, "-o"];
            await must("building KICS", "go", [...flags, path.join(folder, "kics"), `${KICS}/cmd/console`], {
                ...go,
                onLine,
            });
            const module = (await must("finding KICS", "go", ["list", "-m", "-f", "{{.Dir}}", KICS], go)).trim();
            const queries = path.join("assets", "queries", "azureResourceManager");
            fs.cpSync(path.join(module, queries), path.join(folder, "queries"), { recursive: true });
        },
    );
}

/** Made once, whole: a folder that lacks its mark is made again. */
async function made(folder, make) {
    const mark = path.join(folder, "complete");
    if (fs.existsSync(mark)) return;
    const waiting = (pid) => say(`scanners: another process (${pid}) is installing them, waiting for that`);
    await withLock(
        `${folder}.lock`,
        async () => {
            if (fs.existsSync(mark)) return;
            fs.rmSync(folder, { recursive: true, force: true });
            fs.mkdirSync(folder, { recursive: true });
            await make(folder);
            fs.writeFileSync(mark, "");
        },
        waiting,
    );
}

/** Makes sure that both scanners are there, and tells where. */
async function ensureScanners(ways = { installCheckov, buildKics }) {
    const checkov = `${cacheOf([path.join(SOURCE, "checkov", "requirements.txt")])}-checkov`;
    const kics = `${cacheOf(["go.mod", "go.sum"].map((file) => path.join(SOURCE, "kics", file)))}-kics`;
    await made(checkov, ways.installCheckov);
    await made(kics, ways.buildKics);
    return {
        MLPLATFORM_CHECKOV: path.join(checkov, "bin", "checkov"),
        MLPLATFORM_KICS: path.join(kics, "kics"),
        MLPLATFORM_KICS_QUERIES: path.join(kics, "queries"),
    };
}

module.exports = { ensureScanners, made, must, pythonOf };
