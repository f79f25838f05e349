import type { Context } from "../stack-run";
import { UserError } from "../user-error";
import { due } from "./due";
import { listTeams } from "./list";
import { writeSchemas } from "./schemas";
import { vend } from "./vend";

export const teamsUsage = "[list | vend [--check] | due [--json] | schemas]";

/** What is done with all teams' orders at once. */
export async function teams(
    context: Context,
    [verb = "list"]: readonly string[],
    { check, json }: { check: boolean; json: boolean },
): Promise<void> {
    if ((check && verb !== "vend") || (json && verb !== "due"))
        throw new UserError(`Usage: mlplatform teams ${teamsUsage}`);
    switch (verb) {
        case "list":
            await listTeams(context);
            return;
        case "vend":
            vend(context, check);
            return;
        case "due":
            due(context, json);
            return;
        case "schemas":
            context.terminal.step(`written: ${writeSchemas(context.at).join(", ")}`);
            return;
        default:
            throw new UserError(`Usage: mlplatform teams ${teamsUsage}`);
    }
}
