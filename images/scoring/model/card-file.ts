import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ifThere } from "../files";
import { readCard } from "./card";
import type { ModelCard } from "./card";

const names = ["card.json", "card.yaml"];

/**
 * The card beside a model's file; undefined where there is none, as tensors are scored without.
 * @throws CardFault with all faults of a card that cannot be used
 */
export async function cardBeside(modelFile: string): Promise<ModelCard | undefined> {
    for (const name of names) {
        const content = await ifThere(readFile(join(dirname(modelFile), name), "utf8"));
        if (content !== undefined) return await readCard(content);
    }
    return undefined;
}
