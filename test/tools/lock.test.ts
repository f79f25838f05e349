import { fork, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

interface Owner {
    pid: number;
    host: string;
    birth: string;
}
const lockFile = join(__dirname, "..", "..", "tools", "lock.cjs");
const { birthOf, isAbandoned, withLock } = jest.requireActual<{
    birthOf: (pid: number) => string;
    isAbandoned: (owner: Owner | undefined) => boolean;
    withLock: <T>(file: string, work: () => Promise<T>, waiting: (pid: number) => void) => Promise<T>;
}>(lockFile);

const folder = mkdtempSync(join(tmpdir(), "lock-"));
const file = join(folder, "install.lock");
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const me: Owner = { pid: process.pid, host: hostname(), birth: birthOf(process.pid) };
const ended = spawnSync(process.execPath, ["--version"]).pid;

test.each([
    ["its owner is this process", me, false],
    ["its owner has ended", { ...me, pid: ended }, true],
    ["its owner's number went to another process", { ...me, birth: "1" }, true],
    ["its owner is on another machine", { ...me, pid: ended, host: "elsewhere" }, false],
    ["it names no owner", undefined, true],
])("an install lock when %s: abandoned %#", (_case, owner, abandoned) => {
    expect(isAbandoned(owner)).toBe(abandoned);
});

test("the lock of a dead owner is taken over, and gone afterwards", async () => {
    writeFileSync(file, JSON.stringify({ ...me, pid: ended }));
    await expect(withLock(file, () => Promise.resolve("done"), fail)).resolves.toBe("done");
    expect(existsSync(file)).toBe(false);
});

test("one that fails lets go", async () => {
    const failing = withLock(file, () => Promise.reject(new Error("no")), fail);
    await expect(failing).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
});

function fail(): void {
    throw new Error("should not wait");
}

test("several processes go one after the other, also when one of them is killed while it holds the lock", async () => {
    const log = join(folder, "log");
    const script = join(folder, "worker.cjs");
    writeFileSync(
        script,
        `const { withLock } = require(${JSON.stringify(lockFile)});
        const fs = require("node:fs");
        withLock(process.argv[2], async () => {
            fs.appendFileSync(process.argv[3], "in ");
            if (process.argv[4] === "dies") process.kill(process.pid, "SIGKILL");
            await new Promise((done) => setTimeout(done, 60));
            fs.appendFileSync(process.argv[3], "out ");
        }, () => {});`,
    );
    const workers = ["dies", "lives", "lives", "lives", "lives"].map((fate) => {
        const child = fork(script, [file, log, fate]);
        return new Promise((done) => child.once("exit", done));
    });
    await Promise.all(workers);
    const steps = readFileSync(log, "utf8");
    // The one that was killed went in and never out.
    expect(steps.replace(/in (?!out)/, "").trim()).toBe("in out in out in out in out");
    expect(existsSync(file)).toBe(false);
}, 20_000);
