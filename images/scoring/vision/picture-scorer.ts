import type { ModelCard } from "../model/card";
import type { InferOptions, Scorer } from "../scorer";
import { decode, pictureLimits } from "./decode";
import type { PictureLimits } from "./decode";
import { predictions } from "./predictions";
import type { Prediction, Wanted } from "./predictions";
import { inputTensor } from "./preprocess";

/** What a model says about a picture. */
export interface ScoredPicture {
    /** Of the picture as people see it, in pixels. */
    width: number;
    height: number;
    predictions: Prediction[];
}

/** What is asked for, and how long one waits. */
export interface PictureRequest extends Wanted, Pick<InferOptions, "signal" | "deadline"> {
    /** Does it say something about what comes in? A picture of our own does not. @default true */
    counted?: boolean;
}

/** A model with its card: pictures in, labels out. */
export class PictureScorer {
    constructor(
        readonly scorer: Scorer,
        readonly card: ModelCard,
        private readonly limits: PictureLimits = pictureLimits,
    ) {}

    /**
     * Decodes a picture, has the model look at it, and counts how sure it was.
     * @throws PictureFault about the picture, Refusal where the model has no time, CardMismatch where card and model differ
     */
    async score(
        content: Buffer,
        { minConfidence, top, counted = true, ...waiting }: PictureRequest = {},
    ): Promise<ScoredPicture> {
        const { scorer, card } = this;
        const { bytes, placement } = await decode(content, card.input, this.limits);
        const outputs = await scorer.infer([inputTensor(card.input, bytes)], waiting);
        const found = predictions(card, outputs, placement, {
            ...(minConfidence !== undefined && { minConfidence }),
            ...(top !== undefined && { top }),
        });
        if (counted) for (const { confidence } of found) scorer.observeConfidence(confidence, card.thresholds.unsure);
        return { ...placement.picture, predictions: found };
    }
}
