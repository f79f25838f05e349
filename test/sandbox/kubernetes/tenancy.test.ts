import {
    ApiException,
    AuthorizationV1Api,
    CoreV1Api,
    setHeaderOptions,
    type V1Container,
    type V1Pod,
} from "@kubernetes/client-node";
import { teamNamespace } from "../../../components/workloads/team-namespace";
import { Tenancy, type TenancyArgs } from "../../../components/workloads/tenancy";
import { seen, value } from "../../mocks";
import { apply } from "./applied";
import { startTimeoutMs, useControlPlane } from "./control-plane";

jest.setTimeout(startTimeoutMs);

// What the component makes, judged by Kubernetes itself: identities as AKS has them, groups by their object ids.
const cluster = useControlPlane();
const groups = {
    vision: { members: "66666666-6666-4666-8666-000000000001", viewers: "66666666-6666-4666-8666-000000000002" },
    audio: { members: "66666666-6666-4666-8666-000000000003" },
};
const args = (team: keyof typeof groups): TenancyArgs => ({
    ...{ team, groups: groups[team], gatewayNamespace: "platform-gateway", privateEndpoints: "10.20.10.0/24" },
    quota: { gpus: { t4: 1 }, cpu: 4, memoryGib: 8, storageGib: 10, pods: 4 },
    served: { pods: { "app.kubernetes.io/component": "endpoint" }, port: 8000, metricsPort: 8002 },
});
const [vision, audio] = [teamNamespace("vision"), teamNamespace("audio")];

beforeAll(async () => {
    for (const team of ["vision", "audio"] as const) await value(new Tenancy(team, args(team)).ready);
    await new Promise((done) => setTimeout(done, 100));
    apply(cluster, seen);
    const core = cluster.client(CoreV1Api);
    // The quota controller counts before it lets anything in.
    await until(async () => {
        const { status } = await core.readNamespacedResourceQuota({ namespace: audio, name: "team" });
        return status?.used?.pods === "0";
    });
    // Nor is a new rule about pods known at once.
    const isRefused = (): Promise<boolean> =>
        core.createNamespacedPod({ namespace: vision, body: pod("anywhere", gpu), dryRun: "All" }).then(
            () => false,
            () => true,
        );
    await until(isRefused);
    await core.createNamespacedSecret({ namespace: vision, body: { metadata: { name: "token" } } });
}, startTimeoutMs);

async function until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await holds().catch(() => false))) {
        if (Date.now() > deadline) throw new Error("not within a minute");
        await new Promise((done) => setTimeout(done, 100));
    }
}

/** A pod as the platform makes them. */
function pod(name: string, container: Partial<V1Container> = {}, spec: Partial<V1Pod["spec"]> = {}): V1Pod {
    return {
        metadata: { name },
        spec: {
            securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    ...{ name: "main", image: "example.invalid/none" },
                    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                    ...container,
                },
            ],
            ...spec,
        },
    };
}
const gpu = { resources: { limits: { "nvidia.com/gpu": "1", cpu: "1", memory: "1Gi" } } };
const onPool = (pool: string): Partial<V1Pod["spec"]> => ({ nodeSelector: { "mlplatform/pool": pool } });

async function create(namespace: string, body: V1Pod): Promise<V1Pod> {
    return await cluster.client(CoreV1Api).createNamespacedPod({ namespace, body });
}

/** What the API server says to a pod that it does not take. */
async function refusalOf(namespace: string, body: V1Pod): Promise<string> {
    try {
        await create(namespace, body);
    } catch (fault) {
        if (fault instanceof ApiException) return String(fault.body);
        throw fault;
    }
    return "taken";
}

describe("pods", () => {
    test("that say nothing of what they take get the team's defaults", async () => {
        const made = await create(audio, pod("default"));
        expect(made.spec?.containers[0]?.resources).toMatchObject({
            requests: { cpu: "250m", memory: "512Mi" },
            limits: { cpu: "4", memory: "512Mi" },
        });
    });

    test("that ask for more than Pod Security's strictest allows are refused, by what they ask for", async () => {
        const privileged = pod("privileged", { securityContext: { privileged: true } });
        expect(await refusalOf(vision, privileged)).toMatch(/violates PodSecurity .*restricted.*privileged/);
        const onHost = pod("on-host", {}, { hostNetwork: true });
        expect(await refusalOf(vision, onHost)).toMatch(/violates PodSecurity .*host namespaces/);
    });

    test("with GPUs need a pool of the order, and end where the quota does", async () => {
        expect(await refusalOf(vision, pod("anywhere", gpu))).toMatch(
            /must say in nodeSelector which pool it is for: mlplatform\/pool, one of t4/,
        );
        expect(await refusalOf(vision, pod("elsewhere", gpu, onPool("a100")))).toMatch(/one of t4/);
        await create(vision, pod("first", gpu, onPool("t4")));
        expect(await refusalOf(vision, pod("second", gpu, onPool("t4")))).toMatch(
            /exceeded quota: team, requested: requests.nvidia.com\/gpu=1, used: requests.nvidia.com\/gpu=1, limited: requests.nvidia.com\/gpu=1/,
        );
        await create(audio, pod("own", gpu, onPool("t4")));
    });

    test("larger than all that the team has are refused", async () => {
        const large = { resources: { requests: { cpu: "5" }, limits: { cpu: "5", memory: "1Gi" } } };
        expect(await refusalOf(vision, pod("large", large))).toMatch(/maximum cpu usage per Container is 4/);
    });

    test("more than the team may have are refused", async () => {
        const core = cluster.client(CoreV1Api);
        const { items } = await core.listNamespacedPod({ namespace: audio });
        for (let more = items.length; more < 4; more += 1) await create(audio, pod(`pod-${more}`));
        expect(await refusalOf(audio, pod("fifth"))).toMatch(/exceeded quota: team, requested: pods=1, used: pods=4/);
    });
});

test("no service of a team is a way in of its own", async () => {
    const body = { metadata: { name: "open" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } };
    await expect(cluster.client(CoreV1Api).createNamespacedService({ namespace: vision, body })).rejects.toThrow(
        /exceeded quota: team, requested: services.loadbalancers=1/,
    );
});

describe("identities", () => {
    /** May a member of the group do so? Asked of the API server, which asks its authorizers. */
    async function may(group: string, verb: string, resource: string, namespace: string): Promise<boolean> {
        const [name = "", subresource] = resource.split("/");
        const { status } = await cluster.client(AuthorizationV1Api).createSubjectAccessReview({
            body: {
                spec: {
                    ...{ user: "77777777-7777-4777-8777-000000000001", groups: [group, "system:authenticated"] },
                    resourceAttributes: {
                        ...{ verb, namespace, resource: name, ...(subresource !== undefined && { subresource }) },
                        group: name === "jobs" ? "batch" : name === "rolebindings" ? "rbac.authorization.k8s.io" : "",
                    },
                },
            },
        });
        return status?.allowed ?? false;
    }
    const { members, viewers } = groups.vision;

    test.each<[string, string, string, string, boolean]>([
        ["a member starts jobs", members, "create jobs", vision, true],
        ["a member opens a shell in a pod", members, "create pods/exec", vision, true],
        ["a member reads no secret", members, "get secrets", vision, false],
        ["a member lists no secrets", members, "list secrets", vision, false],
        ["a member gives no rights", members, "create rolebindings", vision, false],
        ["a member widens no quota", members, "update resourcequotas", vision, false],
        ["a member makes no bare pod", members, "create pods", vision, false],
        ["a member gets no token of a service account", members, "create serviceaccounts/token", vision, false],
        ["a viewer sees pods", viewers, "list pods", vision, true],
        ["a viewer reads logs", viewers, "get pods/log", vision, true],
        ["a viewer opens no shell", viewers, "create pods/exec", vision, false],
        ["a viewer opens no shell by web socket", viewers, "get pods/exec", vision, false],
        ["a viewer starts nothing", viewers, "create jobs", vision, false],
        ["a viewer reads no secret", viewers, "get secrets", vision, false],
        ["a member sees nothing of another team", members, "list pods", audio, false],
        ["a member starts nothing at another team's", members, "create jobs", audio, false],
        ["a member opens no shell at another team's", members, "create pods/exec", audio, false],
        ["a member opens no shell in the system", members, "create pods/exec", "kube-system", false],
        ["a member sees no pod of the system", members, "list pods", "kube-system", false],
        ["a member reads no secret of the system", members, "get secrets", "kube-system", false],
    ])("%s", async (_, group, asked, namespace, allowed) => {
        const [verb = "", resource = ""] = asked.split(" ");
        expect(await may(group, verb, resource, namespace)).toBe(allowed);
    });

    test("a request meets the same answer", async () => {
        const api = cluster.client(CoreV1Api);
        const asMember = setHeaderOptions(
            "Impersonate-Group",
            members,
            setHeaderOptions("Impersonate-User", "77777777-7777-4777-8777-000000000001"),
        );
        await expect(api.listNamespacedSecret({ namespace: vision }, asMember)).rejects.toThrow(/secrets is forbidden/);
        await expect(api.listNamespacedPod({ namespace: audio }, asMember)).rejects.toThrow(/pods is forbidden/);
        expect((await api.listNamespacedPod({ namespace: vision }, asMember)).items.length).toBeGreaterThan(0);
    });

    test("the team's pods have no right in the cluster, not even to see themselves", async () => {
        expect(await may(`system:serviceaccounts:${vision}`, "list", "pods", vision)).toBe(false);
    });
});
