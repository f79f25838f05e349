import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { V1Pod } from "@kubernetes/client-node";
import type { TestControlPlane } from "./control-plane";

/** Pods with this image never get to run. */
export const brokenImage = "registry.example.azurecr.io/broken";

const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** One node, whose pods run as soon as they are bound to it, unless their image is broken. */
export class StandInNode {
    private ended: Promise<void> | undefined;
    private isRunning = true;

    private constructor(private readonly core: CoreV1Api) {}

    static async start(cluster: TestControlPlane): Promise<StandInNode> {
        const node = new StandInNode(cluster.client(CoreV1Api));
        await node.register();
        node.ended = node.run();
        return node;
    }

    async stop(): Promise<void> {
        this.isRunning = false;
        await this.ended;
    }

    private async register(): Promise<void> {
        await this.core.createNode({ body: { metadata: { name: "node-1" }, spec: {} } });
        await this.beat();
        await this.core.patchNode({ name: "node-1", body: { spec: { taints: null } } }, merge);
    }

    /** A node that is silent for most of a minute is taken to be lost. */
    private async beat(): Promise<void> {
        const capacity = { cpu: "8", memory: "32Gi", pods: "110" };
        const ready = { type: "Ready", status: "True", lastHeartbeatTime: new Date().toISOString() };
        const body = { status: { capacity, allocatable: capacity, conditions: [ready] } };
        await this.core.patchNodeStatus({ name: "node-1", body }, merge);
    }

    private async run(): Promise<void> {
        for (let round = 1; this.isRunning; round += 1) {
            if (round % 50 === 0) await this.beat();
            const { items } = await this.core.listPodForAllNamespaces({ fieldSelector: "spec.nodeName=node-1" });
            await Promise.all(items.map((pod) => this.see(pod).catch(() => undefined)));
            await new Promise((done) => setTimeout(done, 100));
        }
    }

    private async see({ metadata, spec, status }: V1Pod): Promise<void> {
        const [name, namespace] = [metadata?.name ?? "", metadata?.namespace ?? ""];
        if (metadata?.deletionTimestamp !== undefined) {
            await this.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
            return;
        }
        if (status?.containerStatuses !== undefined) return;
        const isBroken = spec?.containers.some(({ image }) => image === brokenImage) === true;
        const isJob = metadata?.ownerReferences?.some(({ kind }) => kind === "Job") === true;
        const waiting = { waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${brokenImage}"` } };
        const over = { terminated: { exitCode: 0, reason: "Completed" } };
        const ready = isBroken || isJob ? "False" : "True";
        const containerStatuses = spec?.containers.map((container) => ({
            ...{ name: container.name, image: container.image ?? "", imageID: "", restartCount: 0 },
            ...{ ready: ready === "True", started: ready === "True" },
            state: isBroken ? waiting : isJob ? over : { running: {} },
        }));
        const body = {
            status: {
                ...{
                    phase: isBroken ? "Pending" : isJob ? "Succeeded" : "Running",
                    podIP: "10.1.0.1",
                    containerStatuses,
                },
                podIPs: [{ ip: "10.1.0.1" }],
                conditions: [
                    { type: "PodScheduled", status: "True" },
                    { type: "ContainersReady", status: ready },
                    { type: "Ready", status: ready },
                ],
            },
        };
        await this.core.patchNamespacedPodStatus({ name, namespace, body }, merge);
    }
}
