import type { Operation, Preview, PropertyChange, ResourceChange, ResourceState } from "../model/preview";
import { Secret, Unknown, type Value } from "../model/value";

/** JSON without secrets: those are `{"$secret": FINGERPRINT}`, and what is not known yet `{"$unknown": TYPE}`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** How one property changes, as it is signed. */
export interface SignedChange {
    path: string;
    kind: PropertyChange["kind"];
    replaces: boolean;
    old?: Json;
    new?: Json;
}

/** What a signed change does to one resource: everything about it that the engine decides by. */
export interface Effect {
    urn: string;
    type: string;
    operation: Exclude<Operation, "same" | "read">;
    /** Of a replacement. */
    deletesFirst: boolean;
    /** Of what is there before. */
    id?: string;
    /** URN: its id is not known before it is made. */
    provider?: string;
    changes: readonly SignedChange[];
    /** As asked for after the policies' remediations; left out of what is deleted. */
    inputs?: Json;
    parent?: string;
    dependencies?: readonly string[];
    deletedWith?: string;
    protect: boolean;
    retainOnDelete: boolean;
}

/** What a preview does, sorted by URN: nothing of what stays the same, is only read, or is only said. */
export function effectsOf({ resources }: Preview): Effect[] {
    return resources
        .flatMap((change): Effect[] => {
            const { operation } = change;
            return operation === "same" || operation === "read" ? [] : [effectOf(change, operation)];
        })
        .sort((left, right) => (left.urn < right.urn ? -1 : 1));
}

function effectOf(change: ResourceChange, operation: Effect["operation"]): Effect {
    const { urn, type, deletesFirst, changes, old, new: asked } = change;
    const { protect, retainOnDelete } = asked ?? old ?? { protect: false, retainOnDelete: false };
    return {
        ...{ urn, type, operation, deletesFirst, protect, retainOnDelete },
        ...(old?.id !== undefined && { id: old.id }),
        ...(asked && askedFor(asked)),
        changes: changes.map(({ path, kind, replaces, old: before, new: after }) => ({
            ...{ path, kind, replaces },
            ...(before !== undefined && { old: jsonOf(before) }),
            ...(after !== undefined && { new: jsonOf(after) }),
        })),
    };
}

function askedFor({ inputs, parent, provider, dependencies, deletedWith }: ResourceState): Partial<Effect> {
    return {
        inputs: jsonOf(inputs),
        dependencies,
        ...(parent !== undefined && { parent }),
        ...(provider !== undefined && { provider: provider.split("::").slice(0, 4).join("::") }),
        ...(deletedWith !== undefined && { deletedWith }),
    };
}

/** A value as JSON; names that begin with a dollar get another, so that no map can pass for a secret. */
export function jsonOf(value: Value): Json {
    if (value instanceof Secret) return { $secret: value.fingerprint };
    if (value instanceof Unknown) return { $unknown: value.type };
    if (isList(value)) return value.map(jsonOf);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name.startsWith("$") ? `$${name}` : name, jsonOf(inner)]),
    );
}

function isList(value: Value): value is readonly Value[] {
    return Array.isArray(value);
}
