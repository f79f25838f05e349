import { dataClasses, heldData, type Held } from "../../facts/data-classes";
import type { Operation } from "../model/preview";
import { recoveryOf, type Recoverable } from "./recovery";
import type { Step, Steps } from "./steps";

/** Somebody who hangs on a resource that goes. */
export interface Dependant {
    urn: string;
    type: string;
    name: string;
    operation: Operation;
    /** Hangs on it by itself, and not by another one that does. */
    direct: boolean;
}

/** A replace or a delete of something that holds data, or that others hang on which do not go with it. */
export interface Danger {
    urn: string;
    type: string;
    name: string;
    operation: "replace" | "delete";
    /** Of a replacement: the old one is gone before the new one is there. */
    deletesFirst: boolean;
    /** Paths that force a replacement. */
    because: readonly string[];
    /** Left out where the program can make all of it again. */
    holds?: Pick<Held, "dataClass" | "what" | "source">;
    recovery?: Recoverable;
    /** The program protects it, so that the engine refuses. */
    protected: boolean;
    /** Those that hang on it by themselves first. */
    dependants: readonly Dependant[];
}

/** Those of its dependants that do not go with it. */
export const staying = ({ dependants }: Pick<Danger, "dependants">): Dependant[] =>
    dependants.filter(({ operation }) => operation !== "delete");

/** All dangers of a preview: what holds data first, and in it what cannot be had back; then by how much hangs on it. */
export function dangersOf(steps: Steps): Danger[] {
    return steps.made
        .flatMap((step) => {
            const { operation } = step.change;
            return operation === "replace" || operation === "delete" ? [dangerOf(step, operation, steps)] : [];
        })
        .filter((danger) => danger.holds !== undefined || staying(danger).length > 0)
        .sort(worstFirst);
}

function dangerOf(step: Step, operation: Danger["operation"], steps: Steps): Danger {
    const { urn, type, name, deletesFirst, changes, old } = step.change;
    const held = heldData[type];
    const recovery = recoveryOf(step, steps);
    return {
        ...{ urn, type, name, operation, deletesFirst, protected: old?.protect ?? false },
        because: changes.filter(({ replaces }) => replaces).map(({ path }) => path),
        ...(held && { holds: { dataClass: held.dataClass, what: held.what, source: held.source } }),
        ...(recovery && { recovery }),
        dependants: steps.hangingOn(step).map(({ step: { change }, direct }) => {
            return { urn: change.urn, type: change.type, name: change.name, operation: change.operation, direct };
        }),
    };
}

const chances: readonly Recoverable["possible"][] = ["no", "unknown", "partly", "yes"];

function worstFirst(left: Danger, right: Danger): number {
    const rank = ({ holds, recovery, dependants }: Danger): number[] => [
        holds ? chances.indexOf(recovery?.possible ?? "unknown") : chances.length,
        holds ? dataClasses.indexOf(holds.dataClass) : dataClasses.length,
        -dependants.length,
    ];
    const [a, b] = [rank(left), rank(right)];
    const differs = a.map((each, index) => each - (b[index] ?? 0)).find((each) => each !== 0);
    return differs ?? (left.urn < right.urn ? -1 : left.urn > right.urn ? 1 : 0);
}
