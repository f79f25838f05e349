"use strict";
// uv, which resolves the packages of kernels, from PyPI by its digest. Kept outside the clone. Node 18.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { during } = require("./progress.cjs");
const { quietly } = require("./run.cjs");
const { made, must } = require("./scanners.cjs");

const REQUIREMENTS = path.join(__dirname, "uv", "requirements.txt");

async function pythonOf() {
    for (const name of ["python3", "python"]) if ((await quietly(name, ["-c", "import venv"])).code === 0) return name;
    throw new Error("kernels need Python 3 with its venv module; install it, then run the same command again");
}

async function install(folder) {
    const python = await pythonOf();
    await during("kernels: installing uv from PyPI (once)", async () => {
        await must("making a Python environment", python, ["-m", "venv", folder]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
        await must("installing uv", path.join(folder, "bin", "python"), [...pip, "-r", REQUIREMENTS]);
    });
}

/** Makes sure that uv is there, and tells where. */
async function ensureUv() {
    const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    const digest = crypto.createHash("sha256").update(fs.readFileSync(REQUIREMENTS)).digest("hex").slice(0, 16);
    const folder = path.join(cache, "mlplatform", "uv", digest);
    await made(folder, install);
    return path.join(folder, "bin", "uv");
}

module.exports = { ensureUv };
