import type * as pulumi from "@pulumi/pulumi";
import { Budget } from "../../components/governance/budget";
import { PolicyAssignment } from "../../components/governance/policy-assignment";
import { policyRows, type PolicyName, type PolicyRow } from "../../facts/policy-definitions";
import type { Settings } from "../settings";

/** Assigns the policies of the table to the platform's groups. Nothing waits for them. */
export function policies(
    { policyMode, location }: Settings,
    groups: Readonly<Record<"platform" | "data" | "disks", pulumi.Input<string>>>,
): PolicyAssignment[] {
    return Object.entries<PolicyRow>(policyRows).flatMap(([row, { on }]) =>
        (["platform", "data", "disks"] as const)
            .filter((group) => on === group || on === "all")
            .map((group) => {
                const policy = row as PolicyName;
                return new PolicyAssignment(`policy-${policy}${on === "all" ? `-${group}` : ""}`, {
                    ...{ policy, scope: groups[group], mode: policyMode },
                    ...(policy === "allowed-locations" && { parameters: { listOfAllowedLocations: [location] } }),
                });
            }),
    );
}

/** Watches what the platform spends, in all its groups and those that Azure makes for it. */
export function budget(
    { budget: choice, naming, location, today }: Settings,
    resourceGroupNames: readonly pulumi.Input<string>[],
    actionGroupIds: readonly pulumi.Input<string>[] = [],
): void {
    if (choice === undefined) return;
    new Budget("budget", { ...choice, naming, location, counted: { resourceGroupNames }, actionGroupIds, today });
}
