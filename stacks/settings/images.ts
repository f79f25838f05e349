import { ownImage, ownImageNames, type OwnImageName } from "../../facts/own-images";
import { loadConfig, namespace, readConfig, SettingsError, type ConfigTable, type IsSecret } from "../config";
import { imageLockFile } from "../image-lock";
import { object, record, text } from "../parse";
import { requiredUpperKeys, upperKeys, upperSettings, type UpperSettings } from "./upper";

/** The config of an images stack, read and checked. */
export interface ImagesSettings extends UpperSettings {
    /** File with the digests of third-party images, which ours begin with, from the project's folder on. */
    imageLock: string;
    /** Digests of what is built elsewhere and lies in the platform's registry. */
    builtElsewhere: Partial<Record<OwnImageName, string>>;
    /** Release of Azure Pipelines' agent for its image. @default - none: that image is not built */
    agentRelease?: { version: string; sha256: string };
}

/** Every key of an images stack, with how it is read. `Pulumi.yaml` describes them too; a test holds the two together. */
export const imagesKeys = {
    ...upperKeys,
    "mlplatform:imageLock": text(/^[^\0]+\.json$/, "the path of a JSON file"),
    "mlplatform:agentRelease": object({
        version: text(/^\d+\.\d+\.\d+$/, "a version such as 4.264.2"),
        sha256: text(/^[0-9a-f]{64}$/, "64 of 0-9a-f, as the release's page tells it of vsts-agent-linux-x64"),
    }),
    "mlplatform:builtElsewhere": record(text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 of 0-9a-f")),
} as const;

const table = {
    ...{ kind: "images", keys: imagesKeys, required: requiredUpperKeys, secretKeys: [] },
} as const satisfies ConfigTable<typeof imagesKeys>;

/** @throws pulumi.RunError naming every fault of the stack's config */
export function loadImagesSettings(): ImagesSettings {
    return loadConfig(readImagesSettings);
}

/** @throws SettingsError naming, for every fault at once, the config key, the rule and the value */
export function readImagesSettings(
    source: Readonly<Record<string, string>>,
    secret: IsSecret = () => true,
): ImagesSettings {
    const { read, faults } = readConfig(table, source, secret);
    const builtElsewhere = read["mlplatform:builtElsewhere"] ?? {};
    const agentRelease = read["mlplatform:agentRelease"];
    const elsewhere = ownImageNames.filter(
        (name) => ownImage(name).build === undefined || (name === "pipeline-agent" && agentRelease === undefined),
    );
    faults.push(
        ...Object.keys(builtElsewhere)
            .filter((name) => !elsewhere.some((one) => one === name))
            .map(
                (name) =>
                    `${namespace}:builtElsewhere["${name}"] is no image that is built elsewhere, those are ${elsewhere.join(", ")}`,
            ),
    );
    if (faults.length > 0) throw new SettingsError(faults);
    return {
        ...{ ...upperSettings(read), imageLock: read["mlplatform:imageLock"] ?? imageLockFile, builtElsewhere },
        ...(agentRelease && { agentRelease }),
    };
}
