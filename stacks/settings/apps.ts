import { agentFaults } from "../../components/workloads/pipeline-agents";
import { labellingFaults } from "../../components/workloads/labelling";
import { notebookFaults } from "../../components/workloads/notebooks";
import type { PinnedImage } from "../../components/workloads/pinned-image";
import { wholeNumberFault } from "../../components/units";
import { workContainers } from "../../components/storage/containers";
import { namespace, type ReadConfig } from "../config";
import { anyNumber, list, object, optional, text, type Parsed } from "../parse";
import { stackName } from "./upper";

const size = object({
    ...{ name: text(), title: text(), pool: text(), cores: anyNumber, memoryGib: anyNumber },
    gpus: optional(anyNumber),
});
/** By its name in the images stack, or any of the platform's registry by its digest. */
const imageOfOurs = text(
    /^(?:[a-z0-9][a-z0-9-]*|[^@:]+@sha256:[0-9a-f]{64})$/,
    "the name of an image of the images stack, or REPOSITORY@sha256:DIGEST of the platform's registry, without a tag",
);
const environment = object({
    ...{ name: text(), title: text() },
    image: optional(imageOfOurs),
});

/** What people work with in the cluster: none of it is there unless its key is. */
export const appKeys = {
    "mlplatform:images": stackName,
    "mlplatform:pipelineAgents": object({
        ...{ organisation: text(), pool: text(), nodePool: text(), maxAgents: anyNumber },
        ...{ maxJobMinutes: optional(anyNumber), demands: optional(list(text())) },
    }),
    "mlplatform:notebooks": object({
        ...{ clientId: text(), groups: list(text()), adminGroups: optional(list(text())) },
        ...{ images: list(environment), sizes: list(size), homeGib: optional(anyNumber) },
        ...{ idleMinutes: optional(anyNumber), placeholders: optional(anyNumber) },
    }),
    "mlplatform:labelling": object({
        ...{ clientId: text(), groups: list(text()), nodePool: text(), containers: list(text()) },
        diskGib: optional(anyNumber),
    }),
    "mlplatform:backup": object({ hour: anyNumber, keep: anyNumber }),
} as const;

export interface AppSettings {
    /** Stack that builds our own images. @default - none: nothing that needs one is there */
    images?: string;
    pipelineAgents?: Parsed<(typeof appKeys)["mlplatform:pipelineAgents"]>;
    notebooks?: Parsed<(typeof appKeys)["mlplatform:notebooks"]>;
    labelling?: Parsed<(typeof appKeys)["mlplatform:labelling"]>;
    /** Of all disks, once there are any. */
    backup: { hour: number; keep: number };
}

/** A night, and two weeks of them. */
const defaultBackup = { hour: 2, keep: 14 };

/** The part of the settings that is about them, and what is wrong with it. */
export function appSettings(read: ReadConfig<typeof appKeys>, domain: string): { apps: AppSettings; faults: string[] } {
    const [agents, notebooks] = [read["mlplatform:pipelineAgents"], read["mlplatform:notebooks"]];
    const labelling = read["mlplatform:labelling"];
    const backup = read["mlplatform:backup"] ?? defaultBackup;
    const images = read["mlplatform:images"];
    const needing = [
        ...(agents ? ["pipelineAgents"] : []),
        ...(notebooks ? ["notebooks"] : []),
        ...(labelling ? ["labelling"] : []),
    ];
    const containers = workContainers.map(({ name }) => name);
    const faults = [
        ...(images === undefined
            ? needing.map(
                  (key) =>
                      `${namespace}:images must be set for ${namespace}:${key}, which runs images of our own: the stack that builds them`,
              )
            : []),
        ...(agents
            ? agentFaults(`${namespace}:pipelineAgents.`, { ...agents, image, nodes: { pool: agents.nodePool } })
            : []),
        ...(notebooks
            ? notebookFaults(`${namespace}:notebooks.`, {
                  ...{ ...notebooks, host: hostOf("notebooks", domain), core },
                  images: notebooks.images.map(({ name, title }) => ({ name, title, image })),
              })
            : []),
        ...(labelling
            ? [
                  ...labellingFaults(`${namespace}:labelling.`, {
                      ...{ ...labelling, host: hostOf("labelling", domain), proxyImage: image },
                      nodes: { pool: labelling.nodePool },
                  }),
                  ...labelling.containers.flatMap((container, index) =>
                      containers.includes(container)
                          ? []
                          : [
                                `${namespace}:labelling.containers[${index}] must be one of ${containers.join(", ")}, got "${container}"`,
                            ],
                  ),
              ]
            : []),
        wholeNumberFault(`${namespace}:backup.hour`, backup.hour, 0, 23),
        wholeNumberFault(`${namespace}:backup.keep`, backup.keep, 1, 200),
    ].filter((fault) => fault !== undefined);
    return {
        faults: domain === "" ? [] : faults,
        apps: {
            backup,
            ...(images !== undefined && { images }),
            ...(agents && { pipelineAgents: agents }),
            ...(notebooks && { notebooks }),
            ...(labelling && { labelling }),
        },
    };
}

/** Names are one label below the domain, as the gateway's certificate is. */
export const hostOf = (name: string, domain: string): string => `${name}.${domain}`;

/** In the place of images and nodes that config does not name, so that the rest of the rules can be asked. */
const image: PinnedImage = `registry.azurecr.io/stand-in@sha256:${"0".repeat(64)}`;
const core = { pool: "sys" };
