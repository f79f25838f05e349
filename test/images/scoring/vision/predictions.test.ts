import type { CardOutput, ModelCard } from "../../../../images/scoring/model/card";
import type { Tensor } from "../../../../images/scoring/tensor";
import { place } from "../../../../images/scoring/vision/placement";
import { overlapOf, predictions } from "../../../../images/scoring/vision/predictions";
import type { Wanted } from "../../../../images/scoring/vision/predictions";
import { cardOf, tensorOf } from "./cards";

/** A picture as large as the input, so that boxes stay where they are. */
const placement = place({ width: 100, height: 100, resize: "letterbox" }, { width: 100, height: 100 });

const seen = (card: ModelCard, outputs: readonly Tensor[], wanted?: Wanted): string[] =>
    predictions(card, outputs, placement, wanted).map(({ label, confidence, box }) =>
        [label, confidence, ...(box ? [box.left, box.top, box.width, box.height] : [])].join(" "),
    );

const turned = (rows: readonly (readonly number[])[]): number[] =>
    (rows[0] ?? []).flatMap((_, column) => rows.map((row) => row[column] ?? 0));

const yolo = (change: Partial<Extract<CardOutput, { format: "yolo" }>>): CardOutput => ({
    ...{ format: "yolo", tensor: "out", candidates: "columns", objectness: false, boxes: "cxcywh", unit: "pixels" },
    ...change,
});

describe("YOLO", () => {
    const rows = [
        [50, 40, 20, 10, 0.1, 0.9],
        [10, 10, 10, 10, 0.7, 0.2],
        [90, 90, 10, 10, 0.3, 0.4],
    ];
    const expected = ["dog 0.9 40 35 20 10", "cat 0.7 5 5 10 10"];

    test("v8 and later: candidates in columns", () => {
        expect(seen(cardOf(yolo({})), [tensorOf("out", [1, 6, 3], turned(rows))])).toEqual(expected);
    });
    test("v5: candidates in rows, with an objectness that counts", () => {
        const withObjectness = rows.map(([x = 0, y = 0, w = 0, h = 0, ...classes]) => [x, y, w, h, 0.8, ...classes]);
        const card = cardOf(yolo({ candidates: "rows", objectness: true }));
        expect(seen(card, [tensorOf("out", [1, 3, 7], withObjectness.flat())])).toEqual([
            "dog 0.72 40 35 20 10",
            "cat 0.56 5 5 10 10",
        ]);
    });
    test("X: relative to grids, sizes as exponents", () => {
        const cells = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0, 0, 0]);
        // The second cell of the first grid, in the first row: strides of 50 make four cells, of 100 one.
        cells[1] = [0.5, 0.5, Math.log(0.4), Math.log(0.2), 1, 0.9, 0];
        const card = cardOf(yolo({ candidates: "rows", objectness: true, grids: [50, 100] }));
        expect(seen(card, [tensorOf("out", [1, 5, 7], cells.flat())])).toEqual(["cat 0.9 65 20 20 10"]);
        expect(() => seen(card, [tensorOf("out", [1, 1, 7], Array<number>(7).fill(0))])).toThrow(
            "output out has 1 candidates, the card's grids have 5 cells",
        );
    });
    test("edges, shares of the input, and numbers before the sigmoid", () => {
        const card = cardOf(yolo({ candidates: "rows", boxes: "xyxy", unit: "fraction", sigmoid: true }));
        expect(seen(card, [tensorOf("out", [1, 1, 6], [0.4, 0.35, 0.6, 0.45, -2, Math.log(4)])])).toEqual([
            "dog 0.8 40 35 20 10",
        ]);
    });
    test("another number of classes than the card has labels is the model's fault", () => {
        expect(() => seen(cardOf(yolo({})), [tensorOf("out", [1, 84, 3], Array<number>(252).fill(0))])).toThrow(
            "output out has 84 values a candidate, the card's 2 labels need 6",
        );
    });
});

describe("boxes that the model has chosen", () => {
    const format = { format: "boxes", boxes: "boxes", scores: "scores", order: "xyxy", unit: "pixels" } as const;

    test("SSD: edges as shares with the upper one first, classes from 1, and how many count", () => {
        const card = cardOf({
            ...format,
            order: "yxyx",
            unit: "fraction",
            classes: "classes",
            count: "count",
            firstClass: 1,
        });
        const outputs = [
            tensorOf("boxes", [1, 2, 4], [0.1, 0.2, 0.3, 0.6, 0, 0, 1, 1]),
            tensorOf("scores", [1, 2], [0.9, 0.9]),
            { name: "classes", datatype: "INT64", shape: [1, 2], data: BigInt64Array.of(2n, 1n) } as const,
            tensorOf("count", [1], [1]),
        ];
        expect(seen(card, outputs)).toEqual(["dog 0.9 20 10 40 20"]);
    });
    test("DETR: softmax with a class for nothing", () => {
        const card = cardOf({ ...format, order: "cxcywh", unit: "fraction", activation: "softmax" });
        const outputs = [
            tensorOf("boxes", [1, 2, 4], [0.5, 0.5, 0.2, 0.2, 0.5, 0.5, 1, 1]),
            tensorOf("scores", [1, 2, 3], [Math.log(8), Math.log(1), Math.log(1), 0, 0, 9]),
        ];
        expect(seen(card, outputs)).toEqual(["cat 0.8 40 40 20 20"]);
    });
    test("a corner and sizes, with the sigmoid to take", () => {
        const card = cardOf({ ...format, order: "xywh", activation: "sigmoid" });
        const outputs = [
            tensorOf("boxes", [1, 1, 4], [10, 20, 30, 40]),
            tensorOf("scores", [1, 1, 2], [-3, Math.log(9)]),
        ];
        expect(seen(card, outputs)).toEqual(["dog 0.9 10 20 30 40"]);
    });
    test("a class without a label is the model's fault", () => {
        const card = cardOf({ ...format, classes: "classes" });
        const outputs = [
            tensorOf("boxes", [1, 1, 4], [0, 0, 9, 9]),
            tensorOf("scores", [1, 1], [1]),
            tensorOf("classes", [1, 1], [7]),
        ];
        expect(() => seen(card, outputs)).toThrow("the model names class 7, and the card has 2 labels");
    });
    test("rows of six, the last of them filled up", () => {
        const card = cardOf({ format: "rows", tensor: "out", unit: "pixels" });
        const out = tensorOf("out", [1, 2, 6], [40, 35, 60, 45, 0.9, 1, 0, 0, 0, 0, 0, -1]);
        expect(seen(card, [out])).toEqual(["dog 0.9 40 35 20 10"]);
        expect(seen(card, [out], { minConfidence: 0 })).toEqual(["dog 0.9 40 35 20 10"]);
    });
});

describe("CenterNet", () => {
    const card = cardOf({ format: "centernet", heatmap: "map", distances: "far" });
    const map = (peaks: Readonly<Record<number, number>>): Tensor =>
        tensorOf(
            "map",
            [1, 2, 10, 10],
            Array.from({ length: 200 }, (_, at) => peaks[at] ?? 0),
        );
    const far = tensorOf(
        "far",
        [1, 4, 10, 10],
        Array.from({ length: 400 }, (_, at) => [5, 10, 15, 20][Math.floor(at / 100)] ?? 0),
    );

    test("peaks of each class are objects, their neighbours are not", () => {
        // The second class, row 3, column 4; beside it something lower, which hides the first class nowhere.
        expect(seen(card, [map({ 134: 0.9, 135: 0.8, 34: 0.6 }), far])).toEqual([
            "dog 0.9 35 20 20 30",
            "cat 0.6 35 20 20 30",
        ]);
    });
    test("peaks in corners have fewer neighbours", () => {
        expect(seen(card, [map({ 0: 0.9, 199: 0.7 }), far])).toEqual(["cat 0.9 0 0 15 20", "dog 0.7 85 80 15 20"]);
    });
    test("maps of other sizes are the model's fault", () => {
        expect(() => seen(card, [map({}), tensorOf("far", [1, 4, 5, 5], Array<number>(100).fill(0))])).toThrow(
            "output far has shape [1, 4, 5, 5], its map needs [1, 4, 10, 10]",
        );
    });
});

describe("classification", () => {
    const card = cardOf(
        { format: "logits", tensor: "out" },
        { task: "classification", thresholds: { confidence: 0, unsure: 0.5, top: 2 } },
    );

    test("logits become shares of one, the surest first", () => {
        expect(seen(card, [tensorOf("out", [1, 2], [Math.log(1), Math.log(3)])])).toEqual(["dog 0.75", "cat 0.25"]);
    });
    test("large logits do not overflow", () => {
        expect(seen(card, [tensorOf("out", [1, 2], [1000, 0])])).toEqual(["cat 1", "dog 0"]);
    });
    test("probabilities are taken as they are", () => {
        const given = { ...card, output: { format: "probabilities", tensor: "out" } as const };
        expect(seen(given, [tensorOf("out", [1, 2], [0.25, 0.5])], { minConfidence: 0.3 })).toEqual(["dog 0.5"]);
    });
    test("half precision is read as numbers", () => {
        const halves: Tensor = { name: "out", datatype: "FP16", shape: [1, 2], data: Uint16Array.of(0x3400, 0x3a00) };
        expect(seen({ ...card, output: { format: "probabilities", tensor: "out" } }, [halves])).toEqual([
            "dog 0.75",
            "cat 0.25",
        ]);
    });
    test("another number of classes is the model's fault", () => {
        expect(() => seen(card, [tensorOf("out", [1, 3], [1, 2, 3])])).toThrow(
            "output out has 3 classes, and the card 2 labels",
        );
        expect(() => seen(card, [tensorOf("other", [1, 3], [1, 2, 3])])).toThrow(
            "the model has no output out, which its card names; it has other",
        );
    });
});

describe("boxes that lie on each other", () => {
    const output: CardOutput = { format: "rows", tensor: "out", unit: "pixels" };
    const rows = [
        [0, 0, 50, 50, 0.9, 0],
        [2, 2, 50, 50, 0.8, 0],
        [1, 1, 50, 50, 0.7, 1],
        [60, 60, 90, 90, 0.6, 0],
    ];
    const out = tensorOf("out", [1, 4, 6], rows.flat());
    const confidences = (change: Partial<ModelCard>, wanted?: Wanted): number[] =>
        predictions(cardOf(output, change), [out], placement, wanted).map(({ confidence }) => confidence);

    test("the surest of a class stays", () => {
        expect(confidences({ nms: { overlap: 0.5 } })).toEqual([0.9, 0.7, 0.6]);
        expect(confidences({ nms: { overlap: 0.5, acrossClasses: true } })).toEqual([0.9, 0.6]);
        expect(confidences({})).toEqual([0.9, 0.8, 0.7, 0.6]);
    });
    test("a request may ask for less", () => {
        expect(confidences({ nms: { overlap: 0.5 } }, { top: 2 })).toEqual([0.9, 0.7]);
        expect(confidences({ nms: { overlap: 0.5 } }, { minConfidence: 0.65 })).toEqual([0.9, 0.7]);
    });
    test("overlap is the shared area by all of it", () => {
        expect(overlapOf({ x1: 0, y1: 0, x2: 2, y2: 2 }, { x1: 1, y1: 0, x2: 3, y2: 2 })).toBeCloseTo(1 / 3);
        expect(overlapOf({ x1: 0, y1: 0, x2: 1, y2: 1 }, { x1: 1, y1: 0, x2: 2, y2: 1 })).toBe(0);
    });
});

test("what is no number is no object, and no box without an area is one", () => {
    const card = cardOf({ format: "rows", tensor: "out", unit: "pixels" });
    const out = tensorOf("out", [1, 3, 6], [0, 0, 9, 9, NaN, 0, 5, 5, 5, 9, 0.9, 0, 120, 0, 140, 9, 0.9, 0]);
    expect(seen(card, [out])).toEqual([]);
});
