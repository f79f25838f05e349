import { setTimeout as after } from "node:timers/promises";
import {
    ApiException,
    AppsV1Api,
    CoreV1Api,
    makeInformer,
    PatchStrategy,
    setHeaderOptions,
    type Informer,
    type KubernetesObject,
    type ObjectCache,
    type V1DaemonSet,
    type V1Node,
    type V1Pod,
} from "@kubernetes/client-node";
import { kubeConfigOf } from "../api-server";

/** What an event is about, and says. */
export interface Told {
    about: { kind: "Pod" | "Node"; name: string; namespace?: string; uid?: string };
    type: "Normal" | "Warning";
    reason: string;
    message: string;
    component: string;
}

type Watched<T extends KubernetesObject> = Informer<T> & ObjectCache<T>;

/** Whether Kubernetes answered so: 404 for what is gone, 409 for what has changed, 429 for a disruption that is one too many. */
export const answered = (error: unknown, ...codes: number[]): boolean =>
    error instanceof ApiException && codes.includes(error.code);

/** The cluster's nodes, pods and daemon sets as they are, and what the node controller writes to them. */
export class ClusterView {
    private readonly core: CoreV1Api;
    private readonly watches: { nodes: Watched<V1Node>; pods: Watched<V1Pod>; daemons: Watched<V1DaemonSet> };
    private readonly told = new Set<string>();
    private stopped = false;

    constructor(kubeconfig: string, changed: () => void, log: (line: string) => void) {
        const config = kubeConfigOf(kubeconfig);
        this.core = config.makeApiClient(CoreV1Api);
        const apps = config.makeApiClient(AppsV1Api);
        this.watches = {
            nodes: makeInformer(config, "/api/v1/nodes", () => this.core.listNode()),
            pods: makeInformer(config, "/api/v1/pods", () => this.core.listPodForAllNamespaces()),
            daemons: makeInformer(config, "/apis/apps/v1/daemonsets", () => apps.listDaemonSetForAllNamespaces()),
        };
        for (const watch of Object.values(this.watches) as Watched<KubernetesObject>[]) {
            watch.on("change", changed);
            watch.on("delete", changed);
            watch.on("error", (error: unknown) => {
                if (this.stopped) return;
                log(`watch ended: ${String(error)}`);
                setTimeout(() => void this.restart(watch, log), 500);
            });
        }
    }

    async start(): Promise<void> {
        await Promise.all(Object.values(this.watches).map((watch) => watch.start()));
    }

    async stop(): Promise<void> {
        this.stopped = true;
        await Promise.all(Object.values(this.watches).map((watch) => watch.stop()));
    }

    private async restart(watch: Watched<KubernetesObject>, log: (line: string) => void): Promise<void> {
        if (this.stopped) return;
        await watch.start().catch((error: unknown) => {
            log(`watch did not start: ${String(error)}`);
            setTimeout(() => void this.restart(watch, log), 500);
        });
    }

    nodes(): readonly V1Node[] {
        return this.watches.nodes.list();
    }

    node(name: string): V1Node | undefined {
        return this.watches.nodes.get(name);
    }

    pods(): readonly V1Pod[] {
        return this.watches.pods.list();
    }

    podsOn(node: string): V1Pod[] {
        return this.pods().filter(({ spec }) => spec?.nodeName === node);
    }

    daemonSets(): readonly V1DaemonSet[] {
        return this.watches.daemons.list();
    }

    /** Creates a node, and waits until it is in view: whoever counts nodes next must not miss it. */
    async createNode(node: V1Node): Promise<void> {
        try {
            await this.core.createNode({ body: node });
        } catch (error) {
            if (!answered(error, 409)) throw error;
        }
        await this.until(() => this.node(node.metadata?.name ?? "") !== undefined);
    }

    /** Deletes a node, and waits until it is out of view. */
    async deleteNode(name: string): Promise<void> {
        await this.core.deleteNode({ name }).catch(unlessGone);
        await this.until(() => this.node(name) === undefined);
    }

    private async until(seen: () => boolean): Promise<void> {
        for (const end = Date.now() + 5000; !seen() && !this.stopped && Date.now() < end;) await after(10);
    }

    async patchNode(name: string, body: object): Promise<void> {
        await this.core.patchNode({ name, body }, strategic).catch(unlessGone);
    }

    async patchNodeStatus(name: string, status: object): Promise<void> {
        await this.core.patchNodeStatus({ name, body: { status } }, strategic).catch(unlessGone);
    }

    async patchPod(pod: V1Pod, body: object): Promise<void> {
        await this.core.patchNamespacedPod({ ...keyOf(pod), body }, strategic).catch(unlessGone);
    }

    async patchPodStatus(pod: V1Pod, status: object): Promise<void> {
        await this.core.patchNamespacedPodStatus({ ...keyOf(pod), body: { status } }, strategic).catch(unlessGone);
    }

    /** Asks for the pod's eviction. False when a disruption budget forbids it for now. */
    async evict(pod: V1Pod): Promise<boolean> {
        const key = keyOf(pod);
        const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: key };
        try {
            await this.core.createNamespacedPodEviction({ ...key, body });
        } catch (error) {
            if (answered(error, 429)) return false;
            unlessGone(error);
        }
        return true;
    }

    /** Deletes a pod whose node is gone, with no grace. */
    async deletePod(pod: V1Pod): Promise<void> {
        await this.core.deleteNamespacedPod({ ...keyOf(pod), gracePeriodSeconds: 0 }).catch(unlessGone);
    }

    /** Writes an event, once for the same words about the same thing. */
    async tell({ about, type, reason, message, component }: Told): Promise<void> {
        const key = [about.kind, about.uid ?? about.name, reason, message].join("\n");
        if (this.told.has(key)) return;
        this.told.add(key);
        const { kind, name, uid, namespace = "default" } = about;
        const now = new Date();
        const body = {
            metadata: { generateName: `${name}.`, namespace },
            involvedObject: { apiVersion: "v1", kind, name, ...(uid && { uid }), namespace: about.namespace ?? "" },
            ...{ type, reason, message, source: { component }, count: 1, firstTimestamp: now, lastTimestamp: now },
        };
        // A namespace that is going takes no events.
        await this.core.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
            if (!answered(error, 403, 404)) throw error;
        });
    }
}

const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

/** What is gone needs no more. */
function unlessGone(error: unknown): void {
    if (!answered(error, 404)) throw error;
}

const keyOf = ({ metadata }: V1Pod): { name: string; namespace: string } => ({
    name: metadata?.name ?? "",
    namespace: metadata?.namespace ?? "",
});
