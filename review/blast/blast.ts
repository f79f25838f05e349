import type { Operation, Preview } from "../model/preview";
import { dangersOf, type Danger } from "./dangers";
import { durationOfChange, type ChangeTime } from "./duration";
import { quotaChanges, type QuotaChange } from "./quota";
import { Steps } from "./steps";

/** What a change can break, how long it takes, and what it leaves of the quota. */
export interface Blast {
    /** Resources that a provider makes, by what happens to them. */
    counts: Readonly<Partial<Record<Operation, number>>>;
    /** Worst first. */
    dangers: readonly Danger[];
    duration: ChangeTime;
    /** What the stack needs of each quota; how much there is, `mlplatform quota` asks the subscription. */
    quota: readonly QuotaChange[];
}

/** What the program gives a role to take effect where config does not say (stacks/settings.ts). */
const defaultPropagationSeconds = 120;

/** @param propagationSeconds `mlplatform:rolePropagationSeconds` of the stack */
export function blastOf(preview: Preview, propagationSeconds = defaultPropagationSeconds): Blast {
    const steps = new Steps(preview);
    const counts: Partial<Record<Operation, number>> = {};
    for (const { change } of steps.made) counts[change.operation] = (counts[change.operation] ?? 0) + 1;
    return {
        counts,
        dangers: dangersOf(steps),
        duration: durationOfChange(steps, propagationSeconds),
        quota: quotaChanges(steps),
    };
}
