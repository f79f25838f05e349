import { join } from "node:path";
import type { Programs } from "../local-pods/programs";
import type { ProcessRecord } from "./children";

/** What a control plane is started with. Lies in its folder as `settings.json`. */
export interface ClusterSettings {
    /** Folder of etcd, kube-apiserver and the others: what `tools/kubernetes.cjs` tells. */
    binaries: string;
    /** Folder of the custom resources' definitions: what `tools/definitions.cjs` tells. */
    definitions: string;
    /** Host names of the API server, beside the loopback's. @default none */
    hostNames?: readonly string[];
    /** Block of the services' addresses. @default AKS's own, 10.0.0.0/16 */
    serviceCidr?: string;
    /** Issuer of the tokens of service accounts. @default the cluster's own name for itself */
    serviceAccountIssuer?: string;
    /** The sandbox's Entra ID. @default nobody has tokens of it, and Azure's role assignments do not count */
    entra?: {
        tenantId: string;
        /** File with the key (PEM) that its tokens are signed with. */
        publicKey: string;
    };
    /** Programs of images of our own: their pods run as processes of this machine. @default none do */
    programs?: Programs;
    /** By chart: folder of the controller that is built of it, or will be: what `tools/controllers.cjs` tells. @default none runs */
    controllers?: Readonly<Partial<Record<"keda" | "kueue", string>>>;
    /** Real seconds for each that nodes and pods live; 0 is instant. @default 0 */
    clock?: number;
}

export const portNames = [
    "api",
    "etcd",
    "etcdPeer",
    "identity",
    "kubelet",
    "gateway",
    "azure",
    "blobs",
    "queues",
    "tables",
] as const;
export type Ports = Record<(typeof portNames)[number], number>;

/** What the supervisor says of itself, in `supervisor.json`. */
export interface SupervisorState {
    supervisor: ProcessRecord;
    ports: Ports;
    /** Every process that it has started and that may still run. */
    processes: readonly ProcessRecord[];
    /** Milliseconds from its start until the API server was ready; missing before. */
    readyAfterMs?: number;
}

/** Where a control plane keeps what it has. */
export function clusterFiles(folder: string) {
    return {
        settings: join(folder, "settings.json"),
        state: join(folder, "supervisor.json"),
        supervisorLog: join(folder, "logs", "supervisor.log"),
        logs: join(folder, "logs"),
        pki: join(folder, "pki"),
        etcd: join(folder, "etcd"),
        audit: join(folder, "audit.log"),
        auditPolicy: join(folder, "audit-policy.yaml"),
        authentication: join(folder, "authentication.yaml"),
        authorization: join(folder, "authorization.yaml"),
        webhookKubeconfig: join(folder, "pki", "webhook.kubeconfig"),
        /** What the sandbox itself comes in with: a client certificate of `system:masters`. Only its owner reads it. */
        adminKubeconfig: join(folder, "admin.kubeconfig"),
        kubeconfigOf: (name: string): string => join(folder, "pki", `${name}.kubeconfig`),
        /** What the sandbox's Azure says of the cluster: its pools, roles, identities and images. */
        azure: join(folder, "azure.json"),
        /** Numbers of machines by pool, for the sandbox's Azure to show. */
        machines: join(folder, "machines.json"),
        /** What local pods have on this machine: volumes and logs. */
        pods: join(folder, "pods"),
        /** What controllers of charts keep. */
        controllers: join(folder, "controllers"),
        /** How kwok plays nodes and pods. */
        stages: join(folder, "stages.yaml"),
    };
}
