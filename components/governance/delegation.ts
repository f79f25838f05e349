import { roleDefinitions, type RoleName } from "../../facts/role-definitions";

/**
 * Condition of an assignment of Role Based Access Control Administrator: whoever holds it gives and takes these roles and
 * no others.
 * @see https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function delegationCondition(roles: readonly RoleName[]): string {
    const guids = roles.map((role) => roleDefinitions[role]).join(", ");
    const only = (action: "write" | "delete", source: "Request" | "Resource"): string =>
        [
            `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'}))`,
            "OR",
            `(@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${guids}}))`,
        ].join(" ");
    return `${only("write", "Request")} AND ${only("delete", "Resource")}`;
}
