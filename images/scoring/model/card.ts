import { flag, list, number, oneOf, optional, record, text, union, whole } from "./shape";
import type { JsonSchema, Of } from "./shape";

const tensor = text();
const maxSide = 8192;
const maxLabels = 100_000;
const boxUnit = oneOf("pixels", "fraction");

/** How a picture becomes the model's input. */
const input = record({
    tensor,
    /** As the Open Inference Protocol names it. UINT8 takes bytes as they are. */
    datatype: oneOf("UINT8", "FP32"),
    layout: oneOf("NHWC", "NCHW"),
    width: whole(1, maxSide),
    height: whole(1, maxSide),
    colours: oneOf("RGB", "BGR", "GRAY"),
    /** Whole picture with bars beside it; whole picture out of shape; or its middle alone. */
    resize: oneOf("letterbox", "stretch", "crop"),
    /** Colour of bars, and of what shines through. @default 114, as the YOLO family has it */
    fill: optional(whole(0, 255)),
    /** A value is (byte * scale - mean) / std. @default 1 */
    scale: optional(number(0, 1, { above: true })),
    /** One for each colour. @default 0 */
    mean: optional(list(number(-1e4, 1e4), 1, 3)),
    /** @default 1 */
    std: optional(list(number(0, 1e4, { above: true }), 1, 3)),
});

/** What the model's output means. Adding a model is a card, and no code, where one of these fits. */
const output = union("format", {
    /** A value for each class: softmax is taken here. `[N, classes]` */
    logits: record({ format: oneOf("logits"), tensor }),
    /** The same, after softmax. */
    probabilities: record({ format: oneOf("probabilities"), tensor }),
    /** YOLO's family: one tensor of candidates, each a box, perhaps an objectness, and a value for each class. */
    yolo: record({
        format: oneOf("yolo"),
        tensor,
        /** v5, v7 and X have candidates in rows, `[N, candidates, values]`; v8 and later in columns, `[N, values, candidates]`. */
        candidates: oneOf("rows", "columns"),
        objectness: flag,
        boxes: oneOf("cxcywh", "xyxy"),
        unit: boxUnit,
        /** Are objectness and classes numbers before the sigmoid? @default false */
        sigmoid: optional(flag),
        /** Boxes relative to grids of these strides, in this order, sizes as exponents (YOLOX). */
        grids: optional(list(whole(1, 128), 1, 8)),
    }),
    /** Boxes, scores and classes, chosen by the model: SSD, DETR, exports with NMS inside. */
    boxes: record({
        format: oneOf("boxes"),
        /** `[N, boxes, 4]` */
        boxes: tensor,
        order: oneOf("xyxy", "yxyx", "xywh", "cxcywh"),
        unit: boxUnit,
        /** `[N, boxes]`; or `[N, boxes, classes]`, where there is no tensor of classes. */
        scores: tensor,
        /** `[N, boxes]` */
        classes: optional(tensor),
        /** Number of boxes that count, `[N]`. @default all */
        count: optional(tensor),
        /** Number of the first label. @default 0 */
        firstClass: optional(oneOf(0, 1)),
        /** Are the scores numbers before this? @default none */
        activation: optional(oneOf("sigmoid", "softmax")),
    }),
    /** One tensor of rows x1, y1, x2, y2, score, class. `[N, rows, 6]` */
    rows: record({ format: oneOf("rows"), tensor, unit: boxUnit }),
    /** CenterNet: for each class a map whose peaks are objects, and at each peak how far the edges are, in pixels of the input. */
    centernet: record({
        format: oneOf("centernet"),
        /** `[N, classes, height, width]`, after the sigmoid. */
        heatmap: tensor,
        /** `[N, 4, height, width]`: left, top, right, bottom. */
        distances: tensor,
    }),
});

const box = record({
    left: number(-1e6, 1e6),
    top: number(-1e6, 1e6),
    width: number(0, 1e6),
    height: number(0, 1e6),
});

const golden = record({
    /** File beside the card. */
    picture: text({ pattern: /^(?!\.)[\w.-]+$/, rule: "the name of a file beside the card" }),
    expected: list(record({ label: text(), confidence: number(0, 1), box: optional(box) }), 1, 100),
    /** By how much confidences may differ, as kernels of other processors round otherwise. @default 0.02 */
    confidenceTolerance: optional(number(0, 1)),
    /** By how many pixels of the picture an edge may. @default 3 */
    boxTolerance: optional(number(0, 1000)),
});

const cardShape = record({
    name: text({ pattern: /^[\w.-]{1,100}$/, rule: "1 to 100 letters, digits, dots, dashes and underscores" }),
    version: text({ pattern: /^[\w.-]{1,50}$/, rule: "1 to 50 letters, digits, dots, dashes and underscores" }),
    task: oneOf("classification", "detection"),
    input,
    output,
    /** In the order of the model's classes. */
    labels: list(text(), 1, maxLabels),
    thresholds: record({
        /** What is less sure than this is left out. */
        confidence: number(0, 1),
        /** What is less sure than this counts as unsure in the metrics. */
        unsure: number(0, 1),
        /** Most labels or objects of a picture. */
        top: whole(1, 1000),
    }),
    /** Of two boxes that overlap by more than this, the surer one stays. Left out where the model has done it. */
    nms: optional(record({ overlap: number(0, 1), acrossClasses: optional(flag) })),
    /** A picture, and what the model must say of it before it is ready. */
    golden: optional(golden),
    licence: text(),
    source: text(),
});

export type ModelCard = Of<typeof cardShape>;
export type CardInput = ModelCard["input"];
export type CardOutput = ModelCard["output"];

/** The card's JSON Schema, for editors. */
export const cardSchema: JsonSchema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Model card",
    ...cardShape.schema,
};

/** A card that cannot be used, with all its faults. */
export class CardFault extends Error {
    override readonly name = "CardFault";

    constructor(readonly faults: readonly string[]) {
        super(
            `the model card has ${faults.length} fault${faults.length === 1 ? "" : "s"}:\n${faults.map((one) => `- ${one}`).join("\n")}`,
        );
    }
}

const classFormats: ReadonlySet<string> = new Set(["logits", "probabilities"]);

/** Reads a card, JSON or YAML. @throws CardFault with all faults at once */
export async function readCard(content: string): Promise<ModelCard> {
    const value = await parsed(content);
    const faults: string[] = [];
    cardShape.check(value, "", faults);
    if (faults.length > 0) throw new CardFault(faults);
    const card = value as ModelCard;
    faults.push(...contradictions(card));
    if (faults.length > 0) throw new CardFault(faults);
    return card;
}

async function parsed(content: string): Promise<unknown> {
    try {
        return JSON.parse(content) as unknown;
    } catch {
        // The parser takes a while to load, which a start with JSON need not wait for.
        const { parse } = await import("yaml");
        try {
            return parse(content) as unknown;
        } catch (fault) {
            const [why] = fault instanceof Error ? fault.message.split("\n") : [];
            throw new CardFault([`neither JSON nor YAML: ${why ?? ""}`]);
        }
    }
}

/** What fields say against each other. */
function contradictions({
    task,
    input: given,
    output: { format },
    labels,
    thresholds,
    nms,
    golden: tried,
}: ModelCard): string[] {
    const faults: string[] = [];
    const channels = given.colours === "GRAY" ? 1 : 3;
    for (const field of ["mean", "std"] as const) {
        const count = given[field]?.length;
        if (count !== undefined && count !== channels)
            faults.push(
                `input.${field} must have ${channels} item${channels === 1 ? "" : "s"} for ${given.colours}, got ${count}`,
            );
        if (count !== undefined && given.datatype === "UINT8")
            faults.push(`input.${field} must be left out for UINT8, whose bytes go in as they are`);
    }
    if (given.scale !== undefined && given.datatype === "UINT8")
        faults.push("input.scale must be left out for UINT8, whose bytes go in as they are");
    if (classFormats.has(format) !== (task === "classification"))
        faults.push(`output.format ${format} is not one of ${task}`);
    if (nms && task === "classification") faults.push("nms must be left out for classification");
    if (thresholds.unsure < thresholds.confidence)
        faults.push(
            `thresholds.unsure must be at least thresholds.confidence, or nothing counts; got ${thresholds.unsure}`,
        );
    tried?.expected.forEach(({ label, box: edges }, index) => {
        if (!labels.includes(label)) faults.push(`golden.expected[${index}].label ${label} is not among labels`);
        if ((edges === undefined) !== (task === "classification"))
            faults.push(
                `golden.expected[${index}].box must be ${task === "classification" ? "left out for" : "given for"} ${task}`,
            );
    });
    return faults;
}
