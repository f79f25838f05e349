import { CoreV1Api } from "@kubernetes/client-node";
import { Tenancy } from "../../../components/workloads/tenancy";
import {
    openWays,
    reachabilityKinds,
    waysOf,
    type ClusterObject,
    type Party,
    type Policy,
    type Way,
} from "../../../sandbox/kubernetes/reachability";
import { seen, value } from "../../mocks";
import { apply, live } from "./applied";
import { startTimeoutMs, useControlPlane } from "./control-plane";

const pods = (name: string, namespace: string, labels: Record<string, string> = {}): Party => ({
    ...{ kind: "pods", name, namespace, labels, namespaceLabels: { "kubernetes.io/metadata.name": namespace } },
});
const [web, database, elsewhere] = [
    pods("web", "a", { app: "web" }),
    pods("database", "a", { app: "database" }),
    pods("elsewhere", "b"),
];
const internet: Party = { kind: "address", name: "internet", address: "20.20.20.20" };
const office: Party = { kind: "address", name: "office", address: "10.1.2.3" };
const policy = (name: string, spec: Policy["spec"]): Policy => ({ metadata: { name, namespace: "a" }, spec });
const closed = policy("closed", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const told = (
    policies: readonly Policy[],
    parties: readonly Party[] = [web, database, elsewhere, internet],
): string[] => openWays(policies, parties).map(({ from, to, ports }) => `${from} -> ${to} ${ports.join(" ")}`);

describe("by Kubernetes' rules", () => {
    test("without policies everything is open, and addresses among themselves are nobody's business", () => {
        expect(told([], [web, elsewhere, internet])).toEqual([
            ...["web -> web any", "web -> elsewhere any", "web -> internet any"],
            ...["elsewhere -> web any", "elsewhere -> elsewhere any", "elsewhere -> internet any"],
            ...["internet -> web any", "internet -> elsewhere any"],
        ]);
    });

    test("a closed namespace reaches nothing and is reached by nothing", () => {
        expect(told([closed], [web, database, elsewhere, internet])).toEqual([
            ...["elsewhere -> elsewhere any", "elsewhere -> internet any", "internet -> elsewhere any"],
        ]);
    });

    test("both ends must let it through", () => {
        const out = policy("out", {
            podSelector: { matchLabels: { app: "web" } },
            policyTypes: ["Egress"],
            egress: [
                { to: [{ podSelector: { matchLabels: { app: "database" } } }], ports: [{ port: 5432 }, { port: 80 }] },
            ],
        });
        const into = policy("in", {
            podSelector: { matchLabels: { app: "database" } },
            ingress: [
                {
                    from: [{ podSelector: {} }],
                    ports: [
                        { port: 5000, endPort: 6000 },
                        { port: 53, protocol: "UDP" },
                    ],
                },
            ],
        });
        expect(told([closed, out], [web, database])).toEqual([]);
        expect(openWays([closed, out, into], [web, database])).toEqual([
            { from: "web", to: "database", ports: ["5432/TCP"], by: ["a/in", "a/out"] },
        ]);
    });

    test("blocks are for addresses, exceptions for those that are not", () => {
        const out = policy("out", {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }], ports: [{ port: 443 }] }],
        });
        expect(told([closed, out], [web, database, internet, office])).toEqual([
            ...["web -> internet 443/TCP", "database -> internet 443/TCP"],
        ]);
    });

    test("namespaces are told by their labels, expressions counted in", () => {
        const into = policy("in", {
            podSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["database"] }] },
            ingress: [
                {
                    from: [
                        {
                            namespaceSelector: {
                                matchExpressions: [
                                    { key: "kubernetes.io/metadata.name", operator: "In", values: ["b"] },
                                ],
                            },
                        },
                    ],
                },
            ],
        });
        expect(
            told([closed, into], [web, database, elsewhere]).filter((way) => way.startsWith("elsewhere -> ")),
        ).toEqual([...["elsewhere -> web any", "elsewhere -> elsewhere any"]]);
    });
});

describe("by the live objects of two teams", () => {
    jest.setTimeout(startTimeoutMs);
    const cluster = useControlPlane();
    let ways: Way[] = [];

    beforeAll(async () => {
        const common = {
            ...{ gatewayNamespace: "platform-gateway", privateEndpoints: "10.20.10.0/24" },
            quota: { gpus: {}, cpu: 4, memoryGib: 8, storageGib: 10, pods: 4 },
            served: { pods: { "app.kubernetes.io/component": "endpoint" }, port: 8000, metricsPort: 8002 },
        };
        for (const [index, team] of ["vision", "audio"].entries()) {
            const groups = { members: `66666666-6666-4666-8666-00000000000${index + 1}` };
            await value(new Tenancy(team, { ...common, team, groups }).ready);
        }
        await new Promise((done) => setTimeout(done, 100));
        const core = cluster.client(CoreV1Api);
        await core.createNamespace({ body: { metadata: { name: "platform-gateway" } } });
        apply(cluster, seen);
        ways = waysOf(live(cluster, reachabilityKinds) as ClusterObject[]);
    }, startTimeoutMs);

    const between = (from: string, to: string): string[] =>
        ways
            .filter((way) => way.from.startsWith(from) && way.to.startsWith(to))
            .map((way) => `${way.from} -> ${way.to} ${way.ports.join(" ")}`);

    test("no team reaches another, nor itself", () => {
        for (const from of ["team-vision", "team-audio"])
            for (const to of ["team-vision", "team-audio"]) expect(between(from, to)).toEqual([]);
    });

    test("only the gateway reaches endpoints, and only there, and only metrics are asked for", () => {
        const into = ways.filter(({ to }) => to.startsWith("team-vision"));
        expect(into.map(({ from, to, ports }) => `${from} -> ${to} ${ports.join(" ")}`).sort()).toEqual([
            "kube-system: any pod -> team-vision: component=endpoint 8002/TCP",
            "kube-system: k8s-app=kube-dns -> team-vision: component=endpoint 8002/TCP",
            "platform-gateway: any pod -> team-vision: component=endpoint 8000/TCP",
        ]);
    });

    test("out go questions of names, the private endpoints, and sign-in for those that sign in", () => {
        expect(between("team-vision", "the internet")).toEqual(["team-vision: use=true -> the internet 443/TCP"]);
        expect(between("team-vision: component=endpoint", "")).toEqual([
            "team-vision: component=endpoint -> kube-system: k8s-app=kube-dns 53/UDP 53/TCP",
            "team-vision: component=endpoint -> 10.20.10.0/24 443/TCP",
        ]);
    });
});
