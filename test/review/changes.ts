import type { Operation, Preview, PropertyChange, ResourceChange, ResourceState } from "../../review/model/preview";
import type { ValueMap } from "../../review/model/value";

type Sides = readonly [before: ValueMap | undefined, after: ValueMap | undefined];

interface More {
    operation?: Operation;
    name?: string;
    deletesFirst?: boolean;
    custom?: boolean;
    changes?: readonly PropertyChange[];
    /** Of both sides. */
    state?: Partial<ResourceState>;
}

export const urnOf = (type: string, name = nameOf(type)): string => `urn:pulumi:dev::mlplatform::${type}::${name}`;

const nameOf = (type: string): string => type.slice(type.lastIndexOf(":") + 1).toLowerCase();

/** A change of one resource, by its inputs before and after. */
export function change(type: string, [before, after]: Sides, more: More = {}): ResourceChange {
    const { state, name = nameOf(type), ...rest } = more;
    const inferred = before === undefined ? "create" : after === undefined ? "delete" : "update";
    const side = (inputs: ValueMap): ResourceState => ({
        ...{ inputs, outputs: {}, dependencies: [], protect: false, retainOnDelete: false, ...state },
    });
    return {
        ...{ urn: urnOf(type, name), type, name, operation: inferred },
        ...{ deletesFirst: false, custom: true, changes: [], ...rest },
        ...(before && { old: side(before) }),
        ...(after && { new: side(after) }),
    };
}

export const previewOf = (...resources: readonly ResourceChange[]): Preview => ({
    ...{ project: "mlplatform", stack: "dev", resources, findings: [], diagnostics: [] },
});
