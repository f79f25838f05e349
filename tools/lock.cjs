"use strict";
// A lock file that outlives its owner is taken over only when the owner is provably gone. Node 18, no dependencies.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const POLL_MS = 250;

/** Is a process with this id running? One of another user counts as running. */
function isRunning(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM";
    }
}

/** What tells this process from an earlier or later one with the same id, where the system says (Linux). */
function birthOf(pid) {
    try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
        // The name in parentheses may hold spaces; the start time is the 20th field after it (man 5 proc).
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] || "";
    } catch {
        return "";
    }
}

/** Is the owner that a lock names provably gone? */
function isAbandoned(owner) {
    if (!owner || typeof owner.pid !== "number") return true; // written whole or not at all, so this is debris
    if (owner.host !== os.hostname()) return false;
    if (!isRunning(owner.pid)) return true;
    const birth = birthOf(owner.pid);
    return birth !== "" && owner.birth !== "" && birth !== owner.birth;
}

function read(file) {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        if (error.code === "ENOENT") return undefined;
        throw error;
    }
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** Takes the lock if it is free or abandoned; says who has it otherwise. */
function tryLock(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const mine = { pid: process.pid, host: os.hostname(), birth: birthOf(process.pid) };
    const draft = `${file}.${process.pid}`;
    fs.writeFileSync(draft, JSON.stringify(mine));
    try {
        fs.linkSync(draft, file); // appears complete or not at all
        return undefined;
    } catch (error) {
        if (error.code !== "EEXIST") throw error;
    } finally {
        fs.rmSync(draft, { force: true });
    }
    const text = read(file);
    if (text === undefined) return tryLock(file);
    const owner = parse(text);
    if (!isAbandoned(owner)) return owner;
    // Two may find it abandoned at once: only the one that moves away the text it has judged may go on.
    const aside = `${file}.abandoned.${process.pid}`;
    try {
        fs.renameSync(file, aside);
    } catch (error) {
        if (error.code === "ENOENT") return tryLock(file);
        throw error;
    }
    try {
        if (read(aside) !== text) fs.linkSync(aside, file);
    } catch (error) {
        if (error.code !== "EEXIST") throw error;
    } finally {
        fs.rmSync(aside, { force: true });
    }
    return tryLock(file);
}

/** Runs `work` while holding the lock; waits as long as a living process holds it. */
async function withLock(file, work, waiting) {
    let told = false;
    for (let owner = tryLock(file); owner; owner = tryLock(file)) {
        if (!told) waiting(owner.pid);
        told = true;
        await new Promise((done) => setTimeout(done, POLL_MS));
    }
    const release = () => fs.rmSync(file, { force: true });
    process.once("exit", release);
    try {
        return await work();
    } finally {
        process.removeListener("exit", release);
        release();
    }
}

module.exports = { birthOf, isAbandoned, isRunning, tryLock, withLock };
