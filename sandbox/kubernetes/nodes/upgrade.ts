import { setTimeout as after } from "node:timers/promises";
import type { V1Node } from "@kubernetes/client-node";
import { nodeTimes } from "../../../facts/node-times";
import type { NodePool } from "./description";
import { nodeReady, type Fleet } from "./fleet";

/** How many nodes of a pool are exchanged at once, and how many come in addition. */
export interface ExchangeStep {
    surge: number;
    atOnce: number;
}

/** A number or percent of the pool's nodes. */
function portion(setting: string, count: number, round: (value: number) => number): number {
    const percent = /^(\d+)%$/.exec(setting)?.[1];
    return percent === undefined ? Number(setting) : round((Number(percent) / 100) * count);
}

/**
 * How an upgrade exchanges the nodes of a pool: percents are rounded up for surge and down for unavailable nodes. Spot
 * pools take no surge: there one node goes before the next comes.
 * @see https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling
 */
export function exchangeStep({ maxSurge, maxUnavailable, spot }: NodePool, count: number): ExchangeStep {
    const surge = spot ? 0 : portion(maxSurge, count, Math.ceil);
    const unavailable = portion(maxUnavailable, count, Math.floor);
    return { surge, atOnce: Math.max(surge, unavailable, 1) };
}

/** AKS's mark on a node that an upgrade could not drain. */
const upgradeStatus = "kubernetes.azure.com/upgrade-status";
const component = "upgrader";

/** Brings the nodes of pools to their pool's version. */
export class Upgrades {
    constructor(private readonly fleet: Fleet) {}

    /** Begins with the pools that have nodes of another version. */
    begin(): void {
        const { upgrading, pools } = this.fleet;
        for (const pool of pools) {
            if (upgrading.has(pool.name) || this.oldNodes(pool).length === 0) continue;
            upgrading.add(pool.name);
            const work = this.exchange(pool).finally(() => upgrading.delete(pool.name));
            this.fleet.beside(`upgrade of ${pool.name}`, work);
        }
    }

    /** Nodes of another version than the pool's, but for those that would not drain. */
    private oldNodes(pool: NodePool): V1Node[] {
        return this.fleet
            .nodesOf(pool.name)
            .filter(
                (node) =>
                    node.status?.nodeInfo?.kubeletVersion !== `v${pool.version}` &&
                    node.metadata?.labels?.[upgradeStatus] !== "Quarantined" &&
                    !this.fleet.isLeaving(node),
            );
    }

    /**
     * Exchanges the nodes of another version: the extra ones come first, then each old one is drained and makes room for a
     * new one.
     */
    private async exchange(pool: NodePool): Promise<void> {
        const { fleet } = this;
        const target = fleet.count(pool.name);
        const { surge, atOnce } = exchangeStep(pool, target);
        while (!fleet.stopped && fleet.quotaLeft(pool) < surge) {
            for (const { metadata } of this.oldNodes(pool))
                await this.warn(metadata?.name ?? "", "FailedSurge", fleet.quotaMessage(pool, surge));
            await after(fleet.pace.pass(nodeTimes.growthBackoff.seconds));
        }
        await this.startAll(pool, surge);
        while (!fleet.stopped) {
            const batch = this.oldNodes(pool).slice(0, atOnce);
            if (batch.length === 0) return;
            await Promise.all(batch.map(({ metadata }) => this.exchangeOne(pool, metadata?.name ?? "")));
            await this.startAll(pool, target - fleet.count(pool.name));
        }
    }

    /** A node that will not drain is set aside for a person to look at. */
    private async exchangeOne(pool: NodePool, node: string): Promise<void> {
        const { departures, pace, view } = this.fleet;
        await departures.cordon(node);
        if (await departures.drain(node, pace.pass(pool.drainTimeoutMinutes * 60))) {
            await departures.remove(node);
        } else if (!this.fleet.stopped) {
            await view.patchNode(node, { metadata: { labels: { [upgradeStatus]: "Quarantined" } } });
            await this.warn(node, "DrainTimeout", `Node ${node} could not be drained and is quarantined`);
        }
    }

    /** Asks for machines, and waits until all of the pool's are ready nodes. */
    private async startAll(pool: NodePool, count: number): Promise<void> {
        if (count <= 0) return;
        const { fleet } = this;
        fleet.start(pool, count);
        const ready = (): boolean =>
            fleet.machines.startingIn(pool.name).length === 0 && fleet.nodesOf(pool.name).every(nodeReady);
        while (!fleet.stopped && !ready()) await after(50);
    }

    private async warn(node: string, reason: string, message: string): Promise<void> {
        await this.fleet.view.tell({
            about: { kind: "Node", name: node },
            type: "Warning",
            reason,
            message,
            component,
        });
    }
}
