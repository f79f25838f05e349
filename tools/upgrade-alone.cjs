"use strict";
// An upgrade of Pulumi or of a provider is a change of its own: what a preview shows of it can then come from nothing else.
// `node tools/upgrade-alone.cjs BASE`, with the branch that a pull request is for; ends with 1 when more than versions and
// their documentation changes. Node 18.
const { execFileSync } = require("node:child_process");

const git = (...args) => execFileSync("git", args, { encoding: "utf8", maxBuffer: 1 << 28 });
/** What may come with an upgrade: the versions themselves, what names or follows them, and what is written of it. */
const ofAnUpgrade = [
    ...[/^package(-lock)?\.json$/, /^tools\/engine\//, /^review\/drift\/noise\.ts$/, /^test\//],
    ...[/^docs\//, /\.md$/],
];

/** Versions that resources are made by, by package. */
function versionsIn(lock) {
    const packages = Object.entries(JSON.parse(lock).packages);
    const ours = packages.flatMap(([where, { version }]) => {
        const name = where.slice(where.lastIndexOf("node_modules/") + "node_modules/".length);
        return name === "pulumi" || name.startsWith("@pulumi/") ? [[where, { name, version }]] : [];
    });
    return new Map(ours);
}

function upgrades(before, after) {
    const [old, current] = [versionsIn(before), versionsIn(after)];
    return [...new Set([...old.keys(), ...current.keys()])].flatMap((where) => {
        const [was, is] = [old.get(where), current.get(where)];
        if (was?.version === is?.version) return [];
        return [`${(was ?? is).name} ${was?.version ?? "none"} -> ${is?.version ?? "none"}`];
    });
}

function main([base]) {
    if (!base) throw new Error("usage: node tools/upgrade-alone.cjs BASE");
    const fork = git("merge-base", base, "HEAD").trim();
    const lockOf = (commit) => git("show", `${commit}:package-lock.json`);
    const upgraded = upgrades(lockOf(fork), lockOf("HEAD"));
    if (upgraded.length === 0) return;
    console.log(`upgrades: ${upgraded.join(", ")}`);
    // Without renames: a file that moves out of the documentation is told by both of its names.
    const files = git("diff", "--name-only", "--no-renames", "-z", fork, "HEAD").split("\0");
    const more = files.filter((file) => file !== "" && !ofAnUpgrade.some((pattern) => pattern.test(file)));
    if (more.length > 0)
        throw new Error(`an upgrade is a change of its own; this one changes more: ${more.join(", ")}`);
}

try {
    main(process.argv.slice(2));
} catch (fault) {
    console.error(`upgrade-alone: ${fault.message}`);
    process.exitCode = 1;
}
