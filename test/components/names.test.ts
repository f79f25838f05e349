import {
    nameFaults,
    nameRules,
    nextGeneration,
    resourceName,
    type NameKind,
    type NameParts,
} from "../../components/names";

const parts: NameParts = {
    ...{ workload: "mlp", environment: "dev", location: "swedencentral" },
    subscriptionId: "11111111-1111-4111-8111-111111111111",
};

test.each<[NameKind, Partial<NameParts>, string]>([
    ["resourceGroup", {}, "rg-mlp-dev-sdc"],
    ["virtualNetwork", {}, "vnet-mlp-dev-sdc"],
    ["subnet", { instance: "nodes" }, "snet-mlp-dev-sdc-nodes"],
    ["identity", { instance: "registry" }, "id-mlp-dev-sdc-registry"],
    ["cluster", {}, "aks-mlp-dev-sdc"],
    ["nodeResourceGroup", {}, "rg-nodes-mlp-dev-sdc"],
    ["vault", {}, "kv-mlp-dev-spqd-1"],
    ["vault", { generation: 2 }, "kv-mlp-dev-spqd-2"],
    ["registry", {}, "crmlpdevspqd1"],
    ["storageAccount", { instance: "work" }, "stmlpdevworkspqd1"],
])("a %s of %j is called %s", (kind, more, name) => {
    expect(resourceName(kind, { ...parts, ...more })).toBe(name);
});

test("global names differ between subscriptions and regions, and not by the case of the id", () => {
    const vault = (more: Partial<NameParts>): string => resourceName("vault", { ...parts, ...more });
    const other = "22222222-2222-4222-8222-222222222222";
    expect(new Set([vault({}), vault({ subscriptionId: other }), vault({ location: "westeurope" })]).size).toBe(3);
    expect(vault({ subscriptionId: "ABCDEF00-1111-4111-8111-111111111111" })).toBe(
        vault({ subscriptionId: "abcdef00-1111-4111-8111-111111111111" }),
    );
});

test.each<[string, NameKind, Partial<NameParts>, string]>([
    [
        "a long vault",
        "vault",
        { workload: "platform", environment: "production" },
        "vault name must be 3 to 24 characters",
    ],
    [
        "a long account",
        "storageAccount",
        { environment: "integration", instance: "datasets" },
        "must be 3 to 24 characters",
    ],
    ["a long cluster", "cluster", { workload: "w".repeat(60) }, "cluster name must be 1 to 63 characters"],
    ["a hyphen", "registry", { workload: "ml-p" }, 'registry name must be of a-z and 0-9 only, got "crml-pdev'],
    ["an upper-case letter", "vault", { workload: "Mlp" }, 'got "kv-Mlp-dev-spqd-1"'],
    ["a double hyphen", "vault", { workload: "mlp-" }, "single hyphens"],
    ["generation 0", "vault", { generation: 0 }, "generation must be a whole number from 1 to 99, got 0"],
    ["generation 1.5", "vault", { generation: 1.5 }, "got 1.5"],
    ["an unknown region", "subnet", { location: "atlantis" }, 'got "atlantis"'],
])("refuses %s instead of cutting it", (_, kind, more, message) => {
    expect(() => resourceName(kind, { ...parts, ...more })).toThrow(message);
});

test("names all faults at once", () => {
    expect(() => resourceName("vault", { ...parts, workload: "Much_too_long_a_name", generation: -1 })).toThrow(
        /must be 3 to 24 .* must be of a-z.* generation must be/,
    );
});

test("the next generation of a name is the same name but for its end", () => {
    expect(nextGeneration("vault", parts)).toEqual({ generation: 2, name: "kv-mlp-dev-spqd-2" });
    expect(nextGeneration("storageAccount", { ...parts, instance: "rec", generation: 9 })).toEqual({
        generation: 10,
        name: "stmlpdevrecspqd10",
    });
});

test("a workspace's name goes on after a delete, though it is unique in its group alone", () => {
    expect(resourceName("workspace", parts)).toBe("mlw-mlp-dev-sdc-1");
    expect(nextGeneration("workspace", parts)).toEqual({ generation: 2, name: "mlw-mlp-dev-sdc-2" });
});

// Azure's own limits, from https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
test.each<[NameKind, number, number]>([
    ["vault", 3, 24],
    ["storageAccount", 3, 24],
    ["workspaceVault", 3, 24],
    ["workspace", 3, 33],
    ["registry", 5, 50],
    ["cluster", 1, 63],
    ["resourceGroup", 1, 90],
    ["privateEndpoint", 2, 64],
    ["identity", 3, 128],
    ["key", 1, 127],
])("a %s has %i to %i characters", (kind, min, max) => {
    const { prefix } = nameRules[kind];
    expect(nameFaults(kind, prefix.padEnd(max, "a"))).toEqual([]);
    expect(nameFaults(kind, prefix.padEnd(max + 1, "a"))).toHaveLength(1);
    if (min > 1) expect(nameFaults(kind, "a".repeat(min - 1))).toHaveLength(1);
});

test("with an overlay network, network, subnet and cluster fit into node labels", () => {
    for (const kind of ["virtualNetwork", "subnet"] as const) expect(nameRules[kind].max).toBe(63);
});
