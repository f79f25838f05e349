import { isObject } from "./properties";
import type { Properties } from "./resource-type";
import type { PropertySchema, Schema } from "./schema";

/**
 * The part of a resource's outputs that can be given as inputs, at every depth. What only Azure sets (states, ids,
 * connections that others made) stays out.
 */
export function asInputs(schema: Schema, token: string, outputs: Properties): Properties {
    const project = (value: unknown, { type, items, ref }: PropertySchema): unknown => {
        // Azure answers a set of ids as a map; azure-native takes it as a list.
        if (type === "array" && isObject(value)) return Object.keys(value);
        if (type === "array" && items && Array.isArray(value))
            return value.map((item: unknown) => project(item, items));
        return type === "ref" && isObject(value) ? projectAll(value, schema.types[ref ?? ""] ?? {}) : value;
    };
    const projectAll = (values: Properties, shapes: Readonly<Record<string, PropertySchema>>): Properties =>
        Object.fromEntries(
            Object.entries(values).flatMap(([name, value]) => {
                const shape = shapes[name];
                return shape ? [[name, project(value, shape)]] : [];
            }),
        );
    const projected = projectAll(outputs, schema.resources[token]?.inputs ?? {});
    // A resource's own name and id come back under the names of its path parameters.
    return Object.fromEntries(Object.entries(projected).filter(([name]) => name !== "name" && name !== "id"));
}
