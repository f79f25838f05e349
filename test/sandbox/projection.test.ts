import { asInputs } from "../../sandbox/azure/projection";
import type { Schema } from "../../sandbox/azure/schema";

const token = "azure-native:test:Safe";
const schema: Schema = {
    ...{ packageVersion: "1", format: 1 },
    resources: {
        [token]: {
            ...{ apiVersion: "1", outputs: [] },
            inputs: {
                name: { type: "string" },
                metal: { type: "string" },
                tags: { type: "map", items: { type: "string" } },
                door: { type: "ref", ref: "t.Door" },
                doors: { type: "array", items: { type: "ref", ref: "t.Door" } },
                identities: { type: "array", items: { type: "string" } },
            },
        },
    },
    types: { "t.Door": { width: { type: "number" } } },
};

test.each([
    ["keeps what can be given", { metal: "iron", tags: { a: "b" } }, { metal: "iron", tags: { a: "b" } }],
    ["leaves out what only Azure sets", { metal: "iron", provisioningState: "Succeeded" }, { metal: "iron" }],
    ["leaves that out below, too", { door: { width: 1, state: "shut" } }, { door: { width: 1 } }],
    ["leaves that out of elements, too", { doors: [{ width: 1, state: "shut" }] }, { doors: [{ width: 1 }] }],
    ["makes the list of a set of ids", { identities: { "/a": { clientId: "1" } } }, { identities: ["/a"] }],
    ["leaves the resource's own name to its path", { name: "alpha", id: "/x" }, {}],
])("%s", (_, outputs, expected) => {
    expect(asInputs(schema, token, outputs)).toEqual(expected);
});
