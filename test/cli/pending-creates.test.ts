import { armId, idAsCreated } from "../../cli/arm-id";
import { isAsAsked, pendingCreates, withAskedInputs, withImports } from "../../cli/pending-creates";
import type { Deployment, PendingOperation, StateResource } from "../../cli/deployment";

const subscription = "11111111-1111-4111-8111-111111111111";
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const urn = (type: string, name: string): string => `urn:pulumi:dev::mlplatform::${type}::${name}`;
const make = (type: string, name: string, inputs: Record<string, unknown> = {}): StateResource => ({
    ...{ urn: urn(type, name), type, custom: true, inputs },
});
const state = (resources: StateResource[], pending: PendingOperation[] = []): Deployment => ({
    version: 3,
    deployment: { resources, pending_operations: pending },
});
const creating = (resource: StateResource): PendingOperation => ({ resource, type: "creating" });

const subnet = "azure-native:network:Subnet";
const vnetInputs = { resourceGroupName: "rg", virtualNetworkName: "vnet" };
const nodes = make(subnet, "nodes", { ...vnetInputs, subnetName: "nodes", addressPrefix: "10.0.0.0/24" });
const nodesId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes`;

describe("Azure's id follows from type and inputs", () => {
    const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
    test.each([
        ["azure-native:resources:ResourceGroup", { resourceGroupName: "rg" }, group],
        [subnet, { ...vnetInputs, subnetName: "nodes" }, nodesId],
        [
            "azure-native:containerservice:AgentPool",
            { resourceGroupName: "rg", resourceName: "aks", agentPoolName: "gpu" },
            `${cluster}/agentPools/gpu`,
        ],
        [
            "azure-native:authorization:RoleAssignment",
            { scope: cluster, roleAssignmentName: "5f0c" },
            `${cluster}/providers/Microsoft.Authorization/roleAssignments/5f0c`,
        ],
        [
            "azure-native:storage:BlobContainer",
            { resourceGroupName: "rg", accountName: "data", containerName: "models" },
            `${group}/providers/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/models`,
        ],
    ])("%s", (type, inputs, id) => {
        expect(armId(make(type, "x", inputs), subscription).toLowerCase()).toBe(id.toLowerCase());
    });

    test("in the cluster it is namespace and name, and a name that is not known is told", () => {
        const map = (metadata: object): StateResource => make("kubernetes:core/v1:ConfigMap", "x", { metadata });
        expect(idAsCreated(map({ name: "a", namespace: "b" }), subscription)).toBe("b/a");
        expect(idAsCreated(map({ name: "a" }), subscription)).toBe("a");
        expect(() => idAsCreated(map({}), subscription)).toThrow("its metadata names nothing");
    });

    test("a missing part is named", () => {
        expect(() => armId(make(subnet, "nodes", vnetInputs), subscription)).toThrow('"subnetName"');
    });
});

describe("pending creates", () => {
    const idOf = (resource: StateResource): string => armId(resource, subscription);

    test("are found with their ids; components, providers and other operations are not creates of Azure's", () => {
        const component = { ...make("mlplatform:network:Network", "network"), custom: false };
        const provider = make("pulumi:providers:azure-native", "default");
        const pending = [
            creating(nodes),
            creating(component),
            creating(provider),
            { resource: nodes, type: "updating" as const },
        ];
        expect(pendingCreates(state([], pending), idOf)).toEqual({
            creates: [{ resource: nodes, id: nodesId }],
            unknown: [],
        });
    });

    test("whose id cannot be told are named with the reason", () => {
        const { creates, unknown } = pendingCreates(state([], [creating(make(subnet, "nodes", vnetInputs))]), idOf);
        expect(creates).toEqual([]);
        expect(unknown).toEqual([{ urn: nodes.urn, reason: expect.stringContaining('"subnetName"') as string }]);
    });

    test("become resources to be read, and nothing is pending any more", () => {
        const other = make("azure-native:network:VirtualNetwork", "vnet");
        const { deployment } = withImports(state([other], [creating(nodes)]), [{ resource: nodes, id: nodesId }]);
        expect(deployment.pending_operations).toEqual([]);
        expect(deployment.resources).toEqual([other, { ...nodes, id: nodesId, outputs: nodes.inputs }]);
    });

    test("of a replacement leave the old one marked for deletion", () => {
        const old = { ...make(subnet, "nodes"), id: `${nodesId}-old` };
        const { deployment } = withImports(state([old], [creating(nodes)]), [{ resource: nodes, id: nodesId }]);
        expect(deployment.resources).toMatchObject([{ id: `${nodesId}-old`, delete: true }, { id: nodesId }]);
        expect(deployment.resources?.[1]?.delete).toBeUndefined();
    });

    test("of a replacement whose old one is deleted already take its place, before those that depend on it", () => {
        const old = { ...make(subnet, "nodes"), id: nodesId, pendingReplacement: true };
        const dependent = make("azure-native:network:PrivateEndpoint", "endpoint");
        const { deployment } = withImports(state([old, dependent], [creating(nodes)]), [
            { resource: nodes, id: nodesId },
        ]);
        expect(deployment.resources?.map(({ urn: known }) => known)).toEqual([nodes.urn, dependent.urn]);
        expect(deployment.resources?.[0]?.pendingReplacement).toBeUndefined();
    });

    test("are dropped when the state has that resource already, whatever the case of its id", () => {
        const known = { ...nodes, id: nodesId.toUpperCase() };
        const { deployment } = withImports(state([known], [creating(nodes)]), [{ resource: nodes, id: nodesId }]);
        expect(deployment.resources).toEqual([known]);
    });
});

describe("inputs after an import", () => {
    const after = (asked: Record<string, unknown>, read: Record<string, unknown>): unknown => {
        const resource = { ...nodes, inputs: asked };
        const imported = state([{ ...nodes, id: nodesId, inputs: read }]);
        return withAskedInputs(imported, [{ resource, id: nodesId }]).deployment.resources?.[0]?.inputs;
    };
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

    test.each([
        ["defaults of Azure's go", { a: 1 }, { a: 1, privateEndpointNetworkPolicies: "Disabled" }, { a: 1 }],
        ["also within objects", { a: { b: 1 } }, { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
        ["also within lists", { a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }],
        ["what Azure holds instead stays, as drift", { a: 1 }, { a: 2 }, { a: 2 }],
        ["a list of another length stays, as drift", { a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
        ["what Azure does not return is kept", { a: 1, password: "x" }, { a: 1 }, { a: 1, password: "x" }],
        ["secrets are kept encrypted", { a: secret }, { a: "plain" }, { a: secret }],
    ])("%s", (_case, asked, read, expected) => {
        expect(after(asked, read)).toEqual(expected);
    });
});

describe("a resource that exists is ours when it is what was asked for", () => {
    test.each([
        [true, { location: "swedencentral" }, { location: "Sweden Central", more: 1 }],
        [true, { id: "/Subscriptions/X" }, { id: "/subscriptions/x" }],
        [true, { password: "x" }, {}],
        [false, { tags: { workload: "ml" } }, { tags: { workload: "other" } }],
        [false, { zones: ["1"] }, { zones: ["1", "2"] }],
        [false, { enabled: true }, { enabled: false }],
    ])("%s: %j is %j", (ours, asked, read) => {
        expect(isAsAsked(asked, read)).toBe(ours);
    });
});
