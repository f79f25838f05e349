import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { compile } = jest.requireActual<{
    compile: (options: { root: string; out: string }) => Promise<{ compiled: number; removed: number }>;
}>("../../tools/compile.cjs");

let root: string;
let out: string;
const run = (): ReturnType<typeof compile> => compile({ root, out });
const output = (name: string): string => join(out, name);

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sources-"));
    out = join(root, ".mlplatform", "build");
    symlinkSync(join(__dirname, "..", "..", "node_modules"), join(root, "node_modules"));
    mkdirSync(join(root, "cli"));
    writeFileSync(join(root, "index.ts"), "export const answer: number = 42;\n");
    writeFileSync(join(root, "cli", "main.ts"), 'export { answer } from "../index";\n');
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

test("compiles everything once, with source maps, to modules that run", async () => {
    expect(await run()).toEqual({ compiled: 2, removed: 0 });
    expect(jest.requireActual<{ answer: number }>(output("cli/main.js")).answer).toBe(42);
    expect(existsSync(output("cli/main.js.map"))).toBe(true);
    expect(await run()).toEqual({ compiled: 0, removed: 0 });
});

test("compiles only what has changed", async () => {
    await run();
    const before = statSync(output("cli/main.js")).mtimeMs;
    writeFileSync(join(root, "index.ts"), "export const answer = 43;\n");
    expect(await run()).toEqual({ compiled: 1, removed: 0 });
    expect(readFileSync(output("index.js"), "utf8")).toContain("43");
    expect(statSync(output("cli/main.js")).mtimeMs).toBe(before);
});

test("removes outputs whose source is gone", async () => {
    await run();
    rmSync(join(root, "cli", "main.ts"));
    expect(await run()).toEqual({ compiled: 0, removed: 2 });
    expect(existsSync(output("cli/main.js"))).toBe(false);
});

test("a program of an image finds the packages that its folder has, which are not compiled", async () => {
    const program = join(root, "images", "scoring");
    const dependency = join(program, "node_modules", "of-its-own");
    mkdirSync(dependency, { recursive: true });
    writeFileSync(join(dependency, "index.js"), "exports.answer = 44;\n");
    writeFileSync(join(dependency, "index.ts"), "export const answer = 45;\n");
    writeFileSync(join(program, "main.ts"), 'export { answer } from "of-its-own";\n');
    expect(await run()).toEqual({ compiled: 3, removed: 0 });
    expect(jest.requireActual<{ answer: number }>(output("images/scoring/main.js")).answer).toBe(44);
    expect(await run()).toEqual({ compiled: 0, removed: 0 });
});

test.each([
    [
        "an output was emptied by a crash",
        () => {
            writeFileSync(output("index.js"), "");
        },
        1,
    ],
    [
        "an output was lost",
        () => {
            rmSync(output("index.js"));
        },
        1,
    ],
    [
        "the record of outputs was cut short",
        () => {
            writeFileSync(output("manifest.json"), '{"files":');
        },
        2,
    ],
])("notices that %s", async (_case, damage, compiled) => {
    await run();
    damage();
    expect(await run()).toMatchObject({ compiled });
    expect(readFileSync(output("index.js"), "utf8")).toContain("42");
});

test("two at once end up with the same whole result", async () => {
    await Promise.all([run(), run()]);
    expect(await run()).toEqual({ compiled: 0, removed: 0 });
});
