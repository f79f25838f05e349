import type { Operation, Preview, ResourceChange, ResourceState } from "../../../review/model/preview";
import type { ValueMap } from "../../../review/model/value";

type Sides = readonly [before: ValueMap | undefined, after: ValueMap | undefined];

const state = (inputs: ValueMap): ResourceState => ({
    ...{ inputs, outputs: {}, dependencies: [], protect: false, retainOnDelete: false },
});

/** A change of one resource, by its inputs before and after. */
export function change(type: string, [before, after]: Sides, operation?: Operation): ResourceChange {
    const name = type.slice(type.lastIndexOf(":") + 1).toLowerCase();
    const inferred = before === undefined ? "create" : after === undefined ? "delete" : "update";
    return {
        ...{ urn: `urn:pulumi:dev::mlplatform::${type}::${name}`, type, name, operation: operation ?? inferred },
        ...{ deletesFirst: false, custom: true, changes: [] },
        ...(before && { old: state(before) }),
        ...(after && { new: state(after) }),
    };
}

export const previewOf = (...resources: readonly ResourceChange[]): Preview => ({
    ...{ project: "mlplatform", stack: "dev", resources, findings: [], diagnostics: [] },
});
