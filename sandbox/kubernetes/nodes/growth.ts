import type { V1Pod } from "@kubernetes/client-node";
import type { NodePool } from "./description";
import { misfit, placeNamed, used, type Place } from "./fit";
import { createdAt } from "./pod-kinds";

/** A pool that the autoscaler may grow. */
export interface GrowingPool {
    pool: NodePool;
    /** Machines that it has, those that are starting too. */
    count: number;
    /** What its next machines would be, in the order of the zones that they would come in. */
    next: (index: number) => Omit<Place, "name">;
    /** Machines that the quota still lets it have. */
    quotaLeft: number;
    /** It failed to grow a moment ago. */
    backingOff: boolean;
}

/** What the autoscaler makes of the pods that have no place. */
export interface Growth {
    /** At most one pool at a time, as the autoscaler does it. */
    grow?: { pool: string; machines: number; pods: V1Pod[] };
    /** Pods that a pool would be grown for if its quota let it, with the machines that they would take. */
    short: { pool: string; machines: number; pods: V1Pod[] }[];
    /** Pods that nothing helps, each with the reasons and the number of pools that they hold for. */
    helpless: { pod: V1Pod; reasons: ReadonlyMap<string, number> }[];
    /** Places that pods without one are counted on to go to, by the places' names. */
    expected: ReadonlySet<string>;
}

/** `most-pods` and `priority` are played as `random`. */
export type Expander = "random" | "least-waste";

interface Option {
    growing: GrowingPool;
    machines: number;
    pods: V1Pod[];
    waste: number;
}

/**
 * One look of the autoscaler. Pods that fit a place that is there or coming wait for it; for the others, each pool is
 * tried, and the expander picks among those that help. `least-waste` takes the pool with the least CPU and memory left
 * over; all others pick any, here by `pick`.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md (what are expanders)
 * @see https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview (AKS's default is random)
 */
export function planGrowth(
    pending: readonly V1Pod[],
    places: readonly Place[],
    pools: readonly GrowingPool[],
    expander: Expander,
    pick: (count: number) => number,
): Growth {
    const world = places.map((place) => placeCopy(place));
    const expected = new Set<string>();
    const unplaced: V1Pod[] = [];
    for (const pod of [...pending].sort(byPriority)) {
        const place = world.find((each) => misfit(pod, each, world) === undefined);
        if (place) {
            place.pods.push(pod);
            expected.add(place.name);
        } else unplaced.push(pod);
    }
    const options = pools.flatMap((growing) => {
        const room = growing.backingOff ? 0 : growing.pool.maxCount - growing.count;
        return optionOf(growing, unplaced, world, room);
    });
    const affordable = options.flatMap((option) => {
        const room = Math.min(option.growing.pool.maxCount - option.growing.count, option.growing.quotaLeft);
        return option.machines <= room ? [option] : optionOf(option.growing, unplaced, world, room);
    });
    const chosen = expander === "least-waste" ? leastWaste(affordable) : affordable[pick(affordable.length)];
    const helped = new Set(affordable.flatMap(({ pods }) => pods));
    const short = options.flatMap(({ growing, machines, pods }) => {
        const left = pods.filter((pod) => !helped.has(pod));
        return left.length > 0 ? [{ pool: growing.pool.name, machines, pods: left }] : [];
    });
    const starved = new Set(short.flatMap(({ pods }) => pods));
    return {
        ...(chosen && {
            grow: { pool: chosen.growing.pool.name, machines: chosen.machines, pods: chosen.pods },
        }),
        short,
        helpless: unplaced
            .filter((pod) => !helped.has(pod) && !starved.has(pod))
            .flatMap((pod) => {
                const reasons = pools.map((growing) => reasonAgainst(pod, growing, world));
                // A pool that has none lacks room by what it grows now: the next look tells.
                return reasons.every((reason) => reason !== undefined) ? [{ pod, reasons: counted(reasons) }] : [];
            }),
        expected,
    };
}

const placeCopy = (place: Place): Place => ({ ...place, pods: [...place.pods] });

/** The more important first, then the older. */
function byPriority(a: V1Pod, b: V1Pod): number {
    const important = (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0);
    return important || createdAt(a) - createdAt(b);
}

/** What the pool does for the pods with that many machines at most; nothing when it helps none. */
function optionOf(growing: GrowingPool, pods: readonly V1Pod[], world: readonly Place[], room: number): Option[] {
    const added: Place[] = [];
    const helped: V1Pod[] = [];
    const all = world.map(placeCopy);
    for (const pod of pods) {
        let place = added.find((each) => misfit(pod, each, all) === undefined);
        if (!place && added.length < room) {
            const machine = placeNamed(`${growing.pool.name}+${added.length}`, growing.next(added.length));
            if (misfit(pod, machine, [...all, machine]) !== undefined) continue;
            added.push(machine);
            all.push(machine);
            place = machine;
        }
        if (!place) continue;
        place.pods.push(pod);
        helped.push(pod);
    }
    if (helped.length === 0) return [];
    return [{ growing, machines: added.length, pods: helped, waste: wasteOf(added) }];
}

/** Mean share of CPU and memory that would be left over. */
function wasteOf(added: readonly Place[]): number {
    const share = (resource: string): number => {
        const total = added.reduce((sum, { allocatable }) => sum + (allocatable[resource] ?? 0), 0);
        const taken = added.reduce((sum, place) => sum + (used(place)[resource] ?? 0), 0);
        return total === 0 ? 0 : 1 - taken / total;
    };
    return (share("cpu") + share("memory")) / 2;
}

const leastWaste = (options: readonly Option[]): Option | undefined =>
    [...options].sort((a, b) => a.waste - b.waste || a.growing.pool.name.localeCompare(b.growing.pool.name))[0];

/** Why the pool would not grow for the pod. */
function reasonAgainst(pod: V1Pod, growing: GrowingPool, world: readonly Place[]): string | undefined {
    const machine = placeNamed(`${growing.pool.name}+0`, growing.next(0));
    const full = growing.count >= growing.pool.maxCount ? "max node group size reached" : undefined;
    const backoff = growing.backingOff ? "in backoff after failed scale-up" : undefined;
    return misfit(pod, machine, [...world, machine]) ?? backoff ?? full;
}

function counted(reasons: readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
}

/** How much of a place is asked for: the larger share of CPU and memory; of GPUs alone, where it has them. */
export function utilization(place: Place, counted: (pod: V1Pod) => boolean): number {
    const taken = used({ ...place, pods: place.pods.filter(counted) });
    const share = (resource: string): number => {
        const total = place.allocatable[resource] ?? 0;
        return total === 0 ? 0 : (taken[resource] ?? 0) / total;
    };
    const gpus = Object.keys(place.allocatable).filter(
        (resource) => resource.startsWith("nvidia.com/") && (place.allocatable[resource] ?? 0) > 0,
    );
    return Math.max(...(gpus.length > 0 ? gpus : ["cpu", "memory"]).map(share));
}
