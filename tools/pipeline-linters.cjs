"use strict";
// What reads the pipelines: actionlint built from the Go module proxy, and check-jsonschema from PyPI, by the digest of every
// package, which brings the schemas of both systems along. Kept outside the clone. Node 18.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { during } = require("./progress.cjs");
const { made, must, pythonOf } = require("./scanners.cjs");

const SOURCE = path.join(__dirname, "scanners");
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint";
const REQUIREMENTS = path.join(SOURCE, "check-jsonschema", "requirements.txt");

function cacheOf(files) {
    const digest = crypto.createHash("sha256");
    for (const file of [module.filename, ...files]) digest.update(fs.readFileSync(file));
    const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "scanners", digest.digest("hex").slice(0, 16));
}

async function buildActionlint(folder) {
    const go = { cwd: path.join(SOURCE, "actionlint"), env: { CGO_ENABLED: "0", GOWORK: "off" } };
    const out = path.join(folder, "actionlint");
    const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out, ACTIONLINT];
    await during("pipelines: building actionlint from the Go module proxy (once)", () =>
        must("building actionlint", "go", args, go),
    );
}

async function installCheckJsonschema(folder) {
    const python = await pythonOf("check-jsonschema");
    await during("pipelines: installing check-jsonschema from PyPI (once)", async () => {
        await must("making a Python environment", python, ["-m", "venv", folder]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
        const wanted = ["-r", REQUIREMENTS];
        await must("installing check-jsonschema", path.join(folder, "bin", "python"), [...pip, ...wanted]);
    });
}

/** Makes sure that both are there, and tells where. */
async function ensurePipelineLinters(ways = { buildActionlint, installCheckJsonschema }) {
    const actionlint = `${cacheOf(["go.mod", "go.sum"].map((file) => path.join(SOURCE, "actionlint", file)))}-actionlint`;
    const schemas = `${cacheOf([REQUIREMENTS])}-check-jsonschema`;
    await made(actionlint, ways.buildActionlint);
    await made(schemas, ways.installCheckJsonschema);
    return {
        actionlint: path.join(actionlint, "actionlint"),
        checkJsonschema: path.join(schemas, "bin", "check-jsonschema"),
    };
}

module.exports = { ensurePipelineLinters };
