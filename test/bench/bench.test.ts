import { execFile } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "..", "..");

/** Runs a benchmark, as `npm run bench -- NAME ...` does, and reads the figures off its last line. */
function figures(name: string, ...args: string[]): Promise<Record<string, number>> {
    const command = [join(root, "tools", "bootstrap.cjs"), "bench", name, ...args];
    // What is killed goes on from the state that the engine has written until then.
    const env = { ...process.env, PULUMI_SKIP_CHECKPOINTS: String(name !== "faults" && name !== "resume") };
    return new Promise((done, fail) => {
        execFile(process.execPath, command, { maxBuffer: 1e7, env }, (fault, stdout, stderr) => {
            const last = stdout.trim().split("\n").at(-1) ?? "";
            if (last.startsWith("{")) done(JSON.parse(last) as Record<string, number>);
            else fail(new Error(`${fault?.message ?? "no figures"}\n${stdout}\n${stderr}`));
        });
    });
}

// Small samples: the figures that are quoted come from whole runs.
test("runs with faults and kills converge, with nothing orphaned and nothing lost", async () => {
    expect(await figures("faults", "1", "2")).toMatchObject({ runs: 1, converged: 1, orphans: 0, lost: 0 });
}, 300_000);

test("what is left of a signed change when up is killed is done under the same signatures, and nothing twice", async () => {
    expect(await figures("resume", "2", "1")).toMatchObject({ runs: 2, wrong: 0 });
}, 300_000);

test("a preview is measured against its floor", async () => {
    const { resources, ratio, memoryRatio } = await figures("preview", "1");
    expect(resources).toBeGreaterThan(50);
    expect(ratio).toBeGreaterThan(0);
    // Memory does not depend on how busy the machine is.
    expect(memoryRatio).toBeLessThan(1.25);
}, 300_000);

test("nothing waits that need not: dev comes up hardly slower than Azure's rules allow any program to", async () => {
    const { seconds = 0, unavoidableSeconds = 0, ratio } = await figures("makespan", "dev");
    expect(unavoidableSeconds).toBeGreaterThan(1000);
    expect(seconds).toBeGreaterThanOrEqual(unavoidableSeconds);
    // Virtual time: it does not depend on how busy the machine is.
    expect(ratio).toBeLessThanOrEqual(1.05);
}, 300_000);

test("a batch is measured against bare loops, and holds hardly more memory as its inputs become more", async () => {
    const { ratio, picturesPerSecond, memoryRatio } = await figures("batch", "1", "60", "1000,4000");
    expect(ratio).toBeGreaterThan(0);
    expect(picturesPerSecond).toBeGreaterThan(0);
    expect(memoryRatio).toBeLessThan(1.4);
}, 300_000);
