import { digestOf } from "../bundle/canonical";
import { isMap } from "../model/inputs";
import type { Preview, ResourceChange } from "../model/preview";
import { Secret, Unknown, type Value } from "../model/value";
import { noiseOf } from "./noise";

/** Something that is not as the state says, seen by reading every resource from Azure. */
export interface Finding {
    urn: string;
    type: string;
    name: string;
    /** The property; left out where the whole resource is gone. */
    path?: string;
    was?: Value;
    is?: Value;
    /** Of what is there now, for waivers; left out where it is gone, and where it is a secret that nobody may see. */
    hash?: string;
}

export interface Findings {
    found: readonly Finding[];
    /** What Azure moves by itself, with the reason why that is none. */
    noise: readonly { finding: Finding; reason: string }[];
}

/** @param refresh The preview of a refresh */
export function findingsOf(refresh: Preview): Findings {
    const all = refresh.resources
        .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
        .flatMap((change) => findingsIn(change).map((finding) => ({ finding, reason: noiseOf(finding, change) })));
    return {
        found: all.flatMap(({ finding, reason }) => (reason === undefined ? [finding] : [])),
        noise: all.flatMap(({ finding, reason }) => (reason === undefined ? [] : [{ finding, reason }])),
    };
}

function findingsIn({ urn, type, name, operation, changes }: ResourceChange): Finding[] {
    if (operation === "delete") return [{ urn, type, name }];
    return changes.map(({ path, old, new: is }) => {
        const hash = hashOf(is ?? null);
        return {
            ...{ urn, type, name, path },
            ...(old !== undefined && { was: old }),
            ...(is !== undefined && { is }),
            ...(hash !== undefined && { hash }),
        };
    });
}

/** Hash of a value as waivers name it: what is not set any more counts as null. */
export function hashOf(value: Value): string | undefined {
    const shown = hashable(value);
    return shown === undefined ? undefined : `sha256:${digestOf(shown)}`;
}

function hashable(value: Value): unknown {
    if (value instanceof Secret) return value.fingerprint === "" ? undefined : { secret: value.fingerprint };
    if (value instanceof Unknown) return undefined;
    if (Array.isArray(value)) {
        const items = (value as readonly Value[]).map(hashable);
        return items.includes(undefined) ? undefined : items;
    }
    if (!isMap(value)) return value;
    const fields = Object.entries(value).map(([key, inner]) => [key, hashable(inner)] as const);
    return fields.some(([, inner]) => inner === undefined) ? undefined : Object.fromEntries(fields);
}
