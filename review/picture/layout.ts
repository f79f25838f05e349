import Elk from "elkjs/lib/elk.bundled.js";
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { Flow, Picture, Shape } from "./picture";
import { fitted, textWidth } from "./text-width";

/** Sizes in pixels. */
export const sizes = {
    title: 14,
    line: 12,
    label: 11.5,
    lineHeight: 16,
    padding: 10,
    icon: 18,
    /** Text of a box is cut to this. */
    widest: 230,
} as const;

export interface Point {
    x: number;
    y: number;
}

/** A shape with its place on the page. */
export interface PlacedShape extends Point {
    shape: Shape;
    width: number;
    height: number;
    /** Title and small print, cut to fit. */
    title: string;
    lines: string[];
    /** Frames deeper inside are drawn later. */
    depth: number;
    isFrame: boolean;
}

/** A flow with the way it takes on the page. */
export interface PlacedFlow {
    flow: Flow;
    points: Point[];
    label?: Point & { text: string; width: number; height: number };
}

export interface Layout {
    width: number;
    height: number;
    shapes: PlacedShape[];
    flows: PlacedFlow[];
}

/** Where everything lies: columns from left to right, lines in right angles around the boxes. Same picture, same layout. */
export async function layOut({ shapes, flows }: Picture): Promise<Layout> {
    const byId = new Map(shapes.map((shape) => [shape.id, shape]));
    const texts = new Map(shapes.map((shape) => [shape.id, textOf(shape)]));
    const nodes = (parent: string | undefined): ElkNode[] =>
        evened(
            shapes.filter(({ inside }) => inside === parent),
            (shape) => nodeOf(shape, textOf(shape), nodes(shape.id)),
        );
    const drawn = flows.filter(({ from, to }) => byId.has(from) && byId.has(to));
    const edges = drawn.map((flow, index) => edgeOf(flow, index, byId));
    const root: ElkNode = { id: "root", layoutOptions: rootOptions, children: nodes(undefined), edges };
    const placed = await new Elk().layout(root);

    const result: PlacedShape[] = [];
    const collect = (node: ElkNode, depth: number): void => {
        for (const child of node.children ?? []) {
            const shape = byId.get(child.id);
            const text = texts.get(child.id);
            if (!shape || !text) continue;
            const { x = 0, y = 0, width = 0, height = 0 } = child;
            result.push({ shape, x, y, width, height, ...text, depth, isFrame: (child.children ?? []).length > 0 });
            collect(child, depth + 1);
        }
    };
    collect(placed, 0);
    return {
        ...{ width: placed.width ?? 0, height: placed.height ?? 0, shapes: result },
        flows: (placed.edges ?? []).flatMap((edge) => placedFlow(edge, drawn[Number(edge.id.slice(1))], byId) ?? []),
    };
}

const rootOptions = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.randomSeed": "1",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.json.shapeCoords": "ROOT",
    "elk.json.edgeCoords": "ROOT",
    "elk.padding": "[top=8,left=8,bottom=8,right=8]",
    "elk.spacing.nodeNode": "14",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "10",
    "elk.spacing.edgeLabel": "3",
    "elk.layered.spacing.nodeNodeBetweenLayers": "26",
    "elk.layered.spacing.edgeNodeBetweenLayers": "12",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "10",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.nodePlacement.favorStraightEdges": "true",
    "elk.layered.thoroughness": "40",
    "elk.layered.mergeEdges": "true",
    "elk.layered.mergeHierarchyEdges": "true",
} as const;

interface Text {
    title: string;
    lines: string[];
}

function textOf({ title, lines }: Shape): Text {
    return {
        title: fitted(title, sizes.title, sizes.widest, true),
        lines: lines.map((line) => fitted(line, sizes.line, sizes.widest)),
    };
}

function nodeOf(shape: Shape, { title, lines }: Text, children: ElkNode[]): ElkNode {
    const { padding, icon, lineHeight } = sizes;
    const words = Math.max(textWidth(title, sizes.title, true), ...lines.map((line) => textWidth(line, sizes.line)));
    const width = words + icon + 3 * padding - 2;
    const header = 2 * padding + 4 + lineHeight * (lines.length + 1) - 6;
    const { id } = shape;
    if (children.length === 0) return { id, width, height: header };
    return {
        ...{ id, children },
        layoutOptions: {
            "elk.padding": `[top=${header + 4},left=14,bottom=14,right=14]`,
            "elk.nodeSize.constraints": "MINIMUM_SIZE",
            "elk.nodeSize.minimum": `(${width},${header + 20})`,
        },
    };
}

/** Boxes of the same column in the same frame are equally wide. */
function evened(shapes: readonly Shape[], make: (shape: Shape) => ElkNode): ElkNode[] {
    const made = shapes.map((shape) => ({ shape, node: make(shape) }));
    const boxes = made.filter(({ node }) => node.children === undefined);
    for (const { shape, node } of boxes) {
        const alike = boxes.filter((other) => other.shape.column === shape.column && shape.inside !== undefined);
        node.width = Math.max(node.width ?? 0, ...alike.map((other) => other.node.width ?? 0));
    }
    return made.map(({ node }) => node);
}

/** Layers follow the columns, whatever way the traffic goes. */
function edgeOf({ from, to, label }: Flow, index: number, byId: ReadonlyMap<string, Shape>): ElkExtendedEdge {
    const ends = isBackward(byId.get(from), byId.get(to)) ? [to, from] : [from, to];
    const [source = "", target = ""] = ends;
    const text = label ?? "";
    return {
        ...{ id: `e${index}`, sources: [source], targets: [target] },
        ...(text !== "" && {
            labels: [{ id: `l${index}`, text, width: textWidth(text, sizes.label) + 4, height: sizes.lineHeight }],
        }),
    };
}

const isBackward = (from: Shape | undefined, to: Shape | undefined): boolean => (from?.column ?? 0) > (to?.column ?? 0);

function placedFlow(
    edge: ElkExtendedEdge,
    flow: Flow | undefined,
    byId: ReadonlyMap<string, Shape>,
): PlacedFlow | undefined {
    if (!flow) return undefined;
    const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
        startPoint,
        ...bendPoints,
        endPoint,
    ]);
    if (isBackward(byId.get(flow.from), byId.get(flow.to))) points.reverse();
    const [label] = edge.labels ?? [];
    const { x = 0, y = 0, width = 0, height = 0 } = label ?? {};
    return { flow, points, ...(label && { label: { x, y, width, height, text: label.text ?? "" } }) };
}
