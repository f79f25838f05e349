import { canonicalJson } from "./canonical";
import type { Effect, Json, SignedChange } from "./effects";

/** One thing that is to happen and was not signed so. */
export interface Excess {
    urn: string;
    /** What differs, as people read it. */
    why: string;
}

/**
 * What of `effects` goes beyond `approved`: nothing where each is approved, or is what is left of one that is. That is
 * - the same operation with the same inputs, where what was not known when it was signed may be known by now;
 * - of a replacement, the deletion of the old one that is still to come.
 */
export function beyond(effects: readonly Effect[], approved: readonly Effect[]): Excess[] {
    const signed = new Map(approved.map((effect) => [effect.urn, effect]));
    return effects.flatMap((effect) => {
        const why = excess(effect, signed.get(effect.urn));
        return why === undefined ? [] : [{ urn: effect.urn, why }];
    });
}

function excess(effect: Effect, signed: Effect | undefined): string | undefined {
    if (!signed) return `${effect.operation} is not among what was signed`;
    if (effect.operation === "delete" && signed.operation === "replace" && effect.id === signed.id) return undefined;
    if (effect.operation !== signed.operation) return `${effect.operation} instead of the signed ${signed.operation}`;
    for (const field of ["type", "id", "provider", "parent", "deletedWith", "protect", "retainOnDelete"] as const)
        if (effect[field] !== signed[field])
            return `${field} is ${JSON.stringify(effect[field])} instead of the signed ${JSON.stringify(signed[field])}`;
    if (effect.deletesFirst && !signed.deletesFirst) return "the old one goes first, which was not signed";
    if (canonicalJson(effect.dependencies) !== canonicalJson(signed.dependencies)) return "it hangs on other resources";
    const property = differs(effect.inputs, signed.inputs, "");
    if (property !== undefined) return `${property === "" ? "its inputs" : property} is not as signed`;
    return changesBeyond(effect.changes, signed.changes);
}

function changesBeyond(changes: readonly SignedChange[], signed: readonly SignedChange[]): string | undefined {
    for (const change of changes) {
        const before = signed.find(({ path }) => path === change.path);
        if (!before) return `${change.path} changes, which was not signed`;
        if (change.replaces && !before.replaces) return `${change.path} replaces it, which was not signed`;
        if (canonicalJson(change.old) !== canonicalJson(before.old))
            return `${change.path} had another value when signed`;
    }
    return undefined;
}

/** Path of the first value that is neither as signed nor what was signed as unknown. */
function differs(value: Json | undefined, signed: Json | undefined, path: string): string | undefined {
    if (value === undefined || signed === undefined) return value === signed ? undefined : path;
    const unknown = unknownType(signed);
    if (unknown !== undefined) return isOf(value, unknown) ? undefined : path;
    if (typeof value !== "object" || typeof signed !== "object" || value === null || signed === null)
        return value === signed ? undefined : path;
    if (isArray(value) !== isArray(signed)) return path;
    const there = new Map<string, Json>(Object.entries(value));
    const before = new Map<string, Json>(Object.entries(signed));
    for (const name of new Set([...there.keys(), ...before.keys()])) {
        const found = differs(
            there.get(name),
            before.get(name),
            isArray(value) ? `${path}[${name}]` : joined(path, name),
        );
        if (found !== undefined) return found;
    }
    return undefined;
}

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

function unknownType(value: Json): string | undefined {
    if (typeof value !== "object" || value === null || isArray(value)) return undefined;
    return typeof value.$unknown === "string" ? value.$unknown : undefined;
}

/** Is it a value of that type, or still unknown? A secret's type cannot be seen. */
function isOf(value: Json, type: string): boolean {
    const still = unknownType(value);
    if (still !== undefined) return still === type;
    if (typeof value === "object" && value !== null && "$secret" in value) return true;
    if (type === "list") return isArray(value);
    if (type === "map" || type === "asset" || type === "archive")
        return typeof value === "object" && value !== null && !isArray(value);
    // A property whose type the engine cannot tell is a text to it.
    return type === "string" || typeof value === type;
}
