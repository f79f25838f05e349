import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import type { V1Pod } from "@kubernetes/client-node";
import { formatAddress, parseBlock } from "../../azure/cidr";
import { readOwn } from "../../files";
import { kubeConfigOf } from "../api-server";
import { killLeftovers } from "../control-plane/children";
import type { ProcessRecord } from "../control-plane/children";
import { answered, ClusterView } from "../nodes/cluster-view";
import { annotation } from "../nodes/node-object";
import { paceOf } from "../nodes/pace";
import { isOver } from "../nodes/pod-kinds";
import type { PodNetwork } from "./pod-network";
import { PodRunner } from "./pod-runner";
import type { PodHost } from "./pod-runner";
import type { Programs } from "./programs";
import type { Sources, Volumes } from "./volumes";

export interface LocalPodsOptions {
    /** Text of a kubeconfig with all rights. */
    kubeconfig: string;
    /** Folder for what the pods have on this machine. */
    folder: string;
    programs: Programs;
    /** Real seconds for each of the sandbox's; 0 is instant. */
    secondsPerSecond: number;
    /** Where Azure's endpoints and the API server answer on this machine, by host. */
    hosts: () => PodNetwork["hosts"];
    /** Variables that every program gets. */
    environment: () => Record<string, string>;
    tenantId: () => string;
    /** Port of {@link serveKubelet}, which nodes with local pods name. */
    kubeletPort: number;
    log: (line: string) => void;
}

const stopPatienceMs = 5_000;
/** @see https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html */
const identity = {
    label: "azure.workload.identity/use",
    clientId: "azure.workload.identity/client-id",
    tenantId: "azure.workload.identity/tenant-id",
    audience: "api://AzureADTokenExchange",
    seconds: 3600,
} as const;

/**
 * Pods whose image is one of ours, as processes of this machine: with the environment, folders, probes, logs and ends that a
 * kubelet would give them. All other pods are kwok's.
 */
export class LocalPods {
    private readonly core: CoreV1Api;
    private readonly view: ClusterView;
    private readonly host: PodHost;
    private readonly runners = new Map<string, PodRunner>();
    private readonly addresses = new Map<string, string>();
    private readonly told = new Set<string>();
    private stopped = false;

    private constructor(private readonly options: LocalPodsOptions) {
        const config = kubeConfigOf(options.kubeconfig);
        this.core = config.makeApiClient(CoreV1Api);
        this.view = new ClusterView(
            options.kubeconfig,
            () => {
                this.follow();
            },
            options.log,
        );
        const { programs, folder, hosts, environment, log } = options;
        this.host = {
            ...{ view: this.view, pace: paceOf(options.secondsPerSecond) },
            ...{ programs, folder, hosts, environment, log },
            sources: (pod) => this.sourcesOf(pod),
            workloadIdentity: (pod, volumes, at) => this.workloadIdentity(pod, volumes, at),
        };
    }

    /** Starts; what a life before has left behind is ended first. */
    static async start(options: LocalPodsOptions): Promise<LocalPods> {
        mkdirSync(options.folder, { recursive: true, mode: 0o700 });
        await killLeftovers(leftIn(options.folder));
        rmSync(options.folder, { recursive: true, force: true });
        const pods = new LocalPods(options);
        await pods.view.start();
        pods.follow();
        return pods;
    }

    /** Port of this machine for a port of that pod. */
    portOf(podUid: string, port: number): number | undefined {
        return this.runners.get(podUid)?.portOf(port);
    }

    /** The pod of that name, for its logs; undefined for one that is not run here. */
    find(namespace: string, name: string): PodRunner | undefined {
        const pod = this.view
            .pods()
            .find(({ metadata }) => metadata?.name === name && metadata.namespace === namespace);
        return this.runners.get(pod?.metadata?.uid ?? "");
    }

    async stop(): Promise<void> {
        this.stopped = true;
        await this.view.stop();
        await Promise.all([...this.runners.values()].map((runner) => runner.stop(stopPatienceMs)));
    }

    private follow(): void {
        if (this.stopped) return;
        const there = new Set<string>();
        for (const pod of this.view.pods()) {
            if (pod.metadata?.annotations?.[annotation.local] !== "true") continue;
            const uid = pod.metadata.uid ?? "";
            there.add(uid);
            const runner = this.runners.get(uid);
            if (runner) runner.update(pod);
            else this.begin(pod, uid);
        }
        for (const [uid, runner] of this.runners) {
            if (there.has(uid)) continue;
            this.runners.delete(uid);
            this.addresses.delete(uid);
            void runner.remove();
        }
    }

    private begin(pod: V1Pod, uid: string): void {
        const node = this.view.node(pod.spec?.nodeName ?? "");
        if (!node || isOver(pod)) return;
        const hostIP = node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
        const podIP = pod.status?.podIP ?? this.freeAddress(node.spec?.podCIDR ?? "");
        this.addresses.set(uid, podIP);
        const runner = new PodRunner(pod, { hostIP, podIP }, this.host);
        this.runners.set(uid, runner);
        runner.update(pod);
        this.tellKubelet(pod.spec?.nodeName ?? "");
    }

    /** From the end of the node's block: kwok gives addresses from its beginning. */
    private freeAddress(block: string): string {
        const { last } = parseBlock(block) ?? { last: 0 };
        const taken = new Set(this.addresses.values());
        let address = last - 1;
        while (taken.has(formatAddress(address))) address -= 1;
        return formatAddress(address);
    }

    /** Lets the API server ask here for the logs of the node's pods. */
    private tellKubelet(node: string): void {
        if (this.told.has(node)) return;
        this.told.add(node);
        const status = {
            daemonEndpoints: { kubeletEndpoint: { Port: this.options.kubeletPort } },
            addresses: [{ type: "ExternalDNS", address: "localhost" }],
        };
        this.view.patchNodeStatus(node, status).catch((fault: unknown) => {
            this.told.delete(node);
            this.options.log(`node ${node}: ${String(fault)}`);
        });
    }

    private sourcesOf({ metadata, spec }: V1Pod): Sources {
        const { name: podName = "", uid = "", namespace = "" } = metadata ?? {};
        const missing = (fault: unknown): undefined => {
            if (!answered(fault, 404)) throw fault;
            return undefined;
        };
        return {
            configMap: (name) => this.core.readNamespacedConfigMap({ name, namespace }).catch(missing),
            secret: (name) => this.core.readNamespacedSecret({ name, namespace }).catch(missing),
            token: async (audience, expirationSeconds) => {
                const { status } = await this.core.createNamespacedServiceAccountToken({
                    ...{ name: spec?.serviceAccountName ?? "default", namespace },
                    body: {
                        spec: {
                            ...{ audiences: audience === undefined ? [] : [audience], expirationSeconds },
                            boundObjectRef: { apiVersion: "v1", kind: "Pod", name: podName, uid },
                        },
                    },
                });
                const { token, expirationTimestamp } = status ?? {};
                if (token === undefined || expirationTimestamp === undefined)
                    throw new Error(`no token for ${podName}`);
                return { token, expires: new Date(expirationTimestamp) };
            },
        };
    }

    /** @see https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html */
    private async workloadIdentity(
        { metadata, spec }: V1Pod,
        volumes: Volumes,
        folder: string,
    ): Promise<Record<string, string>> {
        if (metadata?.labels?.[identity.label] !== "true") return {};
        const file = join(folder, "azure", "azure-identity-token");
        await volumes.keepToken(file, identity.audience, identity.seconds);
        const account = await this.core.readNamespacedServiceAccount({
            name: spec?.serviceAccountName ?? "default",
            namespace: metadata.namespace ?? "",
        });
        const said = account.metadata?.annotations ?? {};
        const clientId = said[identity.clientId];
        return {
            ...(clientId !== undefined && { AZURE_CLIENT_ID: clientId }),
            AZURE_TENANT_ID: said[identity.tenantId] ?? this.options.tenantId(),
            AZURE_FEDERATED_TOKEN_FILE: file,
            AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
        };
    }
}

/** Processes that are written down in the folders of pods. */
function leftIn(folder: string): ProcessRecord[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((pod) =>
        readdirSync(join(folder, pod))
            .filter((file) => file.endsWith(".process.json"))
            .flatMap((file) => (readOwn(join(folder, pod, file)) as ProcessRecord | undefined) ?? []),
    );
}
