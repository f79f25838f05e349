import { existsSync } from "node:fs";
import { useOwnCache } from "./own-cache";

type Way = (folder: string) => Promise<void>;
const { ensureManifestScanners } = jest.requireActual<{
    ensureManifestScanners: (ways: {
        buildKubeScore: Way;
        buildReader: (minor: string) => Way;
    }) => Promise<Record<string, string>>;
}>("../../tools/manifest-scanners.cjs");

const cache = useOwnCache("manifest-scanners");

test("what reads manifests is made once, outside the clone, with a reader for each version", async () => {
    const made: string[] = [];
    const way =
        (name: string): Way =>
        (folder) => {
            made.push(name);
            expect(existsSync(folder)).toBe(true);
            return Promise.resolve();
        };
    const ways = {
        buildKubeScore: way("score"),
        buildReader: (minor: string) => way(minor),
    };
    const first = await ensureManifestScanners(ways);
    expect(await ensureManifestScanners(ways)).toEqual(first);
    expect(made).toEqual(["score", "1.34", "1.36"]);
    const readers = JSON.parse(first.MLPLATFORM_MANIFEST_READERS ?? "{}") as Record<string, string>;
    expect(Object.keys(readers)).toEqual(["1.34", "1.36"]);
    for (const path of Object.values(readers)) expect(path.startsWith(cache())).toBe(true);
});
