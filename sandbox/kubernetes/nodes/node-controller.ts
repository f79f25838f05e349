import { nodeTimes } from "../../../facts/node-times";
import { Autoscaler } from "./autoscaler";
import { Fleet, type NodeControllerOptions } from "./fleet";
import { Kubelets } from "./kubelets";
import { annotation, nodeObject, poolNameLabel, slotOf } from "./node-object";
import { Upgrades } from "./upgrade";

/** A controller that runs. */
export interface NodeController {
    /** The fleet has changed. */
    changed(): void;
    stop(): Promise<void>;
}

/** Real milliseconds until the next look at what is due. */
const [shortestRest, longestRest] = [250, 1000];
/** Changes come in swarms. */
const swarm = 20;

/**
 * Keeps the cluster's nodes as Azure's pools and AKS's autoscaler would, and plays what a kubelet does before kwok takes
 * over: images and GPUs.
 */
export async function runNodeController(options: NodeControllerOptions): Promise<NodeController> {
    const controller = new Controller(options);
    await controller.start();
    return controller;
}

class Controller implements NodeController {
    private readonly fleet: Fleet;
    private readonly autoscaler: Autoscaler;
    private readonly kubelets: Kubelets;
    private readonly upgrades: Upgrades;
    private reported = "";
    private timer: NodeJS.Timeout | undefined;
    private looking: Promise<void> | undefined;
    private again = false;

    constructor(private readonly options: NodeControllerOptions) {
        this.fleet = new Fleet(options, () => {
            this.changed();
        });
        this.autoscaler = new Autoscaler(this.fleet);
        this.kubelets = new Kubelets(this.fleet);
        this.upgrades = new Upgrades(this.fleet);
    }

    async start(): Promise<void> {
        await this.fleet.view.start();
        this.changed();
    }

    changed(): void {
        if (this.fleet.stopped) return;
        if (this.looking) {
            this.again = true;
            return;
        }
        clearTimeout(this.timer);
        this.again = false;
        this.looking = this.look()
            .catch((error: unknown) => {
                this.options.log(`nodes: ${error instanceof Error ? error.message : String(error)}`);
            })
            .finally(() => {
                this.looking = undefined;
                if (this.fleet.stopped) return;
                const scan = this.fleet.pace.pass(this.autoscaler.profile.scanInterval);
                const rest = this.again ? swarm : Math.min(Math.max(scan, shortestRest), longestRest);
                this.timer = setTimeout(() => {
                    this.changed();
                }, rest);
            });
    }

    async stop(): Promise<void> {
        const stopped = this.fleet.stop();
        clearTimeout(this.timer);
        await this.looking;
        await stopped;
    }

    private async look(): Promise<void> {
        this.fleet.refresh();
        await this.register();
        this.dropOthers();
        this.keepBounds();
        this.upgrades.begin();
        this.preempt();
        await this.kubelets.offerGpus();
        await this.kubelets.startPods();
        await this.autoscaler.scan();
        this.report();
    }

    /** Machines that have started become nodes. */
    private async register(): Promise<void> {
        const { fleet } = this;
        for (const machine of fleet.machines.takeReady(Date.now())) {
            const pool = fleet.pools.find(({ name }) => name === machine.pool);
            if (!pool) continue;
            const blocks = fleet.view.nodes().flatMap(({ spec }) => spec?.podCIDR ?? []);
            const taken = new Set(blocks.map((block) => slotOf(fleet.description, block)));
            let slot = 0;
            while (taken.has(slot)) slot += 1;
            await fleet.view.createNode(nodeObject(fleet.description, pool, machine, slot));
        }
    }

    /** Nodes of pools that are gone are drained and deleted, as AKS does before a pool's machines go. */
    private dropOthers(): void {
        const { fleet } = this;
        const names = new Set(fleet.pools.map(({ name }) => name));
        fleet.machines.keepOnly(names);
        for (const { metadata } of fleet.view.nodes()) {
            const pool = metadata?.labels?.[poolNameLabel];
            if (pool !== undefined && !names.has(pool))
                fleet.retire(metadata?.name ?? "", this.autoscaler.profile.maxGracefulTermination);
        }
    }

    /** A pool has its least number of machines, and one without the autoscaler no more either: the last ones go first. */
    private keepBounds(): void {
        const { fleet } = this;
        for (const pool of fleet.pools.filter(({ name }) => !fleet.upgrading.has(name))) {
            const count = fleet.count(pool.name);
            const missing = Math.min(pool.minCount - count, fleet.quotaLeft(pool));
            if (missing > 0) {
                fleet.start(pool, missing);
                this.again = true;
            }
            const surplus = pool.minCount === pool.maxCount ? count - pool.maxCount : 0;
            const staying = fleet.nodesOf(pool.name).filter((node) => !fleet.isLeaving(node));
            for (const { metadata } of surplus > 0 ? staying.slice(-surplus) : [])
                fleet.retire(metadata?.name ?? "", pool.drainTimeoutMinutes * 60);
        }
    }

    /**
     * Spot machines that Azure takes away: the node says so, and its pods have the notice's time to go. Nobody waits for
     * what a budget or a grace period would keep longer.
     * @see https://learn.microsoft.com/azure/aks/node-auto-repair (node auto-drain)
     */
    private preempt(): void {
        const { fleet } = this;
        for (const { metadata } of fleet.view.nodes()) {
            if (metadata?.annotations?.[annotation.evict] === undefined) continue;
            fleet.depart(metadata.name ?? "", async (node) => {
                const [reason, message] = ["PreemptScheduled", "Azure takes the spot machine away in 30 seconds"];
                const condition = { type: "VMEventScheduled", status: "True", reason, message };
                await fleet.view.patchNodeStatus(node, {
                    conditions: [{ ...condition, lastTransitionTime: new Date() }],
                });
                await fleet.view.tell({
                    ...{ about: { kind: "Node", name: node }, type: "Warning", reason, message },
                    component: "node-problem-detector",
                });
                await fleet.departures.cordon(node);
                await fleet.departures.drain(node, fleet.pace.pass(nodeTimes.spotNotice.seconds));
                await fleet.departures.remove(node);
            });
        }
    }

    private report(): void {
        const counts = Object.fromEntries(this.fleet.pools.map(({ name }) => [name, this.fleet.total(name)]));
        const text = JSON.stringify(counts);
        if (text === this.reported) return;
        this.reported = text;
        this.options.report(counts);
    }
}
