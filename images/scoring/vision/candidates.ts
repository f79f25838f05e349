import { numberOfHalf } from "../float16";
import type { CardOutput, ModelCard } from "../model/card";
import type { Tensor } from "../tensor";
import type { Edges } from "./placement";

/** Something that a detector saw, in pixels of its input. */
export interface Candidate extends Edges {
    classIndex: number;
    confidence: number;
}

/** A model that is not as its card says: nobody's picture is at fault. */
export class CardMismatch extends Error {
    override readonly name = "CardMismatch";
}

type Outputs = ReadonlyMap<string, Tensor>;
type Format<F extends CardOutput["format"]> = Extract<CardOutput, { format: F }>;

/** An output as numbers, and its sizes without the first, which is one picture. */
interface Grid {
    data: ArrayLike<number>;
    shape: readonly number[];
}

export function grid(outputs: Outputs, name: string, rank?: number): Grid {
    const tensor = outputs.get(name);
    if (!tensor)
        throw new CardMismatch(
            `the model has no output ${name}, which its card names; it has ${[...outputs.keys()].join(", ")}`,
        );
    const { data, shape, datatype } = tensor;
    if (datatype === "BYTES") throw new CardMismatch(`output ${name} is text`);
    if (shape[0] !== 1 || (rank !== undefined && shape.length !== rank))
        throw new CardMismatch(
            `output ${name} has shape [${shape.join(", ")}], and the card's format needs ${rank ?? "some"} dimensions of one picture`,
        );
    return { data: numbersOf(datatype, data), shape: shape.slice(1) };
}

/** Classes and counts may come as INT64; FP16 comes as its bits. */
function numbersOf(datatype: Tensor["datatype"], data: Tensor["data"]): ArrayLike<number> {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
    if (datatype === "FP16") return Float32Array.from(data as Uint16Array, numberOfHalf);
    return data as ArrayLike<number>;
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** All that a detector is at least this sure of, in the card's own format. */
export function candidates(card: ModelCard, outputs: Outputs, least: number): Candidate[] {
    const { output } = card;
    switch (output.format) {
        case "yolo":
            return yolo(card, output, outputs, least);
        case "boxes":
            return boxes(card, output, outputs, least);
        case "rows":
            return rows(card, output, outputs, least);
        case "centernet":
            return centernet(card, output, outputs, least);
        default:
            throw new CardMismatch(`${output.format} is no format of detections`);
    }
}

function yolo({ input, labels }: ModelCard, format: Format<"yolo">, outputs: Outputs, least: number): Candidate[] {
    const { data, shape } = grid(outputs, format.tensor, 3);
    const inRows = format.candidates === "rows";
    const [count = 0, values = 0] = inRows ? shape : [shape[1], shape[0]];
    const firstClass = format.objectness ? 5 : 4;
    if (values !== firstClass + labels.length)
        throw new CardMismatch(
            `output ${format.tensor} has ${values} values a candidate, the card's ${labels.length} labels need ${firstClass + labels.length}`,
        );
    const [ofCandidate, ofValue] = inRows ? [values, 1] : [1, count];
    const at = (candidate: number, value: number): number => data[candidate * ofCandidate + value * ofValue] ?? 0;
    const sure = format.sigmoid === true ? sigmoid : (value: number): number => value;
    const unit = unitOf(input, format.unit);
    const cells = format.grids && gridCells(input, format.grids, count, format.tensor);
    const found: Candidate[] = [];
    for (let one = 0; one < count; one++) {
        const objectness = format.objectness ? sure(at(one, 4)) : 1;
        if (!(objectness >= least)) continue;
        let classIndex = 0;
        for (let other = 1; other < labels.length; other++)
            if (at(one, firstClass + other) > at(one, firstClass + classIndex)) classIndex = other;
        const confidence = objectness * sure(at(one, firstClass + classIndex));
        if (!(confidence >= least)) continue;
        const [a, b, c, d] = [at(one, 0), at(one, 1), at(one, 2), at(one, 3)];
        const cell = cells?.[one];
        const edges = cell
            ? edgesOf(
                  "cxcywh",
                  (a + cell.x) * cell.stride,
                  (b + cell.y) * cell.stride,
                  Math.exp(c) * cell.stride,
                  Math.exp(d) * cell.stride,
              )
            : edgesOf(format.boxes, a * unit.x, b * unit.y, c * unit.x, d * unit.y);
        found.push({ classIndex, confidence, ...edges });
    }
    return found;
}

/** Cells of all grids, as YOLOX numbers them: grid by grid, row by row. */
function gridCells({ width, height }: ModelCard["input"], strides: readonly number[], count: number, name: string) {
    const cells = strides.flatMap((stride) => {
        const across = Math.floor(width / stride);
        return Array.from({ length: across * Math.floor(height / stride) }, (_, index) => ({
            ...{ stride, x: index % across, y: Math.floor(index / across) },
        }));
    });
    if (cells.length !== count)
        throw new CardMismatch(`output ${name} has ${count} candidates, the card's grids have ${cells.length} cells`);
    return cells;
}

function boxes({ input, labels }: ModelCard, format: Format<"boxes">, outputs: Outputs, least: number): Candidate[] {
    const { data: edges, shape } = grid(outputs, format.boxes, 3);
    const scores = grid(outputs, format.scores);
    const classes = format.classes === undefined ? undefined : grid(outputs, format.classes).data;
    const all = shape[0] ?? 0;
    const count = format.count === undefined ? all : Math.min(all, grid(outputs, format.count).data[0] ?? 0);
    const perBox = classes ? 1 : (scores.shape[1] ?? 0);
    // A softmax has a class for nothing, after the others.
    const rest = format.activation === "softmax" ? 1 : 0;
    if (!classes && (perBox < labels.length || perBox > labels.length + rest))
        throw new CardMismatch(
            `output ${format.scores} has ${perBox} classes a box, and the card ${labels.length} labels`,
        );
    const unit = unitOf(input, format.unit);
    const found: Candidate[] = [];
    for (let one = 0; one < count; one++) {
        const own = Array.from({ length: perBox }, (_, at) => scores.data[one * perBox + at] ?? 0);
        const sure = activated(own, format.activation).slice(0, classes ? 1 : labels.length);
        const best = sure.reduce((most, value, at) => (value > (sure[most] ?? 0) ? at : most), 0);
        const confidence = sure[best] ?? 0;
        if (!(confidence >= least)) continue;
        const classIndex = classes ? (classes[one] ?? 0) - (format.firstClass ?? 0) : best;
        if (labels[classIndex] === undefined)
            throw new CardMismatch(`the model names class ${classIndex}, and the card has ${labels.length} labels`);
        const [a, b, c, d] = [0, 1, 2, 3].map((at) => edges[one * 4 + at] ?? 0) as [number, number, number, number];
        // Where height comes first, so does its unit.
        const [first, second] = format.order === "yxyx" ? [unit.y, unit.x] : [unit.x, unit.y];
        found.push({ classIndex, confidence, ...edgesOf(format.order, a * first, b * second, c * first, d * second) });
    }
    return found;
}

function activated(values: readonly number[], activation: Format<"boxes">["activation"]): number[] {
    if (activation === "sigmoid") return values.map(sigmoid);
    return activation === "softmax" ? softmax(values) : [...values];
}

/** Shares of one, without numbers that overflow. */
export function softmax(values: ArrayLike<number>): number[] {
    const most = Array.from(values).reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = Array.from(values, (value) => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
}

function rows({ input, labels }: ModelCard, format: Format<"rows">, outputs: Outputs, least: number): Candidate[] {
    const { data, shape } = grid(outputs, format.tensor, 3);
    const [count = 0, values = 0] = shape;
    if (values !== 6) throw new CardMismatch(`output ${format.tensor} has ${values} values a row, and rows have 6`);
    const unit = unitOf(input, format.unit);
    const found: Candidate[] = [];
    for (let one = 0; one < count; one++) {
        const [a = 0, b = 0, c = 0, d = 0, confidence = 0, classIndex = 0] = Array.from(
            { length: 6 },
            (_, at) => data[one * 6 + at] ?? 0,
        );
        // Rows that are not needed are filled up with whatever.
        if (!(confidence >= least) || labels[classIndex] === undefined) continue;
        found.push({ classIndex, confidence, x1: a * unit.x, y1: b * unit.y, x2: c * unit.x, y2: d * unit.y });
    }
    return found;
}

function centernet(
    { input, labels }: ModelCard,
    format: Format<"centernet">,
    outputs: Outputs,
    least: number,
): Candidate[] {
    const { data, shape } = grid(outputs, format.heatmap, 4);
    const { data: distances, shape: edges } = grid(outputs, format.distances, 4);
    const [classes = 0, height = 0, width = 0] = shape;
    if (classes !== labels.length)
        throw new CardMismatch(`output ${format.heatmap} has ${classes} classes, and the card ${labels.length} labels`);
    if (edges.join() !== [4, height, width].join())
        throw new CardMismatch(
            `output ${format.distances} has shape [1, ${edges.join(", ")}], its map needs [1, 4, ${height}, ${width}]`,
        );
    const [across, down] = [input.width / width, input.height / height];
    const area = width * height;
    const found: Candidate[] = [];
    for (let classIndex = 0; classIndex < classes; classIndex++) {
        const from = classIndex * area;
        for (const cell of atLeast(data, from, area, least)) {
            const [x, y] = [cell % width, Math.floor(cell / width)];
            if (!isPeak(data, from, x, y, width, height)) continue;
            const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => distances[side * area + cell] ?? 0) as [
                number,
                number,
                number,
                number,
            ];
            found.push({
                ...{ classIndex, confidence: data[from + cell] ?? 0 },
                ...{ x1: x * across - left, y1: y * down - top, x2: x * across + right, y2: y * down + bottom },
            });
        }
    }
    return found;
}

/** Which of a map's cells are high enough. Small, and called often: within a long loop, each number would be made an object. */
function atLeast(data: ArrayLike<number>, from: number, length: number, least: number): number[] {
    const found: number[] = [];
    for (let cell = 0; cell < length; cell++) if ((data[from + cell] ?? 0) >= least) found.push(cell);
    return found;
}

/** Is nothing around it higher? */
function isPeak(data: ArrayLike<number>, from: number, x: number, y: number, width: number, height: number): boolean {
    const own = data[from + y * width + x] ?? 0;
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
            if ((data[from + row * width + column] ?? 0) > own) return false;
    return true;
}

/** Pixels of the input in one of the output's units. */
const unitOf = ({ width, height }: ModelCard["input"], unit: "pixels" | "fraction"): { x: number; y: number } =>
    unit === "pixels" ? { x: 1, y: 1 } : { x: width, y: height };

function edgesOf(order: "xyxy" | "yxyx" | "xywh" | "cxcywh", a: number, b: number, c: number, d: number): Edges {
    switch (order) {
        case "xyxy":
            return { x1: a, y1: b, x2: c, y2: d };
        case "yxyx":
            return { x1: b, y1: a, x2: d, y2: c };
        case "xywh":
            return { x1: a, y1: b, x2: a + c, y2: b + d };
        case "cxcywh":
            return { x1: a - c / 2, y1: b - d / 2, x2: a + c / 2, y2: b + d / 2 };
    }
}
