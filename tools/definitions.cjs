"use strict";
// Definitions of the custom resources that charts bring, as their publishers' Go modules have them: fetched from the module proxy
// as archives, so that no Go is needed. Kept outside the clone, a JSON file for each, under a digest of what they are. Node 18;
// the npm dependencies are there.
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const zlib = require("node:zlib");
const { withLock } = require("./lock.cjs");
const { during, say } = require("./progress.cjs");
const { quietly } = require("./run.cjs");

const MODULES = path.join(__dirname, "definitions", "modules.json");
const DOWNLOAD_MS = 5 * 60_000;

/** Folder of definitions from these modules, by this recipe. */
function definitionsFolder(env = process.env) {
    const digest = crypto.createHash("sha256");
    for (const file of [module.filename, MODULES]) digest.update(fs.readFileSync(file));
    const cache = env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.join(cache, "mlplatform", "definitions", digest.digest("hex").slice(0, 16));
}

/** Files of a zip archive by path, each to be unpacked when asked for. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3 */
function filesOf(zip) {
    const end = zip.lastIndexOf(Buffer.from("PK\x05\x06"));
    if (end === -1) throw new Error("no zip archive");
    const files = new Map();
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
        const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
        const [method, size, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
        const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        files.set(zip.toString("utf8", at + 46, at + 46 + name), () => {
            const content = zip.subarray(from, from + size);
            return method === 0 ? content : zlib.inflateRawSync(content);
        });
        at += 46 + name + extra + comment;
    }
    return files;
}

/** What go.sum would say of a module: https://go.dev/ref/mod#go-sum-files, "h1". */
function sumOf(files) {
    const sha256 = (content) => crypto.createHash("sha256").update(content);
    const lines = [...files.keys()].sort().map((name) => `${sha256(files.get(name)()).digest("hex")}  ${name}\n`);
    return `h1:${sha256(lines.join("")).digest("base64")}`;
}

/** Module proxies to ask: those that Go is set up for, or the public one. */
function proxiesOf(env = process.env) {
    const named = (env.GOPROXY || "").split(/[,|]/).filter((url) => /^https?:/.test(url));
    return named.length > 0 ? named : ["https://proxy.golang.org"];
}

/** A module's archive; capitals in its path are written with a mark (https://go.dev/ref/mod#goproxy-protocol). */
async function archiveOf(module) {
    const [name, version] = module.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`).split("@");
    const faults = [];
    for (const proxy of proxiesOf()) {
        const url = `${proxy.replace(/\/$/, "")}/${name}/@v/${version}.zip`;
        try {
            const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
            if (answer.ok) return Buffer.from(await answer.arrayBuffer());
            faults.push(`${url} answers ${answer.status}`);
        } catch (error) {
            faults.push(`${url}: ${(error.cause || error).message}`);
        }
    }
    throw new Error(faults.join("; "));
}

/** Writes each definition of a module into the folder; refuses a module that is not what it was when it was written down. */
async function unpack({ module, sum, folder: inside }, into, fetchArchive = archiveOf) {
    const { parseAllDocuments } = require("yaml");
    const files = filesOf(await fetchArchive(module));
    const found = sumOf(files);
    if (found !== sum) throw new Error(`${module} is not what it was: ${found}, expected ${sum}`);
    for (const [name, read] of files) {
        if (!name.startsWith(`${module}/${inside}/`) || !name.endsWith(".yaml")) continue;
        for (const document of parseAllDocuments(String(read()))) {
            const object = document.toJS();
            if (!object || object.kind !== "CustomResourceDefinition") continue;
            fs.writeFileSync(path.join(into, `${object.metadata.name}.json`), JSON.stringify(object));
        }
    }
}

async function fetchAll(folder) {
    const modules = JSON.parse(fs.readFileSync(MODULES, "utf8"));
    await during("kubernetes: fetching the definitions of custom resources (20 MB, once)", async () => {
        // A process of its own, as Node honours the proxy variables only when asked to.
        const { code, output } = await quietly(process.execPath, [module.filename, folder, JSON.stringify(modules)], {
            env: { NODE_USE_ENV_PROXY: "1" },
        });
        if (code !== 0) throw new Error(`the definitions of custom resources: ${output.trim().split("\n").pop()}`);
    });
}

/** Makes sure that all are there, and tells where; one process at a time fetches them. */
async function ensureDefinitions(fetchThem = fetchAll) {
    const folder = definitionsFolder();
    const mark = path.join(folder, ".complete");
    const waiting = (pid) => say(`kubernetes: another process (${pid}) is fetching definitions, waiting for that`);
    const make = async () => {
        if (fs.existsSync(mark)) return;
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(folder, { recursive: true });
        await fetchThem(folder);
        fs.writeFileSync(mark, "");
    };
    if (!fs.existsSync(mark)) await withLock(`${folder}.lock`, make, waiting);
    return folder;
}

module.exports = { definitionsFolder, ensureDefinitions, filesOf, proxiesOf, sumOf, unpack };

async function main([folder, modules]) {
    if (folder === undefined) return process.stdout.write(`${await ensureDefinitions()}\n`);
    for (const each of JSON.parse(modules)) await unpack(each, folder);
}

// Without arguments beside a command that is under way: `npm start` has the foundation come up meanwhile.
if (require.main === module) {
    main(process.argv.slice(2)).catch((error) => {
        process.stderr.write(`${error.message}\n`);
        process.exit(1);
    });
}
