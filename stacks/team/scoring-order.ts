import { anyNumber, either, list, meaning, object, optional, record, text, type Parsed } from "../parse";

const digest = text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 of 0-9 and a-f: images are pinned by what they hold");

const ownImage = text(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "the name of an image of the images stack, without a tag");
const imageByDigest = object({
    /** In the platform's registry. */
    repository: text(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/, "the name of a repository, without registry and tag"),
    digest,
    /** Unpacked, in GiB. */
    sizeGib: anyNumber,
});
const image = meaning(
    "One of ours by its name, whose digest the images stack tells; or any other by its digest.",
    either((value) => typeof value === "string", ownImage, imageByDigest),
);

const scorer = {
    image,
    model: object({
        /** Below the container of models. */
        path: text(/^[^\s?#/][^\s?#]*$/, "the path of a blob"),
        sha256: text(/^[0-9a-f]{64}$/, "64 of 0-9 and a-f: models are pinned by what they hold"),
        sizeBytes: anyNumber,
    }),
    loadSeconds: optional(anyNumber),
};

const room = {
    pool: text(),
    gpus: optional(anyNumber),
    gpuResource: optional(text()),
    ...{ cpu: anyNumber, memoryGib: anyNumber, sharedMemoryGib: optional(anyNumber) },
    tolerates: optional(list(text())),
};

/** The `endpoints` section of a team's order, by name. Ranges are the component's to check. */
export const endpointsSection = record(
    object({
        ...scorer,
        ...room,
        scaling: object({
            replicas: optional(anyNumber),
            cpu: optional(object({ least: anyNumber, most: anyNumber, percent: anyNumber })),
            queue: optional(
                object({
                    ...{ least: anyNumber, most: anyNumber, depth: anyNumber, waitMs: anyNumber },
                    fallback: optional(anyNumber),
                }),
            ),
        }),
        minAvailable: optional(anyNumber),
        canary: optional(
            object({ ...scorer, replicas: anyNumber, weight: anyNumber, mirrorPercent: optional(anyNumber) }),
        ),
    }),
);

/** A folder of one of the team's containers: `CONTAINER/FOLDER`. */
const folder = text(/^[a-z0-9][a-z0-9-]*(?:\/[^\s?#/]+)*$/, "CONTAINER/FOLDER, the container by its name in the order");

/** The `batch` section, by name. */
export const batchSection = record(
    object({
        ...{ ...scorer, ...room, input: folder, output: folder, shards: anyNumber, parallelism: anyNumber },
        maxHours: optional(anyNumber),
    }),
);

/** What of a team's order is scored. */
export interface ScoringOrder {
    endpoints: Parsed<typeof endpointsSection>;
    batch: Parsed<typeof batchSection>;
}
