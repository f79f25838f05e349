import { Secret, Unknown, type Value, type ValueMap } from "./value";

/** Value at a path such as `sku.name`; an `Unknown` where it, or what it lies in, is not known before the update. */
export function valueAt(inputs: ValueMap, path: string): Value | undefined {
    return path.split(".").reduce<Value | undefined>((value, step) => {
        if (value instanceof Unknown) return value;
        return isMap(value) ? value[step] : undefined;
    }, inputs);
}

export const textAt = (inputs: ValueMap, path: string): string | undefined => {
    const value = valueAt(inputs, path);
    return typeof value === "string" ? value : undefined;
};

export const numberAt = (inputs: ValueMap, path: string): number | undefined => {
    const value = valueAt(inputs, path);
    return typeof value === "number" ? value : undefined;
};

/** Does it hold? `unknown` where nobody can say before the update. */
export function holds(
    inputs: ValueMap,
    path: string,
    test: (value: Value | undefined) => boolean,
): boolean | "unknown" {
    const value = valueAt(inputs, path);
    return value instanceof Unknown ? "unknown" : test(value);
}

/** The maps in the list at a path. */
export function mapsAt(inputs: ValueMap, path: string): ValueMap[] {
    const value = valueAt(inputs, path);
    return Array.isArray(value) ? (value as readonly Value[]).filter(isMap) : [];
}

export function isMap(value: Value | undefined): value is ValueMap {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        !(value instanceof Secret) &&
        !(value instanceof Unknown)
    );
}
