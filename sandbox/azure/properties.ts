import { isDeepStrictEqual } from "node:util";
import type { Properties } from "./resource-type";

/** Is the value a plain object, so neither an array nor null? */
export function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function same(left: unknown, right: unknown): boolean {
    return isDeepStrictEqual(left, right);
}

/** Takes `a.b[0].c` apart; `[]` (every element) stays as it is. */
export function pathSegments(path: string): string[] {
    return path.split(/\.|(?=\[)/).map((segment) => segment.replace(/^\[(\d+)\]$/, "$1"));
}

/** The value at a path, such as `properties.networkAcls.bypass` or `subnets[0].id`; undefined where nothing is. */
export function valueAt(value: unknown, path: string): unknown {
    return pathSegments(path).reduce<unknown>((inner, segment) => {
        if (Array.isArray(inner)) return inner[Number(segment)] as unknown;
        return isObject(inner) ? inner[segment] : undefined;
    }, value);
}

/** All values at a path whose `[]` stand for every element. */
export function valuesAt(value: unknown, path: string): unknown[] {
    return pathSegments(path).reduce<unknown[]>(
        (values, segment) =>
            values.flatMap((inner) => {
                if (segment === "[]") return Array.isArray(inner) ? (inner as unknown[]) : [];
                const found = valueAt(inner, segment);
                return found === undefined ? [] : [found];
            }),
        [value],
    );
}

/** A copy with the value at a path put there, objects on the way made; `undefined` removes it. */
export function withValueAt(value: unknown, path: string, put: unknown): unknown {
    const [first, ...rest] = pathSegments(path);
    if (first === undefined) return put;
    const inner = rest.join(".");
    const placed = inner === "" ? put : withValueAt(valueAt(value, first), inner, put);
    if (Array.isArray(value)) return value.map((item: unknown, index) => (index === Number(first) ? placed : item));
    const copy: Properties = { ...(isObject(value) ? value : {}) };
    if (placed === undefined) return Object.fromEntries(Object.entries(copy).filter(([key]) => key !== first));
    copy[first] = placed;
    return copy;
}

/** `over` on top of `base`, object by object; arrays and scalars are replaced. Undefined leaves what was there. */
export function merged(base: Properties, over: Properties): Properties {
    const result = { ...base };
    for (const [key, value] of Object.entries(over)) {
        if (value === undefined) continue;
        const below = result[key];
        result[key] = isObject(below) && isObject(value) ? merged(below, value) : value;
    }
    return result;
}

/** Without properties that are undefined or null, at every depth: what a JSON request body would carry. */
export function compact(value: Properties): Properties {
    const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
        if (inner === undefined || inner === null) return [];
        return [[key, compactValue(inner)]];
    });
    return Object.fromEntries(kept);
}

function compactValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(compactValue);
    return isObject(value) ? compact(value) : value;
}
