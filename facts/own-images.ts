import { azureCli } from "./runner-tools";
import type { ImageName } from "./third-party";

/** An image of our own. */
export interface OwnImage {
    purpose: string;
    /** How it is built; missing of what is built elsewhere, to the contract in docs/own-images.md. */
    build?: OwnBuild;
}

/** How an image is built. */
export interface OwnBuild {
    /** Folder that is all that the build sees, from the project's folder on. */
    context: string;
    /** @default Dockerfile in the context */
    dockerfile?: string;
    /** File of the context that pins what is installed. */
    lockFile: string;
    /** Images that it begins with, by the argument of the Dockerfile that takes them. */
    bases: Readonly<Record<string, ImageName>>;
    /** Other arguments of the Dockerfile. @default - none */
    args?: Readonly<Record<string, string>>;
    /** Unpacked with its base, in GiB, rounded up: what a node that does not have it fetches and unpacks. */
    sizeGib: number;
}

const npm = "package-lock.json";

const scoring = { context: "images/scoring", lockFile: npm };

/** Images of our own, by name. What they must do is in docs/own-images.md. */
export const ownImages = {
    scoring: {
        purpose: "answers with what a model sees in a picture",
        build: { ...scoring, bases: { BASE: "node", RUNTIME: "node" }, sizeGib: 0.7 },
    },
    "scoring-cuda": {
        purpose: "the same on GPUs",
        build: {
            ...{ ...scoring, bases: { BASE: "node", RUNTIME: "cuda" }, args: { PROVIDER: "cuda12" }, sizeGib: 5 },
        },
    },
    backup: {
        purpose: "takes snapshots of disks",
        build: { context: "images/backup", lockFile: npm, bases: { BASE: "node" }, sizeGib: 0.4 },
    },
    "pipeline-agent": {
        purpose: "takes one job of Azure Pipelines",
        build: {
            ...{ context: "images/pipeline-agent", lockFile: "tools.lock", bases: { BASE: "ubuntu", NODE: "node" } },
            args: {
                UBUNTU_ARCHIVE: "http://snapshot.ubuntu.com/ubuntu/20261120T000000Z",
                AZURE_CLI_VERSION: azureCli.version,
                AZURE_CLI_ARCHIVE: azureCli.archive,
                AZURE_CLI_KEY: azureCli.signedBy,
            },
            sizeGib: 3,
        },
    },
    "labelling-proxy": { purpose: "signs annotators in and serves their pictures" },
} as const satisfies Record<string, OwnImage>;

export type OwnImageName = keyof typeof ownImages;
export const ownImageNames = Object.keys(ownImages) as OwnImageName[];

/** One of them. */
export const ownImage = (name: OwnImageName): OwnImage => ownImages[name];

/** Where the platform's registry keeps it. No team's images may begin so. */
export const ownRepository = (name: string): string => `mlplatform/${name}`;
