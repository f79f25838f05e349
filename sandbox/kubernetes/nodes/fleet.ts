import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { ClusterView } from "./cluster-view";
import { poolsOf, type FleetDescription, type NodePool } from "./description";
import { placeNamed, type Place } from "./fit";
import { Departures } from "./leaving";
import { Machines, type NodeMachine } from "./machines";
import { machineName, poolNameLabel } from "./node-object";
import { paceOf, type Pace } from "./pace";
import { nodePlace, templatePlace } from "./places";

/** What the node controller works with. */
export interface NodeControllerOptions {
    /** Text of a kubeconfig with all rights. */
    kubeconfig: string;
    /** The fleet as Azure has it now. */
    fleet: () => FleetDescription;
    /** Real seconds for each of the sandbox's; 0 is instant. */
    secondsPerSecond: number;
    /** Told the number of machines by pool, those that are starting too, whenever it changes. */
    report: (counts: Readonly<Record<string, number>>) => void;
    /** Is the pod run by somebody else, once its images are there? @default none is */
    runsLocally?: (pod: V1Pod) => boolean;
    log: (line: string) => void;
    /** Does the pod wait for something outside of its node before it starts? @default none does */
    isHeld?: (pod: V1Pod) => boolean;
}

/** The pools with their nodes and machines, as all parts of the controller see them. */
export class Fleet {
    readonly pace: Pace;
    readonly view: ClusterView;
    readonly machines: Machines;
    readonly departures: Departures;
    /** Pools whose nodes are being exchanged: nothing else grows or shrinks them. */
    readonly upgrading = new Set<string>();
    description: FleetDescription;
    pools: readonly NodePool[] = [];
    stopped = false;
    private readonly tasks = new Set<Promise<void>>();

    constructor(
        readonly options: NodeControllerOptions,
        private readonly changed: () => void,
    ) {
        this.description = options.fleet();
        this.pace = paceOf(options.secondsPerSecond);
        this.machines = new Machines(this.pace);
        this.view = new ClusterView(options.kubeconfig, changed, options.log);
        this.departures = new Departures(this.view, () => this.stopped);
    }

    runsLocally(pod: V1Pod): boolean {
        return this.options.runsLocally?.(pod) ?? false;
    }

    /** Takes over what Azure says now. */
    refresh(): void {
        this.description = this.options.fleet();
        const { pools, unknown } = poolsOf(this.description);
        this.pools = pools;
        for (const line of unknown) this.options.log(line);
    }

    async stop(): Promise<void> {
        this.stopped = true;
        await this.view.stop();
        await Promise.all([...this.tasks]);
    }

    /** Does something that takes its time, beside everything else. */
    beside(what: string, work: Promise<void>): void {
        const task = work
            .catch((error: unknown) => {
                this.options.log(`${what}: ${error instanceof Error ? error.message : String(error)}`);
            })
            .finally(() => {
                this.tasks.delete(task);
                this.changed();
            });
        this.tasks.add(task);
    }

    /** Lets a node go in its own time, once. */
    depart(node: string, how: (node: string) => Promise<void>): void {
        const { leaving } = this.departures;
        if (leaving.has(node)) return;
        leaving.add(node);
        this.beside(
            `node ${node}`,
            how(node).finally(() => leaving.delete(node)),
        );
    }

    /** Drains a node for as long as that takes at most, in seconds, and deletes it whether all have gone or not. */
    retire(node: string, seconds: number): void {
        this.depart(node, async (name) => {
            await this.departures.cordon(name);
            await this.departures.drain(name, this.pace.pass(seconds));
            await this.departures.remove(name);
        });
    }

    poolOf(node: V1Node): NodePool | undefined {
        return this.pools.find(({ name }) => name === node.metadata?.labels?.[poolNameLabel]);
    }

    nodesOf(pool: string): V1Node[] {
        return this.view.nodes().filter(({ metadata }) => metadata?.labels?.[poolNameLabel] === pool);
    }

    /** Machines that the pool has: nodes, also those on their way out, and those that are starting. */
    total(pool: string): number {
        return this.nodesOf(pool).length + this.machines.startingIn(pool).length;
    }

    /** Machines that the pool keeps. */
    count(pool: string): number {
        return (
            this.nodesOf(pool).filter((node) => !this.isLeaving(node)).length + this.machines.startingIn(pool).length
        );
    }

    isLeaving({ metadata }: V1Node): boolean {
        return this.departures.leaving.has(metadata?.name ?? "");
    }

    /** Asks for machines of the pool. */
    start(pool: NodePool, count: number): void {
        this.machines.start(pool, this.nodeMachines(), count);
    }

    /** Zones of the pool's next machines. */
    nextZones(pool: NodePool): string[] {
        return this.machines.nextZones(pool, this.nodeMachines(), pool.maxCount);
    }

    private nodeMachines(): NodeMachine[] {
        return this.view.nodes().map(({ metadata }) => ({
            name: metadata?.name ?? "",
            pool: metadata?.labels?.[poolNameLabel] ?? "",
            zone: metadata?.labels?.["topology.kubernetes.io/zone"] ?? "0",
        }));
    }

    /** vCPUs of the pool's family that this cluster may use. */
    quotaLimit({ size }: NodePool): number {
        const family = size.family.toLowerCase();
        return Object.entries(this.description.vcpuQuota).find(([name]) => name.toLowerCase() === family)?.[1] ?? 0;
    }

    /** Machines that the pool's family can still have; those on their way out hold theirs until they are gone. */
    quotaLeft(pool: NodePool): number {
        const family = pool.size.family.toLowerCase();
        const used = this.pools
            .filter(({ size }) => size.family.toLowerCase() === family)
            .reduce((sum, { name, size }) => sum + size.vCpus * this.total(name), 0);
        return Math.max(0, Math.floor((this.quotaLimit(pool) - used) / pool.size.vCpus));
    }

    /** As Azure words it: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-quota */
    quotaMessage(pool: NodePool, machines: number): string {
        const { family, vCpus } = pool.size;
        const limit = this.quotaLimit(pool);
        return (
            "OperationNotAllowed: Operation could not be completed as it results in exceeding approved " +
            `${family} Cores quota. Location: ${this.description.cluster.location}, Current Limit: ${limit}, ` +
            `Left: ${this.quotaLeft(pool) * vCpus}, Additional Required: ${machines * vCpus}`
        );
    }

    /** Nodes that stay and machines that are starting, as places. */
    places(): Place[] {
        const daemons = this.view.daemonSets();
        const nodes = this.view
            .nodes()
            .filter((node) => !this.isLeaving(node))
            .map((node) => nodePlace(node, this.poolOf(node), this.view.podsOn(node.metadata?.name ?? ""), daemons));
        const starting = this.pools.flatMap((pool) =>
            this.machines.startingIn(pool.name).map((machine) => {
                const template = templatePlace(this.description, pool, machine.zone, daemons);
                return placeNamed(machineName(this.description.cluster, machine), template);
            }),
        );
        return [...nodes, ...starting];
    }
}

export const nodeReady = ({ status }: V1Node): boolean =>
    (status?.conditions ?? []).some(({ type, status: met }) => type === "Ready" && met === "True");
