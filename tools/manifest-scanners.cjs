"use strict";
// What reads Kubernetes objects: kube-score, and a strict reader of our own for each minor version of Kubernetes, both built from the
// Go module proxy. Kept outside the clone, under a digest of what they were made from. Node 18.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { during } = require("./progress.cjs");
const { made, must } = require("./scanners.cjs");

const SOURCE = path.join(__dirname, "scanners");
const KUBE_SCORE = "github.com/zegl/kube-score";

function cacheOf(files) {
    const digest = crypto.createHash("sha256");
    for (const file of [module.filename, ...files]) digest.update(fs.readFileSync(file));
    const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "scanners", digest.digest("hex").slice(0, 16));
}

/** Minor versions that there are types for, by file. */
function minors() {
    const files = fs.readdirSync(path.join(SOURCE, "manifests"));
    return files.flatMap((name) => /^v(1\.\d+)\.mod$/.exec(name)?.[1] ?? []);
}

const build = (folder, more) => ["build", "-trimpath", "-buildvcs=false", ...more, "-o", folder];
const env = { CGO_ENABLED: "0", GOWORK: "off" };

async function buildKubeScore(folder) {
    const go = { cwd: path.join(SOURCE, "kube-score"), env };
    await during("scanners: building kube-score from the Go module proxy (a minute, once)", async () => {
        const version = (
            await must("finding kube-score", "go", ["list", "-m", "-f", "{{.Version}}", KUBE_SCORE], go)
        ).trim();
        const linker = ["-ldflags", `-s -w -X main.version=${version.slice(1)}`];
        await must(
            "building kube-score",
            "go",
            [...build(path.join(folder, "kube-score"), linker), `${KUBE_SCORE}/cmd/kube-score`],
            go,
        );
    });
}

const buildReader = (minor) => async (folder) => {
    const go = { cwd: path.join(SOURCE, "manifests"), env };
    await during(`scanners: building the reader of Kubernetes ${minor} (two minutes, once)`, async () => {
        const how = [`-modfile=v${minor}.mod`, "-ldflags", "-s -w"];
        await must("building the reader", "go", [...build(path.join(folder, "manifests"), how), "."], go);
    });
};

/** Makes sure that all are there, and tells where. */
async function ensureManifestScanners(ways = { buildKubeScore, buildReader }) {
    const file = (...names) => path.join(SOURCE, ...names);
    const score = `${cacheOf([file("kube-score", "go.mod"), file("kube-score", "go.sum")])}-kube-score`;
    await made(score, ways.buildKubeScore);
    const readers = {};
    for (const minor of minors()) {
        const files = ["main.go", `v${minor}.mod`, `v${minor}.sum`].map((name) => file("manifests", name));
        const reader = `${cacheOf(files)}-manifests-${minor}`;
        await made(reader, ways.buildReader(minor));
        readers[minor] = path.join(reader, "manifests");
    }
    return {
        MLPLATFORM_KUBE_SCORE: path.join(score, "kube-score"),
        MLPLATFORM_MANIFEST_READERS: JSON.stringify(readers),
    };
}

module.exports = { ensureManifestScanners };
