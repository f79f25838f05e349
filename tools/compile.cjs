"use strict";
// TypeScript to JavaScript, once: only what has changed, and nothing stale is left behind. Types are checked by `tsc`.
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const SOURCES = [
    "index.ts",
    "bootstrap",
    "images",
    "stacks",
    "components",
    "facts",
    "sandbox",
    "review",
    "policy",
    "cli",
    "bench",
    "tools",
];
const MANIFEST = "manifest.json";
const OPTIONS = {
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
    module: { type: "commonjs" },
    sourceMaps: true,
    inlineSourcesContent: false,
};

function walk(folder, keep, found = []) {
    let entries = [];
    try {
        entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch (error) {
        if (error.code !== "ENOENT") throw error;
    }
    for (const entry of entries) {
        const full = path.join(folder, entry.name);
        if (entry.name === "node_modules") continue;
        if (entry.isDirectory()) walk(full, keep, found);
        else if (keep(entry.name)) found.push(full);
    }
    return found;
}

/** Source files, relative to the root. */
function sourcesOf(root) {
    const source = (name) => name.endsWith(".ts") && !name.endsWith(".d.ts");
    return SOURCES.flatMap((name) => {
        const full = path.join(root, name);
        if (name.endsWith(".ts")) return fs.existsSync(full) ? [name] : [];
        return walk(full, source).map((file) => path.relative(root, file));
    });
}

function manifestOf(out, compiler) {
    try {
        const manifest = JSON.parse(fs.readFileSync(path.join(out, MANIFEST), "utf8"));
        if (manifest.compiler === compiler && typeof manifest.files === "object") return manifest.files;
    } catch {
        // Missing or half-written: everything is compiled again.
    }
    return {};
}

function write(file, content) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(draft, content);
    fs.renameSync(draft, file);
}

const digest = (content) => crypto.createHash("sha256").update(content).digest("hex");

/** Has an output the content that the manifest says? A killed machine may leave an empty file behind. */
function intact(file, expected) {
    try {
        return digest(fs.readFileSync(file, "utf8")) === expected;
    } catch {
        return false;
    }
}

/**
 * Brings `out` up to date with the sources below `root`.
 * @returns how many files were compiled, and how many stale outputs were removed
 */
async function compile({ root, out }) {
    const { version } = JSON.parse(
        fs.readFileSync(require.resolve("@swc/core/package.json", { paths: [root] }), "utf8"),
    );
    const compiler = digest(JSON.stringify([version, OPTIONS]));
    const known = manifestOf(out, compiler);
    const files = {};
    const changed = [];
    for (const name of sourcesOf(root)) {
        const source = fs.readFileSync(path.join(root, name), "utf8");
        const output = path.join(out, name.replace(/\.ts$/, ".js"));
        const hash = digest(source);
        if (known[name]?.source === hash && intact(output, known[name].output)) files[name] = known[name];
        else changed.push({ name, source, hash, output });
    }
    if (changed.length > 0) {
        const { transform } = require(require.resolve("@swc/core", { paths: [root] }));
        for (const { name, source, hash, output } of changed) {
            const { code, map } = await transform(source, {
                ...OPTIONS,
                filename: path.join(root, name),
                swcrc: false,
            });
            const text = `${code}//# sourceMappingURL=${path.basename(output)}.map\n`;
            write(`${output}.map`, map);
            write(output, text);
            files[name] = { source: hash, output: digest(text) };
        }
    }
    linkPackages(root, out);
    const wanted = new Set(Object.keys(files).flatMap((name) => outputsOf(out, name)));
    const stale = walk(out, (name) => /\.js(\.map)?$|\.tmp$/.test(name)).filter((file) => !wanted.has(file));
    for (const file of stale) fs.rmSync(file, { force: true });
    if (changed.length > 0 || stale.length > 0 || Object.keys(known).length !== Object.keys(files).length) {
        write(path.join(out, MANIFEST), `${JSON.stringify({ compiler, files }, undefined, 1)}\n`);
    }
    return { compiled: changed.length, removed: stale.length };
}

/** A program of an image has packages of its own: what is compiled of it finds them as its sources do. */
function linkPackages(root, out) {
    for (const entry of fs.existsSync(path.join(root, "images")) ? fs.readdirSync(path.join(root, "images")) : []) {
        const packages = path.join(root, "images", entry, "node_modules");
        const link = path.join(out, "images", entry, "node_modules");
        if (!fs.existsSync(packages) || fs.existsSync(link)) continue;
        fs.rmSync(link, { force: true });
        fs.mkdirSync(path.dirname(link), { recursive: true });
        fs.symlinkSync(packages, link, "junction");
    }
}

function outputsOf(out, name) {
    const output = path.join(out, name.replace(/\.ts$/, ".js"));
    return [output, `${output}.map`];
}

module.exports = { compile };
