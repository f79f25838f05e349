import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a file whole or not at all. `mode` keeps secrets to their owner. */
export function writeWhole(file: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    try {
        writeFileSync(draft, content, { mode });
        renameSync(draft, file);
    } finally {
        rmSync(draft, { force: true });
    }
}

/** A JSON file that we wrote ourselves; undefined when it is missing or damaged, as it can be made again. */
export function readOwn(file: string): unknown {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as unknown;
    } catch {
        return undefined;
    }
}

export function textOf(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw fault;
    }
}
