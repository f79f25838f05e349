import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { lifeOf } from "../sandbox/process-identity";
import type { ProcessLife } from "../sandbox/process-identity";

/** Lock of Pulumi's file backend, as the engine writes it (pulumi/pulumi, pkg/backend/diy/lock.go). */
export interface LockOwner {
    pid: number;
    username: string;
    hostname: string;
    /** RFC 3339. */
    timestamp: string;
}

/** May a lock go? Only when its owner is provably dead. */
export type Verdict = { dead: true; because: string } | { dead: false; because: string };

/** Clocks of the process table and of the lock differ by rounding; only a clearly later start proves another process. */
const startToleranceMs = 2_000;
/** A lock is written in one go; one that cannot be read for so long was cut short by a crash. */
const halfWrittenMs = 10_000;

/** Judges a lock's owner by what the operating system of `host` says about its process id. */
export function judge(owner: LockOwner, life: (pid: number) => ProcessLife = lifeOf, host = hostname()): Verdict {
    const who = `process ${owner.pid} of ${owner.username}@${owner.hostname}`;
    if (owner.hostname !== host) {
        return { dead: false, because: `${who} runs on another machine, so it cannot be seen from here (${host})` };
    }
    const found = life(owner.pid);
    if (!found.running) return { dead: true, because: `${who} does not run any more` };
    const taken = Date.parse(owner.timestamp);
    if (found.startedAt === undefined || Number.isNaN(taken)) return { dead: false, because: `${who} is running` };
    if (found.startedAt > taken + startToleranceMs) {
        return { dead: true, because: `${who} has ended; another process has its number since` };
    }
    return { dead: false, because: `${who} is running` };
}

/** A lock file with what is known about its owner. */
export interface StateLock {
    file: string;
    verdict: Verdict;
    /** Missing when the file cannot be read. */
    owner?: LockOwner;
}

/** Folder with the locks of a stack in the file backend at `state`. */
export function lockFolder(state: string, project: string, stack: string): string {
    return join(state, ".pulumi", "locks", "organization", project, stack);
}

/** The locks on a stack, each with the verdict on its owner. */
export function stateLocks(state: string, project: string, stack: string): StateLock[] {
    const folder = lockFolder(state, project, stack);
    if (!existsSync(folder)) return [];
    // Beside each lock lies a `.attrs` file of the backend's own.
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => inspect(join(folder, name)));
}

function inspect(file: string): StateLock {
    let age = 0;
    try {
        age = Date.now() - statSync(file).mtimeMs;
        const owner: unknown = JSON.parse(readFileSync(file, "utf8"));
        if (isOwner(owner)) return { file, owner, verdict: judge(owner) };
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") {
            return { file, verdict: { dead: true, because: "it is gone" } };
        }
    }
    if (age > halfWrittenMs) return { file, verdict: { dead: true, because: "it was left half-written by a crash" } };
    return { file, verdict: { dead: false, because: "it is just being written" } };
}

function isOwner(value: unknown): value is LockOwner {
    if (typeof value !== "object" || value === null) return false;
    const owner = value as Partial<Record<keyof LockOwner, unknown>>;
    return typeof owner.pid === "number" && typeof owner.hostname === "string" && typeof owner.timestamp === "string";
}

export function removeLock(lock: StateLock): void {
    for (const file of [lock.file, `${lock.file}.attrs`]) rmSync(file, { force: true });
}
