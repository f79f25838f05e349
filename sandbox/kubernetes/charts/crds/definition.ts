import type { Values } from "../../../protocol/values";
import type { KubeObject } from "../../provider/objects";

/** A property's shape, as OpenAPI has it. */
export type Shape = Values;

export const text: Shape = { type: "string" };
export const flag: Shape = { type: "boolean" };
export const integer: Shape = { type: "integer" };
export const number: Shape = { type: "number" };
/** A whole number or a text, such as a port or a quantity. */
export const either: Shape = { "x-kubernetes-int-or-string": true };
/** Whatever it is: a part that belongs to another API, or that this project does not write. */
export const anything: Shape = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export function choice(...values: string[]): Shape {
    return { type: "string", enum: values };
}

export function list(items: Shape): Shape {
    return { type: "array", items };
}

/** A list whose elements are told apart by these keys, so that several may own them. */
export function listBy(keys: string[], items: Shape): Shape {
    return { ...list(items), "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}

export function mapOf(values: Shape): Shape {
    return { type: "object", additionalProperties: values };
}

/** An object of these properties; a name that ends in `!` is required. */
export function object(properties: Record<string, Shape>): Shape {
    const names = Object.keys(properties);
    const required = names.filter((name) => name.endsWith("!")).map((name) => name.slice(0, -1));
    const shapes = Object.fromEntries(
        Object.entries(properties).map(([name, shape]) => [name.replace(/!$/, ""), shape]),
    );
    return { type: "object", properties: shapes, ...(required.length > 0 && { required }) };
}

export const labelSelector: Shape = object({
    matchLabels: mapOf(text),
    matchExpressions: list(object({ "key!": text, "operator!": text, values: list(text) })),
});

export interface DefinitionArgs {
    group: string;
    /** The one stored; each is served alike. */
    versions: readonly [string, ...string[]];
    kind: string;
    /** @default the kind in lower case and an s */
    plural?: string;
    scope?: "Namespaced" | "Cluster";
    /** Of `spec`. */
    spec?: Shape;
    /** Instead of `spec`, of the object itself. */
    properties?: Record<string, Shape>;
    /** Path of the replicas in `spec` and `status`, for autoscalers. */
    scale?: { specReplicasPath: string; statusReplicasPath: string };
    /** For kinds below Kubernetes' own domain, the page that approves it. */
    approval?: string;
}

/** A custom resource definition with the fields that this project may set. Controllers write any status. */
export function definition(args: DefinitionArgs): KubeObject {
    const { group, versions, kind, scope = "Namespaced", spec = anything, scale, approval } = args;
    const plural = args.plural ?? `${kind.toLowerCase()}s`;
    const properties = args.properties ?? { spec, status: anything };
    const openAPIV3Schema = {
        type: "object",
        properties: { apiVersion: text, kind: text, metadata: { type: "object" }, ...properties },
    };
    const annotations: Record<string, string> =
        approval === undefined ? {} : { "api-approved.kubernetes.io": approval };
    return {
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
        metadata: { name: `${plural}.${group}`, annotations },
        spec: {
            ...{ group, scope },
            names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
            versions: versions.map((name, index) => ({
                ...{ name, served: true, storage: index === 0, schema: { openAPIV3Schema } },
                subresources: { ...("status" in properties && { status: {} }), ...(scale && { scale }) },
            })),
        },
    };
}
