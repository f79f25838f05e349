import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readCard } from "./card";
import type { ModelCard } from "./card";

const names = ["card.json", "card.yaml"];

/**
 * The card beside a model's file; undefined where there is none, as tensors are scored without.
 * @throws CardFault with all faults of a card that cannot be used
 */
export async function cardBeside(modelFile: string): Promise<ModelCard | undefined> {
    for (const name of names) {
        const content = await textOf(join(dirname(modelFile), name));
        if (content !== undefined) return await readCard(content);
    }
    return undefined;
}

async function textOf(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw fault;
    }
}
