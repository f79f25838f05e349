import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test of a file a cache of its own and the environment as it was; tells the cache's folder. */
export function useOwnCache(name: string): () => string {
    const before = { ...process.env };
    let cache = "";
    beforeEach(() => {
        cache = mkdtempSync(join(tmpdir(), `${name}-`));
        process.env.XDG_CACHE_HOME = cache;
    });
    afterEach(() => {
        process.env = { ...before };
        rmSync(cache, { recursive: true });
    });
    return () => cache;
}
