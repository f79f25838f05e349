import { cloudResources } from "./deployment";
import type { Deployment, StateResource } from "./deployment";
import { UserError } from "./user-error";

/** What the engine refuses to delete, as the state has it. */
export function protectedIn(state: Deployment): StateResource[] {
    return cloudResources(state).filter(({ protect }) => protect === true);
}

/**
 * Stops before anything is deleted where something is protected; the engine would say the same about one resource alone,
 * and advise to take the protection off by hand.
 * @throws UserError saying which change lifts the protection.
 */
export function refuseProtected(stack: string, state: Deployment): void {
    const kept = protectedIn(state).length;
    if (kept === 0) return;
    throw new UserError(
        `"${stack}" is protected: ${kept} of its resources hold keys, images or data, and go only after a change that ` +
            `lifts the protection and its lock, and that people sign:\n` +
            `  pulumi config set mlplatform:teardown true --stack ${stack}   or by hand, in Pulumi.${stack}.yaml\n` +
            `  npx mlplatform up ${stack}\n` +
            `  npm run stop -- ${stack}\n` +
            `npx mlplatform teardown ${stack} says what goes, in which order, and what stays`,
    );
}
