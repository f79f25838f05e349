import { loadConfig, readConfig, SettingsError, type ConfigTable, type IsSecret } from "../config";
import { requiredUpperKeys, upperKeys, upperSettings, type UpperSettings } from "./upper";

/** The config of a services stack, read and checked. */
export type ServicesSettings = UpperSettings;

/** Every key of a services stack, with how it is read. `Pulumi.yaml` describes them too; a test holds the two together. */
export const servicesKeys = { ...upperKeys } as const;

const table = {
    ...{ kind: "services", keys: servicesKeys, required: requiredUpperKeys, secretKeys: [] },
} as const satisfies ConfigTable<typeof servicesKeys>;

/** @throws pulumi.RunError naming every fault of the stack's config */
export function loadServicesSettings(): ServicesSettings {
    return loadConfig(readServicesSettings);
}

/** @throws SettingsError naming, for every fault at once, the config key, the rule and the value */
export function readServicesSettings(
    source: Readonly<Record<string, string>>,
    secret: IsSecret = () => true,
): ServicesSettings {
    const { read, faults } = readConfig(table, source, secret);
    if (faults.length > 0) throw new SettingsError(faults);
    return upperSettings(read);
}
