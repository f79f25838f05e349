import { heldData } from "../../facts/data-classes";
import { softDeletes } from "../../facts/soft-delete";
import { holds, numberAt } from "../model/inputs";
import type { ValueMap } from "../model/value";
import type { Step, Steps } from "./steps";

/** Whether what a resource held can be had back. */
export interface Recoverable {
    /** `partly`: from elsewhere, or what others have added is gone; `unknown`: what decides it is not in the preview. */
    possible: "yes" | "partly" | "no" | "unknown";
    /** Days that are left for it, where Azure keeps it. */
    days?: number;
    how: string;
    /** Roughly, once somebody has begun; left out where that hangs on how much it is. */
    seconds?: number;
}

/** Of a resource that goes, by what the state holds of it; undefined where it holds nothing. */
export function recoveryOf(step: Step, steps: Steps): Recoverable | undefined {
    const held = heldData[step.type];
    const old = step.change.old;
    if (held === undefined || old === undefined) return undefined;
    if (old.retainOnDelete) return { possible: "yes", how: "it stays in Azure; only the state forgets it" };
    const { from, how, seconds } = held.recovery;
    const said = { how, ...(seconds !== undefined && { seconds }) };
    switch (from) {
        case "kept":
            return keptFor(softDeleteDays(step.type, old.inputs), said);
        case "kept by its vault":
            return keptFor(
                daysOf(steps, step, vault, (inputs) => softDeleteDays(vault, inputs)),
                said,
            );
        case "kept by its account":
            return keptFor(containerDays(step, steps), said);
        case "elsewhere":
            return { possible: "partly", ...said };
        case "nowhere":
            return { possible: "no", ...said };
    }
}

const vault = "azure-native:keyvault:Vault";
const account = "azure-native:storage:StorageAccount";
const blobServices = "azure-native:storage:BlobServiceProperties";

function keptFor(days: number | undefined, said: Pick<Recoverable, "how" | "seconds">): Recoverable {
    if (days === undefined) return { possible: "unknown", ...said };
    return days > 0
        ? { possible: "yes", days, ...said }
        : { possible: "no", how: "soft delete is off: it is gone at once" };
}

/** Days that Azure keeps a deleted one of that type. */
function softDeleteDays(type: string, inputs: ValueMap): number | undefined {
    const rule = softDeletes[type];
    if (rule === undefined) return 0;
    return typeof rule.days === "number" ? rule.days : numberAt(inputs, rule.days.path);
}

/** What the resource of that type says that a step hangs on. */
function daysOf(
    steps: Steps,
    step: Step,
    type: string,
    read: (inputs: ValueMap) => number | undefined,
): number | undefined {
    const inputs = steps.before(step).find((each) => each.type === type)?.change.old?.inputs;
    return inputs && read(inputs);
}

/** Containers are kept as their account's blob service says, which is a resource of its own. */
function containerDays(step: Step, steps: Steps): number | undefined {
    const own = steps.before(step).find(({ type }) => type === account);
    const service = own && steps.after(own).find(({ type }) => type === blobServices);
    const inputs = service?.change.old?.inputs;
    if (inputs === undefined) return undefined;
    const policy = "containerDeleteRetentionPolicy";
    if (holds(inputs, `${policy}.enabled`, (value) => value === true) !== true) return 0;
    return numberAt(inputs, `${policy}.days`);
}
