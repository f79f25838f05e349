import { setTimeout as after } from "node:timers/promises";
import type { ClusterView } from "./cluster-view";
import { isDaemon, isJobs, isLeaving, isOver } from "./pod-kinds";

/** Real milliseconds between two tries to evict what a budget keeps. */
const retryMilliseconds = 250;

/** Takes pods and nodes away, as a drain and Azure do. */
export class Departures {
    /** Nodes that are on their way out. */
    readonly leaving = new Set<string>();

    constructor(
        private readonly view: ClusterView,
        private readonly stopped: () => boolean,
    ) {}

    async cordon(node: string, unschedulable = true): Promise<void> {
        await this.view.patchNode(node, { spec: { unschedulable: unschedulable || null } });
    }

    /**
     * Evicts all pods but those of daemon sets, within budgets, until they are gone. False when some are still there
     * after the timeout, in real milliseconds.
     */
    async drain(node: string, timeout: number): Promise<boolean> {
        const end = Date.now() + timeout;
        for (;;) {
            const pods = this.view.podsOn(node).filter((pod) => !isDaemon(pod) && !isOver(pod));
            if (pods.length === 0) return true;
            for (const pod of pods.filter((each) => !isLeaving(each))) await this.view.evict(pod);
            if (Date.now() >= end || this.stopped()) return false;
            await after(retryMilliseconds);
        }
    }

    /**
     * Deletes a node whose machine is gone, and its pods with it: what has not ended has failed, as the garbage collector
     * of pods says of a node's that is no more.
     * @see https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
     */
    async remove(node: string): Promise<void> {
        // A controller that ends leaves everything to the next one.
        if (this.stopped()) return;
        const pods = this.view.podsOn(node);
        await this.view.deleteNode(node);
        for (const pod of pods) {
            if (!isOver(pod))
                await this.view.patchPodStatus(pod, {
                    ...(isJobs(pod) && { phase: "Failed" }),
                    conditions: [
                        {
                            ...{ type: "DisruptionTarget", status: "True", reason: "DeletionByPodGC" },
                            message: "PodGC: node no longer exists",
                        },
                    ],
                });
            await this.view.deletePod(pod);
        }
    }
}
