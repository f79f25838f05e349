import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../provider/objects";

/**
 * Definitions of custom resources of these API groups, as their publishers have them.
 * @param folder What `tools/definitions.cjs` tells: a file `PLURAL.GROUP.json` for each.
 * @throws Error when there is none of a group.
 */
export function definitionsOf(folder: string, groups: readonly string[]): KubeObject[] {
    const names = readdirSync(folder).sort();
    return groups.flatMap((group) => {
        const files = names.filter((name) => name.slice(name.indexOf(".") + 1) === `${group}.json`);
        if (files.length === 0) throw new Error(`${folder} has no definitions of ${group}`);
        return files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as KubeObject);
    });
}
