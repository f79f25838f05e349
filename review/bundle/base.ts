import type { Preview, ResourceChange } from "../model/preview";
import { digestOf } from "./canonical";
import { jsonOf, type Effect, type Json } from "./effects";

/** What a change stands on: the state, as far as anything is decided by it. */
export interface Base {
    /** Of all that the state holds, whatever its order and its times of writing. */
    digest: string;
    /** Of what is there in Azure and the change does not touch: it must hold at every moment of the change. */
    untouched: string;
}

/** What a preview was made from. */
export function baseOf({ resources }: Preview, effects: readonly Pick<Effect, "urn">[]): Base {
    const touched = new Set(effects.map(({ urn }) => urn));
    const there = resources.filter(({ old }) => old).sort((left, right) => (left.urn < right.urn ? -1 : 1));
    return {
        digest: digestOf(there.map(heldBy)),
        untouched: digestOf(there.filter(({ urn }) => !touched.has(urn)).map(foundAs)),
    };
}

/**
 * A resource as Azure has it. All else of one that stays the same, the engine writes anew from the program as the change goes on:
 * what it hangs on, its provider, what a component tells.
 */
function foundAs({ urn, type, custom, old }: ResourceChange): Json {
    return { urn, type, id: old?.id ?? null, outputs: custom && old ? jsonOf(old.outputs) : null };
}

function heldBy({ urn, type, old }: ResourceChange): Record<string, Json> {
    if (!old) return { urn, type };
    const {
        id = null,
        parent = null,
        provider = null,
        deletedWith = null,
        dependencies,
        protect,
        retainOnDelete,
    } = old;
    return {
        ...{ urn, type, id, parent, provider, deletedWith, dependencies, protect, retainOnDelete },
        ...{ inputs: jsonOf(old.inputs), outputs: jsonOf(old.outputs) },
    };
}
