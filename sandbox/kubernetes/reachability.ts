import { contains, parseAddress, parseBlock } from "../azure/cidr";

/** What Kubernetes keeps of a policy, as far as it says who may reach whom. */
export interface Policy {
    metadata: { name: string; namespace: string };
    spec: {
        podSelector?: Selector;
        policyTypes?: readonly string[];
        ingress?: readonly { from?: readonly Peer[]; ports?: readonly PolicyPort[] }[];
        egress?: readonly { to?: readonly Peer[]; ports?: readonly PolicyPort[] }[];
    };
}
export interface Selector {
    matchLabels?: Labels;
    matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}
interface Peer {
    podSelector?: Selector;
    namespaceSelector?: Selector;
    ipBlock?: { cidr: string; except?: readonly string[] };
}
interface PolicyPort {
    port?: number | string;
    endPort?: number;
    protocol?: string;
}
export type Labels = Readonly<Record<string, string>>;

/** Who sends or is sent to: pods that are alike to every policy, or an address outside of the cluster. */
export type Party =
    | { kind: "pods"; name: string; namespace: string; labels: Labels; namespaceLabels: Labels }
    | { kind: "address"; name: string; address: string };

/** One way that is open. */
export interface Way {
    from: string;
    to: string;
    /** `443/TCP`, `8000-8010/TCP`, or `any`. */
    ports: string[];
    /** Policies that open it, `namespace/name`, at the sender's end and at the receiver's. Empty where no policy is about an end. */
    by: string[];
}

/** Ports that some rules open. Undefined: all of them. */
type Ports = ReadonlyMap<string, readonly string[]> | undefined;

/**
 * Who may reach whom: both ends must let it through. An end that no policy of that direction selects lets everything through.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function openWays(policies: readonly Policy[], parties: readonly Party[]): Way[] {
    return parties.flatMap((from) =>
        parties
            .filter((to) => from.kind === "pods" || to.kind === "pods")
            .flatMap((to): Way[] => {
                const out = opened(policies, "Egress", from, to);
                const into = opened(policies, "Ingress", to, from);
                const both = meeting(out, into);
                if (both?.size === 0) return [];
                const by = both === undefined ? [] : [...both.values()].flat();
                return [
                    {
                        from: from.name,
                        to: to.name,
                        ports: both ? [...both.keys()] : ["any"],
                        by: [...new Set(by)].sort(),
                    },
                ];
            }),
    );
}

/** What the policies at one end let through to or from the other. */
function opened(policies: readonly Policy[], direction: "Ingress" | "Egress", end: Party, other: Party): Ports {
    if (end.kind === "address") return undefined;
    const about = policies.filter(
        (policy) =>
            policy.metadata.namespace === end.namespace &&
            typesOf(policy).includes(direction) &&
            selects(policy.spec.podSelector, end.labels),
    );
    if (about.length === 0) return undefined;
    const ports = new Map<string, string[]>();
    for (const { metadata, spec } of about) {
        const rules =
            direction === "Ingress"
                ? (spec.ingress ?? []).map(({ from: peers, ports: open }) => ({ peers, open }))
                : (spec.egress ?? []).map(({ to: peers, ports: open }) => ({ peers, open }));
        for (const { peers, open } of rules) {
            // No peers are all of them, and so are no ports.
            if (
                peers !== undefined &&
                peers.length > 0 &&
                !peers.some((peer) => isPeer(peer, other, metadata.namespace))
            )
                continue;
            for (const port of open === undefined || open.length === 0 ? ["any"] : open.map(shown))
                ports.set(port, [...(ports.get(port) ?? []), `${metadata.namespace}/${metadata.name}`]);
        }
    }
    return ports;
}

/** Without types, a policy is about what comes in, and about what goes out if it has rules for that. */
const typesOf = ({ spec }: Policy): readonly string[] =>
    spec.policyTypes ?? ["Ingress", ...(spec.egress === undefined ? [] : ["Egress"])];

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, other: Party, namespace: string): boolean {
    // Blocks are for what lies outside: Cilium knows pods by their labels alone.
    if (other.kind === "address") return ipBlock !== undefined && holds(ipBlock, other.address);
    if (ipBlock !== undefined) return false;
    const isThere = namespaceSelector
        ? selects(namespaceSelector, other.namespaceLabels)
        : other.namespace === namespace;
    return isThere && selects(podSelector, other.labels);
}

function holds({ cidr, except = [] }: { cidr: string; except?: readonly string[] }, address: string): boolean {
    const own = parseBlock(`${address}/32`);
    const within = (block: string): boolean => {
        const outer = parseBlock(block);
        return own !== undefined && outer !== undefined && contains(outer, own);
    };
    return within(cidr) && !except.some(within);
}

/** An empty selector selects everything. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
    return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every(({ key, operator, values = [] }) => {
            const value = labels[key];
            if (operator === "Exists") return value !== undefined;
            if (operator === "DoesNotExist") return value === undefined;
            const isIn = value !== undefined && values.includes(value);
            return operator === "In" ? isIn : !isIn;
        })
    );
}

function shown({ port, endPort, protocol = "TCP" }: PolicyPort): string {
    if (port === undefined) return `any/${protocol}`;
    return `${port}${endPort === undefined ? "" : `-${endPort}`}/${protocol}`;
}

/** What both ends let through. */
function meeting(out: Ports, into: Ports): Ports {
    if (out === undefined || into === undefined) return out ?? into;
    const both = new Map<string, string[]>();
    for (const [sent, senders] of out)
        for (const [taken, takers] of into) {
            const port = common(sent, taken);
            if (port !== undefined) both.set(port, [...(both.get(port) ?? []), ...senders, ...takers]);
        }
    return both;
}

/** The ports in both of two entries as they are shown; undefined when there are none. */
function common(left: string, right: string): string | undefined {
    if (left === "any") return right;
    if (right === "any") return left;
    const [[leftPorts = "", leftProtocol], [rightPorts = "", rightProtocol]] = [left.split("/"), right.split("/")];
    if (leftProtocol !== rightProtocol) return undefined;
    if (leftPorts === "any" || leftPorts === rightPorts) return right;
    if (rightPorts === "any") return left;
    const [a, b] = [rangeOf(leftPorts), rangeOf(rightPorts)];
    const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)];
    // A port by name is the pod's to say: it meets its own name alone.
    if (!(first <= last)) return undefined;
    return `${first === last ? first : `${first}-${last}`}/${leftProtocol ?? ""}`;
}

function rangeOf(ports: string): { first: number; last: number } {
    const [first = "", last = first] = /^\d+(-\d+)?$/.test(ports) ? ports.split("-") : [ports];
    return { first: Number(first), last: Number(last) };
}

/** An object as `kubectl get -o json` has it. */
export interface ClusterObject {
    kind: string;
    metadata: { name: string; namespace?: string; labels?: Labels };
    spec?: unknown;
}

/** What lies in a cluster that decides who reaches whom: for kubectl. */
export const reachabilityKinds = "namespaces,pods,networkpolicies";

/** Every open way of a cluster. */
export function waysOf(objects: readonly ClusterObject[]): Way[] {
    const of = (kind: string): ClusterObject[] => objects.filter((one) => one.kind === kind);
    const policies = of("NetworkPolicy") as unknown as Policy[];
    return openWays(policies, partiesOf(of("Namespace"), of("Pod"), policies));
}

/** Labels that differ from pod to pod, and that no policy goes by. */
const ownLabels =
    /(pod-template-hash|controller-revision-hash|controller-uid|job-name|pod-index|pod-name|completion-index)$/;

/**
 * The parties of a cluster: its pods, those with the same labels as one, and for each opening that there is to pods or from pods
 * that do not run yet, pods as it asks for; every block that a policy names, and the internet.
 */
function partiesOf(
    namespaces: readonly ClusterObject[],
    pods: readonly ClusterObject[],
    policies: readonly Policy[],
): Party[] {
    const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
    const parties = new Map<string, Party>();
    const add = (namespace: string, labels: Labels): void => {
        const known = Object.entries(labels).filter(([key]) => !ownLabels.test(key));
        const text = known.map(([key, value]) => `${key.slice(key.indexOf("/") + 1)}=${value}`).sort();
        const name = `${namespace}: ${text.join(",") || "any pod"}`;
        parties.set(JSON.stringify([namespace, known.sort()]), {
            ...{ kind: "pods", name, namespace, labels: Object.fromEntries(known) },
            namespaceLabels: labelsOf.get(namespace) ?? {},
        });
    };
    for (const { metadata } of pods) add(metadata.namespace ?? "", metadata.labels ?? {});
    for (const { metadata, spec } of policies) add(metadata.namespace, spec.podSelector?.matchLabels ?? {});
    const peers = policies.flatMap(({ spec }) => [
        ...(spec.ingress ?? []).flatMap(({ from = [] }) => from),
        ...(spec.egress ?? []).flatMap(({ to = [] }) => to),
    ]);
    for (const { namespaceSelector, podSelector } of peers)
        for (const [name, labels] of labelsOf)
            if (namespaceSelector && selects(namespaceSelector, labels)) add(name, podSelector?.matchLabels ?? {});
    for (const cidr of new Set(peers.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []))) {
        const [base = ""] = cidr.split("/");
        if (parseAddress(base) !== undefined && base !== "0.0.0.0")
            parties.set(cidr, { kind: "address", name: cidr, address: base });
    }
    parties.set("the internet", { kind: "address", name: "the internet", address: "20.20.20.20" });
    return [...parties.values()];
}
