import { isObject } from "../../azure/properties";
import type { Difference, DifferenceKind } from "../../protocol/package-backend";
import { isUnknown } from "../../protocol/values";
import type { Values } from "../../protocol/values";
import { isSameToServer, isSecret, normalInputs, pruned } from "./normal-form";
import { withAt } from "./objects";
import type { GroupVersionKind } from "./objects";
import { isReplacing } from "./replacement";

type Path = readonly (string | number)[];

export interface Compared {
    type: GroupVersionKind;
    isNamespaced: boolean;
    oldInputs: Values;
    /** The object as it was last read. */
    live: Values;
    news: Values;
    /** Paths whose change replaces, as lists of keys. */
    replacePaths: readonly (readonly string[])[];
    /** Property paths that the program ignores. */
    ignoreChanges: readonly string[];
}

/**
 * What differs between the object and the new inputs, where either set of inputs says something: fields that are the
 * cluster's own never do.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go, `Diff`
 */
export function differences(compared: Compared): Map<string, Difference> {
    const { type, isNamespaced, live, replacePaths, ignoreChanges } = compared;
    const inNamespace = (object: Values): Values => withNamespace(object, isNamespaced);
    const news = inNamespace(normalInputs(type, compared.news));
    const old = inNamespace(pruned(live, normalInputs(type, compared.oldInputs)) as Values);
    const found = new Map<string, Difference>();
    const ignored = ignoreChanges.map(keysOf);
    const spoken = isSecret(type) && isObject(compared.news.stringData) ? "stringData" : undefined;
    const add = (path: Path, kind: DifferenceKind, value: unknown): void => {
        if (ignored.some((ignore) => ignore.every((key, index) => String(path[index]) === key))) return;
        const isWhole = kind === "delete" && path.length === 1 && path[0] === "metadata";
        const replace = isWhole || isReplacing(path, value, replacePaths);
        const shown = spoken !== undefined && path[0] === "data" ? [spoken, ...path.slice(1)] : path;
        found.set(textOf(shown), { kind, replace });
    };
    const compare = (before: unknown, after: unknown, path: Path): void => {
        if (isUnknown(after)) {
            add(path, before === undefined ? "add" : "update", after);
        } else if (Array.isArray(before) && Array.isArray(after)) {
            for (let index = 0; index < Math.max(before.length, after.length); index += 1)
                compare(before[index], after[index], [...path, index]);
        } else if (isObject(before) && isObject(after)) {
            for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
                compare(before[key], after[key], [...path, key]);
        } else if (!isSameToServer(type, path, before, after)) {
            if (after === undefined) add(path, "delete", before);
            else add(path, before === undefined ? "add" : "update", after);
        }
    };
    compare(old, news, []);
    return found;
}

/** Who says no namespace means `default`; what lies in none has none. */
function withNamespace(object: Values, isNamespaced: boolean): Values {
    const { metadata } = object;
    const given = isObject(metadata) ? metadata.namespace : undefined;
    const namespace = isNamespaced ? (given ?? "default") : undefined;
    return namespace === given ? object : withAt(object, ["metadata", "namespace"], namespace);
}

/** Keys of a property path as the program writes it: `spec.replicas`, `metadata.annotations["a.b/c"]`, `spec.rules[0]`. */
export function keysOf(path: string): string[] {
    const found = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
    return [...found].map(([, quoted, index, plain]) => quoted?.replaceAll('\\"', '"') ?? index ?? plain ?? "");
}

function textOf(path: Path): string {
    return path.reduce<string>((text, key) => {
        if (typeof key === "number") return `${text}[${key}]`;
        if (/[."[\]]/.test(key)) return `${text}["${key.replaceAll('"', '\\"')}"]`;
        return text === "" ? key : `${text}.${key}`;
    }, "");
}
