import { reachabilityKinds, waysOf, type ClusterObject, type Way } from "../sandbox/kubernetes/reachability";
import { objectsOf } from "./kubectl";
import type { Context } from "./stack-run";
import { table } from "./table";
import { UserError } from "./user-error";

/**
 * Prints who reaches whom in the cluster of a stack's environment, by the policies that are there now.
 * @param namespace Only ways from there and to there. @default all
 */
export async function reachability(context: Context, stack: string, namespace?: string): Promise<void> {
    const objects = (await objectsOf(context, stack, reachabilityKinds)) as ClusterObject[];
    if (
        namespace !== undefined &&
        !objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace)
    )
        throw new UserError(`there is no namespace "${namespace}"`);
    for (const line of wayLines(waysOf(objects), namespace)) context.terminal.line(line);
    context.terminal.line("  Computed from the objects: the sandbox's nodes are simulated and enforce nothing.");
}

export function wayLines(ways: readonly Way[], namespace?: string): string[] {
    const isThere = (name: string): boolean => namespace === undefined || name.startsWith(`${namespace}: `);
    const rows = ways
        .filter(({ from, to }) => isThere(from) || isThere(to))
        .map(({ from, to, ports, by }) => [from, to, ports.join(", "), by.join(", ") || "no policy is about them"]);
    return table([["FROM", "TO", "PORTS", "BY"], ...rows]);
}
