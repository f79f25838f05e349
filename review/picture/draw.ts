import type { GraphResource } from "./graph";
import { layOut } from "./layout";
import { pictureOf } from "./model";
import { svgOf } from "./svg";

/** Draws a stack from its resources: the same resources, in whatever order, give the same bytes. */
export async function drawPicture(stack: string, resources: readonly GraphResource[]): Promise<string> {
    const picture = pictureOf(stack, resources);
    return svgOf(picture, await layOut(picture));
}
