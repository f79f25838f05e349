import { priceSheet } from "../../facts/prices";
import { costOf } from "../../review/cost/cost";
import type { ResourceChange, ResourceState } from "../../review/model/preview";
import type { ValueMap } from "../../review/model/value";
import type { ExportedResource } from "../export";
import { shownValue } from "../shown-value";
import type { StackResources } from "../stack-resources";
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

/** What a plan makes of what is deployed. */
export function changesBetween(
    before: readonly ExportedResource[],
    { resourcesAre, resources }: StackResources,
): ResourceChange[] {
    const old = new Map(before.map((resource) => [resource.urn, resource]));
    const next = new Map(resources.map((resource) => [resource.urn, resource]));
    const change = (resource: ExportedResource, operation: ResourceChange["operation"]): ResourceChange => {
        const [was, is] = [old.get(resource.urn), next.get(resource.urn)];
        return {
            ...{ urn: resource.urn, type: resource.type, name: resource.name, operation },
            ...{ deletesFirst: false, custom: true, changes: [] },
            ...(was && { old: stateOf(was) }),
            ...(is && { new: stateOf(is) }),
        };
    };
    return [
        ...resources.map((resource) => {
            if (resourcesAre === "deployed") return change(resource, "same");
            return change(resource, old.has(resource.urn) ? "update" : "create");
        }),
        ...before.filter(({ urn }) => !next.has(urn)).map((resource) => change(resource, "delete")),
    ];
}

function stateOf({ id, inputs }: ExportedResource): ResourceState {
    const read = shownValue(inputs);
    return {
        ...(id !== undefined && { id }),
        ...{ inputs: read as ValueMap, outputs: {}, dependencies: [], protect: false, retainOnDelete: false },
    };
}
