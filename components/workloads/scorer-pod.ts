import type { core } from "@pulumi/kubernetes/types/input";
import { hardenedContainer, hardenedPod } from "./hardened-pod";
import { gpuPlacement } from "./node-place";
import type { PinnedImage } from "./pinned-image";
import { imageFaults } from "./pinned-image";
import { spotTaint } from "./placement";
import { modelEnvironment, modelFaults, modelFolder, type ServedModel } from "./served-model";
import { rangeFault, wholeNumberFault } from "../units";

/** What scores: code, weights, and how long both take to be there. */
export interface Scorer {
    /** Ours, by digest; what it must do is in docs/own-images.md. */
    image: PinnedImage;
    /** The image unpacked, in GiB, 0.01 to 100: a start from nothing waits for it. */
    imageGib: number;
    model: ServedModel;
    /** Seconds from the checked model on disk to its first answer, 1 to 3600. @default 60 */
    loadSeconds?: number;
}

/** Where a scorer runs, and what it has there. */
export interface ScorerRoom {
    /** Prefix of a pool of the foundation. */
    pool: string;
    /** GPUs, or parts of GPUs, of one pod: 0 to 8. */
    gpus: number;
    /** Name by which they are asked for. @default nvidia.com/gpu */
    gpuResource?: string;
    /** CPUs of one pod, 0.1 to 96. A promise and no limit: a limit would only slow down answers. */
    cpu: number;
    /** Memory of one pod, 0.25 to 1800. Promise and limit in one. */
    memoryGib: number;
    /** Memory that processes of the pod share, 0.0625 to 256; comes on top of memoryGib. Containers have 64 MB by themselves. @default 1 */
    sharedMemoryGib?: number;
    /** Taints of the pool that its pods bear, beside that of GPUs: `key=value:effect`. @default - none */
    tolerates?: readonly string[];
}

export const defaultLoadSeconds = 60;
export const defaultSharedMemoryGib = 1;

/** Memory of a pod: a volume in memory counts against the limit of whoever writes to it. */
export const memoryMibOf = ({ memoryGib, sharedMemoryGib = defaultSharedMemoryGib }: ScorerRoom): number =>
    Math.ceil((memoryGib + sharedMemoryGib) * 1024);

/** What is wrong with a scorer; empty when nothing is. */
export function scorerFaults(field: string, scorer: Scorer): string[] {
    return [
        ...imageFaults(`${field}.image`, scorer.image),
        ...modelFaults(`${field}.model`, scorer.model),
        rangeFault(`${field}.imageGib`, scorer.imageGib, 0.01, 100),
        wholeNumberFault(`${field}.loadSeconds`, scorer.loadSeconds ?? defaultLoadSeconds, 1, 3600),
    ].filter((fault) => fault !== undefined);
}

const taintRule = /^(?:[a-z0-9.-]+\/)?[A-Za-z0-9][\w.-]*(?:=[\w.-]*)?:(?:NoSchedule|NoExecute)$/;

/** What is wrong with its room, whatever the pools are; empty when nothing is. */
export function roomFaults(field: string, room: ScorerRoom): string[] {
    return [
        wholeNumberFault(`${field}.gpus`, room.gpus, 0, 8),
        rangeFault(`${field}.cpu`, room.cpu, 0.1, 96),
        rangeFault(`${field}.memoryGib`, room.memoryGib, 0.25, 1800),
        rangeFault(`${field}.sharedMemoryGib`, room.sharedMemoryGib ?? defaultSharedMemoryGib, 0.0625, 256),
        ...(room.tolerates ?? []).map((taint, index) =>
            taintRule.test(taint)
                ? undefined
                : `${field}.tolerates[${index}] must read key=value:NoSchedule or :NoExecute, got "${taint}"`,
        ),
    ].filter((fault) => fault !== undefined);
}

/** The parts of a scorer's pod that online and batch have in common. */
export interface ScorerPodParts {
    scorer: Scorer;
    room: ScorerRoom;
    /** May it run on spot machines? */
    spot: boolean;
    serviceAccountName: string;
    priorityClassName: string;
    graceSeconds: number;
    container: Partial<core.v1.Container>;
    env: readonly { name: string; value?: string; valueFrom?: core.v1.EnvVarSource }[];
}

const mib = (value: number): string => `${value}Mi`;
/** Of /tmp and of logs. */
const scratchMib = 1024;

/** A pod that holds one scorer: no root, nothing to write to but what is named here, and nothing to do with the cluster's API. */
export function scorerPod(parts: ScorerPodParts): core.v1.PodSpec {
    const { scorer, room, spot, serviceAccountName, priorityClassName, graceSeconds, container, env } = parts;
    const { gpus, sharedMemoryGib = defaultSharedMemoryGib, gpuResource = "nvidia.com/gpu" } = room;
    const memory = mib(memoryMibOf(room));
    // As it is downloaded, beside what of it is there already.
    const modelMib = Math.ceil((scorer.model.sizeBytes * 1.1) / 1024 ** 2) + 64;
    const disk = mib(modelMib + scratchMib);
    const gpu = gpus > 0 ? { [gpuResource]: String(gpus) } : {};
    const place =
        gpus > 0 ? gpuPlacement(room.pool) : { nodeSelector: { "mlplatform/pool": room.pool }, tolerations: [] };
    return {
        ...hardenedPod,
        nodeSelector: place.nodeSelector,
        tolerations: [
            ...place.tolerations,
            ...[...(spot ? [spotTaint] : []), ...(room.tolerates ?? [])].map(toleration),
        ],
        ...{ serviceAccountName, priorityClassName, terminationGracePeriodSeconds: graceSeconds },
        containers: [
            {
                ...{ name: "scorer", image: scorer.image, imagePullPolicy: "IfNotPresent" },
                ...container,
                env: [...modelEnvironment(scorer.model), ...env],
                securityContext: { ...hardenedContainer, capabilities: { drop: ["ALL"] } },
                resources: {
                    requests: { cpu: `${Math.round(room.cpu * 1000)}m`, memory, "ephemeral-storage": disk, ...gpu },
                    // A GPU is a limit; its request is the same by rule.
                    limits: { memory, "ephemeral-storage": disk, ...gpu },
                },
                volumeMounts: [
                    { name: "models", mountPath: modelFolder },
                    { name: "tmp", mountPath: "/tmp" },
                    { name: "shared-memory", mountPath: "/dev/shm" },
                ],
            },
        ],
        volumes: [
            { name: "models", emptyDir: { sizeLimit: mib(modelMib) } },
            { name: "tmp", emptyDir: { sizeLimit: mib(scratchMib / 2) } },
            {
                name: "shared-memory",
                emptyDir: { medium: "Memory", sizeLimit: mib(Math.ceil(sharedMemoryGib * 1024)) },
            },
        ],
    };
}

function toleration(taint: string): core.v1.Toleration {
    const [, key = "", value, effect = ""] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
    return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
}
