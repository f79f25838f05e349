import { budgetFaults } from "../../components/governance/budget";
import type { Settings } from "../settings";

/** What is wrong with who may do what, what may be spent and what is refused. */
export function governanceRules({ tier, environment, groups, budget, policyMode }: Settings): (string | false)[] {
    return [
        ...tier.needsGroups.map(
            (group) =>
                groups[group] === undefined &&
                `mlplatform:groups.${group} must be set in ${environment}: the object id of a group of the directory`,
        ),
        tier.needsBudget && budget === undefined && `mlplatform:budget must be set in ${environment}`,
        ...(budget ? budgetFaults("mlplatform:budget.", budget) : []),
        !tier.policyModes.includes(policyMode) &&
            `mlplatform:policyMode must be ${tier.policyModes.join(" or ")} in ${environment}, got "${policyMode}"`,
    ];
}
