import type * as pulumi from "@pulumi/pulumi";
import { BatchScoring, batchFaults, type BatchShape } from "../../components/workloads/batch-scoring";
import { coldStartLines } from "../../components/workloads/cold-start";
import {
    endpointFaults,
    endpointNameFaults,
    ModelEndpoint,
    startOf,
    type EndpointShape,
} from "../../components/workloads/model-endpoint";
import type { PoolView } from "../../components/workloads/node-capacity";
import { pinned } from "../../components/workloads/pinned-image";
import {
    placementFaults,
    strategyOf,
    type Offer,
    type PodNeed,
    type TeamLimits,
} from "../../components/workloads/placement";
import { replicasOf } from "../../components/workloads/scaling";
import { memoryMibOf, type Scorer, type ScorerRoom } from "../../components/workloads/scorer-pod";
import { imageIn, imageNameFaults, type ImagesBelow } from "../image-in";
import { containerName } from "./order";
import type { ScoringOrder } from "./scoring-order";

/** What it is scored with: all of it known before anything is applied. */
export interface ScoringPlace {
    team: string;
    namespace: string;
    serviceAccountName: string;
    /** Host of the platform's registry. */
    loginServer: string;
    /** @default - no images stack: the order names images by their digests */
    images?: ImagesBelow;
    /** Blob endpoints of the accounts: of models, and of inputs and predictions. */
    recordsEndpoint: string;
    workEndpoint: string;
    pools: readonly PoolView[];
    quota: TeamLimits;
    gateway: { name: string; namespace: string; domain: string };
    /** Kueue's queue in the namespace. */
    queue: string;
    /** Where KEDA asks for metrics. */
    metricsUrl: string;
    /** The team's own data containers, as its order names them: pods may read and write no others. */
    containers: readonly string[];
}

interface Scored {
    endpoints: { name: string; field: string; shape: EndpointShape }[];
    batches: { name: string; field: string; shape: BatchShape }[];
    needs: PodNeed[];
    offer: Offer;
}

/** Everything that is wrong with what a team wants scored, in its own words; empty when nothing is. Pure: nothing is made. */
export function scoringFaults(order: ScoringOrder, place: ScoringPlace): string[] {
    // Nothing else can be told of what is scored with no known image.
    const unnamed = ownImageFaults(order, place);
    if (unnamed.length > 0) return unnamed;
    const { endpoints, batches, needs, offer } = scored(order, place);
    return [
        ...endpoints.flatMap(({ name, field, shape }) => [
            ...endpointNameFaults(`name of ${field}`, name),
            ...endpointFaults(field, shape),
        ]),
        ...batches.flatMap(({ name, field, shape }) => [
            ...endpointNameFaults(`name of ${field}`, name),
            ...batchFaults(field, shape),
            ...containerFaults(field, order.batch[name], place.containers),
        ]),
        ...placementFaults(needs, offer),
    ];
}

function ownImageFaults({ endpoints, batch }: ScoringOrder, { images }: ScoringPlace): string[] {
    const named = [
        ...Object.entries(endpoints).flatMap(([name, { image, canary }]) => [
            [`endpoints.${name}.image`, image] as const,
            ...(canary ? [[`endpoints.${name}.canary.image`, canary.image] as const] : []),
        ]),
        ...Object.entries(batch).map(([name, { image }]) => [`batch.${name}.image`, image] as const),
    ];
    return named.flatMap(([field, image]) => (typeof image === "string" ? imageNameFaults(field, image, images) : []));
}

function containerFaults(
    field: string,
    batch: ScoringOrder["batch"][string] | undefined,
    own: readonly string[],
): string[] {
    return (["input", "output"] as const).flatMap((key) => {
        const path = batch?.[key] ?? "";
        if (own.includes(path.split("/", 1)[0] ?? "")) return [];
        return [
            `${field}.${key} must begin with a container of the order, ${own.join(", ") || "which names none"}, got "${path}"`,
        ];
    });
}

/** What scoring came to. */
export interface Scoring {
    /** Where each endpoint answers. */
    endpoints: Record<string, pulumi.Output<string>>;
    /** Where each batch writes to. */
    predictions: Record<string, pulumi.Output<string>>;
    /** Seconds from no node to the first answer at worst, part by part, by endpoint. */
    coldStarts: Record<string, { totalSeconds: number; parts: Record<string, number> }>;
}

/** How long each endpoint takes from nothing, part by part, and what else whoever orders it should know: for the preview. */
export function scoringNotes(order: ScoringOrder, place: ScoringPlace): { lines: string[]; warnings: string[] } {
    const { endpoints } = scored(order, place);
    return {
        lines: endpoints.flatMap(({ name, shape }) =>
            coldStartLines(`endpoint ${name}`, startOf(shape, shape, diskOf(shape, place))),
        ),
        warnings: endpoints
            .filter(({ shape }) => replicasOf(shape.scaling).least < 2)
            .map(({ name }) => `endpoint ${name} has one replica: nobody is answered while its node is exchanged`),
    };
}

const diskOf = ({ pool }: ScorerRoom, { pools }: ScoringPlace): boolean =>
    pools.find(({ prefix }) => prefix === pool)?.ephemeralDisk ?? false;

/** Makes endpoints and batches, once they have been found right. */
export function scoring(order: ScoringOrder, place: ScoringPlace, options: pulumi.ComponentResourceOptions): Scoring {
    const { endpoints, batches, needs, offer } = scored(order, place);
    const { team, namespace, serviceAccountName, gateway, queue, metricsUrl } = place;
    const common = { namespace, serviceAccountName };
    const result: Scoring = { endpoints: {}, predictions: {}, coldStarts: {} };
    for (const { name, field, shape } of endpoints) {
        const need = needs.find((one) => one.field === field);
        if (need === undefined) continue;
        const { url, coldStart } = new ModelEndpoint(
            `${team}-${name}`,
            {
                ...{ ...shape, ...common, endpoint: name, team, gateway, metricsUrl },
                strategy: strategyOf(need, needs, offer),
                ephemeralDisk: diskOf(shape, place),
            },
            options,
        );
        const { totalSeconds, parts } = coldStart;
        result.endpoints[name] = url;
        result.coldStarts[name] = {
            totalSeconds,
            parts: Object.fromEntries(parts.map(({ what, seconds }) => [what, seconds])),
        };
    }
    for (const { name, shape } of batches)
        result.predictions[name] = new BatchScoring(
            `${team}-${name}`,
            { ...shape, ...common, batch: name, queue },
            options,
        ).results;
    return result;
}

function scored(order: ScoringOrder, place: ScoringPlace): Scored {
    const { loginServer, images, recordsEndpoint, workEndpoint, pools, quota } = place;
    const scorerOf = ({ image, model, loadSeconds }: ScorerOrder): Scorer => {
        const { repository, digest, sizeGib } = typeof image === "string" ? imageIn("image", image, images) : image;
        return {
            ...{ image: pinned(loginServer, repository, digest), imageGib: sizeGib },
            model: { uri: `${recordsEndpoint}models/${model.path}`, sha256: model.sha256, sizeBytes: model.sizeBytes },
            ...(loadSeconds !== undefined && { loadSeconds }),
        };
    };
    const blobOf = (path: string): string => `${workEndpoint}${containerName(place.team, path)}`;
    const named = <T>(section: Record<string, T>, of: string): { name: string; field: string; written: T }[] =>
        Object.entries(section).map(([name, written]) => ({ name, field: `${of}.${name}`, written }));
    const endpoints = named(order.endpoints, "endpoints").map(({ name, field, written }) => {
        const { scaling, minAvailable, canary } = written;
        const shape: EndpointShape = {
            ...{ ...scorerOf(written), ...roomOf(written), scaling },
            ...(minAvailable !== undefined && { minAvailable }),
            ...(canary && {
                canary: {
                    ...{ ...scorerOf(canary), replicas: canary.replicas, weight: canary.weight },
                    ...(canary.mirrorPercent !== undefined && { mirrorPercent: canary.mirrorPercent }),
                },
            }),
        };
        return { name, field, shape };
    });
    const batches = named(order.batch, "batch").map(({ name, field, written }) => {
        const { input, output, shards, parallelism, maxHours } = written;
        const shape: BatchShape = {
            ...{ ...scorerOf(written), ...roomOf(written), shards, parallelism },
            ...{ input: blobOf(input), output: blobOf(output) },
            ...(maxHours !== undefined && { maxHours }),
        };
        return { name, field, shape };
    });
    const needs = [
        ...endpoints.map(({ field, shape }): PodNeed => {
            const { least, most } = replicasOf(shape.scaling);
            const trial = shape.canary?.replicas ?? 0;
            return { ...needOf(field, shape), use: "online", pods: most + trial, least: least + trial };
        }),
        ...batches.map(({ field, shape }): PodNeed => {
            return { ...needOf(field, shape), use: "batch", pods: shape.parallelism, least: 1 };
        }),
    ];
    return { endpoints, batches, needs, offer: { pools, quota } };
}

type ScorerOrder = Pick<ScoringOrder["batch"][string], "image" | "model" | "loadSeconds">;

function roomOf({
    pool,
    gpus,
    cpu,
    memoryGib,
    ...more
}: ScoringOrder["batch"][string] | ScoringOrder["endpoints"][string]): ScorerRoom {
    return {
        ...{ pool, gpus: gpus ?? 0, cpu, memoryGib },
        ...(more.gpuResource !== undefined && { gpuResource: more.gpuResource }),
        ...(more.sharedMemoryGib !== undefined && { sharedMemoryGib: more.sharedMemoryGib }),
        ...(more.tolerates && { tolerates: more.tolerates }),
    };
}

function needOf(field: string, shape: ScorerRoom): Omit<PodNeed, "use" | "pods" | "least"> {
    return {
        ...{ field, pool: shape.pool, tolerates: shape.tolerates ?? [] },
        request: {
            ...{ gpus: shape.gpus, milliCpus: Math.round(shape.cpu * 1000), memoryMib: memoryMibOf(shape) },
        },
        ...(shape.gpuResource !== undefined && { gpuResource: shape.gpuResource }),
    };
}
