import { parentId, parseId } from "../../sandbox/azure/ids";
import { isObject } from "../../sandbox/azure/properties";
import type { Properties } from "../../sandbox/azure/resource-type";
import type { Schema } from "../../sandbox/azure/schema";
import { TypeTable } from "../../sandbox/azure/type-table";
import { azureTypes } from "../../sandbox/azure/types";
import type { ExportedResource } from "../export";
import { armBody, outputPath } from "./body";
import { dependency, idExpression, isGroup, quoted, Writer } from "./expressions";
import type { Parameters, Place, RuntimeValue } from "./expressions";

export interface ArmResource extends Properties {
    type: string;
    apiVersion: string;
    name: string;
    /** Of a resource that extends another: that one. */
    scope?: string;
    /** The program's name for it, and its group. */
    comments: string;
    dependsOn?: string[];
}

export interface ArmTemplate {
    $schema: string;
    contentVersion: string;
    metadata: { description: string };
    parameters: Parameters;
    resources: ArmResource[];
}

/** What a template is made from. */
export interface Exported extends Place {
    stack: string;
    resourcesAre: "deployed" | "planned";
    resources: readonly ExportedResource[];
    schema: Schema;
}

interface Known {
    resource: ExportedResource;
    id: string;
    inputs: Properties;
    outputs: Properties;
    apiVersion: string;
}

const types = new TypeTable(azureTypes);

/**
 * One ARM template of a stack's resources, for scanners that read templates: what azure-native sends. It is not made to
 * be deployed, as it holds groups and what lies in them alike.
 * @throws Error naming the resource when its type's request, its id or its API version is not known.
 */
export function armTemplate({ stack, resourcesAre, resources, schema, ...place }: Exported): ArmTemplate {
    const known = resources.map(knownOf);
    const runtime = runtimeValues(known, place);
    const writer = new Writer(place, new Map(known.map(({ id }) => [id.toLowerCase(), id])), runtime);
    const written = known.map((each): ArmResource => {
        const uses = new Set<string>();
        const above = writer.holder(parentId(each.id) ?? "");
        if (above !== undefined) uses.add(above);
        const body = armBody(schema, each.resource.type, withoutPath(each));
        const shown = writer.write(body, each.resource.name, uses) as Properties;
        uses.delete(each.id);
        const dependsOn = [...uses].map((id) => dependency(id, place)).sort();
        return { ...identityOf(each, place, runtime), ...shown, ...(dependsOn.length > 0 && { dependsOn }) };
    });
    const description =
        `Stack ${stack} as ${resourcesAre}, with the requests that azure-native ${schema.packageVersion} sends. ` +
        "For scanners: not to be deployed.";
    return {
        $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        contentVersion: "1.0.0.0",
        metadata: { description },
        parameters: writer.parameters,
        // The engine's order changes from run to run.
        resources: written.sort((left, right) => (key(left) < key(right) ? -1 : 1)),
    };
}

function key({ type, name, scope = "" }: ArmResource): string {
    return [type, name, scope].join("\n");
}

function knownOf(resource: ExportedResource): Known {
    const { id, inputs, outputs, urn } = resource;
    if (id === undefined) throw new Error(`the id of ${urn} is not known`);
    if (!isObject(inputs) || !isObject(outputs)) throw new Error(`${urn} has no properties`);
    const { azureApiVersion: apiVersion } = inputs;
    if (typeof apiVersion !== "string") throw new Error(`the API version of ${urn} is not known`);
    return { resource, id, inputs, outputs, apiVersion };
}

function withoutPath({ resource, inputs }: Known): Properties {
    const path = new Set(["azureApiVersion", ...types.parameters(resource.type)]);
    return Object.fromEntries(Object.entries(inputs).filter(([name]) => !path.has(name)));
}

/** How a template names a resource: `parent/child`; one that extends another has that one as its scope. */
function identityOf(
    { resource, id, inputs, apiVersion }: Known,
    place: Place,
    runtime: ReadonlyMap<string, RuntimeValue>,
): ArmResource {
    const type = types.armType(resource.type);
    const { resourceGroupName = "", parts = [] } = parseId(id) ?? {};
    const name = isGroup(id) ? resourceGroupName : parts.map(([, own]) => own).join("/");
    const inGroup = isGroup(id) || resourceGroupName === "" ? "" : `, in ${resourceGroupName}`;
    const common = { type, apiVersion, name, comments: `${resource.name}${inGroup}` };
    if (!extendsAnother(resource.type)) return common;
    const scope = idExpression(id.slice(0, id.toLowerCase().lastIndexOf("/providers/")), place);
    // A role assignment is named after its principal, which is known no sooner than the identity is there.
    const principal = typeof inputs.principalId === "string" ? runtime.get(inputs.principalId) : undefined;
    if (!principal) return { ...common, scope: `[${scope}]` };
    const role = String(inputs.roleDefinitionId).split("/").at(-1) ?? "";
    const drawnFrom = [scope, idExpression(principal.ownerId, place), quoted(role)].join(", ");
    return { ...common, name: `[guid(${drawnFrom})]`, scope: `[${scope}]` };
}

/** Is the type's path below a resource of any type? */
export function extendsAnother(token: string): boolean {
    return /^\/?\{\w+\}\/providers\//.test(types.get(token).path);
}

/** A GUID, a digest or an address, and no ARM id. */
const drawn = /^(?!\/)(.*[0-9a-f]{8}.*|\d+\.\d+\.\d+\.\d+)$/i;

interface Leaf {
    path: string;
    text: string;
}

/** What Azure itself draws: such texts in a resource's outputs that its inputs do not hold. */
function runtimeValues(known: readonly Known[], place: Place): Map<string, RuntimeValue> {
    const given = [place.subscriptionId, place.tenantId];
    const found = known.flatMap((each) => {
        const own = new Set([...leaves(each.inputs).map(({ text }) => text), ...given]);
        const theirs = leaves(each.outputs).filter(({ path, text }) => {
            return drawn.test(text) && !own.has(text) && /^[\w.[\]]+$/.test(path);
        });
        return theirs.map((leaf) => ({ ...leaf, each, depth: leaf.path.split(/[.[]/).length }));
    });
    // Others repeat it further down.
    found.sort((left, right) => right.depth - left.depth || (left.each.id < right.each.id ? 1 : -1));
    return new Map(
        found.map(({ text, path, each: { resource, id, apiVersion } }) => {
            const [name = "", ...rest] = path.split(/(?=[.[])/);
            const inAnswer = outputPath(resource.type, name) + rest.join("");
            const asked = `${idExpression(id, place)}, ${quoted(apiVersion)}`;
            const properties = "properties.";
            const expression = inAnswer.startsWith(properties)
                ? `reference(${asked}).${inAnswer.slice(properties.length)}`
                : `reference(${asked}, 'Full').${inAnswer}`;
            return [text, { ownerId: id, expression }];
        }),
    );
}

function leaves(value: unknown, path = ""): Leaf[] {
    if (typeof value === "string") return [{ path, text: value }];
    if (Array.isArray(value)) return value.flatMap((item: unknown, index) => leaves(item, `${path}[${index}]`));
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === "" ? name : `${path}.${name}`));
}
