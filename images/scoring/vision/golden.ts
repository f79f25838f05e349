import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ModelCard } from "../model/card";
import { cardBeside } from "../model/card-file";
import type { Scorer } from "../scorer";
import { CardMismatch } from "./candidates";
import { PictureScorer } from "./picture-scorer";
import type { Prediction } from "./predictions";

type Golden = NonNullable<ModelCard["golden"]>;
type Expected = Golden["expected"][number];

/**
 * Has the model look at the card's golden picture, which also warms it up. Without one there is nothing to see.
 * @throws CardMismatch with all that it does not say as the card has it
 */
export async function checkGolden(pictures: PictureScorer): Promise<void> {
    const { scorer, card } = pictures;
    if (!card.golden) return;
    const picture = await readFile(join(dirname(scorer.file), card.golden.picture));
    const { predictions } = await pictures.score(picture, { counted: false });
    const faults = card.golden.expected.flatMap((one) => goldenFault(card, one, predictions) ?? []);
    if (faults.length > 0)
        throw new CardMismatch(`${card.name} ${card.version} fails on its golden picture: ${faults.join("; ")}`);
}

/** Has a model with a card look at its golden picture before it counts as ready. */
export async function proveByGolden(scorer: Scorer): Promise<void> {
    const card = await cardBeside(scorer.file);
    if (card) await checkGolden(new PictureScorer(scorer, card));
}

function goldenFault({ golden }: ModelCard, expected: Expected, found: readonly Prediction[]): string | undefined {
    const { confidenceTolerance = 0.02, boxTolerance = 3 } = golden ?? {};
    const fits = ({ label, confidence, box }: Prediction): boolean =>
        label === expected.label &&
        Math.abs(confidence - expected.confidence) <= confidenceTolerance &&
        edgesDiffer(box, expected.box) <= boxTolerance;
    if (found.some(fits)) return undefined;
    const seen = found.slice(0, 5).map(shown).join(", ");
    return `${shown(expected)} is expected, and it sees ${seen === "" ? "nothing" : seen}`;
}

/** By how many pixels the edge that is furthest off is off. */
function edgesDiffer(a: Prediction["box"], b: Expected["box"]): number {
    if (!a || !b) return a === b ? 0 : Infinity;
    const edges = [a.left - b.left, a.top - b.top, a.left + a.width - b.left - b.width];
    return Math.max(...[...edges, a.top + a.height - b.top - b.height].map(Math.abs));
}

const shown = ({ label, confidence, box }: Prediction | Expected): string =>
    `${label} ${confidence.toFixed(3)}${box ? ` at ${[box.left, box.top, box.width, box.height].join(" ")}` : ""}`;
