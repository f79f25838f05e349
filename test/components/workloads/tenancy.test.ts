import { routesLabel } from "../../../components/workloads/gateway";
import { Tenancy, type TenancyArgs } from "../../../components/workloads/tenancy";
import { all, only, value } from "../../mocks";

const [members, viewers] = ["66666666-6666-4666-8666-000000000001", "66666666-6666-4666-8666-000000000002"];
const args: TenancyArgs = {
    ...{ team: "vision", groups: { members, viewers }, gatewayNamespace: "platform-gateway" },
    quota: { gpus: { t4: 1, a100: 2 }, cpu: 8, memoryGib: 32, storageGib: 100, pods: 20 },
    ...{ privateEndpoints: "10.20.10.0/24" },
    served: { pods: { "app.kubernetes.io/component": "endpoint" }, port: 8000, metricsPort: 8002 },
};
const built = async (more: Partial<TenancyArgs> = {}): Promise<void> => {
    await value(new Tenancy("vision", { ...args, ...more }).ready);
    await new Promise((done) => setTimeout(done, 20));
};
const hard = (): unknown =>
    (only("kubernetes:core/v1:ResourceQuota").inputs.spec as { hard: Record<string, string> }).hard;

test("a team has an end to what it may take, GPUs of all pools together, and no way in of its own", async () => {
    await built();
    expect(hard()).toEqual({
        ...{ "requests.cpu": "8", "requests.memory": "32Gi", "limits.memory": "32Gi", pods: "20" },
        ...{ "requests.nvidia.com/gpu": "3", "requests.storage": "100Gi" },
        ...{ "services.loadbalancers": "0", "services.nodeports": "0" },
    });
});

test("a team's namespace has the label by which the gateway takes its routes, and sends them on", async () => {
    await built();
    const { labels } = only("kubernetes:core/v1:Namespace").inputs.metadata as { labels: Record<string, string> };
    expect(labels).toMatchObject({ ...routesLabel, "mlplatform/team": "vision" });
});

test("a frozen team starts nothing, and keeps what it has", async () => {
    await built({ frozen: true });
    expect(hard()).toMatchObject({ "requests.nvidia.com/gpu": "0", pods: "0", "requests.storage": "100Gi" });
});

test("a group is bound in the team's namespace alone, and no role reads secrets", async () => {
    await built();
    const bound = all("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").map(({ inputs }) => inputs);
    expect(bound.map(({ metadata }) => (metadata as { namespace: string }).namespace)).toEqual([
        ...["team-vision", "team-vision"],
    ]);
    const roles = all("kubernetes:rbac.authorization.k8s.io/v1:Role").map(({ inputs }) => inputs);
    expect(roles).toHaveLength(2);
    expect(JSON.stringify(roles)).not.toMatch(/secrets|"\*"|escalate|impersonate/);
    const viewer = roles.find(({ metadata }) => (metadata as { name: string }).name === "viewer");
    expect(JSON.stringify(viewer)).not.toMatch(/exec|portforward|create|update|patch|delete/);
});

test("without viewers nobody looks on, and without GPUs no rule about them is needed", async () => {
    await built({ groups: { members }, quota: { ...args.quota, gpus: {} } });
    expect(all("kubernetes:rbac.authorization.k8s.io/v1:Role")).toHaveLength(1);
    expect(all("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy")).toEqual([]);
    expect(hard()).toMatchObject({ "requests.nvidia.com/gpu": "0" });
});

test("names every argument that breaks a rule", () => {
    const quota = { gpus: { t4: 0 }, cpu: 0, memoryGib: 0, storageGib: -1, pods: 0 };
    expect(() => new Tenancy("x", { ...args, team: "Vision", groups: { members: "vision" }, quota })).toThrow(
        /team must be 2 to 20 .*; groups\[0\] must be a GUID.*; quota\.gpus\.t4 must be .*; quota\.cpu .*; quota\.memoryGib .*; quota\.storageGib .*; quota\.pods/,
    );
});
