import { isObject } from "../../azure/properties";
import { isUnknown } from "../../protocol/values";
import type { Values } from "../../protocol/values";

/** What says which type an object is of. */
export interface GroupVersionKind {
    /** "" for the core group. */
    group: string;
    version: string;
    kind: string;
}

export interface ManagedFields {
    manager: string;
    operation: "Apply" | "Update";
    fieldsV1?: Values;
}

export interface Metadata {
    name?: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    resourceVersion?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; kind: string; name: string }[];
    managedFields?: ManagedFields[];
}

/** An object as the API server has it. */
export interface KubeObject extends Values {
    apiVersion: string;
    kind: string;
    metadata: Metadata;
}

/** What the provider reads from an object's annotations. @see https://www.pulumi.com/registry/packages/kubernetes/ */
export const annotation = {
    autonamed: "pulumi.com/autonamed",
    skipAwait: "pulumi.com/skipAwait",
    waitFor: "pulumi.com/waitFor",
    timeoutSeconds: "pulumi.com/timeoutSeconds",
    patchForce: "pulumi.com/patchForce",
    patchFieldManager: "pulumi.com/patchFieldManager",
    deletionPropagationPolicy: "pulumi.com/deletionPropagationPolicy",
    replaceUnready: "pulumi.com/replaceUnready",
} as const;

/** The type of a token such as `kubernetes:apps/v1:Deployment` or, of a custom resource, `kubernetes:keda.sh/v1alpha1:ScaledJob`. */
export function typeOf(token: string): GroupVersionKind {
    const [, module = "", kind = ""] = token.split(":");
    const [group = "", version = ""] = module.split("/");
    return { group: group === "core" ? "" : group, version, kind };
}

export function apiVersionOf({ group, version }: GroupVersionKind): string {
    return group === "" ? version : `${group}/${version}`;
}

/** Is the type one that Kubernetes itself brings? Its objects come back in a canonical form. */
export function isBuiltIn({ group }: GroupVersionKind): boolean {
    return !group.includes(".") || (group.endsWith(".k8s.io") && !addOnGroups.has(group));
}

/** Groups of custom resources in Kubernetes' own domain. */
const addOnGroups = new Set(["gateway.networking.k8s.io", "kueue.x-k8s.io", "snapshot.storage.k8s.io"]);

/** The value at a path of keys; undefined where nothing is. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>((inner, key) => {
        if (Array.isArray(inner)) return inner[Number(key)] as unknown;
        return isObject(inner) ? inner[key] : undefined;
    }, value);
}

/** Objects in a list of an object, none when it is no list. */
export function listAt(value: unknown, ...path: readonly string[]): Values[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? found.filter(isObject) : [];
}

export function numberAt(value: unknown, ...path: readonly string[]): number {
    const found = at(value, ...path);
    return typeof found === "number" ? found : 0;
}

export function textAt(value: unknown, ...path: readonly string[]): string {
    const found = at(value, ...path);
    return typeof found === "string" ? found : "";
}

/** A copy with the value at a path put there, or removed when it is undefined. */
export function withAt(value: Values, [first, ...rest]: readonly string[], put: unknown): Values {
    if (first === undefined) return value;
    const below = value[first];
    const placed = rest.length === 0 ? put : withAt(isObject(below) ? below : {}, rest, put);
    if (placed !== undefined) return { ...value, [first]: placed };
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== first));
}

export function annotationOf(object: Values, name: string): string {
    const annotations = at(object, "metadata", "annotations");
    return isObject(annotations) ? textAt(annotations, name) : "";
}

export function nameOf(object: Values): string {
    return textAt(object, "metadata", "name");
}

export function namespaceOf(object: Values): string {
    return textAt(object, "metadata", "namespace");
}

/** `namespace/name`, or the name alone of what is in no namespace. */
export function idOf(object: Values): string {
    const namespace = namespaceOf(object);
    return namespace === "" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

export function placeOf(id: string): { namespace: string | undefined; name: string } {
    const [first = "", second] = id.split("/");
    return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

/** Does anything in it stay unknown until the update? */
export function hasUnknown(value: unknown): boolean {
    if (isUnknown(value)) return true;
    if (Array.isArray(value)) return value.some(hasUnknown);
    return isObject(value) && Object.values(value).some(hasUnknown);
}

/** The condition of that type, if the object tells of it. */
export function conditionOf(object: Values, type: string): Values | undefined {
    return listAt(object, "status", "conditions").find((condition) => condition.type === type);
}

export function isTrue(object: Values, type: string): boolean {
    return conditionOf(object, type)?.status === "True";
}
