import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import type { networking } from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";

type Peer = networking.v1.NetworkPolicyPeer;
type Port = networking.v1.NetworkPolicyPort;

/** A way in or out that is open beside what every pod needs. */
export interface Opening {
    name: string;
    /** Pods that it is for, by label. @default - all of the namespace */
    pods?: Readonly<Record<string, string>>;
    /** Who may come in; nobody when empty. */
    from?: readonly Peer[];
    /** What may be reached; nothing when empty. */
    to?: readonly Peer[];
    ports: readonly (number | { port: number; protocol: "TCP" | "UDP" })[];
}

export const inNamespace = (name: string, pods?: Readonly<Record<string, string>>): Peer => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    ...(pods && { podSelector: { matchLabels: { ...pods } } }),
});
export const inBlock = (cidr: string): Peer => ({ ipBlock: { cidr } });

/** Azure Monitor's agents, which ask pods for their metrics from within kube-system. */
const collectors = inNamespace("kube-system");
const portOf = (port: Opening["ports"][number]): Port => (typeof port === "number" ? { port, protocol: "TCP" } : port);

/**
 * Closes a namespace, and opens what is named: nothing comes in, and out goes a question to the cluster's DNS alone. Where the
 * cluster simulates its nodes nothing enforces this.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
 */
export function networkPolicies(
    namespaceName: string,
    openings: readonly Opening[],
    options: pulumi.CustomResourceOptions,
): NetworkPolicy[] {
    const policy = (name: string, spec: networking.v1.NetworkPolicySpec): NetworkPolicy =>
        new NetworkPolicy(`${namespaceName}-${name}`, { metadata: { name, namespace: namespaceName }, spec }, options);
    return [
        policy("closed", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
        policy("dns", {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [
                {
                    to: [inNamespace("kube-system", { "k8s-app": "kube-dns" })],
                    ports: [
                        { port: 53, protocol: "UDP" },
                        { port: 53, protocol: "TCP" },
                    ],
                },
            ],
        }),
        ...openings.map(({ name, pods, from, to, ports }) =>
            policy(name, {
                podSelector: pods ? { matchLabels: { ...pods } } : {},
                policyTypes: [...(from ? ["Ingress"] : []), ...(to ? ["Egress"] : [])],
                ...(from && { ingress: from.length > 0 ? [{ from: [...from], ports: ports.map(portOf) }] : [] }),
                ...(to && { egress: to.length > 0 ? [{ to: [...to], ports: ports.map(portOf) }] : [] }),
            }),
        ),
    ];
}

/** Azure Monitor may collect metrics from those pods. */
export const metricsOpening = (ports: readonly number[], pods?: Readonly<Record<string, string>>): Opening => ({
    ...{ name: "metrics", from: [collectors], ports },
    ...(pods && { pods }),
});

/**
 * The API server. It lies outside of the pods' network, by the address of its service or its own subnet.
 * @param blocks Addresses: the service's, and those of the API server's subnet.
 */
export const apiServerOpening = (blocks: readonly string[], pods?: Readonly<Record<string, string>>): Opening => ({
    ...{ name: "api-server", to: blocks.map(inBlock), ports: [443, 4443, 6443] },
    ...(pods && { pods }),
});
