import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { isBuiltIn, withAt } from "./objects";
import type { GroupVersionKind } from "./objects";

/** What the API server alone writes. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
const readOnlyMetadata = [
    ...["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"],
    ...["resourceVersion", "uid"],
];

/** Objects below these keys hold quantities. */
const quantityMaps = new Set([
    ...["limits", "requests", "hard", "capacity", "overhead", "default", "defaultRequest", "max", "min"],
    ...["maxLimitRequestRatio", "podFixed"],
]);
const quantityKeys = new Set(["sizeLimit", "averageValue", "divisor"]);

/**
 * Inputs in the form that the API server gives them, as far as a comparison needs it: the SDK's names turned back,
 * read-only metadata left out, a Secret's `stringData` as `data`.
 */
export function normalInputs(type: GroupVersionKind, inputs: Values): Values {
    let object = turnedBack(inputs) as Values;
    for (const key of readOnlyMetadata) {
        if (isObject(object.metadata) && key in object.metadata) object = withAt(object, ["metadata", key], undefined);
    }
    return isSecret(type) ? withData(object) : object;
}

/** `x_kubernetes_int_or_string` of the SDK is `x-kubernetes-int-or-string` of the API. */
function turnedBack(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(turnedBack);
    if (!isObject(value)) return value;
    const renamed = (key: string): string => (key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [renamed(key), turnedBack(inner)]));
}

export function isSecret({ group, kind }: GroupVersionKind): boolean {
    return group === "" && kind === "Secret";
}

function withData(secret: Values): Values {
    const { stringData, data, ...rest } = secret;
    if (!isObject(stringData)) return secret;
    const encoded = Object.entries(stringData).map(([key, value]) => {
        return [key, typeof value === "string" ? Buffer.from(value).toString("base64") : value];
    });
    return { ...rest, data: { ...(isObject(data) && data), ...Object.fromEntries(encoded) } };
}

/** What is live, in the shape of the inputs: keys that the inputs do not have are the cluster's own. */
export function pruned(live: unknown, inputs: unknown): unknown {
    if (Array.isArray(live) && Array.isArray(inputs)) {
        return live.slice(0, inputs.length).map((item, index) => pruned(item, inputs[index]));
    }
    if (!isObject(live) || !isObject(inputs)) return live;
    const kept = Object.entries(live).filter(([key]) => key in inputs);
    return Object.fromEntries(kept.map(([key, value]) => [key, pruned(value, inputs[key])]));
}

/** Is it one value to the API server, though written in two ways? Those of custom resources are kept as they were written. */
export function isSameToServer(
    type: GroupVersionKind,
    path: readonly (string | number)[],
    live: unknown,
    asked: unknown,
): boolean {
    if (live === asked) return true;
    if (!isBuiltIn(type)) return false;
    if (live === undefined) return isEmpty(asked);
    if (!isQuantityAt(path)) return false;
    const [left, right] = [quantity(live), quantity(asked)];
    return left !== undefined && left === right;
}

/** Left out by the API server, as if it had not been said. */
function isEmpty(value: unknown): boolean {
    if (Array.isArray(value)) return value.length === 0;
    if (isObject(value)) return Object.values(value).every((inner) => isEmpty(inner));
    return value === "" || value === false || value === 0;
}

function isQuantityAt(path: readonly (string | number)[]): boolean {
    const [parent, key] = [path.at(-2), path.at(-1)];
    if (typeof parent === "string" && quantityMaps.has(parent)) return true;
    return typeof key === "string" && (quantityKeys.has(key) || (key === "value" && parent === "target"));
}

const suffixes: Readonly<Record<string, number>> = {
    ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function quantity(value: unknown): number | undefined {
    if (typeof value !== "string" && typeof value !== "number") return undefined;
    const [, digits, suffix] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(value)) ?? [];
    const factor = suffixes[suffix ?? " "];
    return digits === undefined || factor === undefined ? undefined : Number((Number(digits) * factor).toPrecision(12));
}
