import type { ModelCard } from "../model/card";
import type { Tensor } from "../tensor";
import { CardMismatch, candidates, grid, softmax } from "./candidates";
import type { Candidate } from "./candidates";
import { backToPicture } from "./placement";
import type { Edges, Placement } from "./placement";

/** A box in the picture, in its pixels. */
export interface Box {
    left: number;
    top: number;
    width: number;
    height: number;
}

/** A label of the picture, or an object in it; the surest come first. */
export interface Prediction {
    label: string;
    /** 0 to 1, to four places. */
    confidence: number;
    /** Of detections; to a tenth of a pixel. */
    box?: Box;
}

/** What a request asks for beyond the card. */
export interface Wanted {
    /** @default the card's */
    minConfidence?: number;
    /** @default the card's */
    top?: number;
}

/** What a model's outputs say about a picture. @throws CardMismatch when the outputs are not the card's */
export function predictions(
    card: ModelCard,
    outputs: readonly Tensor[],
    placement: Placement,
    { minConfidence = card.thresholds.confidence, top = card.thresholds.top }: Wanted = {},
): Prediction[] {
    const byName = new Map(outputs.map((tensor) => [tensor.name, tensor]));
    if (card.task === "classification") return classes(card, byName, minConfidence, top);
    const found = candidates(card, byName, minConfidence).sort(surestFirst);
    const kept = card.nms ? suppressed(found, card.nms, top) : found;
    return kept
        .map((one) => ({ one, edges: backToPicture(placement, one) }))
        .filter(({ edges }) => edges.x2 > edges.x1 && edges.y2 > edges.y1)
        .slice(0, top)
        .map(({ one, edges }) => ({
            ...{ label: labelOf(card, one.classIndex), confidence: rounded(one.confidence, 1e4), box: boxOf(edges) },
        }));
}

function classes(card: ModelCard, outputs: ReadonlyMap<string, Tensor>, least: number, top: number): Prediction[] {
    const { output, labels } = card;
    if (output.format !== "logits" && output.format !== "probabilities")
        throw new CardMismatch(`${output.format} is no format of classes`);
    const { data } = grid(outputs, output.tensor);
    if (data.length !== labels.length)
        throw new CardMismatch(
            `output ${output.tensor} has ${data.length} classes, and the card ${labels.length} labels`,
        );
    return (output.format === "logits" ? softmax(data) : Array.from(data))
        .map((confidence, classIndex) => ({ confidence, classIndex }))
        .filter(({ confidence }) => confidence >= least)
        .sort((a, b) => b.confidence - a.confidence || a.classIndex - b.classIndex)
        .slice(0, top)
        .map(({ confidence, classIndex }) => ({
            ...{ label: labelOf(card, classIndex), confidence: rounded(confidence, 1e4) },
        }));
}

/** The same order every time, equal ones too. */
const surestFirst = (a: Candidate, b: Candidate): number =>
    b.confidence - a.confidence || a.classIndex - b.classIndex || a.y1 - b.y1 || a.x1 - b.x1;

/** Of those that lie on each other, the surest. Takes them sorted, and ends with as many as are wanted. */
function suppressed(
    sorted: readonly Candidate[],
    { overlap, acrossClasses = false }: NonNullable<ModelCard["nms"]>,
    top: number,
): Candidate[] {
    const kept: Candidate[] = [];
    for (const one of sorted) {
        if (kept.length === top) break;
        const hidden = kept.some(
            (other) => (acrossClasses || other.classIndex === one.classIndex) && overlapOf(other, one) > overlap,
        );
        if (!hidden) kept.push(one);
    }
    return kept;
}

/** Shared area by area of both: 0 apart, 1 the same. */
export function overlapOf(a: Edges, b: Edges): number {
    const shared = area({
        x1: Math.max(a.x1, b.x1),
        y1: Math.max(a.y1, b.y1),
        x2: Math.min(a.x2, b.x2),
        y2: Math.min(a.y2, b.y2),
    });
    return shared === 0 ? 0 : shared / (area(a) + area(b) - shared);
}

const area = ({ x1, y1, x2, y2 }: Edges): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

const labelOf = ({ labels }: ModelCard, classIndex: number): string => labels[classIndex] ?? "";

const rounded = (value: number, steps: number): number => Math.round(value * steps) / steps;

const boxOf = ({ x1, y1, x2, y2 }: Edges): Box => ({
    left: rounded(x1, 10),
    top: rounded(y1, 10),
    width: rounded(x2 - x1, 10),
    height: rounded(y2 - y1, 10),
});
