import { readFileSync } from "node:fs";
import sharp from "../../images/scoring/node_modules/sharp";
import { fetchModels } from "../../cli/models/models";

/** The project's pictures as they are, JPEG and PNG, and one of them in the other formats that the scorer reads. */
export async function picturesOfAllFormats(): Promise<Buffer[]> {
    const files = Object.values((await fetchModels()).pictures).map((file) => readFileSync(file));
    const small = sharp(files[0]).resize(200);
    const others = (["webp", "gif"] as const).map((format) => small.clone().toFormat(format).toBuffer());
    return [...files, ...(await Promise.all(others))];
}
