import { isObject } from "../../azure/properties";
import { isUnknown } from "../../protocol/values";
import type { Values } from "../../protocol/values";
import type { KubeObject } from "../provider/objects";

/** Values that a chart is told: names of what may be set, `true` for whatever lies below, a list for each of its elements. */
export type KnownValues = true | readonly [KnownValues] | { readonly [name: string]: KnownValues };

/** Values by these names, whatever lies below them. */
export function whole<Name extends string>(...names: Name[]): Record<Name, true> {
    return Object.fromEntries(names.map((name) => [name, true])) as Record<Name, true>;
}

/** A release of a chart, as its templates see it. */
export interface ReleaseView {
    name: string;
    namespace: string;
    version: string;
    values: Values;
}

/**
 * What the sandbox knows of a chart. Nothing of the chart itself is in this project: `objects` makes those workloads that
 * it is known to make, so that scheduling, quotas and admission are real, and their pods do nothing. What a controller does,
 * the sandbox has its real program do beside the cluster (../controllers).
 */
export interface Chart {
    /** Name in the registry, the last part of its path. */
    name: string;
    /** The one version that the platform mirrors (facts/third-party.ts). */
    version: string;
    appVersion: string;
    /** Where what it makes and takes was read. */
    source: string;
    values: KnownValues;
    /** API groups of the custom resources that it brings (definitions.ts). */
    definitions: readonly string[];
    /** Are the definitions templates, which an uninstall takes away with all their objects? Those in `crds/` stay. */
    removesDefinitions: boolean;
    objects: (release: ReleaseView) => KubeObject[];
}

/** Paths of values that are not known, as the program writes them. */
export function unknownValues(known: KnownValues, given: unknown, path = ""): string[] {
    if (known === true || isUnknown(given) || given === undefined || given === null) return [];
    if (isElements(known)) {
        if (!Array.isArray(given)) return [];
        return given.flatMap((item, index) => unknownValues(known[0], item, `${path}[${index}]`));
    }
    if (!isObject(given)) return [];
    return Object.entries(given).flatMap(([name, value]) => {
        const [below, at] = [known[name], path === "" ? name : `${path}.${name}`];
        return below === undefined ? [at] : unknownValues(below, value, at);
    });
}

function isElements(known: KnownValues): known is readonly [KnownValues] {
    return Array.isArray(known);
}
