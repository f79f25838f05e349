import type { V1Pod } from "@kubernetes/client-node";
import { nodeTimes } from "../../../facts/node-times";
import { gpuResources } from "./capacity";
import type { Fleet } from "./fleet";
import { missingImages, pullError, waitingStatus, withoutTag, type MissingImage } from "./images";
import { annotation } from "./node-object";
import { strategyOf } from "./places";
import { isDevicePlugin, isLeaving, isOver, isReady, runSeconds, stopSeconds } from "./pod-kinds";

/** A kubelet's first wait before it pulls again, in seconds. */
const pullBackoffSeconds = 10;

/** What kubelets do that kwok does not play: they pull images, and offer GPUs. */
export class Kubelets {
    /** By pod: the real moment at which its pull began. */
    private readonly pulls = new Map<string, number>();
    /** By pod: since when its image cannot be had, and whether it has been tried again. */
    private readonly waiting = new Map<string, { since: number; again: boolean }>();
    /** By node: images that it has. */
    private readonly cached = new Map<string, Set<string>>();

    constructor(private readonly fleet: Fleet) {}

    /** GPUs are there once the device plugin runs on the node, and gone with it. */
    async offerGpus(): Promise<void> {
        const { pools, view } = this.fleet;
        for (const pool of pools.filter(({ size }) => size.gpus)) {
            for (const node of this.fleet.nodesOf(pool.name)) {
                const name = node.metadata?.name ?? "";
                const plugin = view.podsOn(name).find((pod) => isDevicePlugin(pod) && isReady(pod));
                const offered = plugin ? gpuResources(pool, strategyOf(plugin)) : {};
                const had = Object.keys(node.status?.allocatable ?? {}).filter((key) => key.startsWith("nvidia.com/"));
                const wanted = { ...Object.fromEntries(had.map((key) => [key, "0"])), ...offered };
                if (Object.entries(wanted).every(([key, value]) => node.status?.allocatable?.[key] === value)) continue;
                await view.patchNodeStatus(name, { capacity: wanted, allocatable: wanted });
            }
        }
    }

    /** Pulls the images of pods that have come to a node, and lets kwok start them. */
    async startPods(): Promise<void> {
        const inRegistry = new Set(this.fleet.description.images.map(withoutTag));
        const present = new Set<string>();
        for (const pod of this.fleet.view.pods()) {
            const uid = pod.metadata?.uid ?? "";
            present.add(uid);
            if (!pod.spec?.nodeName || isOver(pod) || isLeaving(pod) || pod.status?.phase !== "Pending") continue;
            if (pod.metadata?.annotations?.[annotation.pulled] === "true") continue;
            const missing = missingImages(pod, inRegistry);
            if (missing.length === 0 && this.fleet.options.isHeld?.(pod) === true) continue;
            if (missing.length === 0) await this.pull(pod, uid, pod.spec.nodeName);
            else await this.refuse(pod, uid, missing);
        }
        for (const known of [this.pulls, this.waiting])
            for (const uid of known.keys()) if (!present.has(uid)) known.delete(uid);
    }

    private async pull(pod: V1Pod, uid: string, node: string): Promise<void> {
        const { pace, view } = this.fleet;
        const cached = this.cached.get(node) ?? new Set<string>();
        this.cached.set(node, cached);
        const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
        const images = containers.map(({ image = "" }) => image);
        const began = this.pulls.get(uid) ?? Date.now();
        this.pulls.set(uid, began);
        const takes = images.every((image) => cached.has(image)) ? 0 : pace.work(nodeTimes.imagePull.seconds);
        if (Date.now() < began + takes) return;
        for (const image of images) cached.add(image);
        const run = runSeconds(pod, nodeTimes.run.seconds);
        const lasts = (seconds: number): string => `${Math.round(pace.pass(seconds))}ms`;
        await view.patchPod(pod, {
            metadata: {
                annotations: {
                    [annotation.pulled]: "true",
                    ...(this.fleet.runsLocally(pod) && { [annotation.local]: "true" }),
                    [annotation.stopsAfter]: lasts(stopSeconds(pod)),
                    ...(run !== undefined && { [annotation.runsFor]: lasts(run) }),
                },
            },
        });
    }

    private async refuse(pod: V1Pod, uid: string, missing: readonly MissingImage[]): Promise<void> {
        const { pace, view } = this.fleet;
        const known = this.waiting.get(uid);
        const again = known !== undefined && Date.now() - known.since >= pace.pass(pullBackoffSeconds);
        if (known && (known.again || !again)) return;
        this.waiting.set(uid, { since: known?.since ?? Date.now(), again });
        await view.patchPodStatus(pod, waitingStatus(pod, missing, again));
        const { name = "", namespace = "" } = pod.metadata ?? {};
        for (const { image } of missing)
            await view.tell({
                about: { kind: "Pod", name, namespace, uid },
                type: "Warning",
                ...(again
                    ? { reason: "BackOff", message: `Back-off pulling image "${image}"` }
                    : { reason: "Failed", message: `Failed to pull image "${image}": ${pullError(image)}` }),
                component: "kubelet",
            });
    }
}
