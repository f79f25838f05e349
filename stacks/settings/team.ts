import { loadConfig, namespace, readConfig, SettingsError, type ConfigTable, type IsSecret } from "../config";
import { flag, number, text } from "../parse";
import { teamNames } from "../team-names";
import { requiredUpperKeys, stackName, upperKeys, upperSettings, type UpperSettings } from "./upper";

/** The config of a team stack, read and checked. What the team gets is in its order (stacks/team/order.ts). */
export interface TeamSettings extends UpperSettings {
    /** Name of the order, `teams/NAME.yaml`. */
    team: string;
    /** Stack of what the cluster shares. @default - none: no queue for jobs, and nothing in front of endpoints */
    services?: string;
    /** Stack that builds our own images. @default - none: the order names images by their digests */
    images?: string;
    /** Seconds to wait until a new role applies. */
    rolePropagationSeconds: number;
    /** Lifts the protection of what holds data. */
    teardown: boolean;
}

/** Every key of a team stack, with how it is read. `Pulumi.yaml` describes them too; a test holds the two together. */
export const teamKeys = {
    ...upperKeys,
    "mlplatform:team": text(teamNames.pattern, "the name of a file in teams/, without .yaml"),
    "mlplatform:services": stackName,
    "mlplatform:images": stackName,
    "mlplatform:rolePropagationSeconds": number(0, 1800, false),
    "mlplatform:teardown": flag,
} as const;

const table = {
    ...{ kind: "team", keys: teamKeys, secretKeys: [] },
    required: [...requiredUpperKeys, `${namespace}:team`],
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
    const settings = upperSettings(read);
    const rolePropagationSeconds = read["mlplatform:rolePropagationSeconds"] ?? 120;
    const { environment, tier } = settings;
    if (rolePropagationSeconds < tier.leastPropagationSeconds)
        faults.push(
            `mlplatform:rolePropagationSeconds must be at least ${tier.leastPropagationSeconds} in ${environment}, got ${rolePropagationSeconds}`,
        );
    if (faults.length > 0) throw new SettingsError(faults);
    const [services, images] = [read["mlplatform:services"], read["mlplatform:images"]];
    return {
        ...{ ...settings, team: read["mlplatform:team"] ?? "", rolePropagationSeconds },
        teardown: read["mlplatform:teardown"] ?? false,
        ...(services !== undefined && { services }),
        ...(images !== undefined && { images }),
    };
}
