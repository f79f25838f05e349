import { changesBetween } from "../../cli/changes-between";
import type { ExportedResource } from "../../cli/export";
import { Secret, Unknown } from "../../review/model/value";

const resource = (name: string, inputs: object = {}): ExportedResource => ({
    ...{ type: "azure-native:network:Subnet", name, urn: `urn:${name}`, inputs, outputs: {}, references: {} },
});

test("a plan against what is deployed tells what comes, goes and stays", () => {
    const changes = changesBetween(
        [resource("old"), resource("both", { size: 1 }), resource("alike", { a: 2, b: 1 })],
        {
            resourcesAre: "planned",
            resources: [resource("both", { size: 2 }), resource("new"), resource("alike", { b: 1, a: 2 })],
        },
    );
    expect(changes.map(({ name, operation, old, new: next }) => [name, operation, old?.inputs, next?.inputs])).toEqual([
        ["both", "update", { size: 1 }, { size: 2 }],
        ["new", "create", undefined, {}],
        ["alike", "same", { a: 2, b: 1 }, { b: 1, a: 2 }],
        ["old", "delete", {}, undefined],
    ]);
});

test("what is deployed stays as it is", () => {
    const changes = changesBetween([], { resourcesAre: "deployed", resources: [resource("one", { size: 1 })] });
    expect(changes).toMatchObject([{ name: "one", operation: "same", new: { inputs: { size: 1 } } }]);
});

test("values that nobody may see, or knows yet, are no texts", () => {
    const inputs = { key: "[secret]", ids: ["[unknown]", "a"], on: true, none: null };
    const [change] = changesBetween([], { resourcesAre: "planned", resources: [resource("one", inputs)] });
    expect(change?.new?.inputs).toEqual({
        ...{ key: new Secret(""), ids: [new Unknown("string"), "a"], on: true, none: null },
    });
});
