import { findingsOf, hashOf } from "../../../review/drift/finding";
import type { PropertyChange } from "../../../review/model/preview";
import { Secret, Unknown, type Value } from "../../../review/model/value";
import { change, previewOf, urnOf } from "../changes";

const account = "azure-native:storage:StorageAccount";
const cluster = "azure-native:containerservice:ManagedCluster";
const pool = "azure-native:containerservice:AgentPool";

const moved = (path: string, old?: Value, is?: Value): PropertyChange => ({
    ...{ path, kind: "update", replaces: false },
    ...(old !== undefined && { old }),
    ...(is !== undefined && { new: is }),
});

test("what a refresh sees is found by property, and what is gone as a whole", () => {
    const { found } = findingsOf(
        previewOf(
            change(account, [{}, {}], { changes: [moved("tags.owner", undefined, "someone"), moved("sku.name", "A")] }),
            change(pool, [{}, undefined]),
            change("pulumi:providers:azure-native", [{}, {}], { changes: [moved("version", "1", "2")] }),
            change("mlplatform:network:Network", [{}, {}], { custom: false, changes: [moved("x", "1", "2")] }),
        ),
    );
    expect(found).toEqual([
        {
            ...{ urn: urnOf(account), type: account, name: "storageaccount", path: "tags.owner", is: "someone" },
            hash: hashOf("someone"),
        },
        {
            ...{ urn: urnOf(account), type: account, name: "storageaccount", path: "sku.name", was: "A" },
            hash: hashOf(null),
        },
        { urn: urnOf(pool), type: pool, name: "agentpool" },
    ]);
});

test.each<[string, string, boolean, string, boolean]>([
    ["the cluster's list of pools", cluster, false, "agentPoolProfiles[1]", true],
    ["a property that only begins like it", cluster, false, "agentPoolProfilesX", false],
    ["the autoscaler's number", pool, true, "count", true],
    ["a number that no autoscaler has", pool, false, "count", false],
    ["the autoscaler's bounds", pool, true, "maxCount", false],
    ["another type's count", account, true, "count", false],
    ["Azure's mark of a version", account, false, "properties.etag", true],
])("%s is left out where Azure moves it by itself, and told: %s %s %s %s", (_, type, scales, path, isNoise) => {
    const inputs = { enableAutoScaling: scales };
    const { found, noise } = findingsOf(previewOf(change(type, [inputs, inputs], { changes: [moved(path, 1, 2)] })));
    expect([found.length, noise.length]).toEqual(isNoise ? [0, 1] : [1, 0]);
});

test("a hash is of the value alone, however its fields are ordered", () => {
    expect(hashOf({ a: 1, b: ["x"] })).toBe(hashOf({ b: ["x"], a: 1 }));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: "1" }));
    expect(hashOf("someone")).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("what nobody may see or know has none, a secret with a fingerprint has", () => {
    expect([new Secret(""), new Unknown("string"), { a: [new Secret("")] }].map(hashOf)).toEqual([
        ...[undefined, undefined, undefined],
    ]);
    expect(hashOf({ a: new Secret("f") })).toMatch(/^sha256:/);
    expect(hashOf(new Secret("f"))).not.toBe(hashOf(new Secret("g")));
});
