/**
 * Widths of characters in hundredths of the font's size, rounded up. `sans-serif` is another font on every machine; these
 * are DejaVu Sans, measured in Chromium, which is wider than Arial, Helvetica, Roboto and Segoe UI. So text may leave room in
 * a box, and does not leave the box.
 */
const widths: readonly (readonly [number, string])[] = [
    [28, "'ijl"],
    [32, " ,.IJ·"],
    [37, "/:;\\|f-"],
    [42, "()[]t!r"],
    [50, '"*_`–'],
    [56, "sz?cL"],
    [62, "FkvxyPTYaeo"],
    [64, "$0123456789ESbdghnpqu{}"],
    [70, "KABVXZCR"],
    [79, "UNH&DGOQ"],
    [87, "w#+<=>^~M×"],
    [100, "%mW@…"],
];

const widthOf = new Map(
    widths.flatMap(([width, characters]) => Array.from(characters, (character) => [character, width] as const)),
);
const unknownWidth = 100;
/** Bold is wider by up to this factor. */
const boldFactor = 1.16;

/** Width of a line of text in pixels, at most. */
export function textWidth(text: string, size: number, bold = false): number {
    const hundredths = Array.from(text).reduce((sum, character) => sum + (widthOf.get(character) ?? unknownWidth), 0);
    return Math.ceil((hundredths / 100) * size * (bold ? boldFactor : 1));
}

/** Text that is no wider than so many pixels, its middle left out if it must: names differ at their ends. */
export function fitted(text: string, size: number, most: number, bold = false): string {
    if (textWidth(text, size, bold) <= most) return text;
    for (let kept = text.length - 2; kept > 1; kept -= 1) {
        const head = Math.ceil(kept / 2);
        const short = `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
        if (textWidth(short, size, bold) <= most) return short;
    }
    return "…";
}
