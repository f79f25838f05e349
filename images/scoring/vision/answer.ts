import { list, number, oneOf, optional, record, text, whole } from "../model/shape";
import type { Of } from "../model/shape";
import type { Scorer } from "../scorer";
import { PictureFault } from "./picture-fault";
import type { PictureRequest, PictureScorer, ScoredPicture } from "./picture-scorer";

const box = record({ left: number(0, 1e6), top: number(0, 1e6), width: number(0, 1e6), height: number(0, 1e6) });
const prediction = record({ label: text(), confidence: number(0, 1), box: optional(box) });

/** One picture of an answer: what is in it, or why it could not be scored. */
const pictureAnswer = record({
    /** Name of its file, or its place in the request. */
    picture: text(),
    width: optional(whole(1, 1e6)),
    height: optional(whole(1, 1e6)),
    predictions: list(prediction, 0, 1000),
    error: optional(record({ status: oneOf(400, 413, 415, 422), message: text() })),
});

export const answerShape = record({
    model: record({ name: text(), version: text(), sha256: text({ pattern: /^[0-9a-f]{64}$/, rule: "64 digits" }) }),
    pictures: list(pictureAnswer, 1, 1000),
});

export type Answer = Of<typeof answerShape>;
export type PictureAnswer = Of<typeof pictureAnswer>;
export type PictureError = NonNullable<PictureAnswer["error"]>;

export const modelOf = ({ name, version, digest }: Scorer): Answer["model"] => ({ name, version, sha256: digest });

export const answered = (picture: string, { width, height, predictions }: ScoredPicture): PictureAnswer => ({
    ...{ picture, width, height, predictions },
});

export const failed = (picture: string, error: PictureError): PictureAnswer => ({ picture, predictions: [], error });

/** Scores one picture; what is wrong with it is an answer, too. @throws Refusal, CardMismatch where it is not the picture */
export async function answerOf(
    pictures: PictureScorer,
    picture: string,
    content: Buffer,
    request?: PictureRequest,
): Promise<PictureAnswer> {
    try {
        return answered(picture, await pictures.score(content, request));
    } catch (fault) {
        if (!(fault instanceof PictureFault)) throw fault;
        return failed(picture, { status: fault.status, message: fault.message });
    }
}

/** A row for each label or object; one without a label where there is none. Batches have the same. */
export interface Row {
    picture: string;
    width?: number;
    height?: number;
    label?: string;
    confidence?: number;
    left?: number;
    top?: number;
    boxWidth?: number;
    boxHeight?: number;
    error?: string;
    model: string;
    version: string;
    sha256: string;
}

/** Columns of a table of answers, in order: the name that people see, and the field. */
export const columns = [
    ["picture", "picture"],
    ["width", "width"],
    ["height", "height"],
    ["label", "label"],
    ["confidence", "confidence"],
    ["left", "left"],
    ["top", "top"],
    ["box_width", "boxWidth"],
    ["box_height", "boxHeight"],
    ["error", "error"],
    ["model", "model"],
    ["version", "version"],
    ["sha256", "sha256"],
] as const satisfies readonly (readonly [string, keyof Row])[];

/** An answer's pictures as rows. */
export function rowsOf({ name: model, version, sha256 }: Answer["model"], one: PictureAnswer): Row[] {
    const { picture, width, height, predictions, error } = one;
    const all = {
        ...{ picture, model, version, sha256 },
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
    };
    if (error) return [{ ...all, error: error.message }];
    if (predictions.length === 0) return [all];
    return predictions.map(({ label, confidence, box: edges }) => ({
        ...{ ...all, label, confidence },
        ...(edges && { left: edges.left, top: edges.top, boxWidth: edges.width, boxHeight: edges.height }),
    }));
}

const lineEnd = "\r\n";

/** @see RFC 4180 */
export const csvHead = `${columns.map(([name]) => name).join(",")}${lineEnd}`;

export const csvLines = (rows: readonly Row[]): string =>
    rows.map((row) => `${columns.map(([, field]) => csvField(row[field])).join(",")}${lineEnd}`).join("");

function csvField(value: string | number | undefined): string {
    const plain = value === undefined ? "" : String(value);
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
