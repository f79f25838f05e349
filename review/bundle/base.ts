import type { Preview, ResourceState } from "../model/preview";
import { digestOf } from "./canonical";
import { jsonOf, type Effect, type Json } from "./effects";

/** What a change stands on: the state, as far as anything is decided by it. */
export interface Base {
    /** Of all that the state holds, whatever its order and its times of writing. */
    digest: string;
    /** The same without what the change touches: it must hold at every moment of the change. */
    untouched: string;
}

/** What a preview was made from. */
export function baseOf({ resources }: Preview, effects: readonly Pick<Effect, "urn">[]): Base {
    const touched = new Set(effects.map(({ urn }) => urn));
    const held = resources
        .flatMap(({ urn, type, old }) => (old ? [{ urn, type, ...heldBy(old) }] : []))
        .sort((left, right) => (left.urn < right.urn ? -1 : 1));
    return { digest: digestOf(held), untouched: digestOf(held.filter(({ urn }) => !touched.has(urn))) };
}

function heldBy({ inputs, outputs, ...more }: ResourceState): Record<string, Json> {
    const {
        id = null,
        parent = null,
        provider = null,
        deletedWith = null,
        dependencies,
        protect,
        retainOnDelete,
    } = more;
    return {
        ...{ id, parent, provider, deletedWith, dependencies, protect, retainOnDelete },
        ...{ inputs: jsonOf(inputs), outputs: jsonOf(outputs) },
    };
}
