import { differences, withDrift } from "../../sandbox/azure/difference";
import type { Properties } from "../../sandbox/azure/resource-type";

const replaceKeys = new Set(["name", "location", "sku.name", "pools[].size", "frozen", "resourceGroupName"]);

describe("a change of inputs shows as", () => {
    test.each<[string, Properties, Properties, object]>([
        ["nothing", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, {}],
        ["an update", { a: 1 }, { a: 2 }, { a: { kind: "update", replace: false } }],
        ["an addition", {}, { a: 1 }, { a: { kind: "add", replace: false } }],
        ["a deletion", { a: 1 }, {}, { a: { kind: "delete", replace: false } }],
        ["an update below", { a: { b: 1 } }, { a: { b: 2 } }, { "a.b": { kind: "update", replace: false } }],
        ["a replacement by name", { name: "x" }, { name: "y" }, { name: { kind: "update", replace: true } }],
        [
            "a replacement below",
            { sku: { name: "x" } },
            { sku: { name: "y" } },
            { "sku.name": { kind: "update", replace: true } },
        ],
        [
            "a replacement below a key",
            { frozen: { a: { b: 1 } } },
            { frozen: { a: { b: 2 } } },
            { "frozen.a.b": { kind: "update", replace: true } },
        ],
        ["a replacement by removal", { frozen: 1 }, {}, { frozen: { kind: "delete", replace: true } }],
        [
            "a replacement in an element",
            { pools: [{ size: 1 }] },
            { pools: [{ size: 2 }] },
            { "pools[0].size": { kind: "update", replace: true } },
        ],
        [
            "one more element, in place",
            { pools: [] },
            { pools: [{ size: 2 }] },
            { "pools[0]": { kind: "add", replace: false } },
        ],
        [
            "one element less, in place",
            { pools: [1, 2] },
            { pools: [1] },
            { "pools[1]": { kind: "delete", replace: false } },
        ],
        [
            "nothing but another spelling of the region",
            { location: "Sweden Central" },
            { location: "swedencentral" },
            {},
        ],
        [
            "a replacement by region",
            { location: "westus" },
            { location: "eastus" },
            { location: { kind: "update", replace: true } },
        ],
        ["nothing but the group's case", { resourceGroupName: "RG" }, { resourceGroupName: "rg" }, {}],
    ])("%s", (_, old, asked, expected) => {
        expect(Object.fromEntries(differences(old, asked, {}, replaceKeys))).toEqual(expected);
    });

    test("an addition without replacement when it says what Azure had filled in", () => {
        const found = differences({}, { frozen: "x" }, { frozen: "x" }, replaceKeys);
        expect(found.get("frozen")).toEqual({ kind: "add", replace: false });
        expect(differences({}, { frozen: "y" }, { frozen: "x" }, replaceKeys).get("frozen")?.replace).toBe(true);
    });
});

describe("after a refresh the inputs hold", () => {
    test.each<[string, Properties, Properties, Properties, Properties]>([
        ["what they held, without Azure's defaults", { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2 }, { a: 1 }],
        ["a value changed elsewhere", { a: 1 }, { a: 1 }, { a: 5 }, { a: 5 }],
        [
            "a nested value changed elsewhere, and no more",
            { a: { b: 1 } },
            { a: { b: 1, c: 2 } },
            { a: { b: 9, c: 2 } },
            { a: { b: 9 } },
        ],
        ["a default that was changed elsewhere", {}, { b: 2 }, { b: 3 }, { b: 3 }],
        ["nothing of what was removed elsewhere", { a: 1 }, { a: 1 }, {}, {}],
        ["inputs that Azure does not answer", { secret: 1 }, {}, {}, { secret: 1 }],
        ["an element added elsewhere", { l: [1] }, { l: [1] }, { l: [1, 2] }, { l: [1, 2] }],
        [
            "an element changed elsewhere",
            { l: [{ a: 1 }] },
            { l: [{ a: 1, d: 0 }] },
            { l: [{ a: 2, d: 0 }] },
            { l: [{ a: 2 }] },
        ],
    ])("%s", (_, inputs, oldOutputs, newOutputs, expected) => {
        expect(withDrift(inputs, oldOutputs, newOutputs)).toEqual(expected);
    });
});
