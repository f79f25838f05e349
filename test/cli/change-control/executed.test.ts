import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { ExecutedSteps } from "../../../cli/change-control/executed";

const step = (op: string, more: object = {}, urn = "urn:pulumi:dev::p::t::a"): StepEventMetadata =>
    ({ op, urn, type: "t", provider: "", old: {}, ...more }) as unknown as StepEventMetadata;
const begun = (metadata: StepEventMetadata): EngineEvent => ({
    ...{ sequence: 1, timestamp: 1 },
    resourcePreEvent: { metadata },
});
const ended = (metadata: StepEventMetadata): EngineEvent => ({
    ...{ sequence: 1, timestamp: 1 },
    resOutputsEvent: { metadata },
});
const operationsOf = (...events: EngineEvent[]): [string, boolean][] => {
    const steps = new ExecutedSteps();
    for (const event of events) steps.note(event);
    return steps.all.map(({ operation, failed }) => [operation, failed]);
};

test.each<[string, object, string]>([
    ["create", {}, "create"],
    ["update", {}, "update"],
    ["delete", {}, "delete"],
    ["delete", { old: { retainOnDelete: true } }, "forget"],
    ["create-replacement", {}, "replace"],
    ["delete-replaced", {}, "delete"],
    ["import", {}, "import"],
])("the engine's %s of %j ran as a bundle has it: %s", (op, more, operation) => {
    expect(operationsOf(ended(step(op, more)))).toEqual([[operation, false]]);
});

test("what only begins has not ended well", () => {
    expect(operationsOf(begun(step("create")))).toEqual([["create", true]]);
    expect(operationsOf(begun(step("create")), ended(step("create")))).toEqual([["create", false]]);
});

test("what changes nothing did not run, nor did the engine's own providers", () => {
    const provider = "urn:pulumi:dev::p::pulumi:providers:azure-native::default_3_28_0";
    const events = ["same", "read", "refresh", "replace"].map((op) => ended(step(op)));
    expect(operationsOf(...events, ended(step("create", {}, provider)))).toEqual([]);
});
