import { existsSync } from "node:fs";
import { join } from "node:path";
import { ordersFolder } from "../../stacks/team/fleet";
import type { Places } from "../places";
import type { Context } from "../stack-run";
import { UserError } from "../user-error";
import { stackFiles } from "../workspace";
import { fleetIn } from "./fleet-in";
import { writeTeamStack } from "./team-stack";

/** What the clone lacks for its orders, and what it has without one. */
interface Gaps {
    /** Stacks that are ordered and have no file. */
    missing: string[];
    /** Teams' stacks with a file whose order is gone: whoever takes an order away destroys its stacks first. */
    orphans: string[];
}

/**
 * Writes the files of stacks that are ordered and have none, so that an order and they are reviewed as one.
 * @param check Write nothing, and fail when one is missing.
 * @throws UserError naming files that are missing, or that no order asks for any more.
 */
export function vend({ at, terminal }: Pick<Context, "at" | "terminal">, check: boolean): void {
    const { missing, orphans } = gapsOf(at);
    if (!check)
        for (const stack of missing)
            writeTeamStack(at, stack, (text) => {
                terminal.step(text);
            });
    const faults = [
        ...(check ? missing : []).map(
            (stack) => `Pulumi.${stack}.yaml must be there, as it is ordered: npx mlplatform teams vend writes it`,
        ),
        ...orphans.map(
            (stack) => `Pulumi.${stack}.yaml has no order in ${ordersFolder}/: destroy the stack, then remove the file`,
        ),
    ];
    if (faults.length > 0) throw new UserError(faults.join("\n"));
    if (check || missing.length === 0) terminal.step("every order has its stacks' files, and every such file an order");
}

function gapsOf(at: Places): Gaps {
    const ordered = fleetIn(at).orders.map(({ team, environment }) => `${environment}-${team}`);
    const there = stackFiles(at).filter(({ kind }) => kind === "team");
    return {
        missing: ordered.filter((stack) => !existsSync(join(at.root, `Pulumi.${stack}.yaml`))),
        orphans: there.map(({ name }) => name).filter((stack) => !ordered.includes(stack)),
    };
}
