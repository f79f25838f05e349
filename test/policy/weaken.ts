import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../sandbox/azure/properties";
import { absent, type Hardened } from "./hardened";

/** A resource's inputs with one thing weakened. */
export interface Weakened {
    path: string;
    inputs: Record<string, unknown>;
    weak: unknown;
}

type Inputs = Record<string, unknown>;

/** Every way to weaken a property of a resource that is not weak already, in each element of each list on the way. */
export function weakened({ path, weak, only }: Hardened, inputs: Inputs): Weakened[] {
    if (only?.(inputs) === false) return [];
    const steps = [...path.matchAll(/\["([^"]*)"\]|\[(\*)\]|([^.[\]]+)/g)].map(
        ([, quoted, star, name]) => quoted ?? star ?? name ?? "",
    );
    const values = weak.map((value) => (value === absent ? undefined : value));
    return placesOf(inputs, steps)
        .filter((place) => !values.some((value) => isDeepStrictEqual(value, at(inputs, place))))
        .flatMap((place) =>
            values.map((value) => ({
                ...{ path: place.join("."), inputs: put(inputs, place, value) as Inputs, weak: value ?? "nothing" },
            })),
        );
}

function placesOf(value: unknown, [step, ...rest]: readonly string[]): string[][] {
    if (step === undefined) return [[]];
    const keys = step !== "*" ? [step] : Array.isArray(value) ? [...value.keys()].map(String) : [];
    return keys.flatMap((key) => placesOf(at(value, [key]), rest).map((deeper) => [key, ...deeper]));
}

const at = (value: unknown, place: readonly string[]): unknown =>
    place.reduce<unknown>(
        (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Inputs)[key] : undefined),
        value,
    );

function put(value: unknown, [key, ...rest]: readonly string[], wanted: unknown): unknown {
    if (key === undefined) return wanted;
    const inner = put(at(value, [key]), rest, wanted);
    if (Array.isArray(value)) return value.map((one: unknown, index) => (String(index) === key ? inner : one));
    const others = Object.entries(isObject(value) ? value : {}).filter(([name]) => name !== key);
    return Object.fromEntries(inner === undefined ? others : [...others, [key, inner]]);
}
