import { startRates, startTimes } from "../../facts/start-times";

/** What a start from nothing is made of. */
export interface StartNeeds {
    /** Does the pod want a GPU? */
    gpu: boolean;
    /** Is the nodes' OS disk on their host? */
    ephemeralDisk: boolean;
    /** The image unpacked, in GiB. */
    imageGib: number;
    modelBytes: number;
    /** Seconds from the checked model on disk to its first answer, warm-up included. */
    loadSeconds: number;
}

export interface StartPart {
    what: string;
    seconds: number;
    source: string;
}

/** The worst case of a start on a pool without nodes, and the settings that follow from it. */
export interface ColdStart {
    parts: readonly StartPart[];
    totalSeconds: number;
    /** What of it passes with the container running: the probe's to wait for. */
    containerSeconds: number;
    /** Seconds without progress after which a rollout counts as failed. */
    progressDeadlineSeconds: number;
    startupProbe: { periodSeconds: number; failureThreshold: number };
}

const probePeriodSeconds = 10;
/** Kubernetes gives a rollout ten minutes, and nobody is helped by less. */
const leastDeadlineSeconds = 600;

/**
 * Sums up a start from zero, part by part. Default deadlines are shorter than that: a rollout that only waits for its node would
 * be given up.
 */
export function coldStart({ gpu, ephemeralDisk, imageGib, modelBytes, loadSeconds }: StartNeeds): ColdStart {
    const disk = startRates[ephemeralDisk ? "ephemeralDisk" : "managedDisk"];
    const fixed = gpu
        ? { wait: startTimes.gpuAutoscalerWait, node: startTimes.gpuNode }
        : { wait: startTimes.autoscalerWait, node: startTimes.node };
    const before: StartPart[] = [
        { what: "the autoscaler notices", ...fixed.wait },
        { what: gpu ? "a node with GPUs" : "a node", ...fixed.node },
        {
            what: `image of ${imageGib} GiB at ${disk.megabytesPerSecond} MB/s of disk`,
            seconds: seconds(imageGib * 1024 ** 3, disk.megabytesPerSecond),
            source: disk.source,
        },
    ];
    const inContainer: StartPart[] = [
        {
            what: `model of ${megabytes(modelBytes)} at ${startRates.model.megabytesPerSecond} MB/s`,
            seconds: seconds(modelBytes, startRates.model.megabytesPerSecond),
            source: startRates.model.source,
        },
        { what: "model checked, loaded and warm", seconds: loadSeconds, source: "the endpoint's loadSeconds" },
    ];
    const totalSeconds = sum([...before, ...inContainer]);
    const containerSeconds = sum(inContainer);
    return {
        parts: [...before, ...inContainer],
        ...{ totalSeconds, containerSeconds },
        progressDeadlineSeconds: Math.max(leastDeadlineSeconds, roundUp(totalSeconds * 1.25, 60)),
        startupProbe: {
            periodSeconds: probePeriodSeconds,
            // Twice the worst case: whoever is ended in the middle of loading begins again, and never gets there.
            failureThreshold: Math.max(3, Math.ceil((2 * containerSeconds) / probePeriodSeconds)),
        },
    };
}

/** The sum as it is printed in a preview. */
export function coldStartLines(what: string, { parts, totalSeconds, ...derived }: ColdStart): string[] {
    return [
        `${what}: from no node to the first answer in ${totalSeconds} s at worst`,
        ...parts.map((part) => `  ${String(part.seconds).padStart(5)} s  ${part.what} (${part.source})`),
        `  startup probe: ${derived.startupProbe.failureThreshold} x ${derived.startupProbe.periodSeconds} s; ` +
            `rollout without progress: ${derived.progressDeadlineSeconds} s; clients should wait ${totalSeconds} s or ask again`,
    ];
}

const seconds = (bytes: number, megabytesPerSecond: number): number => Math.ceil(bytes / (megabytesPerSecond * 1e6));
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
const sum = (parts: readonly StartPart[]): number => parts.reduce((total, part) => total + part.seconds, 0);
const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
