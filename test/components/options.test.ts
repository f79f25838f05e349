import * as pulumi from "@pulumi/pulumi";
import { childOptions, shown } from "../../components/options";
import { isoDays, rangeFault, wholeNumberFault } from "../../components/units";
import "../mocks";

class Parent extends pulumi.ComponentResource {
    constructor() {
        super("mlplatform:test:Parent", "parent");
    }
}

test.each([
    ["network:Subnet", "20m"],
    ["network:AzureFirewall", "60m"],
    ["containerservice:ManagedCluster", "48m"],
    ["nothing:Known", "20m"],
])("creating a %s may take %s: six times what it takes, and never less than 20 minutes", (token, create) => {
    expect(childOptions(new Parent(), token).customTimeouts).toMatchObject({ create });
});

test("a component shows its plain arguments only, so that it waits for nobody", () => {
    const args = {
        zones: ["1"],
        tier: "x",
        nested: { a: 1 },
        later: pulumi.output(1),
        deep: { later: pulumi.output(1) },
    };
    expect(shown({ ...args, parent: new Parent(), call: () => 1, none: undefined })).toEqual({
        ...{ zones: ["1"], tier: "x", nested: { a: 1 }, none: undefined },
    });
});

test.each([
    [7, undefined],
    [90, undefined],
    [6, "days must be a whole number from 7 to 90, got 6"],
    [91, "days must be a whole number from 7 to 90, got 91"],
    [7.5, "days must be a whole number from 7 to 90, got 7.5"],
    [NaN, "days must be a whole number from 7 to 90, got NaN"],
])("%d of 7 to 90 days", (days, fault) => {
    expect(wholeNumberFault("days", days, 7, 90)).toBe(fault);
});

test("a range takes fractions, and no NaN", () => {
    expect(rangeFault("seconds", 0.5, 0, 10)).toBeUndefined();
    expect(rangeFault("seconds", NaN, 0, 10)).toBe("seconds must be from 0 to 10, got NaN");
});

test("days are written as Azure's policies take them", () => {
    expect(isoDays(90)).toBe("P90D");
});
