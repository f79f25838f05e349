import type { Operation } from "../model/preview";
import { flowColours, operationColours, pageColours, shapeColours } from "./colours";
import { icons } from "./icons";
import { sizes } from "./layout";
import type { Layout, PlacedFlow, PlacedShape, Point } from "./layout";
import type { Marks } from "./marks";
import type { FlowKind, Picture } from "./picture";
import { textWidth } from "./text-width";

const margin = 20;
const titleHeight = 58;
const legendRow = 22;
const radius = 6;

/** How the legend names each kind of line. */
const flowNames: Record<FlowKind, string> = {
    allowed: "allowed by security rules, with ports",
    egress: "way out to the internet",
    joined: "joined networks",
    privateLink: "private endpoint to its service",
    encrypts: "encrypts with a key of your own",
};

/**
 * A picture as SVG: no scripts, no fonts, no links, light or dark as its reader has it. The same layout gives the same bytes.
 * @param marks What stands out by a line of another colour. @default nothing
 */
export function svgOf(picture: Picture, layout: Layout, marks: Marks = new Map()): string {
    const kinds = [...new Set(picture.flows.map(({ kind }) => kind))];
    const also = picture.also.map(({ text }) => text).join(" · ");
    const width = Math.max(Math.ceil(layout.width) + 2 * margin, 900);
    const notes = wrapped(also === "" ? [] : `Also in the stack: ${also}`.split(" "), width - 2 * margin);
    const legendTop = titleHeight + Math.ceil(layout.height) + 16;
    const legend = legendOf(kinds, width - 2 * margin);
    const height = legendTop + legend.rows * legendRow + notes.length * 16 + margin;
    const frames = layout.shapes.filter(({ isFrame }) => isFrame);
    const boxes = layout.shapes.filter(({ isFrame }) => !isFrame);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" font-family="sans-serif">`,
        `<title id="title">${escaped(picture.title)}</title>`,
        `<desc id="desc">${escaped(described(picture))}</desc>`,
        `<style>${style()}${markStyle(marks)}</style>`,
        `<defs>${kinds.map(marker).join("")}</defs>`,
        `<rect class="page" width="${width}" height="${height}"/>`,
        `<text class="t" x="${margin}" y="28" font-size="18" font-weight="bold">${escaped(picture.title)}</text>`,
        `<text class="s" x="${margin}" y="47" font-size="12">${escaped(picture.subtitle)}</text>`,
        `<g transform="translate(${margin} ${titleHeight})">`,
        ...frames.map((each) => shapeOf(each, marks.get(each.shape))),
        ...layout.flows.map((each) => flowOf(each, marks.get(each.flow))),
        ...boxes.map((each) => shapeOf(each, marks.get(each.shape))),
        ...layout.flows.flatMap(labelOf),
        `</g>`,
        `<g transform="translate(${margin} ${legendTop})">`,
        ...legend.items,
        ...notes.map((line, index) => {
            return `<text class="s" y="${legend.rows * legendRow + 12 + index * 16}" font-size="11">${escaped(line)}</text>`;
        }),
        `</g>`,
        `</svg>`,
        "",
    ].join("\n");
}

/** What the picture shows, for who cannot see it. */
function described({ shapes, flows, also }: Picture): string {
    const titles = new Map(shapes.map(({ id, title }) => [id, title]));
    const framed = shapes.map(({ title, inside }) => {
        const frame = inside === undefined ? undefined : titles.get(inside);
        return frame === undefined ? title : `${title} (in ${frame})`;
    });
    const ways = flows.map(({ from, to, kind, label }) => {
        const how = [flowNames[kind], label].filter((part) => part !== undefined).join(": ");
        return `${titles.get(from) ?? ""} to ${titles.get(to) ?? ""} (${how})`;
    });
    return `Holds ${framed.join(", ")}. Ways: ${ways.join("; ")}. Also: ${also.map(({ text }) => text).join(", ")}.`;
}

function style(): string {
    const rules = (scheme: "light" | "dark"): string =>
        [
            `.page{fill:${pageColours[scheme].page}}`,
            `.t{fill:${pageColours[scheme].text}}.s{fill:${pageColours[scheme].small}}`,
            `.l{fill:${pageColours[scheme].text};stroke:${pageColours[scheme].page};stroke-width:4px;stroke-linejoin:round;paint-order:stroke}`,
            ...Object.entries(shapeColours).map(([purpose, colours]) => {
                const { fill, line } = colours[scheme];
                return `.${purpose}{fill:${fill};stroke:${line}}.i-${purpose}{stroke:${line}}`;
            }),
            ...Object.entries(flowColours).map(([kind, colours]) => {
                return `.f-${kind}{stroke:${colours[scheme]}}.h-${kind}{fill:${colours[scheme]}}`;
            }),
        ].join("");
    const shared =
        ".i{fill:none;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}.f{fill:none;stroke-width:1.6;stroke-linejoin:round}" +
        ".f-encrypts{stroke-dasharray:5 4}.f-joined{stroke-width:3}";
    return `${shared}${rules("light")}@media (prefers-color-scheme:dark){${rules("dark")}}`;
}

/** A line of an operation's colour, which no style of its kind takes away. */
function markStyle(marks: Marks): string {
    const operations = [...new Set(marks.values())].sort();
    const rules = (scheme: "light" | "dark"): string =>
        operations
            .map((operation) => `.o-${operation}{stroke:${operationColours[operation][scheme]};stroke-width:4px}`)
            .join("");
    return operations.length === 0 ? "" : `${rules("light")}@media (prefers-color-scheme:dark){${rules("dark")}}`;
}

const markClass = (mark: Operation | undefined): string => (mark === undefined ? "" : ` o-${mark}`);

function marker(kind: FlowKind): string {
    return (
        `<marker id="m-${kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" ` +
        `markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="h-${kind}" d="M0 0.5L8 4L0 7.5z"/></marker>`
    );
}

function shapeOf({ shape, x, y, width, height, title, lines, isFrame }: PlacedShape, mark?: Operation): string {
    const { padding, icon, lineHeight } = sizes;
    const left = x + 2 * padding + icon - 4;
    const texts = lines.map((line, index) => {
        const top = y + padding + 11 + lineHeight * (index + 1);
        return `<text class="s" x="${n(left)}" y="${n(top)}" font-size="${sizes.line}">${escaped(line)}</text>`;
    });
    return (
        `<g><rect class="${shape.purpose}${markClass(mark)}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${radius}"` +
        `${isFrame ? ` fill-opacity="0.55"` : ""} stroke-width="${isFrame ? 1 : 1.3}"/>` +
        `<path class="i i-${shape.purpose}" transform="translate(${n(x + padding - 2)} ${n(y + padding - 3)})" d="${icons[shape.icon]}"/>` +
        `<text class="t" x="${n(left)}" y="${n(y + padding + 10)}" font-size="${sizes.title}" font-weight="bold">${escaped(title)}</text>` +
        `${texts.join("")}</g>`
    );
}

function flowOf({ flow, points }: PlacedFlow, mark?: Operation): string {
    if (points.length < 2) return "";
    const heads = `${flow.both === true ? ` marker-start="url(#m-${flow.kind})"` : ""} marker-end="url(#m-${flow.kind})"`;
    return `<path class="f f-${flow.kind}${markClass(mark)}" d="${rounded(points)}"${heads}/>`;
}

/** A line through points with its corners rounded. */
function rounded(points: readonly Point[]): string {
    const [first, ...others] = points;
    if (!first) return "";
    const steps = others.map((point, index) => {
        const before = points[index];
        const after = others[index + 1];
        if (!before || !after) return `L${n(point.x)} ${n(point.y)}`;
        const [into, out] = [towards(point, before), towards(point, after)];
        return `L${n(into.x)} ${n(into.y)}Q${n(point.x)} ${n(point.y)} ${n(out.x)} ${n(out.y)}`;
    });
    return `M${n(first.x)} ${n(first.y)}${steps.join("")}`;
}

function towards(from: Point, to: Point): Point {
    const distance = Math.hypot(to.x - from.x, to.y - from.y);
    const share = distance === 0 ? 0 : Math.min(radius, distance / 2) / distance;
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function labelOf({ label }: PlacedFlow): string[] {
    if (!label) return [];
    const [x, y] = [label.x + label.width / 2, label.y + label.height - 4];
    return [
        `<text class="l" x="${n(x)}" y="${n(y)}" text-anchor="middle" font-size="${sizes.label}">${escaped(label.text)}</text>`,
    ];
}

function legendOf(kinds: readonly FlowKind[], width: number): { items: string[]; rows: number } {
    let [x, row] = [0, 0];
    const items = kinds.map((kind) => {
        const wide = 44 + textWidth(flowNames[kind], 11) + 22;
        if (x + wide > width && x > 0) [x, row] = [0, row + 1];
        const at = `translate(${x} ${row * legendRow})`;
        x += wide;
        return (
            `<g transform="${at}"><path class="f f-${kind}" d="M0 8H34" marker-end="url(#m-${kind})"/>` +
            `<text class="s" x="42" y="12" font-size="11">${escaped(flowNames[kind])}</text></g>`
        );
    });
    return { items, rows: kinds.length === 0 ? 0 : row + 1 };
}

function wrapped(words: readonly string[], width: number): string[] {
    const lines: string[] = [];
    for (const word of words) {
        const last = lines.at(-1);
        const longer = last === undefined ? word : `${last} ${word}`;
        if (last !== undefined && textWidth(longer, 11) <= width) lines[lines.length - 1] = longer;
        else lines.push(word);
    }
    return lines;
}

/** A number with one decimal at most. */
function n(value: number): string {
    return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
