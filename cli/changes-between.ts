import { canonicalJson } from "../review/bundle/canonical";
import type { ResourceChange, ResourceState } from "../review/model/preview";
import type { ValueMap } from "../review/model/value";
import type { ExportedResource } from "./export";
import { shownValue } from "./shown-value";
import type { StackResources } from "./stack-resources";

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
            const was = old.get(resource.urn);
            return change(resource, was === undefined ? "create" : isAlike(was, resource) ? "same" : "update");
        }),
        ...before.filter(({ urn }) => !next.has(urn)).map((resource) => change(resource, "delete")),
    ];
}

const isAlike = (left: ExportedResource, right: ExportedResource): boolean =>
    canonicalJson(left.inputs) === canonicalJson(right.inputs);

function stateOf({ id, inputs, outputs, references }: ExportedResource): ResourceState {
    return {
        ...(id !== undefined && { id }),
        ...{ inputs: shownValue(inputs) as ValueMap, outputs: shownValue(outputs) as ValueMap },
        dependencies: [...new Set(Object.values(references).flat())].sort(),
        ...{ protect: false, retainOnDelete: false },
    };
}
