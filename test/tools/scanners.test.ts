import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { useOwnCache } from "./own-cache";

type Way = (folder: string) => Promise<void>;
const { ensureScanners } = jest.requireActual<{
    ensureScanners: (ways: { installCheckov: Way; buildKics: Way }) => Promise<Record<string, string>>;
}>("../../tools/scanners.cjs");

const sources = resolve(__dirname, "..", "..", "tools", "scanners");
const cache = useOwnCache("scanners");
let made: string[];

beforeEach(() => {
    made = [];
});

function ensure(fails = false): Promise<Record<string, string>> {
    const way = (name: string): Way => {
        return async (folder) => {
            made.push(name);
            writeFileSync(join(folder, "begun"), "");
            await new Promise((done) => setTimeout(done, 50));
            if (fails) throw new Error("no network");
        };
    };
    return ensureScanners({ installCheckov: way("checkov"), buildKics: way("kics") });
}

test("scanners are made once, outside the clone, even by two at a time", async () => {
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(made).toEqual(["checkov", "kics"]);
    expect(other).toEqual(one);
    for (const path of Object.values(one)) expect(path.startsWith(cache())).toBe(true);
    await ensure();
    expect(made).toHaveLength(2);
});

test("one whose making failed is made anew, with nothing left of before", async () => {
    await expect(ensure(true)).rejects.toThrow("no network");
    const { MLPLATFORM_CHECKOV = "" } = await ensure();
    expect(made).toEqual(["checkov", "checkov", "kics"]);
    expect(existsSync(join(MLPLATFORM_CHECKOV, "..", "..", "complete"))).toBe(true);
});

test("every Python package has its exact version and digest, and every Go module its own", () => {
    const requirements = readFileSync(join(sources, "checkov", "requirements.txt"), "utf8");
    const packages = requirements.split(/\n(?=\S)/).filter((entry) => entry.trim() !== "");
    expect(packages.length).toBeGreaterThan(50);
    for (const entry of packages) expect(entry).toMatch(/^[\w.[\]-]+==\S+[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}/);
    expect(packages.join("\n")).toMatch(/^checkov==3\.\d+\.\d+ /m);
    expect(readFileSync(join(sources, "kics", "go.mod"), "utf8")).toMatch(
        /github\.com\/Checkmarx\/kics\/v2 v2\.\d+\.\d+/,
    );
    expect(readFileSync(join(sources, "kics", "go.sum"), "utf8")).toMatch(/Checkmarx\/kics\/v2 v\S+ h1:/);
});
