import type { Settings } from "../settings";

/** What is wrong with who may do what. */
export function governanceRules({ tier, environment, groups }: Settings): (string | false)[] {
    return tier.needsGroups.map(
        (group) =>
            groups[group] === undefined &&
            `mlplatform:groups.${group} must be set in ${environment}: the object id of a group of the directory`,
    );
}
