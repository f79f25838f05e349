/** What is in a picture, as the scorer tells it. */
export interface Prediction {
    label: string;
    confidence: number;
    /** In pixels of the picture. */
    box?: { left: number; top: number; width: number; height: number };
}

/** Colours that stand out from each other and from most pictures. */
const colours = ["#e6194b", "#0a7d33", "#4363d8", "#b35900", "#911eb4", "#007a8a"];

const percent = (confidence: number): string => `${Math.round(confidence * 100)} %`;

/** An SVG of the size of the picture, to be laid over it: a box with label and confidence for each object. */
export function boxesSvg(width: number, height: number, predictions: readonly Prediction[]): string {
    const unit = Math.max(12, Math.round(Math.min(width, height) / 28));
    const labels = [...new Set(predictions.map(({ label }) => label))];
    const shapes = predictions.flatMap(({ label, confidence, box }) => {
        if (!box) return [];
        const colour = colours[labels.indexOf(label) % colours.length] ?? "#000000";
        const text = `${label} ${percent(confidence)}`;
        const top = Math.max(0, box.top - unit * 1.4);
        const left = Math.max(0, Math.min(box.left, width - text.length * unit * 0.62));
        return [
            `<rect x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}" fill="none" stroke="${colour}" stroke-width="${unit / 5}"/>`,
            `<rect x="${left}" y="${top}" width="${text.length * unit * 0.62}" height="${unit * 1.4}" fill="${colour}"/>`,
            `<text x="${left + unit * 0.2}" y="${top + unit * 1.05}" font-family="monospace" font-size="${unit}" fill="#ffffff">${escaped(text)}</text>`,
        ];
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join("")}</svg>`;
}

const escaped = (text: string): string =>
    text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[one] ?? "&quot;");

/** A line for each thing in the picture. */
export const predictionRows = (predictions: readonly Prediction[]): string[][] =>
    predictions.map(({ label, confidence, box }) => [
        label,
        percent(confidence),
        box ? `${Math.round(box.left)},${Math.round(box.top)} ${Math.round(box.width)}x${Math.round(box.height)}` : "",
    ]);
