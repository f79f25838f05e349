import { nestedEnvelopes, nestedNames } from "../../../facts/arm-envelopes";
import { outputPath } from "../../../cli/arm/body";
import { extendsAnother } from "../../../cli/arm/template";
import type { ArmResource, ArmTemplate } from "../../../cli/arm/template";
import { isObject, valueAt, withValueAt } from "../../../sandbox/azure/properties";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { schemaFaults } from "../../../sandbox/azure/schema";
import type { PropertySchema, Schema } from "../../../sandbox/azure/schema";
import { TypeTable } from "../../../sandbox/azure/type-table";
import { azureTypes } from "../../../sandbox/azure/types";

const types = new TypeTable(azureTypes);
const tokens = new Map(azureTypes.map(({ token }) => [types.armType(token), token]));

/** Everything that is wrong with a template's structure. */
export function templateFaults(template: ArmTemplate, schema: Schema): string[] {
    const { resources } = template;
    const names = resources.map(({ type, name, scope = "" }) => `${type} ${name} ${scope}`);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return [
        ...twice.map((name) => `${name} is there twice`),
        ...resources.flatMap((resource) => resourceFaults(resource, schema)),
        ...dependencyFaults(resources),
        ...parameterFaults(template),
    ];
}

function resourceFaults(resource: ArmResource, schema: Schema): string[] {
    const { type, apiVersion, name, scope, comments, dependsOn, ...body } = resource;
    const token = tokens.get(type);
    const says = (faults: string[]): string[] => faults.map((fault) => `${type} ${name}: ${fault}`);
    if (token === undefined) return says(["no such type"]);
    // `Provider/parent/child` has a name with as many parts as it has types.
    const parts = name.startsWith("[") ? 1 : name.split("/").length;
    const { inputs = {}, apiVersion: expected } = schema.resources[token] ?? {};
    const read = readBack(schema, body, inputs, (input) => outputPath(token, input));
    const path = types.parameters(token);
    const missing = schemaFaults(schema, token, read.values, isExpression).filter(
        (fault) => !path.includes(fault.path),
    );
    return says([
        ...(/^20\d\d-\d\d-\d\d(-preview)?$/.test(apiVersion) ? [] : [`API version ${apiVersion}`]),
        ...(apiVersion === expected ? [] : [`API version ${apiVersion} is not azure-native's ${expected ?? "none"}`]),
        ...(parts === type.split("/").length - 1 ? [] : ["the name has not as many parts as the type"]),
        ...((scope === undefined) === extendsAnother(token) ? ["scope"] : []),
        ...(comments === "" ? ["no comments"] : []),
        ...(dependsOn?.length === 0 ? ["empty dependsOn"] : []),
        ...missing.map(({ reason }) => reason),
        ...read.strange.map((strange) => `${strange} is no input of azure-native's`),
    ]);
}

const isExpression = (value: unknown): boolean => typeof value === "string" && /^\[[^[]/.test(value);

interface Read {
    values: Properties;
    /** Paths that no input accounts for. */
    strange: string[];
}

/** The inputs that a request body was made from: the way back, from the shapes alone. */
function readBack(
    schema: Schema,
    body: Properties,
    shapes: Readonly<Record<string, PropertySchema>>,
    pathOf: (name: string) => string,
): Read {
    let rest: unknown = body;
    const strange: string[] = [];
    const values = Object.entries(shapes).flatMap(([name, shape]): [string, unknown][] => {
        const path = pathOf(name);
        const value = valueAt(body, path);
        if (value === undefined) return [];
        rest = withoutValueAt(rest, path);
        const inner = readValue(schema, value, shape);
        strange.push(...inner.strange.map((more) => `${path}.${more}`));
        return [[name, inner.value]];
    });
    return { values: Object.fromEntries(values), strange: [...strange, ...leftOver(rest)] };
}

function readValue(schema: Schema, value: unknown, shape: PropertySchema): { value: unknown; strange: string[] } {
    if (shape.type === "array" && isObject(value)) return { value: Object.keys(value), strange: [] };
    if (Array.isArray(value)) {
        const items = value.map((item: unknown) => (shape.items ? readValue(schema, item, shape.items) : plain(item)));
        return { value: items.map((item) => item.value), strange: items.flatMap(({ strange }) => strange) };
    }
    const shapes = schema.types[shape.ref ?? ""];
    if (!isObject(value) || shapes === undefined) return plain(value);
    const type = (shape.ref ?? "").replace(/Args$/, "");
    const beside = ["id", "name", "type", "etag", "location", "tags", "sku", "zones", "extendedLocation"];
    const read = readBack(schema, value, shapes, (name) => {
        const own = nestedNames[type]?.[name];
        if (own !== undefined) return own;
        return nestedEnvelopes.has(type) && !beside.includes(name) ? `properties.${name}` : name;
    });
    return { value: read.values, strange: read.strange };
}

/** Takes the value away, and what is empty without it. */
function withoutValueAt(value: unknown, path: string): unknown {
    const without = withValueAt(value, path, undefined);
    const parent = path.split(".").slice(0, -1).join(".");
    const left = parent === "" ? undefined : valueAt(without, parent);
    return isObject(left) && Object.keys(left).length === 0 ? withoutValueAt(without, parent) : without;
}

const plain = (value: unknown): { value: unknown; strange: string[] } => ({ value, strange: [] });

function leftOver(value: unknown, path = ""): string[] {
    if (!isObject(value) || (path !== "" && Object.keys(value).length === 0)) return [path];
    return Object.entries(value).flatMap(([key, inner]) => leftOver(inner, path === "" ? key : `${path}.${key}`));
}

/** As ARM writes a resource's id. */
function idOf({ type, name, scope, comments }: ArmResource): string {
    const names = [type, ...name.split("/")].map((part) => `'${part}'`).join(", ");
    if (type === "Microsoft.Resources/resourceGroups") return `[subscriptionResourceId(${names})]`;
    if (scope !== undefined) return `[extensionResourceId(${scope.slice(1, -1)}, ${names})]`;
    return `[resourceId('${comments.split(", in ")[1] ?? ""}', ${names})]`;
}

function dependencyFaults(resources: readonly ArmResource[]): string[] {
    const byId = new Map(resources.map((resource) => [idOf(resource), resource]));
    const faults: string[] = [];
    const done = new Set<ArmResource>();
    const visit = (resource: ArmResource, above: readonly ArmResource[]): void => {
        if (above.includes(resource)) faults.push(`${resource.type} ${resource.name} waits for itself`);
        if (above.includes(resource) || done.has(resource)) return;
        for (const id of resource.dependsOn ?? []) {
            const needed = byId.get(id);
            if (needed) visit(needed, [...above, resource]);
            else faults.push(`${resource.type} ${resource.name} waits for ${id}, which is not there`);
        }
        done.add(resource);
    };
    for (const resource of resources) visit(resource, []);
    return faults;
}

function parameterFaults({ parameters, resources }: ArmTemplate): string[] {
    const used = new Set([...JSON.stringify(resources).matchAll(/parameters\('(\w+)'\)/g)].map(([, name]) => name));
    const declared = Object.keys(parameters);
    return [
        ...[...used].filter((name) => !declared.includes(name ?? "")).map((name) => `no parameter ${name ?? ""}`),
        ...declared.filter((name) => !used.has(name)).map((name) => `parameter ${name} is not used`),
    ];
}
