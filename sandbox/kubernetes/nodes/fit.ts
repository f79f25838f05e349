import type {
    V1LabelSelector,
    V1NodeSelectorTerm,
    V1Pod,
    V1PodAffinityTerm,
    V1PodSpec,
    V1Toleration,
} from "@kubernetes/client-node";
import type { Taint } from "./description";
import { amounts, most, sum, type Amounts } from "./quantity";

/** Where a pod may go: a node, a machine that is starting, or one that a pool could have. */
export interface Place {
    name: string;
    labels: Readonly<Record<string, string>>;
    taints: readonly Taint[];
    allocatable: Amounts;
    unschedulable: boolean;
    /** Pods that are there, or are counted on to be. */
    pods: V1Pod[];
}

const hostname = "kubernetes.io/hostname";

/**
 * Why the pod does not go there, in the scheduler's words; undefined when it does. Knows what decides on this platform:
 * taints, selectors, required node and pod affinity, resources, host ports and hard spread. Volumes are not looked at.
 */
export function misfit(pod: V1Pod, place: Place, places: readonly Place[]): string | undefined {
    const { spec } = pod;
    if (!spec) return "pod has no spec";
    const tolerations = spec.tolerations ?? [];
    const cordon = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
    if (place.unschedulable && !tolerated(cordon, tolerations)) return "node(s) were unschedulable";
    const taint = place.taints.find((each) => each.effect !== "PreferNoSchedule" && !tolerated(each, tolerations));
    if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`;
    if (!selected(spec, place)) return "node(s) didn't match Pod's node affinity/selector";
    const short = shortage(pod, place);
    if (short !== undefined) return short;
    if (portsTaken(spec, place)) return "node(s) didn't have free ports for the requested pod ports";
    if (!affinityHolds(pod, place, places)) return "node(s) didn't match pod affinity rules";
    if (antiAffinityBroken(pod, place, places)) return "node(s) didn't match pod anti-affinity rules";
    if (!spreadHolds(pod, place, places)) return "node(s) didn't match pod topology spread constraints";
    return undefined;
}

/** What the pod asks for: all containers at once, or the largest of those that run before them. */
export function requests(pod: V1Pod): Amounts {
    const of = (resources?: { requests?: Record<string, string> }): Amounts => amounts(resources?.requests);
    const initial = pod.spec?.initContainers ?? [];
    const beside = initial.filter(({ restartPolicy }) => restartPolicy === "Always").map((each) => of(each.resources));
    const before = initial.filter(({ restartPolicy }) => restartPolicy !== "Always").map((each) => of(each.resources));
    const together = sum([...(pod.spec?.containers ?? []).map((each) => of(each.resources)), ...beside]);
    return sum([before.reduce(most, together), amounts(pod.spec?.overhead)]);
}

/** Whether the pod asks for GPUs, or parts of them. */
export const asksForGpus = (pod: V1Pod): boolean =>
    Object.entries(requests(pod)).some(([resource, amount]) => resource.startsWith("nvidia.com/") && amount > 0);

/** What the pods on a place ask for. */
export const used = ({ pods }: Place): Amounts => sum([...pods.map(requests), { pods: pods.length }]);

function shortage(pod: V1Pod, place: Place): string | undefined {
    const taken = used(place);
    const asked = sum([requests(pod), { pods: 1 }]);
    const short = Object.entries(asked).find(
        // Rounding of fractions of cores must not decide.
        ([resource, amount]) =>
            amount > 0 && amount + (taken[resource] ?? 0) > (place.allocatable[resource] ?? 0) + 1e-6,
    );
    if (!short) return undefined;
    return short[0] === "pods" ? "Too many pods" : `Insufficient ${short[0]}`;
}

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export function tolerated(taint: Taint, tolerations: readonly V1Toleration[]): boolean {
    return tolerations.some(
        ({ key, operator = "Equal", value, effect }) =>
            (!effect || effect === taint.effect) &&
            (!key ? operator === "Exists" : key === taint.key) &&
            (operator === "Exists" || (value ?? "") === (taint.value ?? "")),
    );
}

function selected(spec: V1PodSpec, { labels, name }: Place): boolean {
    const wanted = Object.entries(spec.nodeSelector ?? {});
    if (!wanted.every(([key, value]) => labels[key] === value)) return false;
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    return !required || required.nodeSelectorTerms.some((term) => termMatches(term, labels, name));
}

function termMatches(term: V1NodeSelectorTerm, labels: Readonly<Record<string, string>>, name: string): boolean {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    return (
        expressions.length + fields.length > 0 &&
        expressions.every(({ key, operator, values }) => holds(operator, labels[key], values)) &&
        fields.every(({ operator, values }) => holds(operator, name, values))
    );
}

function holds(operator: string, actual: string | undefined, values: readonly string[] = []): boolean {
    switch (operator) {
        case "In":
            return actual !== undefined && values.includes(actual);
        case "NotIn":
            return actual === undefined || !values.includes(actual);
        case "Exists":
            return actual !== undefined;
        case "DoesNotExist":
            return actual === undefined;
        case "Gt":
            return actual !== undefined && Number(actual) > Number(values[0]);
        default:
            return actual !== undefined && Number(actual) < Number(values[0]);
    }
}

/** Whether the labels are what the selector selects. None selects nothing, an empty one everything. */
export function selects(selector: V1LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
    return (
        selector !== undefined &&
        Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
        (selector.matchExpressions ?? []).every(({ key, operator, values }) => holds(operator, labels[key], values))
    );
}

function portsTaken(spec: V1PodSpec, place: Place): boolean {
    const ports = (of?: V1PodSpec): string[] =>
        (of?.containers ?? []).flatMap(({ ports: listed = [] }) =>
            listed.flatMap(({ hostPort, protocol = "TCP" }) => (hostPort ? [`${protocol}/${hostPort}`] : [])),
        );
    const taken = new Set(place.pods.flatMap((pod) => ports(pod.spec)));
    return ports(spec).some((port) => taken.has(port));
}

/** Places of the same zone, host or whatever the key divides by. */
const together = (key: string, place: Place, places: readonly Place[]): Place[] =>
    [place, ...places.filter((other) => other !== place)].filter(({ labels }) => labels[key] === place.labels[key]);

function meant(term: V1PodAffinityTerm, own: V1Pod, other: V1Pod): boolean {
    const everywhere = term.namespaceSelector !== undefined;
    const namespaces = term.namespaces ?? [own.metadata?.namespace];
    return (
        (everywhere || namespaces.includes(other.metadata?.namespace)) &&
        selects(term.labelSelector, other.metadata?.labels)
    );
}

function affinityHolds(pod: V1Pod, place: Place, places: readonly Place[]): boolean {
    const terms = pod.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return terms.every((term) => {
        const near = together(term.topologyKey, place, places);
        const anywhere = places.some(({ pods }) => pods.some((other) => meant(term, pod, other)));
        // The first of a group that wants to be together may go anywhere.
        return (
            near.some(({ pods }) => pods.some((other) => meant(term, pod, other))) ||
            (!anywhere && meant(term, pod, pod))
        );
    });
}

function antiAffinityBroken(pod: V1Pod, place: Place, places: readonly Place[]): boolean {
    const terms = (of: V1Pod): V1PodAffinityTerm[] =>
        of.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const ours = terms(pod).some((term) =>
        together(term.topologyKey, place, places).some(({ pods }) => pods.some((other) => meant(term, pod, other))),
    );
    if (ours) return true;
    // Those that are there may not want it beside them.
    return [place, ...places.filter((other) => other !== place)].some(({ pods, labels }) =>
        pods.some((other) =>
            terms(other).some(
                (term) => labels[term.topologyKey] === place.labels[term.topologyKey] && meant(term, other, pod),
            ),
        ),
    );
}

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
function spreadHolds(pod: V1Pod, place: Place, places: readonly Place[]): boolean {
    const hard = (pod.spec?.topologySpreadConstraints ?? []).filter(
        ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
    );
    return hard.every(({ topologyKey, maxSkew, labelSelector, minDomains, matchLabelKeys = [] }) => {
        const own = place.labels[topologyKey];
        if (own === undefined) return false;
        const counts = new Map<string, number>();
        for (const each of [place, ...places.filter((other) => other !== place)]) {
            const domain = each.labels[topologyKey];
            if (domain === undefined || !pod.spec || !selected(pod.spec, each)) continue;
            const matching = each.pods.filter(
                (other) =>
                    other.metadata?.namespace === pod.metadata?.namespace &&
                    selects(labelSelector, other.metadata?.labels) &&
                    matchLabelKeys.every((key) => other.metadata?.labels?.[key] === pod.metadata?.labels?.[key]),
            ).length;
            counts.set(domain, (counts.get(domain) ?? 0) + matching);
        }
        const least = counts.size < (minDomains ?? 1) ? 0 : Math.min(...counts.values());
        const itself = selects(labelSelector, pod.metadata?.labels) ? 1 : 0;
        return (counts.get(own) ?? 0) + itself - least <= maxSkew;
    });
}

/** A place like this one under another name: what a pool's next machine would be. */
export const placeNamed = (name: string, place: Omit<Place, "name">): Place => ({
    ...place,
    name,
    labels: { ...place.labels, [hostname]: name },
    pods: [...place.pods],
});
