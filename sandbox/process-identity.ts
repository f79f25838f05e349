import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { uptime } from "node:os";

/** Clock ticks per second in `/proc`: fixed to 100 for user space on Linux (man 5 proc, `USER_HZ`). */
const ticksPerSecond = 100;

/** What the operating system says about a process id. */
export type ProcessLife =
    | { running: false }
    /** `startedAt` in milliseconds since 1970; missing where the system does not tell. */
    | { running: true; startedAt?: number };

/** Looks a process up by its id. */
export function lifeOf(pid: number): ProcessLife {
    try {
        process.kill(pid, 0);
    } catch (fault) {
        // EPERM: it runs, as another user.
        if ((fault as NodeJS.ErrnoException).code !== "EPERM") return { running: false };
    }
    if (isZombie(pid)) return { running: false };
    const startedAt = startOf(pid);
    return startedAt === undefined ? { running: true } : { running: true, startedAt };
}

/** Fields of `/proc/<pid>/stat` from the third one on: the second, a name in parentheses, may hold spaces. */
function procStat(pid: number): string[] | undefined {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    } catch {
        return undefined;
    }
}

/** Ended, but its parent has not taken note: it writes nothing any more. */
function isZombie(pid: number): boolean {
    return ["Z", "X"].includes(procStat(pid)?.[0] ?? "");
}

function startOf(pid: number): number | undefined {
    const ticks = Number(procStat(pid)?.[19]);
    if (Number.isFinite(ticks)) return Date.now() - uptime() * 1000 + (ticks / ticksPerSecond) * 1000;
    if (process.platform === "win32") return undefined;
    try {
        const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
        const moment = Date.parse(started.trim());
        return Number.isNaN(moment) ? undefined : moment;
    } catch {
        return undefined;
    }
}
