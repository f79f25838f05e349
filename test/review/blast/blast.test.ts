import { durationOf } from "../../../facts/durations";
import { blastOf, type Blast } from "../../../review/blast/blast";
import type { Operation, ResourceChange, ResourceState } from "../../../review/model/preview";
import type { ValueMap } from "../../../review/model/value";
import { change, previewOf, urnOf } from "../changes";

const vault = "azure-native:keyvault:Vault";
const key = "azure-native:keyvault:Key";
const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const services = "azure-native:storage:BlobServiceProperties";
const registry = "azure-native:containerregistry:Registry";
const subnet = "azure-native:network:Subnet";
const network = "azure-native:network:VirtualNetwork";
const cluster = "azure-native:containerservice:ManagedCluster";
const pool = "azure-native:containerservice:AgentPool";
const role = "azure-native:authorization:RoleAssignment";

const on = (...types: readonly string[]): Partial<ResourceState> => ({
    dependencies: types.map((type) => urnOf(type)),
});
const doing = (
    operation: Operation,
    type: string,
    state: Partial<ResourceState> = {},
    inputs: ValueMap = {},
): ResourceChange => {
    const sides = { create: [undefined, inputs], delete: [inputs, undefined] } as const;
    return change(type, operation === "create" || operation === "delete" ? sides[operation] : [inputs, inputs], {
        ...{ operation, state },
    });
};
const blast = (...resources: readonly ResourceChange[]): Blast => blastOf(previewOf(...resources), 120);

test("each operation is counted, without components and providers", () => {
    const component = change("mlplatform:network:Network", [undefined, {}], { custom: false });
    const provider = change("pulumi:providers:azure-native", [undefined, {}]);
    const found = blast(doing("create", network), doing("create", subnet), doing("same", vault), component, provider);
    expect(found.counts).toEqual({ create: 2, same: 1 });
});

describe("dangers", () => {
    test("a delete of what holds data says what, whether it can be had back, for how long, and how", () => {
        const [danger, ...others] = blast(
            doing("delete", vault, {}, { properties: { softDeleteRetentionInDays: 90 } }),
        ).dangers;
        expect(others).toEqual([]);
        expect(danger).toMatchObject({
            ...{ type: vault, operation: "delete", protected: false, dependants: [] },
            holds: { dataClass: "keys" },
            recovery: { possible: "yes", days: 90, how: "az keyvault recover --name NAME" },
        });
    });

    test.each<[string, ResourceChange[], object]>([
        [
            "a key as long as its vault says",
            [
                doing("same", vault, {}, { properties: { softDeleteRetentionInDays: 7 } }),
                doing("delete", key, on(vault)),
            ],
            { possible: "yes", days: 7 },
        ],
        ["a key whose vault is not in the stack: nobody knows", [doing("delete", key)], { possible: "unknown" }],
        [
            "a container as long as its account's blob service says",
            [
                ...[doing("same", account), doing("delete", container, on(account))],
                doing("same", services, on(account), { containerDeleteRetentionPolicy: { enabled: true, days: 14 } }),
            ],
            { possible: "yes", days: 14 },
        ],
        [
            "a container without soft delete not at all",
            [
                ...[doing("same", account), doing("delete", container, on(account))],
                doing("same", services, on(account), { containerDeleteRetentionPolicy: { enabled: false } }),
            ],
            { possible: "no", how: "soft delete is off: it is gone at once" },
        ],
        ["a registry from elsewhere", [doing("delete", registry)], { possible: "partly" }],
        ["metrics not at all", [doing("delete", "azure-native:monitor:AzureMonitorWorkspace")], { possible: "no" }],
        [
            "what is kept on delete stays",
            [doing("delete", account, { retainOnDelete: true })],
            { possible: "yes", how: "it stays in Azure; only the state forgets it" },
        ],
    ])("%s", (_, resources, recovery) => {
        expect(blast(...resources).dangers).toMatchObject([{ recovery }]);
    });

    test("a replacement says which properties force it, and who hangs on it, near and far", () => {
        const replaced = change(network, [{}, {}], {
            ...{ operation: "replace", deletesFirst: true },
            changes: [
                { path: "addressSpace", kind: "update", replaces: true },
                { path: "tags.owner", kind: "update", replaces: false },
            ],
        });
        const found = blast(
            replaced,
            doing("update", subnet, on(network)),
            doing("same", pool, on(subnet)),
            doing("same", vault),
        );
        expect(found.dangers).toMatchObject([
            {
                ...{ type: network, operation: "replace", deletesFirst: true, because: ["addressSpace"] },
                dependants: [
                    { type: subnet, operation: "update", direct: true },
                    { type: pool, operation: "same", direct: false },
                ],
            },
        ]);
        expect(found.dangers[0]).not.toHaveProperty("holds");
    });

    test("who lies in it, or disappears with it, hangs on it too; and who hangs on a component, on all in it", () => {
        const inside = doing("same", key, { parent: urnOf(vault) });
        const withIt = doing("same", container, { deletedWith: urnOf(vault) });
        const component = change("mlplatform:encryption:Keys", [{}, {}], { operation: "same", custom: false });
        const vaultIn = doing("delete", vault, { parent: component.urn });
        const outside = doing("same", account, { dependencies: [component.urn] });
        const [danger] = blast(component, vaultIn, inside, withIt, outside).dangers;
        expect(danger?.dependants.map(({ type }) => type).sort()).toEqual([key, account, container].sort());
    });

    test("what goes with all that hangs on it, and holds nothing, is none", () => {
        expect(blast(doing("delete", network), doing("delete", subnet, on(network))).dangers).toEqual([]);
        expect(blast(doing("delete", role), doing("update", vault), doing("forget", account)).dangers).toEqual([]);
    });

    test("the worst come first: what cannot be had back, then by what it is, then by how much hangs on it", () => {
        const found = blast(
            ...[doing("delete", subnet), doing("same", pool, on(subnet))],
            doing("delete", account),
            doing("delete", vault, {}, { properties: { softDeleteRetentionInDays: 90 } }),
            doing("delete", registry, { protect: true }),
            doing("delete", "azure-native:monitor:AzureMonitorWorkspace"),
        );
        expect(found.dangers.map(({ type }) => type.split(":")[2])).toEqual([
            ...["AzureMonitorWorkspace", "Registry", "StorageAccount", "Vault", "Subnet"],
        ]);
        expect(found.dangers.map((danger) => danger.protected)).toEqual([false, true, false, false, false]);
    });
});

describe("time", () => {
    const seconds = (type: string): ReturnType<typeof durationOf> => durationOf(type);

    test("is that of the longest chain; what stays takes none, and deletions come after", () => {
        const { duration } = blast(
            doing("same", network),
            doing("create", subnet, on(network)),
            doing("update", cluster, on(subnet)),
            doing("create", vault),
            doing("delete", pool, on(cluster)),
        );
        expect(duration.seconds).toBe(seconds(subnet).create + seconds(cluster).update + seconds(pool).delete);
        expect(duration.links.map(({ name, does }) => [name, does])).toEqual([
            ["subnet", "create"],
            ["managedcluster", "update"],
            ["agentpool", "delete"],
        ]);
    });

    test.each([
        [true, ["replace"]],
        [false, ["replace", "delete"]],
    ])("of a replacement counts both steps, deleted first: %s", (deletesFirst, does) => {
        const { duration } = blast(change(cluster, [{}, {}], { operation: "replace", deletesFirst }));
        expect(duration.seconds).toBe(seconds(cluster).create + seconds(cluster).delete);
        expect(duration.links.map((link) => link.does)).toEqual(does);
    });

    test("of a role that somebody waits for includes its taking effect", () => {
        const waited = blast(doing("create", role), doing("create", vault, on(role))).duration.seconds;
        const alone = blast(doing("create", role)).duration.seconds;
        expect(waited - alone).toBe(120 + seconds(vault).create);
    });

    test("of nothing to do is none", () => {
        expect(blast(doing("same", network), doing("delete", account, { retainOnDelete: true })).duration).toEqual({
            ...{ seconds: 0, links: [] },
        });
    });
});

test("quota is what pools, clusters, scale sets and addresses ask for, before and after", () => {
    const size = { vmSize: "Standard_D4ds_v5" };
    const scaling = (maxCount: number): ValueMap => ({
        ...{ ...size, enableAutoScaling: true, minCount: 1, maxCount, upgradeSettings: { maxSurge: "33%" } },
    });
    const found = blast(
        change(pool, [scaling(4), scaling(10)]),
        change(pool, [undefined, { ...size, count: 2, scaleSetPriority: "Spot" }], { name: "spot" }),
        change(
            cluster,
            [
                { agentPoolProfiles: [{ ...size, count: 1, upgradeSettings: { maxSurge: "1" } }] },
                { agentPoolProfiles: [{ ...size, count: 1, upgradeSettings: { maxSurge: "1" } }] },
            ],
            { operation: "same" },
        ),
        change("azure-native:compute:VirtualMachineScaleSet", [
            { sku: { name: "Standard_D2s_v5", capacity: 0 } },
            undefined,
        ]),
        change("azure-native:network:PublicIPAddress", [undefined, { sku: { name: "Standard" } }]),
    );
    expect(found.quota).toEqual([
        {
            quota: "StandardSkuPublicIpAddresses",
            ...{ before: { least: 0, most: 0 }, after: { least: 1, most: 1 } },
        },
        // The cluster's own machine with its stand-in, four with two, and the runner; then ten with four.
        { quota: "cores", before: { least: 8, most: 2 * 4 + 6 * 4 + 2 }, after: { least: 8, most: 2 * 4 + 14 * 4 } },
        { quota: "lowPriorityCores", before: { least: 0, most: 0 }, after: { least: 8, most: 8 } },
        { quota: "standardDDSv5Family", before: { least: 8, most: 32 }, after: { least: 8, most: 64 } },
        { quota: "standardDSv5Family", before: { least: 0, most: 2 }, after: { least: 0, most: 0 } },
    ]);
});
