import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { thirdParties } from "../../facts/third-party";
import { useOwnCache } from "./own-cache";

const { controllerFolder, controllerVersion, ensureController } = jest.requireActual<{
    controllerFolder: (name: string) => string;
    controllerVersion: (name: string) => string;
    ensureController: (name: string, make?: (name: string, folder: string) => Promise<void>) => Promise<string>;
}>("../../tools/controllers.cjs");

const script = resolve(__dirname, "..", "..", "tools", "controllers.cjs");
const cache = useOwnCache("controllers");
let made: number;

beforeEach(() => {
    made = 0;
});

/** A build that comes with these programs. */
function ensure(...programs: string[]): Promise<string> {
    return ensureController("keda", async (_, folder) => {
        made += 1;
        for (const program of programs) writeFileSync(join(folder, program), "");
        await new Promise((done) => setTimeout(done, 50));
    });
}

test("a controller is built once, outside the clone, even by two at a time", async () => {
    const all = ["operator", "adapter", "webhooks"];
    const [one, other] = await Promise.all([ensure(...all), ensure(...all)]);
    expect(made).toBe(1);
    expect(other).toBe(one);
    expect(one.startsWith(cache())).toBe(true);
    await ensure(...all);
    expect(made).toBe(1);
});

test("one that came without a program is made anew, with nothing left of it", async () => {
    await expect(ensure("operator", "other")).rejects.toThrow("it came without adapter, webhooks");
    expect(existsSync(join(controllerFolder("keda"), "complete"))).toBe(false);
    const folder = await ensure("operator", "adapter", "webhooks");
    expect(readdirSync(folder).sort()).toEqual(["adapter", "complete", "operator", "webhooks"]);
});

test("they are of the versions that the platform mirrors", () => {
    for (const name of ["keda", "kueue"] as const)
        expect(`v${controllerVersion(name)}`).toContain(thirdParties[name].version);
});

test("without Go, they stay recorded, and it is told", () => {
    const bin = join(cache(), "bin");
    mkdirSync(bin);
    const { status, stdout } = spawnSync(process.execPath, [script, "begin"], {
        env: { PATH: bin, HOME: cache(), XDG_CACHE_HOME: cache() },
        encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
        note: "controllers: without Go to build them, kueue and keda are only recorded (https://go.dev/dl/)",
        folders: { kueue: controllerFolder("kueue"), keda: controllerFolder("keda") },
    });
});
