import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { driftLines } from "../../../cli/drift/drift-lines";
import { leavesAsItIs, observedIn, stepOfEvent, stepsInJson, type ObservedStep } from "../../../cli/drift/observed";
import { findingsOf, hashOf } from "../../../review/drift/finding";
import { openDrift } from "../../../review/drift/open-drift";

const urn = "urn:pulumi:dev::mlplatform::azure-native:network:VirtualNetwork::network";

// As the engine 3.259 says it in a refresh and in a preview with a refresh before it, shortened.
const step = (op: string, more: object = {}): ObservedStep =>
    stepOfEvent({
        ...{ op, urn, type: "azure-native:network:VirtualNetwork", provider: "urn:pulumi:...", detailedDiff: null },
        old: { type: "azure-native:network:VirtualNetwork", custom: true, inputs: { tags: {} }, outputs: { tags: {} } },
        new: { custom: true, inputs: { tags: { owner: "someone" } }, outputs: { tags: { owner: "someone" } } },
        ...more,
    } as unknown as StepEventMetadata);
const paths = (...names: string[]): object => ({
    detailedDiff: Object.fromEntries(names.map((name) => [name, { diffKind: "update", inputDiff: true }])),
});
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

test("a refresh's steps are what it found: values by their path, gone resources, no secret", () => {
    const { found } = findingsOf(
        observedIn("dev", [
            step("update", paths("tags.owner")),
            step("update", {
                ...{ urn: `${urn}2`, ...paths("key") },
                new: { custom: true, inputs: { key: secret }, outputs: { key: secret } },
            }),
            step("delete", { urn: `${urn}3`, new: {} }),
            step("same", { urn: `${urn}4` }),
        ]),
    );
    expect(found).toMatchObject([
        { urn, name: "network", path: "tags.owner", is: "someone", hash: hashOf("someone") },
        { urn: `${urn}2`, path: "key", is: { fingerprint: "" } },
        { urn: `${urn}3` },
    ]);
    expect(found[1]).not.toHaveProperty("hash");
    expect(JSON.stringify(found)).not.toContain("v1:x");
});

test("what Pulumi prints as JSON says the same as its events", () => {
    const { old, new: current } = step("update");
    const steps = [
        { op: "refresh", urn, oldState: old, newState: current, detailedDiff: null },
        { op: "update", urn, oldState: old, newState: current, ...paths("tags.owner") },
        { op: "delete", urn: `${urn}3`, oldState: old },
    ];
    const read = stepsInJson(JSON.stringify({ config: {}, steps, changeSummary: { update: 1 } }));
    const events = [step("refresh"), step("update", paths("tags.owner")), step("delete", { urn: `${urn}3` })];
    expect(findingsOf(observedIn("dev", read))).toEqual(findingsOf(observedIn("dev", events)));
});

test.each([
    ["no JSON", "Refreshing (dev)", /Unexpected token/],
    ["no preview", "[]", /it has no steps/],
    ["a step of nothing", '{"steps":[{}]}', /a step without op and urn/],
])("%s is told", (_, text, message) => {
    expect(() => stepsInJson(text)).toThrow(message);
});

test.each<[string, ObservedStep[], string | undefined, boolean]>([
    ["is as the program says", [step("refresh", paths("tags.owner")), step("same")], "tags.owner", true],
    ["is put back", [step("refresh"), step("update", paths("tags.owner"))], "tags.owner", false],
    ["is put back as part of more", [step("update", paths("tags"))], "tags.owner", false],
    ["is put back in part", [step("update", paths("rules[0].port"))], "rules", false],
    ["has a neighbour that is put back", [step("update", paths("tags.ownerX", "sku"))], "tags.owner", true],
    ["goes with its resource", [step("delete")], "tags.owner", false],
    ["is replaced", [step("create-replacement"), step("delete-replaced")], "tags.owner", false],
    ["is updated nobody knows how", [step("update")], "tags.owner", false],
    ["is gone and made again", [step("create")], undefined, false],
    ["is gone and not in the program", [], undefined, true],
])("what %s", (_, steps, path, left) => {
    expect(leavesAsItIs(steps)({ urn, ...(path !== undefined && { path }) })).toBe(left);
});

test("what drifted is printed by what is to be done, with a row for a waiver", () => {
    const { found } = findingsOf(
        observedIn("dev", [step("update", paths("tags.owner")), step("delete", { urn: `${urn}3` })]),
    );
    const [tag, gone] = found;
    if (!tag || !gone) throw new Error("nothing found");
    const waiver = { urn: gone.urn, owner: "ops@example.com", reason: "made by hand soon", until: "2026-12-31" };
    const lines = driftLines(
        "dev",
        openDrift(found, [waiver], () => false, "2026-11-25"),
        [],
    );
    expect(lines.slice(0, 2)).toEqual([
        'open     network:VirtualNetwork network: tags.owner was not set, is "someone"',
        "waived   network:VirtualNetwork network3 is gone, by ops@example.com until 2026-12-31: made by hand soon",
    ]);
    expect(lines.join("\n")).toContain(`    - urn: ${urn}\n      path: "tags.owner"\n      value: ${String(tag.hash)}`);
    expect(lines.at(-1)).toBe("1 open, 1 waived, 0 adopted; 0 that Azure moves by itself left out");
    expect(
        driftLines(
            "dev",
            openDrift([], [], () => false, "2026-11-25"),
            [],
        ),
    ).toEqual([...["", "0 open, 0 waived, 0 adopted; 0 that Azure moves by itself left out"]]);
});
