import { publicAddressQuota, quotaNeeds, type MachineNeed } from "../../facts/vm-quota";
import { mapsAt, numberAt, textAt } from "../model/inputs";
import type { ResourceState } from "../model/preview";
import type { ValueMap } from "../model/value";
import type { Step, Steps } from "./steps";

/** What the stack asks of one quota, before the change and after it. */
export interface QuotaChange {
    /** By the name that `az vm list-usage` or `az network list-usages` shows. */
    quota: string;
    /** What must be there for the update to end well, and what it can grow to. */
    before: { least: number; most: number };
    after: { least: number; most: number };
}

const agentPool = "azure-native:containerservice:AgentPool";
const cluster = "azure-native:containerservice:ManagedCluster";
const scaleSet = "azure-native:compute:VirtualMachineScaleSet";
const publicAddress = "azure-native:network:PublicIPAddress";

/** Quotas that the stack needs anything of, by name. */
export function quotaChanges(steps: Steps): QuotaChange[] {
    const sides = [
        needsOf(steps.made, ({ change }) => change.old),
        needsOf(steps.made, ({ change }) => (change.operation === "forget" ? change.old : change.new)),
    ] as const;
    const names = [...new Set(sides.flatMap((side) => [...side.keys()]))].sort((a, b) => (a < b ? -1 : 1));
    const none = { least: 0, most: 0 };
    return names.map((quota) => ({
        quota,
        before: sides[0].get(quota) ?? none,
        after: sides[1].get(quota) ?? none,
    }));
}

function needsOf(
    steps: readonly Step[],
    side: (step: Step) => ResourceState | undefined,
): Map<string, { least: number; most: number }> {
    const there = steps.flatMap((step) => {
        const state = side(step);
        return state ? [{ type: step.type, name: step.change.name, inputs: state.inputs }] : [];
    });
    const needs = quotaNeeds(there.flatMap(machineNeedsOf));
    const addresses = there.filter(
        ({ type, inputs }) => type === publicAddress && textAt(inputs, "sku.name") === "Standard",
    );
    return new Map([
        ...needs.map(({ family, least, most }) => [family, { least, most }] as const),
        ...(addresses.length > 0
            ? [[publicAddressQuota, { least: addresses.length, most: addresses.length }] as const]
            : []),
    ]);
}

/** Machines that a resource asks for. */
export function machineNeedsOf({
    type,
    name,
    inputs,
}: {
    type: string;
    name: string;
    inputs: ValueMap;
}): MachineNeed[] {
    if (type === agentPool) return [poolNeed(name, inputs)];
    if (type === cluster) return mapsAt(inputs, "agentPoolProfiles").map((pool) => poolNeed(name, pool));
    if (type !== scaleSet) return [];
    const capacity = numberAt(inputs, "sku.capacity") ?? 0;
    const vmSize = textAt(inputs, "sku.name") ?? "";
    // One without machines of its own gets them from whoever scales it: at least one.
    return [{ ...{ what: name, vmSize, zones: [], spot: false }, least: capacity, most: Math.max(1, capacity) }];
}

function poolNeed(what: string, inputs: ValueMap): MachineNeed {
    const count = numberAt(inputs, "count") ?? 0;
    const scales = inputs.enableAutoScaling === true;
    const [least, most] = scales
        ? [numberAt(inputs, "minCount") ?? 0, numberAt(inputs, "maxCount") ?? 0]
        : [count, count];
    return {
        ...{ what, vmSize: textAt(inputs, "vmSize") ?? "", zones: [], spot: inputs.scaleSetPriority === "Spot" },
        ...{ least, most: most + surge(textAt(inputs, "upgradeSettings.maxSurge"), most) },
    };
}

/** Machines beyond the most that an upgrade takes: a number of them, or a part of the pool, rounded up. */
function surge(text: string | undefined, most: number): number {
    const [, figure = "0", percent] = /^(\d+)(%?)$/.exec(text ?? "") ?? [];
    return percent === "%" ? Math.ceil((most * Number(figure)) / 100) : Number(figure);
}
