import { gatewayFaults, type GatewayChoice } from "../../components/workloads/gateway";
import { loadConfig, readConfig, SettingsError, type ConfigTable, type IsSecret } from "../config";
import { imageLockFile } from "../image-lock";
import { number, object, text } from "../parse";
import { appKeys, appSettings, type AppSettings } from "./apps";
import { requiredUpperKeys, upperKeys, upperSettings, type UpperSettings } from "./upper";

/** The config of a services stack, read and checked. */
export interface ServicesSettings extends UpperSettings, AppSettings {
    /** File with the digests of third-party images and charts, from the project's folder on. */
    imageLock: string;
    gateway: GatewayChoice;
    /** GPUs of serving that training may borrow. */
    lentServingGpus: number;
    rolePropagationSeconds: number;
}

/** Every key of a services stack, with how it is read. `Pulumi.yaml` describes them too; a test holds the two together. */
export const servicesKeys = {
    ...upperKeys,
    ...appKeys,
    "mlplatform:imageLock": text(/^[^\0]+\.json$/, "the path of a JSON file"),
    "mlplatform:gateway": object({ domain: text(), certificate: text() }),
    "mlplatform:lentServingGpus": number(0, 1000),
    "mlplatform:rolePropagationSeconds": number(0, 1800, false),
} as const;

const table = {
    ...{ kind: "services", keys: servicesKeys, required: [...requiredUpperKeys, "mlplatform:gateway"], secretKeys: [] },
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
    const upper = upperSettings(read);
    const gateway = read["mlplatform:gateway"];
    const { apps, faults: appFaults } = appSettings(read, gateway?.domain ?? "");
    const settings: ServicesSettings = {
        ...{ ...upper, ...apps },
        imageLock: read["mlplatform:imageLock"] ?? imageLockFile,
        gateway: gateway ?? { domain: "", certificate: "" },
        lentServingGpus: read["mlplatform:lentServingGpus"] ?? 0,
        rolePropagationSeconds: read["mlplatform:rolePropagationSeconds"] ?? 120,
    };
    const least = upper.tier.leastPropagationSeconds;
    faults.push(
        ...appFaults,
        ...(gateway ? gatewayFaults("mlplatform:gateway.", gateway) : []),
        ...(settings.rolePropagationSeconds < least
            ? [
                  `mlplatform:rolePropagationSeconds must be at least ${least} in ${upper.environment}, got ${settings.rolePropagationSeconds}`,
              ]
            : []),
    );
    if (faults.length > 0) throw new SettingsError(faults);
    return settings;
}
