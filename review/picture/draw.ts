import type { Operation } from "../model/preview";
import type { GraphResource } from "./graph";
import { layOut } from "./layout";
import { marksOf } from "./marks";
import { pictureOf } from "./model";
import { svgOf } from "./svg";

/**
 * Draws a stack from its resources: the same resources, in whatever order, give the same bytes.
 * @param operations What happens to which URN, to be marked. @default nothing
 */
export async function drawPicture(
    stack: string,
    resources: readonly GraphResource[],
    operations: ReadonlyMap<string, Operation> = new Map(),
): Promise<string> {
    const picture = pictureOf(stack, resources);
    return svgOf(picture, await layOut(picture), marksOf(picture, operations));
}
