import { kindOf } from "../model/names";
import type { Operation, ResourceChange } from "../model/preview";
import type { Shape } from "../model/shapes";

/** Boxes that can be read in the width of a comment. */
const mostBoxes = 24;

const colours: Partial<Record<Operation, string>> = {
    create: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    update: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    replace: "fill:#fbefff,stroke:#8250df,color:#1f2328",
    delete: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
    import: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
    forget: "fill:#f6f8fa,stroke:#6e7781,color:#1f2328",
};

/**
 * A picture of what changes as Mermaid, which GitHub and Azure DevOps draw: a box for each shape, with arrows to what hangs
 * on it; the largest where there are many.
 */
export function diagramOf(shapes: readonly Shape[]): string[] {
    const boxes = [...shapes].sort((a, b) => weight(b) - weight(a)).slice(0, mostBoxes);
    if (boxes.length === 0) return [];
    const boxOf = new Map(boxes.flatMap((shape, index) => shape.members.map(({ urn }) => [urn, index] as const)));
    const arrows = new Set<string>();
    // Nearly all lies in a resource group: arrows to it would hide the others.
    const isGroup = (index: number): boolean => boxes[index]?.type.endsWith(":ResourceGroup") ?? false;
    for (const [index, { members }] of boxes.entries())
        for (const member of members)
            for (const other of hangsOn(member)) {
                const from = boxOf.get(other);
                if (from !== undefined && from !== index && !isGroup(from)) arrows.add(`  s${from} --> s${index}`);
            }
    const drawn = boxes.map((shape, index) => `  s${index}["${label(shape)}"]:::${shape.operation}`);
    const operations = [...new Set(boxes.map(({ operation }) => operation))];
    const left = shapes.length - boxes.length;
    return [
        ...["```mermaid", "flowchart LR"],
        ...drawn,
        ...[...arrows].sort(),
        ...operations.map((operation) => `  classDef ${operation} ${colours[operation] ?? ""}`),
        "```",
        ...(left > 0 ? ["", `${left} smaller groups of changes are not drawn`] : []),
    ];
}

/** What goes or is made anew before what comes. */
const weight = ({ operation, members }: Shape): number =>
    members.length + (operation === "delete" || operation === "replace" ? 10_000 : operation === "update" ? 1000 : 0);

const hangsOn = ({ old, new: asked }: ResourceChange): readonly string[] => (asked ?? old)?.dependencies ?? [];

function label({ operation, type, members }: Shape): string {
    const [first] = members;
    const name = members.length === 1 ? (first?.name ?? "") : `${members.length} of them`;
    return `${operation} ${plain(kindOf(type))}<br/>${plain(name)}`;
}

/** Mermaid reads its own marks in texts, too. */
const plain = (text: string): string => text.replace(/[^A-Za-z0-9:._ -]/g, "_").slice(0, 60);
