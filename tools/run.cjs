"use strict";
// Child processes of the bootstrap. Node 18, no dependencies.
const { spawn } = require("node:child_process");
const os = require("node:os");
const { clearTimeout, setTimeout } = require("node:timers");

const KEEP = 64 * 1024; // characters of output kept for an error message

/** Environment for tools that keep caches below HOME, even where HOME is not set. */
function environment(extra = {}) {
    return { ...process.env, HOME: process.env.HOME || os.homedir(), ...extra };
}

const alive = new Set();

/** Ends what is still running when the bootstrap is told to end. */
function endAll(signal) {
    for (const child of alive) child.kill(signal);
}

/** Runs a tool without showing its output. Resolves with exit code and the end of its output; never rejects. */
function quietly(command, args, { cwd, env, onLine = () => {}, timeoutMs } = {}) {
    return new Promise((resolve) => {
        let output = "";
        const child = spawn(command, args, { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
        alive.add(child);
        const limit = timeoutMs && setTimeout(() => child.kill("SIGKILL"), timeoutMs);
        const take = (data) => {
            output = (output + data).slice(-KEEP);
            for (const line of String(data).split("\n")) if (line.trim() !== "") onLine(line.trim());
        };
        child.stdout.on("data", take);
        child.stderr.on("data", take);
        const end = (code) => {
            clearTimeout(limit);
            alive.delete(child);
            resolve({ code, output });
        };
        child.on("error", (error) => end(error.code === "ENOENT" ? 127 : 1));
        child.on("close", (code, signal) => end(code ?? 128 + (os.constants.signals[signal] || 0)));
    });
}

/** The program that has the terminal, and how it wants to be told of signals. */
let current;

/**
 * Tells the program that has the terminal of a signal that this process got; says whether there is one. Ctrl-C reaches
 * the whole group anyway: a program that listens is told by message, so that it can tell the one from the other.
 */
function passOn(signal) {
    if (!current) return false;
    const { child, listens } = current;
    if (listens && child.connected) child.send({ signal });
    else if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
    return true;
}

/**
 * Hands the terminal to a program and resolves with its exit code. With `channel` it notices when this process is
 * killed; with `listens` it takes signals as messages.
 */
function handOver(command, args, { env, channel = false, listens = false } = {}) {
    return new Promise((resolve, reject) => {
        const stdio = channel ? ["inherit", "inherit", "inherit", "ipc"] : "inherit";
        const child = spawn(command, args, { env: environment(env), stdio });
        current = { child, listens };
        child.on("error", reject);
        child.on("exit", (code, signal) => {
            current = undefined;
            resolve(code ?? 128 + (os.constants.signals[signal] || 0));
        });
    });
}

module.exports = { endAll, environment, handOver, passOn, quietly };
