import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { misfit, requests, type Place } from "../../../../sandbox/kubernetes/nodes/fit";
import { quantity } from "../../../../sandbox/kubernetes/nodes/quantity";

const gib = 1024 ** 3;

const place = (name: string, more: Partial<Place> = {}): Place => ({
    name,
    labels: { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": "1", ...more.labels },
    taints: [],
    allocatable: { cpu: 4, memory: 8 * gib, pods: 110 },
    unschedulable: false,
    pods: [],
    ...("labels" in more ? { ...more, labels: { "kubernetes.io/hostname": name, ...more.labels } } : more),
});

const pod = (spec: Partial<V1PodSpec> = {}, labels: Record<string, string> = { app: "web" }): V1Pod => ({
    metadata: { name: "web", namespace: "team", labels },
    spec: { containers: [{ name: "web", resources: { requests: { cpu: "1", memory: "1Gi" } } }], ...spec },
});

const why = (asked: V1Pod, where: Place, all: Place[] = [where]): string | undefined => misfit(asked, where, all);

test.each([
    ["500m", 0.5],
    ["2", 2],
    ["1Gi", gib],
    ["1G", 1e9],
    ["1e3", 1000],
])("the quantity %s is %d", (written, value) => {
    expect(quantity(written)).toBe(value);
});

test("what is no quantity is refused", () => {
    expect(() => quantity("much")).toThrow('"much" is no quantity');
});

test("a pod asks for its containers together, or for the largest of those before them", () => {
    const container = (cpu: string) => ({ name: "c", resources: { requests: { cpu } } });
    const asked = pod({ containers: [container("1"), container("1")], initContainers: [container("3")] });
    expect(requests(asked)).toEqual({ cpu: 3 });
});

test("resources, taints, cordons and selectors keep a pod away, each with its reason", () => {
    const gpu = { containers: [{ name: "c", resources: { requests: { "nvidia.com/gpu": "1" } } }] };
    expect(why(pod(gpu), place("a"))).toBe("Insufficient nvidia.com/gpu");
    expect(why(pod(), place("a", { pods: [pod(), pod(), pod(), pod()] }))).toBe("Insufficient cpu");
    const taints = [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }];
    expect(why(pod(), place("a", { taints }))).toBe("node(s) had untolerated taint {nvidia.com/gpu: present}");
    expect(
        why(pod({ tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] }), place("a", { taints })),
    ).toBeUndefined();
    expect(why(pod(), place("a", { unschedulable: true }))).toBe("node(s) were unschedulable");
    expect(why(pod({ nodeSelector: { pool: "b" } }), place("a"))).toBe(
        "node(s) didn't match Pod's node affinity/selector",
    );
});

test.each([
    ["In", ["1"], undefined],
    ["NotIn", ["1"], "no"],
    ["Exists", undefined, undefined],
    ["DoesNotExist", undefined, "no"],
    ["Gt", ["0"], undefined],
    ["Lt", ["0"], "no"],
])("node affinity: zone %s %p", (operator, values, fails) => {
    const matchExpressions = [{ key: "topology.kubernetes.io/zone", operator, ...(values && { values }) }];
    const nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    };
    expect(why(pod({ affinity: { nodeAffinity } }), place("a"))).toBe(
        fails && "node(s) didn't match Pod's node affinity/selector",
    );
});

test("pods that must not be on one host are not, whichever of them came first", () => {
    const apart = {
        podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } } },
            ],
        },
    };
    const there = place("a", { pods: [pod()] });
    expect(why(pod({ affinity: apart }), there, [there, place("b")])).toBe(
        "node(s) didn't match pod anti-affinity rules",
    );
    expect(why(pod({ affinity: apart }), place("b"), [there])).toBeUndefined();
    const guarded = place("a", { pods: [pod({ affinity: apart })] });
    expect(why(pod(), guarded)).toBe("node(s) didn't match pod anti-affinity rules");
});

test("hard spread counts the zones that are there", () => {
    const constraint = {
        ...{ maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
        labelSelector: { matchLabels: { app: "web" } },
    };
    const asked = pod({ topologySpreadConstraints: [constraint] });
    const one = place("a", { labels: { "topology.kubernetes.io/zone": "1" }, pods: [pod()] });
    const two = place("b", { labels: { "topology.kubernetes.io/zone": "2" } });
    expect(why(asked, one, [one])).toBeUndefined();
    expect(why(asked, one, [one, two])).toBe("node(s) didn't match pod topology spread constraints");
    expect(why(asked, two, [one, two])).toBeUndefined();
    const three = pod({ topologySpreadConstraints: [{ ...constraint, minDomains: 3 }] });
    expect(why(three, one, [one])).toBe("node(s) didn't match pod topology spread constraints");
});

test("host ports are given once", () => {
    const listening = pod({ containers: [{ name: "c", ports: [{ containerPort: 80, hostPort: 80 }] }] });
    expect(why(listening, place("a", { pods: [listening] }))).toBe(
        "node(s) didn't have free ports for the requested pod ports",
    );
});
