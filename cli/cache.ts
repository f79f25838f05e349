import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of what is fetched or made once for all clones, by the name of what it holds. */
export function cacheFolder(name: string, env = process.env): string {
    const cache = env.XDG_CACHE_HOME;
    return join(cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"), "mlplatform", name);
}
