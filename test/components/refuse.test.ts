import * as pulumi from "@pulumi/pulumi";
import { changeFaults, refuse } from "../../components/refuse";
import "../mocks";

class Thing extends pulumi.ComponentResource {
    constructor(faults: (string | false | undefined)[]) {
        super("mlplatform:test:Thing", "thing");
        refuse(this, faults);
    }
}

test("refuses with every fault in one error, and without a stack", () => {
    expect(() => new Thing(["a is wrong", false, undefined, "b is wrong"])).toThrow("a is wrong; b is wrong");
    expect(() => new Thing(["a is wrong"])).toThrow(pulumi.ResourceError);
});

test("passes when nothing is wrong", () => {
    expect(() => new Thing([false, undefined])).not.toThrow();
});

describe("a change of what is frozen", () => {
    const frozen = [
        { path: "sku.name", instead: "make a new one" },
        { path: "zones", instead: "make a new one" },
        { path: "rules", instead: "make a new one" },
    ];
    const before = { sku: { name: "Premium", tier: "x" }, zones: ["1", "2"], rules: { a: 1, b: 2 }, tags: {} };

    test.each<[string, object, string[]]>([
        ["nothing", {}, []],
        ["something else", { tags: { a: "b" } }, []],
        ["the order of keys", { rules: { b: 2, a: 1 } }, []],
        [
            "a value",
            { sku: { name: "Basic" } },
            ['thing: sku.name cannot change in place, got "Premium" -> "Basic"; make a new one'],
        ],
        [
            "a list",
            { zones: ["2", "1"] },
            ['thing: zones cannot change in place, got ["1","2"] -> ["2","1"]; make a new one'],
        ],
        [
            "to nothing",
            { zones: undefined },
            ['thing: zones cannot change in place, got ["1","2"] -> nothing; make a new one'],
        ],
        [
            "two at once",
            { sku: {}, rules: 1 },
            [
                'thing: sku.name cannot change in place, got "Premium" -> nothing; make a new one',
                'thing: rules cannot change in place, got {"a":1,"b":2} -> 1; make a new one',
            ],
        ],
        ["something that is not known yet", { zones: pulumi.unknown, sku: { name: pulumi.output("x") } }, []],
        ["a list with something not known yet", { zones: ["1", pulumi.unknown] }, []],
    ])("%s", (_, change, faults) => {
        expect(changeFaults("thing", frozen, before, { ...before, ...change })).toEqual(faults);
    });
});
