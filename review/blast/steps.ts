import type { Preview, ResourceChange } from "../model/preview";
import { dependents, prerequisites, type Placed } from "../time/chain";

/** A resource's change in its place among the others. */
export interface Step extends Placed {
    change: ResourceChange;
}

/** A preview's resources with who hangs on whom, by what holds before the change and after it. */
export class Steps {
    readonly all: readonly Step[];
    /** Those that a provider makes. */
    readonly made: readonly Step[];
    /** What each one hangs on. */
    readonly before: (step: Step) => Step[];
    /** What hangs on each one. */
    readonly after: (step: Step) => Step[];

    constructor(preview: Preview) {
        this.all = preview.resources.map((change): Step => {
            const parent = (change.new ?? change.old)?.parent;
            const { urn, type, custom } = change;
            return { ...{ urn, type, custom, change }, ...(parent !== undefined && { parent }) };
        });
        this.made = this.all.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
        const byUrn = new Map(this.all.map((step) => [step.urn, step]));
        const prerequisitesOf = prerequisites(this.all, ({ parent, change }) => [
            ...[change.old, change.new].flatMap((side) => side?.dependencies ?? []),
            ...[change.old, change.new].flatMap((side) => side?.deletedWith ?? []),
            // Below a component it only stands; below a resource it lies in it.
            ...(parent !== undefined && byUrn.get(parent)?.custom === true ? [parent] : []),
        ]);
        const known = new Map<string, Step[]>();
        this.before = (step) => {
            const found = known.get(step.urn) ?? [...new Set(prerequisitesOf(step))];
            known.set(step.urn, found);
            return found;
        };
        this.after = dependents(this.made, this.before);
    }

    /** All that hang on a step, those that do so by themselves first. */
    hangingOn(step: Step): { step: Step; direct: boolean }[] {
        const direct = new Set(this.after(step));
        const found = new Set(direct);
        for (const each of found) for (const next of this.after(each)) if (next !== step) found.add(next);
        return [...found].map((each) => ({ step: each, direct: direct.has(each) }));
    }
}
