import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

type Way = (version: string, root: string) => Promise<string | undefined>;
const { ensureEngine, enginePath } = jest.requireActual<{
    ensureEngine: (options: {
        version: string;
        source: string;
        npmPackage: string;
        ways?: { download: Way; build: Way };
    }) => Promise<string>;
    enginePath: (version: string) => string;
}>("../../tools/engine.cjs");

const version = "3.0.0-test";
const before = process.env.PULUMI_HOME;
let home: string;
let tried: string[];

beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-"));
    process.env.PULUMI_HOME = home;
    tried = [];
});
afterEach(() => {
    if (before === undefined) delete process.env.PULUMI_HOME;
    else process.env.PULUMI_HOME = before;
    rmSync(home, { recursive: true });
});

/** Something that answers `version` as the engine does. */
function put(file: string, answer = `v${version}`): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho "${answer}"\n`);
    chmodSync(file, 0o755);
}

function ensure(downloads: boolean): Promise<string> {
    const way =
        (name: string, works: boolean): Way =>
        async (_version, root) => {
            tried.push(name);
            await new Promise((done) => setTimeout(done, 100));
            if (works) put(join(root, "bin", "pulumi"));
            return works ? undefined : "not reachable";
        };
    const ways = { download: way("download", downloads), build: way("build", true) };
    return ensureEngine({ version, source: "", npmPackage: "", ways });
}

describe("the engine", () => {
    test("that is there is used as it is", async () => {
        put(enginePath(version));
        expect(await ensure(true)).toBe(enginePath(version));
        expect(tried).toEqual([]);
    });

    test("is downloaded where that works", async () => {
        expect(existsSync(await ensure(true))).toBe(true);
        expect(tried).toEqual(["download"]);
    });

    test("is built where the download does not come through", async () => {
        expect(existsSync(await ensure(false))).toBe(true);
        expect(tried).toEqual(["download", "build"]);
    });

    test.each([
        [
            "is of another version",
            () => {
                put(enginePath(version), "v2.0.0");
            },
        ],
        [
            "was cut short",
            () => {
                put(enginePath(version), "");
            },
        ],
        [
            "cannot be run",
            () => {
                put(enginePath(version));
                chmodSync(enginePath(version), 0o644);
            },
        ],
    ])("that %s is replaced", async (_case, damage) => {
        damage();
        await ensure(true);
        expect(tried).toEqual(["download"]);
    });

    test("is installed once, also when two ask for it at the same time", async () => {
        await Promise.all([ensure(true), ensure(true)]);
        expect(tried).toEqual(["download"]);
    });

    test("that was left half-built by a killed process is swept away", async () => {
        const draft = join(dirname(enginePath(version)), ".pulumi-4711");
        put(draft);
        await ensure(false);
        expect(existsSync(draft)).toBe(false);
    });
});
