import { nodeTimes } from "../../../facts/node-times";
import type { NodePool } from "./description";
import { instanceOf, type Machine } from "./node-object";
import type { Pace } from "./pace";

/** A machine that has been asked for and is no node yet. */
export interface StartingMachine extends Machine {
    /** Real moment at which it becomes a node. */
    readyAt: number;
}

/** A node as far as its machine goes. */
export interface NodeMachine {
    name: string;
    pool: string;
    zone: string;
}

/** The machines that are starting, and the numbers and zones of those to come. */
export class Machines {
    private starting: StartingMachine[] = [];
    private readonly last = new Map<string, number>();

    constructor(private readonly pace: Pace) {}

    startingIn(pool: string): readonly StartingMachine[] {
        return this.starting.filter((machine) => machine.pool === pool);
    }

    /**
     * Zones of the pool's next machines: a scale set fills the zone with the fewest.
     * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-zone-balancing
     */
    nextZones(pool: NodePool, nodes: readonly NodeMachine[], count: number): string[] {
        const per = new Map(pool.zones.map((zone) => [zone, 0]));
        for (const { zone } of [...nodes.filter((node) => node.pool === pool.name), ...this.startingIn(pool.name)])
            per.set(zone, (per.get(zone) ?? 0) + 1);
        return Array.from({ length: count }, () => {
            const [zone, number] = [...per].reduce((least, each) => (each[1] < least[1] ? each : least));
            per.set(zone, number + 1);
            return zone;
        });
    }

    /** Asks for machines. */
    start(pool: NodePool, nodes: readonly NodeMachine[], count: number): StartingMachine[] {
        const { seconds } = pool.size.gpus ? nodeTimes.gpuNodeStart : nodeTimes.nodeStart;
        const readyAt = Date.now() + this.pace.work(seconds);
        const taken = nodes.filter((node) => node.pool === pool.name).map(({ name }) => instanceOf(name));
        const asked = this.nextZones(pool, nodes, count).map((zone) => {
            const instance = Math.max(-1, this.last.get(pool.name) ?? -1, ...taken) + 1;
            this.last.set(pool.name, instance);
            return { pool: pool.name, instance, zone, readyAt };
        });
        this.starting.push(...asked);
        return asked;
    }

    /** Takes the machines out that have become nodes by now. */
    takeReady(now: number): StartingMachine[] {
        const ready = this.starting.filter(({ readyAt }) => readyAt <= now);
        this.starting = this.starting.filter((machine) => !ready.includes(machine));
        return ready;
    }

    /** Gives up the machines of pools that are no longer there. */
    keepOnly(pools: ReadonlySet<string>): void {
        this.starting = this.starting.filter(({ pool }) => pools.has(pool));
    }
}
