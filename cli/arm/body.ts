import { envelopeFields, nestedEnvelopes, nestedNames, resourceEnvelopes } from "../../facts/arm-envelopes";
import type { Paths } from "../../facts/arm-envelopes";
import { isObject, withValueAt } from "../../sandbox/azure/properties";
import type { Properties } from "../../sandbox/azure/resource-type";
import type { PropertySchema, Schema } from "../../sandbox/azure/schema";

/**
 * The request that Azure Resource Manager takes for azure-native's inputs, without those that are part of its path.
 * @throws Error naming the type when nothing is known of its request.
 */
export function armBody(schema: Schema, token: string, inputs: Properties): Properties {
    const paths = pathsOf(token);
    const shapes = schema.resources[token]?.inputs ?? {};
    return placed(schema, inputs, shapes, (name) => paths[name] ?? envelopePath(name));
}

/** Where an output of that type lies in what Azure answers, such as `properties.principalId`. */
export function outputPath(token: string, name: string): string {
    return pathsOf(token)[name] ?? envelopePath(name);
}

function pathsOf(token: string): Paths {
    const paths = resourceEnvelopes[token];
    if (paths) return paths;
    throw new Error(`nothing is known of the ARM request for "${token}"; add it to facts/arm-envelopes.ts`);
}

function envelopePath(name: string): string {
    return envelopeFields.has(name) ? name : `properties.${name}`;
}

function placed(
    schema: Schema,
    values: Properties,
    shapes: Readonly<Record<string, PropertySchema>>,
    pathOf: (name: string) => string,
): Properties {
    return Object.entries(values).reduce<Properties>((body, [name, value]) => {
        if (value === undefined || value === null) return body;
        return withValueAt(body, pathOf(name), nested(schema, name, value, shapes[name])) as Properties;
    }, {});
}

function nested(schema: Schema, name: string, value: unknown, shape: PropertySchema | undefined): unknown {
    // A set of ids, which azure-native takes as a list.
    if (name === "userAssignedIdentities" && Array.isArray(value)) {
        return Object.fromEntries(value.map((id) => [String(id), {}]));
    }
    if (Array.isArray(value)) return value.map((item: unknown) => nested(schema, "", item, shape?.items));
    if (!isObject(value)) return value;
    if (shape === undefined || shape.type === "any") return oneOfMany(value);
    if (shape.type === "map") {
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [key, nested(schema, key, inner, shape.items)]),
        );
    }
    if (shape.ref === undefined) return value;
    const type = shape.ref.replace(/Args$/, "");
    const names = nestedNames[type] ?? {};
    const hasEnvelope = nestedEnvelopes.has(type);
    return placed(schema, value, schema.types[shape.ref] ?? {}, (inner) => {
        return names[inner] ?? (hasEnvelope ? envelopePath(inner) : inner);
    });
}

/** One of several shapes: azure-native keeps what tells them apart under a name without a dot. */
function oneOfMany(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(oneOfMany);
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key === "odataType" ? "odata.type" : key, oneOfMany(inner)]),
    );
}
