import { readPreview, type PreviewSources } from "../../../review/model/read";
import { Secret, Unknown } from "../../../review/model/value";

const urn = (name: string): string => `urn:pulumi:prod::mlplatform::azure-native:keyvault:Vault::${name}`;
const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secretOf = (value: unknown): unknown => ({ ...signature, plaintext: JSON.stringify(value) });

const state = (inputs: unknown, more: object = {}): object => ({
    ...{ type: "azure-native:keyvault:Vault", custom: true, inputs, ...more },
});
const read = (steps: readonly object[], more: Partial<PreviewSources> = {}): ReturnType<typeof readPreview> =>
    readPreview({ digest: { steps }, ...more });
const only = (
    step: object,
    more: Partial<PreviewSources> = {},
): ReturnType<typeof readPreview>["resources"][number] => {
    const [change] = read([{ urn: urn("vault"), ...step }], more).resources;
    if (!change) throw new Error("no change");
    return change;
};

test.each([
    ["create", {}, "create"],
    ["update", {}, "update"],
    ["same", {}, "same"],
    ["refresh", {}, "same"],
    ["read", {}, "read"],
    ["import", {}, "import"],
    ["delete", {}, "delete"],
    ["delete", { retainOnDelete: true }, "forget"],
    ["replace", {}, "replace"],
    ["discard", {}, "forget"],
])("the engine's %s of %j is a %s", (op, more, operation) => {
    expect(only({ op, oldState: state({}, more) }).operation).toBe(operation);
});

test("a replacement says whether the old one goes first", () => {
    const deletesFirst = only({
        op: "replace",
        oldState: state({}, { pendingReplacement: true }),
        newState: state({}),
    });
    expect(deletesFirst.deletesFirst).toBe(true);
    expect(only({ op: "replace", oldState: state({}), newState: state({}) }).deletesFirst).toBe(false);
});

test.each([
    ["nothing", undefined, "a preview's JSON has a list `steps`"],
    ["a list", [], "a preview's JSON has a list `steps`"],
    ["a step of which nothing is said", { steps: [{ op: "same", urn: urn("a") }, {}] }, "number 2 has not"],
    ["a step that is not known", { steps: [{ op: "explode", urn: urn("a") }] }, 'a step "explode"'],
])("%s is no preview", (_, digest, message) => {
    expect(() => readPreview({ digest })).toThrow(message);
});

test("without a detailed diff, changes are the properties that the provider names", () => {
    const { changes } = only({
        op: "replace",
        oldState: state({ location: "a", gone: 1 }),
        newState: state({ location: "b", come: [2] }),
        diffReasons: ["location", "gone", "come"],
        replaceReasons: ["location"],
    });
    expect(changes).toEqual([
        { path: "come", kind: "add", replaces: false, new: [2] },
        { path: "gone", kind: "delete", replaces: false, old: 1 },
        { path: "location", kind: "update", replaces: true, old: "a", new: "b" },
    ]);
});

test.each(["protect", "retainOnDelete"])("that %s turns is a change, though all inputs stay as they are", (option) => {
    const sides = { oldState: state({}, { [option]: true }), newState: state({}) };
    const turned = { path: option, kind: "update", replaces: false, old: true, new: false };
    expect(only({ op: "same", ...sides })).toMatchObject({ operation: "update", changes: [turned] });
    const { changes } = only({ op: "update", ...sides, diffReasons: ["zone"] });
    expect(changes).toContainEqual(turned);
});

test("what Azure has and the program does not ask for so is told by its outputs", () => {
    const { changes } = only({
        op: "update",
        oldState: state({ size: "asked" }, { outputs: { size: "of Azure" } }),
        newState: state({ size: "asked" }),
        detailedDiff: { size: { kind: "update", inputDiff: false } },
    });
    expect(changes).toEqual([{ path: "size", kind: "update", replaces: false, old: "of Azure", new: "asked" }]);
});

test("everything that a value can be unknown as is typed", () => {
    const inputs = {
        text: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        truth: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        list: ["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
        map: { in: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff" },
    };
    expect(only({ op: "create", newState: state(inputs) }).new?.inputs).toEqual({
        text: new Unknown("string"),
        truth: new Unknown("boolean"),
        number: new Unknown("number"),
        list: [new Unknown("list")],
        map: { in: new Unknown("map") },
    });
});

describe("secrets", () => {
    const step = {
        op: "update",
        oldState: state({ kept: "[secret]", turned: { deep: ["[secret]"] } }),
        newState: state({ kept: "[secret]", turned: { deep: ["[secret]"] } }),
        detailedDiff: { "turned.deep[0]": { kind: "update", inputDiff: true } },
    };
    const before = { kept: secretOf("kept"), turned: { deep: [secretOf("before")] } };
    const sources = {
        state: { deployment: { resources: [{ urn: urn("vault"), inputs: before }] } },
        plan: {
            resourcePlans: {
                [urn("vault")]: { goal: { inputDiff: { updates: { turned: { deep: [secretOf("after")] } } } } },
            },
        },
    };
    const fingerprints = (key: string): unknown[] => {
        const { old, new: asked, changes } = only(step, { secrets: { key: Buffer.from(key), ...sources } });
        return [old?.inputs.kept, asked?.inputs.kept, changes[0]?.old, changes[0]?.new].map((value) =>
            value instanceof Secret ? value.fingerprint : value,
        );
    };

    test("equal ones have one fingerprint under a key, others another", () => {
        const [old, asked, was, is] = fingerprints("one");
        expect(old).toMatch(/^[0-9a-f]{64}$/);
        expect(old).toBe(asked);
        expect(was).not.toBe(is);
        expect(fingerprints("one")).toEqual([old, asked, was, is]);
        expect(fingerprints("two")).not.toContain(old);
    });

    test("without a key, or where the plan has them encrypted, nothing is known of them", () => {
        expect(only(step).new?.inputs.kept).toEqual(new Secret(""));
        const encrypted = { deployment: { resources: [{ urn: urn("vault"), inputs: { kept: { ...signature } } }] } };
        const change = only(step, { secrets: { key: Buffer.from("one"), state: encrypted } });
        expect(change.new?.inputs.kept).toEqual(new Secret(""));
    });

    test("a difference within a secret is told as one of the whole", () => {
        const { changes } = only(
            {
                ...{ op: "update", oldState: state({ all: "[secret]" }), newState: state({ all: "[secret]" }) },
                detailedDiff: { "all.password": { kind: "update", inputDiff: true } },
            },
            { secrets: { key: Buffer.from("one") } },
        );
        expect(changes).toEqual([
            { path: "all.password", kind: "update", replaces: false, old: new Secret(""), new: new Secret("") },
        ]);
    });

    test("policies and providers that quote one don't tell it", () => {
        const policyEvent = {
            ...{ message: "<{%red%}>password is before<{%reset%}>", color: "never", resourceUrn: urn("vault") },
            ...{ policyName: "no-passwords", policyPackName: "pack", policyPackVersion: "1" },
            ...{ policyPackVersionTag: "1", enforcementLevel: "warning" as const },
        };
        const diagnostics = [{ severity: "error", urn: urn("vault"), message: "error: after is refused" }];
        const { findings, diagnostics: said } = readPreview({
            digest: { steps: [], diagnostics },
            events: [{ sequence: 1, timestamp: 1, policyEvent }],
            secrets: { key: Buffer.from("one"), ...sources },
        });
        expect(findings).toEqual([
            {
                ...{ pack: "pack", packVersion: "1", policy: "no-passwords", level: "advisory", urn: urn("vault") },
                message: "password is [secret]",
            },
        ]);
        expect(said).toEqual([{ severity: "error", urn: urn("vault"), message: "[secret] is refused" }]);
    });
});
