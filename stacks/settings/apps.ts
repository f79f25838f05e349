import { agentFaults } from "../../components/workloads/pipeline-agents";
import { labellingFaults } from "../../components/workloads/labelling";
import { notebookFaults } from "../../components/workloads/notebooks";
import type { PinnedImage } from "../../components/workloads/pinned-image";
import { wholeNumberFault } from "../../components/units";
import { ownImages, type OwnImageName } from "../../facts/own-images";
import { workContainers } from "../../components/storage/containers";
import { namespace, type ReadConfig } from "../config";
import { anyNumber, list, object, optional, record, text, type Parsed } from "../parse";

const size = object({
    ...{ name: text(), title: text(), pool: text(), cores: anyNumber, memoryGib: anyNumber },
    gpus: optional(anyNumber),
});
const environment = object({
    ...{ name: text(), title: text() },
    image: optional(text(/^[^@]+@sha256:[0-9a-f]{64}$/, "REPOSITORY@sha256:DIGEST of the platform's registry")),
});

/** What people work with in the cluster: none of it is there unless its key is. */
export const appKeys = {
    "mlplatform:ownImages": record(text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 of 0-9a-f")),
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
    /** Digests of our own images, as the images stack tells them. */
    ownImages: Partial<Record<OwnImageName, string>>;
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
    const ours = read["mlplatform:ownImages"] ?? {};
    const [agents, notebooks] = [read["mlplatform:pipelineAgents"], read["mlplatform:notebooks"]];
    const labelling = read["mlplatform:labelling"];
    const backup = read["mlplatform:backup"] ?? defaultBackup;
    const keepsSomething = notebooks !== undefined || labelling !== undefined;
    const needed: [OwnImageName, boolean][] = [
        ["pipelineAgent", agents !== undefined],
        ["labellingProxy", labelling !== undefined],
        ["backup", keepsSomething],
    ];
    const containers = workContainers.map(({ name }) => name);
    const faults = [
        ...Object.keys(ours)
            .filter((name) => !(name in ownImages))
            .map(
                (name) =>
                    `${namespace}:ownImages["${name}"] is no image of ours, those are ${Object.keys(ownImages).join(", ")}`,
            ),
        ...needed.flatMap(([name, isNeeded]) =>
            isNeeded && ours[name] === undefined
                ? [
                      `${namespace}:ownImages["${name}"] must be set, for an image that ${ownImages[name].purpose}: the images stack tells its digest`,
                  ]
                : [],
        ),
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
            ...{ ownImages: ours, backup },
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
