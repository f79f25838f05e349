import { isObject, same } from "./properties";
import type { Properties } from "./resource-type";

/** How one property differs between two sets of inputs. */
export interface PropertyDifference {
    kind: "add" | "update" | "delete";
    replace: boolean;
}

/**
 * Property by property differences between the inputs of the last write and the new ones, as azure-native finds them:
 * arrays element by element, an element that comes or goes never replaces, what lies below a replace key replaces on
 * update.
 * @param replaceKeys - Dotted paths with `[]` for elements.
 * @see https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/diff.go
 */
export function differences(
    oldInputs: Properties,
    newInputs: Properties,
    oldState: Properties,
    replaceKeys: ReadonlySet<string>,
): Map<string, PropertyDifference> {
    const found = new Map<string, PropertyDifference>();
    const compareObjects = (old: Properties, asked: Properties, base: string, key: string): void => {
        for (const name of new Set([...Object.keys(old), ...Object.keys(asked)])) {
            const [path, replaceKey] = [base + name, key + name];
            if (base === "" && isSameInSpiteOfSpelling(name, old[name], asked[name])) continue;
            const replace = replaceKeys.has(replaceKey);
            if (!(name in old)) found.set(path, { kind: "add", replace });
            else if (!(name in asked)) found.set(path, { kind: "delete", replace });
            else compare(old[name], asked[name], path, replaceKey);
        }
    };
    const compare = (old: unknown, asked: unknown, path: string, key: string): void => {
        if (Array.isArray(old) && Array.isArray(asked)) {
            for (let index = 0; index < Math.max(old.length, asked.length); index += 1) {
                const element = `${path}[${index}]`;
                if (index >= old.length) found.set(element, { kind: "add", replace: false });
                else if (index >= asked.length) found.set(element, { kind: "delete", replace: false });
                else compare(old[index], asked[index], element, `${key}[]`);
            }
        } else if (isObject(old) && isObject(asked)) {
            compareObjects(old, asked, `${path}.`, `${key}.`);
            if (replaceKeys.has(key)) replaceUpdatesBelow(path);
        } else if (!same(old, asked)) {
            found.set(path, { kind: "update", replace: replaceKeys.has(key) });
        }
    };
    const replaceUpdatesBelow = (path: string): void => {
        for (const [below, difference] of found) {
            if (below.startsWith(`${path}.`) && difference.kind === "update") difference.replace = true;
        }
    };
    compareObjects(oldInputs, newInputs, "", "");
    // An input that is given for the first time and says what Azure had filled in is no reason to replace.
    for (const [path, difference] of found) {
        const filledIn = path in oldState && same(oldState[path], newInputs[path]);
        if (difference.kind === "add" && difference.replace && filledIn) difference.replace = false;
    }
    return found;
}

/** Locations compare without case and spaces, group names without case. */
function isSameInSpiteOfSpelling(name: string, old: unknown, asked: unknown): boolean {
    if (typeof old !== "string" || typeof asked !== "string") return false;
    if (name === "location") return spelled(old) === spelled(asked);
    return name === "resourceGroupName" && old.toLowerCase() === asked.toLowerCase();
}

function spelled(location: string): string {
    return location.toLowerCase().replaceAll(" ", "");
}

/**
 * Inputs with what changed in Azure since the last write: the difference between the old and the new outputs, put on the
 * old inputs. What Azure defaults on its own is in both outputs, so it stays out.
 */
export function withDrift(inputs: Properties, oldOutputs: Properties, newOutputs: Properties): Properties {
    const result: Properties = {};
    for (const [name, value] of Object.entries(inputs)) {
        const gone = name in oldOutputs && !(name in newOutputs);
        if (!gone) result[name] = driftOf(value, oldOutputs[name], newOutputs[name]);
    }
    for (const [name, value] of Object.entries(newOutputs)) {
        if (!(name in inputs) && !same(oldOutputs[name], value)) result[name] = value;
    }
    return result;
}

function driftOf(value: unknown, old: unknown, now: unknown): unknown {
    if (same(old, now)) return value;
    if (isObject(value) && isObject(old) && isObject(now)) return withDrift(value, old, now);
    if (Array.isArray(value) && Array.isArray(old) && Array.isArray(now)) {
        const [values, olds] = [value as unknown[], old as unknown[]];
        return now.map((item: unknown, index) => {
            const known = index < values.length && index < olds.length;
            return known ? driftOf(values[index], olds[index], item) : item;
        });
    }
    return now;
}
