"use strict";
// The programs of the sandbox's Kubernetes control plane: downloaded from their publishers, or built from the Go module
// proxy (behind a proxy that lets only package registries through). Kept outside the clone, under a digest of what they
// were made from. Node 18, no dependencies.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { withLock } = require("./lock.cjs");
const { during, say } = require("./progress.cjs");
const { quietly } = require("./run.cjs");

const SOURCE = path.join(__dirname, "kubernetes");
const PROGRAMS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];
const DOWNLOAD_MS = 20 * 60_000;

/** The versions that the module is pinned to: a download is of the same. */
function versionsOf(source = SOURCE) {
    const text = fs.readFileSync(path.join(source, "go.mod"), "utf8");
    const version = (module) => new RegExp(`^\\s*${module} v(\\S+)`, "m").exec(text)[1];
    return {
        kubernetes: version("k8s.io/kubernetes"),
        etcd: version("go.etcd.io/etcd/server/v3"),
        kwok: version("sigs.k8s.io/kwok"),
    };
}

/** Folder of programs made from these files, by this recipe. */
function kubernetesFolder(env = process.env) {
    const digest = crypto.createHash("sha256").update(`${process.platform}-${process.arch}`);
    const files = ["go.mod", "go.sum", "download.cjs"].map((name) => path.join(SOURCE, name));
    for (const file of [module.filename, ...files]) digest.update(fs.readFileSync(file));
    const cache = env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "kubernetes", digest.digest("hex").slice(0, 16));
}

/** Tries the publishers; says why it did not work out. */
async function download(folder) {
    const { code, output } = await during(
        `kubernetes: downloading the control plane ${versionsOf().kubernetes} (0.4 GB, once)`,
        () => {
            const args = [path.join(SOURCE, "download.cjs"), folder, JSON.stringify(versionsOf())];
            // A process of its own, as Node honours the proxy variables only when asked to.
            return quietly(process.execPath, args, { env: { NODE_USE_ENV_PROXY: "1" }, timeoutMs: DOWNLOAD_MS });
        },
    );
    return code === 0 ? undefined : output.trim().split("\n").pop() || "no answer";
}

/** Builds the same versions from source; throws with what to do. */
async function build(folder) {
    if ((await quietly("go", ["version"])).code !== 0) {
        throw new Error(
            "the sandbox's Kubernetes control plane is missing: dl.k8s.io cannot be reached, and without Go it cannot be " +
                "built. Install Go 1.21 or later (https://go.dev/dl/) and run the same command again, or do without it: " +
                "MLPLATFORM_KUBERNETES=off",
        );
    }
    const version = versionsOf().kubernetes;
    const [major, minor] = version.split(".");
    const about = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
    const stamps = Object.entries(about).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", ["-s", "-w", ...stamps].join(" ")];
    const { code, output } = await during(
        `kubernetes: building the control plane ${version} from the Go module proxy (about 5 minutes on two cores, once)`,
        (note) => {
            let [fetched, compiled] = [0, 0];
            return quietly("go", ["build", ...flags, "-o", folder, "tool"], {
                cwd: SOURCE,
                env: { CGO_ENABLED: "0", GOWORK: "off" },
                onLine: (line) => {
                    if (line.startsWith("go: downloading")) fetched += 1;
                    else compiled += 1;
                    note(compiled === 0 ? `${fetched} modules downloaded` : `${compiled} packages compiled`);
                },
            });
        },
    );
    if (code !== 0) {
        const lines = output.split("\n").filter((line) => !/^(go: downloading .*|[\w./~-]+)$/.test(line));
        throw new Error(`building the Kubernetes control plane failed:\n${lines.slice(-12).join("\n").trim()}`);
    }
    // Go names a program after the last part of its import path.
    fs.renameSync(path.join(folder, "server"), path.join(folder, "etcd"));
}

/** Makes sure that the programs are there, and tells where; one process at a time makes them. */
async function ensureKubernetes(ways = { download, build }) {
    const folder = kubernetesFolder();
    const mark = path.join(folder, "complete");
    const waiting = (pid) =>
        say(`kubernetes: another process (${pid}) is installing the control plane, waiting for that`);
    if (!fs.existsSync(mark)) await withLock(`${folder}.lock`, () => make(folder, mark, ways), waiting);
    return folder;
}

/** Made whole: a folder that lacks its mark is made again. */
async function make(folder, mark, ways) {
    if (fs.existsSync(mark)) return;
    const empty = () => {
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(folder, { recursive: true });
    };
    empty();
    const why = await ways.download(folder);
    if (why !== undefined) {
        say(`kubernetes: no download (${why})`);
        empty();
        await ways.build(folder);
    }
    const missing = PROGRAMS.filter((name) => !fs.existsSync(path.join(folder, name)));
    if (missing.length > 0) throw new Error(`the Kubernetes control plane came without ${missing.join(", ")}`);
    fs.writeFileSync(mark, "");
}

module.exports = { ensureKubernetes, kubernetesFolder, versionsOf };
if (require.main === module) {
    // Beside a command that is under way: `npm start` has the foundation come up meanwhile.
    ensureKubernetes().then(
        (folder) => process.stdout.write(`${folder}\n`),
        (error) => {
            process.stderr.write(`${error.message}\n`);
            process.exit(1);
        },
    );
}
