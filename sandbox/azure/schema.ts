import { readFileSync } from "node:fs";
import { isObject } from "./properties";
import type { Properties } from "./resource-type";

/** Shape of one property as `@pulumi/azure-native` declares it. */
export interface PropertySchema {
    type: "string" | "number" | "boolean" | "array" | "map" | "ref" | "any";
    required?: true;
    /** Of an array's or a map's elements. */
    items?: PropertySchema;
    /** Name in {@link Schema.types}. */
    ref?: string;
    /** Allowed values. */
    values?: readonly (string | number)[];
    /** Declared as "one of these or any string". */
    open?: true;
}

export interface ResourceSchema {
    /** The Azure REST API version that the package speaks by default. */
    apiVersion: string;
    inputs: Readonly<Record<string, PropertySchema>>;
    /** Names of all properties that a created resource has. */
    outputs: readonly string[];
}

/** Written by `tools/extract-schema.ts`. */
export interface Schema {
    /** Version of `@pulumi/azure-native`. */
    packageVersion: string;
    /** Of the layout of this file. */
    format: number;
    resources: Readonly<Record<string, ResourceSchema>>;
    types: Readonly<Record<string, Readonly<Record<string, PropertySchema>>>>;
}

export function readSchema(path: string): Schema {
    return JSON.parse(readFileSync(path, "utf8")) as Schema;
}

/** One thing that is wrong with the inputs of a resource. */
export interface SchemaFault {
    /** Dotted path, `[0]` for elements. */
    path: string;
    reason: string;
}

/** Marks a value that a preview does not know yet; it passes every check. */
export type IsUnknown = (value: unknown) => boolean;

/** Everything about the inputs that the API does not allow, all faults at once. */
export function schemaFaults(
    schema: Schema,
    token: string,
    inputs: Properties,
    isUnknown: IsUnknown = () => false,
): SchemaFault[] {
    const resource = schema.resources[token];
    if (!resource) return [];
    const faultsOf = (value: unknown, property: PropertySchema, path: string): SchemaFault[] => {
        if (isUnknown(value)) return [];
        switch (property.type) {
            case "any":
                return [];
            case "array": {
                if (!Array.isArray(value)) return [wrongType(path, "an array", value)];
                const { items } = property;
                return items ? value.flatMap((item, index) => faultsOf(item, items, `${path}[${index}]`)) : [];
            }
            case "map": {
                if (!isObject(value)) return [wrongType(path, "a map", value)];
                const { items } = property;
                return items
                    ? Object.entries(value).flatMap(([key, item]) => faultsOf(item, items, `${path}.${key}`))
                    : [];
            }
            case "ref": {
                if (!isObject(value)) return [wrongType(path, "an object", value)];
                const properties = schema.types[property.ref ?? ""];
                return properties ? objectFaults(value, properties, `${path}.`) : [];
            }
            default:
                return scalarFaults(value, property, path);
        }
    };
    const objectFaults = (
        object: Properties,
        properties: Readonly<Record<string, PropertySchema>>,
        base: string,
    ): SchemaFault[] => {
        const missing = Object.entries(properties)
            .filter(([name, { required }]) => required && (object[name] === undefined || object[name] === null))
            .map(([name]) => ({ path: base + name, reason: `missing required property '${base}${name}'` }));
        const present = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
        const wrong = present.flatMap(([name, value]) => {
            const property = properties[name];
            if (property) return faultsOf(value, property, base + name);
            return [
                { path: base + name, reason: `'${base}${name}' is not a property of the API${hint(name, properties)}` },
            ];
        });
        return [...missing, ...wrong];
    };
    return objectFaults(inputs, resource.inputs, "");
}

function scalarFaults(value: unknown, property: PropertySchema, path: string): SchemaFault[] {
    if (typeof value !== property.type) return [wrongType(path, `a ${property.type}`, value)];
    const { values } = property;
    if (!values) return [];
    // Azure reads the values of open enumerations without regard to case; closed ones are checked by the provider.
    const allowed = values.some((item) => {
        return property.open ? String(item).toLowerCase() === String(value).toLowerCase() : item === value;
    });
    if (allowed) return [];
    return [{ path, reason: `'${path}' must be one of ${values.join(", ")}, got ${JSON.stringify(value)}` }];
}

function wrongType(path: string, wanted: string, value: unknown): SchemaFault {
    return { path, reason: `'${path}' must be ${wanted}, got ${JSON.stringify(value)}` };
}

function hint(name: string, properties: Readonly<Record<string, PropertySchema>>): string {
    const close = Object.keys(properties).find((other) => other.toLowerCase() === name.toLowerCase());
    return close === undefined ? "" : `; did you mean '${close}'?`;
}
