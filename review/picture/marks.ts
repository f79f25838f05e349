import type { Operation } from "../model/preview";
import { changing } from "../model/shapes";
import type { Flow, Picture, Shape } from "./picture";

/** Shapes and lines that stand for what changes, by the worst that happens to any of their resources. */
export type Marks = ReadonlyMap<Shape | Flow, Operation>;

/** @param operations What happens to a resource, by URN. */
export function marksOf({ shapes, flows }: Picture, operations: ReadonlyMap<string, Operation>): Marks {
    const marks = new Map<Shape | Flow, Operation>();
    for (const each of [...shapes, ...flows]) {
        const mark = changing.find((operation) => each.resources.some((urn) => operations.get(urn) === operation));
        if (mark !== undefined) marks.set(each, mark);
    }
    return marks;
}
