import { hostname } from "node:os";
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readOwn } from "../sandbox/files";
import type { Places } from "./places";
import { judge } from "./state-lock";
import type { LockOwner } from "./state-lock";
import { UserError } from "./user-error";

interface RunOwner extends LockOwner {
    command: string;
}

const pollMs = 250;
const patienceMs = 15 * 60_000;

/**
 * Lets one command at a time at the sandbox: its Azure lives inside the process that runs it. Whoever comes later waits;
 * the lock of a dead owner counts as none.
 */
export async function takeRunLock(at: Places, command: string, say: (text: string) => void): Promise<() => void> {
    const file = join(at.home, "run.lock");
    const began = Date.now();
    let told = false;
    for (;;) {
        const holder = tryLock(file, command);
        if (!holder) break;
        const who = `\`${holder.command}\` (process ${holder.pid} on ${holder.hostname})`;
        if (holder.hostname !== hostname() || Date.now() - began > patienceMs) {
            throw new UserError(
                `${who} is at work on ${at.home}. End it there; if it is gone for sure, remove ${file} and try again`,
            );
        }
        if (!told) say(`waiting for ${who}, which is at work on the same sandbox`);
        told = true;
        await new Promise((done) => setTimeout(done, pollMs));
    }
    const release = (): void => {
        process.off("exit", release);
        if (isOwner(readOwn(file)) && (readOwn(file) as RunOwner).pid === process.pid) rmSync(file, { force: true });
    };
    process.once("exit", release);
    return release;
}

function isOwner(value: unknown): value is RunOwner {
    return typeof value === "object" && value !== null && typeof (value as Partial<RunOwner>).pid === "number";
}

/** Who holds the lock; undefined when it is ours now. */
function tryLock(file: string, command: string): RunOwner | undefined {
    mkdirSync(dirname(file), { recursive: true });
    const mine: RunOwner = {
        pid: process.pid,
        username: process.env.USER ?? "",
        hostname: hostname(),
        timestamp: new Date().toISOString(),
        command,
    };
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(mine));
    try {
        linkSync(draft, file); // appears whole or not at all
        return undefined;
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== "EEXIST") throw fault;
    } finally {
        rmSync(draft, { force: true });
    }
    const owner = readOwn(file);
    if (isOwner(owner) && !judge(owner).dead) return owner;
    setAside(file, owner);
    return tryLock(file, command);
}

/** Two may find a lock abandoned at once: one that was taken anew in between is put back. */
function setAside(file: string, judged: unknown): void {
    const aside = `${file}.abandoned.${process.pid}`;
    try {
        renameSync(file, aside);
        if (JSON.stringify(readOwn(aside)) !== JSON.stringify(judged)) linkSync(aside, file);
    } catch (fault) {
        const code = (fault as NodeJS.ErrnoException).code;
        if (code !== "ENOENT" && code !== "EEXIST") throw fault;
    } finally {
        rmSync(aside, { force: true });
    }
}
