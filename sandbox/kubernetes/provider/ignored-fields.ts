import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { keysOf } from "./difference";
import { at, withAt } from "./objects";
import type { KubeObject } from "./objects";

/**
 * What an update is to send for fields that the program ignores: nothing where another manager has them, else what is
 * live, so that the update takes them from nobody and gives none up. Fields inside of lists are sent as they are asked.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go, `handleSSAIgnoreFields`
 */
export function withIgnoredFields(
    inputs: Values,
    live: KubeObject,
    manager: string,
    ignoreChanges: readonly string[],
): Values {
    const managed = live.metadata.managedFields ?? [];
    const has = (isOurs: boolean, keys: readonly string[]): boolean =>
        managed.some((entry) => (entry.manager === manager) === isOurs && owns(entry.fieldsV1, keys));
    return ignoreChanges.reduce((object, path) => {
        const keys = keysOf(path);
        if (keys.some((_, depth) => Array.isArray(at(object, ...keys.slice(0, depth))))) return object;
        if (has(false, keys) && !has(true, keys)) return withAt(object, keys, undefined);
        const value = at(live, ...keys);
        return value === undefined ? object : withAt(object, keys, value);
    }, inputs);
}

/** @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
function owns(fields: Values | undefined, [key, ...rest]: readonly string[]): boolean {
    if (key === undefined) return true;
    const below = fields?.[`f:${key}`];
    return isObject(below) && owns(below, rest);
}
