import { loadConfig, readConfig, SettingsError, type ConfigTable, type IsSecret } from "../config";
import { requiredUpperKeys, upperKeys, upperSettings, type UpperSettings } from "./upper";

/** The config of a team stack, read and checked. */
export type TeamSettings = UpperSettings;

/** Every key of a team stack, with how it is read. `Pulumi.yaml` describes them too; a test holds the two together. */
export const teamKeys = { ...upperKeys } as const;

const table = {
    ...{ kind: "team", keys: teamKeys, required: requiredUpperKeys, secretKeys: [] },
} as const satisfies ConfigTable<typeof teamKeys>;

/** @throws pulumi.RunError naming every fault of the stack's config */
export function loadTeamSettings(): TeamSettings {
    return loadConfig(readTeamSettings);
}

/** @throws SettingsError naming, for every fault at once, the config key, the rule and the value */
export function readTeamSettings(
    source: Readonly<Record<string, string>>,
    secret: IsSecret = () => true,
): TeamSettings {
    const { read, faults } = readConfig(table, source, secret);
    if (faults.length > 0) throw new SettingsError(faults);
    return upperSettings(read);
}
