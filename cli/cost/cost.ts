import { priceSheet } from "../../facts/prices";
import { costOf } from "../../review/cost/cost";
import { changesBetween } from "../changes-between";
import { stackResources } from "../stack-resources";
import type { Context } from "../stack-run";
import { costLines } from "./cost-lines";

/**
 * Says what a stack costs a month: as deployed, or as planned when nothing is or when that is asked for; then with the
 * difference to what is deployed.
 */
export async function cost(
    context: Context,
    stack: string,
    options: { planned: boolean; json: boolean },
): Promise<void> {
    const { terminal } = context;
    const found = await stackResources(context, stack, { planned: options.planned, foreseen: true });
    const deployed = options.planned ? await stackResources(context, stack, { planned: false }) : undefined;
    const before = deployed?.resourcesAre === "deployed" ? deployed.resources : [];
    const preview = { project: "", stack, resources: changesBetween(before, found), findings: [], diagnostics: [] };
    const priced = costOf(preview, priceSheet(context.at.root));
    if (options.json)
        terminal.line(JSON.stringify({ stack, resourcesAre: found.resourcesAre, ...priced }, undefined, 2));
    else for (const line of costLines(stack, found.resourcesAre, priced)) terminal.line(line);
}
