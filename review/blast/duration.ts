import { durationOf } from "../../facts/durations";
import { chainOf, type Chain, type Link } from "../time/chain";
import type { Step, Steps } from "./steps";

/** How long a change takes on Azure, by the published durations along the longest chain; all else runs beside it. */
export interface ChangeTime {
    seconds: number;
    /** First to last, with what is done; deletions come after all else. */
    links: readonly (Link & { name: string; does: "create" | "update" | "replace" | "delete" })[];
}

const role = "azure-native:authorization:RoleAssignment";

/** @param propagationSeconds What the program gives a role that others wait for to take effect. */
export function durationOfChange(steps: Steps, propagationSeconds: number): ChangeTime {
    const made = chainOf(steps.made, steps.before, (step) => {
        const awaited = step.type === role && steps.after(step).length > 0 ? propagationSeconds : 0;
        return makingSeconds(step, awaited);
    });
    const gone = chainOf(steps.made, steps.after, deletingSeconds);
    const named = new Map(steps.made.map((step) => [step.urn, step.change.name]));
    const told = (
        chain: Chain,
        does: (step: Step) => "create" | "update" | "replace" | "delete",
    ): ChangeTime["links"] => {
        const byUrn = new Map(steps.made.map((step) => [step.urn, step]));
        return chain.links.flatMap((link) => {
            const step = byUrn.get(link.urn);
            return step === undefined || link.seconds === 0
                ? []
                : [{ ...link, name: named.get(link.urn) ?? "", does: does(step) }];
        });
    };
    return {
        seconds: made.seconds + gone.seconds,
        links: [
            ...told(made, ({ change: { operation } }) =>
                operation === "update" ? "update" : operation === "replace" ? "replace" : "create",
            ),
            ...told(gone, () => "delete"),
        ],
    };
}

/** What the engine does before it deletes anything that goes for good. */
function makingSeconds({ type, change: { operation, deletesFirst } }: Step, awaited: number): number {
    const { create, update, delete: deletion } = durationOf(type);
    switch (operation) {
        case "create":
            return create + awaited;
        case "update":
            return update;
        case "replace":
            return create + awaited + (deletesFirst ? deletion : 0);
        default:
            return 0;
    }
}

function deletingSeconds({ type, change: { operation, deletesFirst, old } }: Step): number {
    const goes = operation === "delete" || (operation === "replace" && !deletesFirst);
    return goes && old?.retainOnDelete !== true ? durationOf(type).delete : 0;
}
