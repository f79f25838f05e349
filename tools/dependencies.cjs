"use strict";
// The npm dependencies: installed when they are missing, out of date or half there. Node 18, no dependencies.
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

function text(file) {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

function packagesOf(lock) {
    try {
        return JSON.parse(lock).packages || {};
    } catch {
        return {};
    }
}

function digest(lock) {
    return crypto.createHash("sha256").update(lock).digest("hex");
}

/** What is installed, each with where its marks are: the project itself, and what its programs in images need at run time. */
function installsOf(root, home) {
    return [
        { what: "dependencies", where: { root, home }, flags: ["--include=dev"] },
        {
            what: "dependencies of images/scoring",
            where: { root: path.join(root, "images", "scoring"), home: path.join(home, "scoring") },
            // The packages that are used carry what they need; their scripts would fetch CUDA's libraries.
            flags: ["--ignore-scripts"],
        },
    ];
}

/** What this machine's Node binary and native modules were chosen for. */
const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * Why an install is needed, or undefined when all is there.
 * npm writes `node_modules/.package-lock.json` last, so an install that was cut short has none; `.installing` marks one
 * of ours that did not end.
 */
function whyInstall({ root, home }) {
    const wanted = text(path.join(root, "package-lock.json"));
    if (wanted === undefined) throw new Error(`package-lock.json is missing in ${root}: get it back with git`);
    if (!fs.existsSync(path.join(root, "node_modules"))) return "nothing is installed yet";
    if (fs.existsSync(path.join(home, "installing"))) return "the last install was interrupted";
    const installed = text(path.join(root, "node_modules", ".package-lock.json"));
    if (installed === undefined) return "the last install was interrupted";
    if (packagesOf(wanted)["node_modules/node"] && !fs.existsSync(nodeOf(root))) return "the Node binary is missing";
    const stamp = text(path.join(home, "installed"));
    if (stamp === `${digest(wanted)} ${PLATFORM}\n`) return undefined;
    if (stamp !== undefined && stamp.trim().split(" ")[1] !== PLATFORM) return "it was installed for another platform";
    // Installed by hand (`npm ci`), or the lock file was touched: compare what npm says is there.
    const have = packagesOf(installed);
    for (const [where, entry] of Object.entries(packagesOf(wanted))) {
        if (where === "" || entry.optional || entry.link) continue;
        if (!have[where]) return `${where.replace(/^.*node_modules\//, "")} is missing`;
        if (have[where].version !== entry.version) return "package-lock.json has changed";
    }
    return undefined;
}

/** Node 22 as npm installed it. */
function nodeOf(root) {
    return path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

function replaceFile(file, content) {
    const draft = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(draft, content);
    fs.renameSync(draft, file);
}

/** Marks the start of an install. */
function markInstalling(home) {
    fs.mkdirSync(home, { recursive: true });
    fs.rmSync(path.join(home, "installed"), { force: true });
    fs.writeFileSync(path.join(home, "installing"), "");
}

/** Marks the install as complete. */
function markInstalled({ root, home }) {
    fs.mkdirSync(home, { recursive: true });
    const wanted = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
    replaceFile(path.join(home, "installed"), `${digest(wanted)} ${PLATFORM}\n`);
    fs.rmSync(path.join(home, "installing"), { force: true });
}

module.exports = { installsOf, markInstalled, markInstalling, nodeOf, whyInstall };
