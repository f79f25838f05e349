import { randomInt } from "node:crypto";
import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { nodeTimes } from "../../../facts/node-times";
import { autoscalerProfile, type AutoscalerProfile } from "./autoscaler-profile";
import { asksForGpus, misfit, type Place } from "./fit";
import { nodeReady, type Fleet } from "./fleet";
import { planGrowth, utilization, type Growth, type GrowingPool } from "./growth";
import { scaleSetName } from "./node-object";
import { guests, templatePlace } from "./places";
import { createdAt, isDaemon, isLeaving, isMovable, isUnschedulable } from "./pod-kinds";

const component = "cluster-autoscaler";
const toBeDeleted = { key: "ToBeDeletedByClusterAutoscaler", value: "", effect: "NoSchedule" };

/**
 * Grows pools for pods that have no place, and takes nodes away that nobody needs, as AKS's cluster autoscaler does.
 * @see https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview
 */
export class Autoscaler {
    /** By pool: the real moment until which a refused growth is not tried again. */
    private readonly backoff = new Map<string, number>();
    /** By node: the real moment since which nobody needs it. */
    private readonly unneeded = new Map<string, number>();
    private lastScan = 0;
    private lastGrowth = 0;

    constructor(private readonly fleet: Fleet) {}

    get profile(): AutoscalerProfile {
        return autoscalerProfile(this.fleet.description.cluster.autoScalerProfile);
    }

    /** Looks at pods and nodes, when it is time to. */
    async scan(): Promise<void> {
        const { profile, fleet } = this;
        if (Date.now() - this.lastScan < fleet.pace.pass(profile.scanInterval)) return;
        this.lastScan = Date.now();
        const { expected } = await this.grow(profile);
        this.shrink(profile, expected);
    }

    private async grow(profile: AutoscalerProfile): Promise<Growth> {
        const { fleet } = this;
        const now = Date.now();
        const pending = fleet.view.pods().filter((pod) => {
            if (!isUnschedulable(pod) || isLeaving(pod) || isDaemon(pod)) return false;
            const usual = asksForGpus(pod) ? nodeTimes.newGpuPod.seconds : nodeTimes.newPod.seconds;
            return now - createdAt(pod) >= fleet.pace.pass(Math.max(usual, profile.newPodScaleUpDelay));
        });
        const growing = this.scaledPools().map((pool): GrowingPool => {
            const zones = fleet.nextZones(pool);
            const zone = (index: number): string => zones[index] ?? pool.zones[0] ?? "0";
            const daemons = fleet.view.daemonSets();
            return {
                pool,
                count: fleet.count(pool.name),
                next: (index) => templatePlace(fleet.description, pool, zone(index), daemons),
                quotaLeft: fleet.quotaLeft(pool),
                backingOff: (this.backoff.get(pool.name) ?? 0) > now,
            };
        });
        const pick = (count: number): number => (count > 0 ? randomInt(count) : 0);
        const growth = planGrowth(pending, fleet.places(), growing, profile.expander, pick);
        if (growth.grow) await this.start(growth.grow);
        for (const short of growth.short) await this.backOff(short);
        for (const { pod, reasons } of growth.helpless) {
            const listed = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
            await this.tell([pod], "Normal", "NotTriggerScaleUp", `pod didn't trigger scale-up: ${listed}`);
        }
        return growth;
    }

    /** Pools that are the autoscaler's. */
    private scaledPools(): Fleet["pools"] {
        const { pools, upgrading } = this.fleet;
        return pools.filter(({ name, minCount, maxCount }) => minCount !== maxCount && !upgrading.has(name));
    }

    private async start({ pool: name, machines, pods }: NonNullable<Growth["grow"]>): Promise<void> {
        const pool = this.fleet.pools.find((each) => each.name === name);
        if (!pool) return;
        const before = this.fleet.count(name);
        this.fleet.start(pool, machines);
        this.lastGrowth = Date.now();
        const set = scaleSetName(this.fleet.description.cluster, name);
        const message = `pod triggered scale-up: [{${set} ${before}->${before + machines} (max: ${pool.maxCount})}]`;
        await this.tell(pods, "Normal", "TriggeredScaleUp", message);
    }

    /** Azure would refuse the machines for want of quota: the pods learn why, and it is tried again later. */
    private async backOff({ pool: name, machines, pods }: Growth["short"][number]): Promise<void> {
        const pool = this.fleet.pools.find((each) => each.name === name);
        if (!pool) return;
        this.backoff.set(name, Date.now() + this.fleet.pace.pass(nodeTimes.growthBackoff.seconds));
        const message = `pod triggered scale-up but Azure refused it: ${this.fleet.quotaMessage(pool, machines)}`;
        await this.tell(pods, "Warning", "FailedScaleUp", message);
    }

    private async tell(
        pods: readonly V1Pod[],
        type: "Normal" | "Warning",
        reason: string,
        message: string,
    ): Promise<void> {
        for (const { metadata } of pods) {
            const { name = "", namespace = "", uid = "" } = metadata ?? {};
            await this.fleet.view.tell({
                about: { kind: "Pod", name, namespace, uid },
                type,
                reason,
                message,
                component,
            });
        }
    }

    /**
     * Takes nodes away that nobody has needed for long enough: empty ones together, one with pods that fit elsewhere at a
     * time.
     * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md (how does scale-down work)
     */
    private shrink(profile: AutoscalerProfile, expected: ReadonlySet<string>): void {
        const { fleet } = this;
        const now = Date.now();
        const places = fleet.places();
        const settled = now - this.lastGrowth >= fleet.pace.pass(profile.scaleDownDelayAfterAdd);
        let [emptied, moved] = [0, 0];
        for (const pool of this.scaledPools()) {
            for (const node of fleet.nodesOf(pool.name)) {
                const name = node.metadata?.name ?? "";
                const place = places.find((each) => each.name === name);
                if (!place || !isUnneeded(node, place, places, expected, profile)) {
                    this.unneeded.delete(name);
                    continue;
                }
                const since = this.unneeded.get(name) ?? now;
                this.unneeded.set(name, since);
                const long = now - since >= fleet.pace.pass(profile.scaleDownUnneededTime);
                if (!long || !settled || fleet.count(pool.name) <= pool.minCount) continue;
                const empty = guests(place).length === 0;
                if (empty ? emptied >= profile.maxEmptyBulkDelete : emptied + moved > 0) continue;
                if (empty) emptied += 1;
                else moved += 1;
                this.unneeded.delete(name);
                fleet.depart(name, (leaving) => this.retire(leaving, profile));
            }
        }
    }

    /** Drains a node that is not needed; it stays when a budget keeps its pods. */
    private async retire(node: string, { maxGracefulTermination }: AutoscalerProfile): Promise<void> {
        const { view, departures, pace } = this.fleet;
        const taints = (view.node(node)?.spec?.taints ?? []).filter(({ key }) => key !== toBeDeleted.key);
        await view.patchNode(node, { spec: { taints: [...taints, toBeDeleted] } });
        await view.tell({
            ...{ about: { kind: "Node", name: node }, type: "Normal", reason: "ScaleDown", component },
            message: "marked the node as toBeDeleted/unschedulable",
        });
        if (await departures.drain(node, pace.pass(maxGracefulTermination))) await departures.remove(node);
        else await view.patchNode(node, { spec: { taints } });
    }
}

/** Whether all that runs on the node fits elsewhere, and nobody is expected there. */
function isUnneeded(
    node: V1Node,
    place: Place,
    places: readonly Place[],
    expected: ReadonlySet<string>,
    profile: AutoscalerProfile,
): boolean {
    if (expected.has(place.name) || !nodeReady(node)) return false;
    if (node.metadata?.annotations?.["cluster-autoscaler.kubernetes.io/scale-down-disabled"] === "true") return false;
    const counted = (pod: V1Pod): boolean => !profile.ignoreDaemonsets || !isDaemon(pod);
    const moving = guests(place);
    if (moving.length > 0 && utilization(place, counted) >= profile.utilizationThreshold) return false;
    if (!moving.every((pod) => isMovable(pod, profile))) return false;
    const others = places.filter((each) => each !== place).map((each) => ({ ...each, pods: [...each.pods] }));
    return moving.every((pod) => {
        const target = others.find((each) => misfit(pod, each, others) === undefined);
        target?.pods.push(pod);
        return target !== undefined;
    });
}
