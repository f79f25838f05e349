import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { lifeOf } from "../../sandbox/process-identity";
import { judge, lockFolder, removeLock, stateLocks } from "../../cli/state-lock";
import type { LockOwner } from "../../cli/state-lock";

const owner: LockOwner = { pid: 4711, username: "ann", hostname: "here", timestamp: "2026-03-01T12:00:00Z" };
const taken = Date.parse(owner.timestamp);

describe("a state lock goes only when its owner is provably dead", () => {
    test.each([
        ["its process has ended", { running: false }, "here", true, "does not run any more"],
        [
            "its number went to a later process",
            { running: true, startedAt: taken + 60_000 },
            "here",
            true,
            "another process",
        ],
        ["its process runs", { running: true, startedAt: taken - 1_000 }, "here", false, "is running"],
        [
            "its process started in the very second",
            { running: true, startedAt: taken + 900 },
            "here",
            false,
            "is running",
        ],
        ["a process has its number and its start is not known", { running: true }, "here", false, "is running"],
        ["it is on another machine, where nothing is known", { running: false }, "there", false, "another machine"],
    ] as const)("%s", (_case, life, host, dead, because) => {
        const verdict = judge(owner, () => life, host);
        expect(verdict.dead).toBe(dead);
        expect(verdict.because).toContain(because);
    });
});

describe("lock files", () => {
    const state = mkdtempSync(join(tmpdir(), "locks-"));
    const folder = lockFolder(state, "mlplatform", "dev");
    const file = join(folder, "lock.json");
    const write = (content: string): void => {
        writeFileSync(file, content);
        writeFileSync(`${file}.attrs`, "{}");
    };
    const only = (): ReturnType<typeof stateLocks>[number] => {
        const [lock, ...others] = stateLocks(state, "mlplatform", "dev");
        if (!lock || others.length > 0) throw new Error("expected one lock");
        return lock;
    };
    beforeAll(() => mkdirSync(folder, { recursive: true }));
    afterAll(() => {
        rmSync(state, { recursive: true });
    });

    test("of a process that has ended is removed with all that belongs to it", () => {
        const { pid } = spawnSync(process.execPath, ["--version"]);
        write(JSON.stringify({ ...owner, pid, hostname: hostname() }));
        const lock = only();
        expect(lock.verdict.dead).toBe(true);
        removeLock(lock);
        expect(stateLocks(state, "mlplatform", "dev")).toEqual([]);
    });

    test("of this very process is respected", () => {
        write(
            JSON.stringify({ ...owner, pid: process.pid, hostname: hostname(), timestamp: new Date().toISOString() }),
        );
        expect(only().verdict.dead).toBe(false);
    });

    test("that is half-written counts as debris only when it is old", () => {
        write('{"pid": 12');
        expect(only().verdict.dead).toBe(false);
        const before = Date.now() / 1000 - 60;
        utimesSync(file, before, before);
        expect(only().verdict).toMatchObject({ dead: true });
    });

    test("of another stack are not looked at", () => {
        expect(stateLocks(state, "mlplatform", "prod")).toEqual([]);
    });
});

describe("what the system says about a process", () => {
    test("this one runs since before now", () => {
        const life = lifeOf(process.pid);
        expect(life.running).toBe(true);
        if (!life.running || life.startedAt === undefined) throw new Error("no start");
        expect(life.startedAt).toBeLessThanOrEqual(Date.now());
        expect(life.startedAt).toBeGreaterThan(Date.now() - process.uptime() * 1000 - 5_000);
    });

    test("an ended one does not run", async () => {
        const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
        const pid = child.pid ?? 0;
        expect(lifeOf(pid).running).toBe(true);
        const ended = new Promise((done) => child.once("exit", done));
        child.kill("SIGKILL");
        await ended;
        expect(lifeOf(pid)).toEqual({ running: false });
    });
});
