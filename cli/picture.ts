import { join, resolve } from "node:path";
import { drawPicture } from "../review/picture/draw";
import type { ExportedResource } from "./export";
import { writeWhole } from "../sandbox/files";
import type { Places } from "./places";

/**
 * Draws a stack into a file.
 * @param out @default `pictures/<stack>.svg` in the folder of what is generated
 * @returns the file
 */
export async function savePicture(
    at: Places,
    stack: string,
    resources: readonly ExportedResource[],
    out?: string,
): Promise<string> {
    const file = out === undefined ? join(at.home, "pictures", `${stack}.svg`) : resolve(out);
    writeWhole(file, await drawPicture(stack, resources));
    return file;
}
