import { priceSheet } from "../../facts/prices";
import { costOf } from "../../review/cost/cost";
import { changesBetween } from "../changes-between";
import { deployed, type ExportedResource } from "../export";
import { stackResources, type StackResources } from "../stack-resources";
import { stateOf } from "../stack-state";
import type { Context } from "../stack-run";
import { costLines } from "./cost-lines";

export interface CostOptions {
    /** What is planned, with the difference to what is deployed. */
    planned: boolean;
    json: boolean;
    /** What `pulumi stack export --file` wrote, in the place of what is in the sandbox. */
    stateFile?: string;
}

/**
 * Says what a stack costs a month: as deployed, or as planned when nothing is or when that is asked for; then with the
 * difference to what is deployed.
 */
export async function cost(context: Context, stack: string, options: CostOptions): Promise<void> {
    const { terminal } = context;
    const there = await deployedIn(context, stack, options.stateFile);
    const found: StackResources =
        options.planned || there.length === 0
            ? await stackResources(context, stack, { planned: true, foreseen: true })
            : { resourcesAre: "deployed", resources: there };
    const before = found.resourcesAre === "planned" ? there : [];
    const preview = { project: "", stack, resources: changesBetween(before, found), findings: [], diagnostics: [] };
    const priced = costOf(preview, priceSheet(context.at.root));
    if (options.json)
        terminal.line(JSON.stringify({ stack, resourcesAre: found.resourcesAre, ...priced }, undefined, 2));
    else for (const line of costLines(stack, found.resourcesAre, priced)) terminal.line(line);
}

const deployedIn = async (context: Context, stack: string, file?: string): Promise<ExportedResource[]> =>
    deployed(await stateOf(context, stack, file));
