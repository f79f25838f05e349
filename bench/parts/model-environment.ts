import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** What its image tells every scorer (images/scoring/Dockerfile). */
export const imageEnvironment = { MALLOC_ARENA_MAX: "2" } as const;

/** What the scorer is told of a model in a file. */
export function modelAt(file: string): Record<string, string> {
    const content = readFileSync(file);
    return {
        MODEL_URI: pathToFileURL(file).href,
        MODEL_SHA256: createHash("sha256").update(content).digest("hex"),
        MODEL_SIZE_BYTES: String(content.length),
    };
}
