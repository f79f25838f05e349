import { isAtOrBelow } from "./ids";
import type { Clock } from "./clock";
import type { Stored } from "./resource-type";

/**
 * A role works some time after its assignment: "up to 10 minutes" as published, about a minute as deployments find it.
 * @see https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
const propagationMilliseconds = 60_000;
/** However fast the clock: who does not wait for a role is refused, as on Azure. */
const leastRealMilliseconds = 250;

/** Does the principal hold one of the roles at the scope or above, propagation over? */
export function holdsRole(
    assignments: readonly Stored[],
    asked: { principalId: string; roleGuids: readonly string[]; scope: string },
    clock: Clock,
    realMoment: (id: string) => number,
): boolean {
    const roles = asked.roleGuids.map((guid) => guid.toLowerCase());
    return assignments.some(({ id, inputs, createdAt }) => {
        const { principalId, roleDefinitionId, scope } = inputs;
        if (typeof roleDefinitionId !== "string" || typeof scope !== "string") return false;
        const role = roleDefinitionId.slice(roleDefinitionId.lastIndexOf("/") + 1).toLowerCase();
        return (
            String(principalId).toLowerCase() === asked.principalId.toLowerCase() &&
            roles.includes(role) &&
            isAtOrBelow(asked.scope, scope.startsWith("/") ? scope : `/${scope}`) &&
            clock.now() - createdAt >= propagationMilliseconds &&
            clock.realNow() - realMoment(id) >= leastRealMilliseconds
        );
    });
}
