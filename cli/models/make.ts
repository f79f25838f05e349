import { modelSources } from "../../facts/models";
import type { MadeModelName, PackagedFile } from "../../facts/models";
import { onnxModel } from "./onnx";
import { readTfjs } from "./tfjs";
import { tfjsToOnnx } from "./tfjs-to-onnx";

/** Content of a packaged file. */
export type Content = (source: PackagedFile) => Buffer;

/** Makes a model's ONNX file out of what packages hold: the same bytes every time. */
export function makeModel(name: MadeModelName, content: Content): Buffer {
    return makers[name](content);
}

const makers: Readonly<Record<MadeModelName, (content: Content) => Buffer>> = { coco };

/** The graph up to its maps. What follows there picks peaks for one picture alone; the scorer does it for any number. */
function coco(content: Content): Buffer {
    const graph = content(modelSources.centernetGraph).toString();
    const model = readTfjs(graph, content(modelSources.centernetWeights));
    return onnxModel(
        tfjsToOnnx(model, {
            name: "centernet",
            input: { node: "tower_0/images", name: "images" },
            outputs: [
                { node: "tower_0/keypoints", name: "heatmap", channels: 80, size: 128 },
                { node: "tower_0/wh", name: "distances", channels: 4, size: 128 },
            ],
        }),
    );
}
