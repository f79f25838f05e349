import { hashOf, type Finding } from "../../../review/drift/finding";
import { driftInTheWay, openDrift, type Drift } from "../../../review/drift/open-drift";
import { readWaivers, type Waiver } from "../../../review/drift/waivers";
import { Secret } from "../../../review/model/value";
import { change, previewOf, urnOf } from "../changes";

const today = "2026-11-25";
const urn = "urn:pulumi:dev::mlplatform::azure-native:network:VirtualNetwork::network";
const value = hashOf("someone") ?? "";

const row = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...{ urn, path: "tags.owner", value, owner: "ops@example.com", reason: "a test of the tags", until: "2026-12-31" },
    ...more,
});
const read = (...rows: readonly unknown[]): Waiver[] => readWaivers(JSON.stringify({ waivers: rows }), today);

test("waivers are read, for a property's value and for a resource that is gone", () => {
    const gone = row({ gone: true, path: undefined, value: undefined });
    expect(read(row(), gone)).toEqual([
        row(),
        { urn, owner: "ops@example.com", reason: "a test of the tags", until: "2026-12-31" },
    ]);
    expect(readWaivers("# nothing yet\nwaivers: []\n", today)).toEqual([]);
});

test.each<[string, unknown[], string[]]>([
    ["no fields", ["x"], ["must have fields"]],
    [
        "everything wrong at once",
        [{ urn: "network", path: "", value: "someone", owner: " ", reason: "why", until: "tomorrow", who: "me" }],
        [
            "has no field who; there is: urn, path, value, gone, owner, reason, until",
            'urn must be a resource\'s URN, got "network"',
            'path must be a property, or gone true, got ""',
            'value must be the hash that drift prints, got "someone"',
            'owner must say who answers for it, got " "',
            'reason must say why in a sentence, got "why"',
            'until must be a day such as 2026-12-31, got "tomorrow"',
        ],
    ],
    ["an end too far away", [row({ until: "2027-12-31" })], ["until must be within 180 days, got 2027-12-31"]],
    [
        "a day that is none",
        [row({ until: "2026-13-45" })],
        ['until must be a day such as 2026-12-31, got "2026-13-45"'],
    ],
    ["gone with a value", [row({ gone: true })], ["a resource that is gone has no path and no value"]],
    ["gone that is not true", [row({ gone: "yes" })], ['gone must be true or left out, got "yes"']],
])("%s is refused", (_, rows, faults) => {
    expect(() => read(...rows)).toThrow(
        ["drift/waivers.yaml is wrong:", ...faults.map((fault) => `  waivers[0]: ${fault}`)].join("\n"),
    );
});

test.each([
    ["what is no YAML", "waivers: [", /drift\/waivers\.yaml is wrong/],
    ["what is no list", "waivers: 3", /must be a list under waivers, and nothing else/],
    ["what has more than waivers", "waivers: []\nother: 1", /must be a list under waivers, and nothing else/],
    ["nothing", "", /must be a list under waivers, and nothing else/],
])("%s is refused as a whole", (_, text, message) => {
    expect(() => readWaivers(text, today)).toThrow(message);
});

test("two waivers of the same are refused", () => {
    expect(() => read(row(), row({ reason: "another reason for it" }))).toThrow(
        "waivers[1] is about the same as waivers[0]",
    );
});

const finding: Finding = {
    ...{ urn, type: "azure-native:network:VirtualNetwork", name: "network", path: "tags.owner", is: "someone" },
    hash: value,
};
const gone: Finding = { urn, type: finding.type, name: "network" };
const open = (findings: readonly Finding[], waivers: readonly Waiver[], adopted = false, day = today): Drift =>
    openDrift(findings, waivers, () => adopted, day);

test("a waiver counts for its value until its last day, and not after", () => {
    const waivers = read(row());
    expect(open([finding], waivers)).toMatchObject({ open: [], waived: [{ finding, waiver: waivers[0] }], unused: [] });
    expect(open([finding], waivers, false, "2026-12-31").open).toEqual([]);
    expect(open([finding], waivers, false, "2027-01-01").open).toEqual([
        { finding, because: "its waiver ended on 2026-12-31" },
    ]);
});

test.each<[string, Finding, string | undefined]>([
    ["another value", { ...finding, hash: hashOf("other") ?? "" }, "its waiver is for another value"],
    [
        "a secret",
        { urn, type: finding.type, name: "network", path: "tags.owner", is: new Secret("") },
        "it is a secret, which nobody can waive unseen",
    ],
    ["another property", { ...finding, path: "tags.team" }, undefined],
    ["the whole resource", gone, undefined],
])("a waiver does not count for %s", (_, other, because) => {
    expect(open([other], read(row())).open).toEqual([{ finding: other, ...(because !== undefined && { because }) }]);
});

test("a waiver of a resource that is gone does not count for a property of it", () => {
    const waivers = read(row({ gone: true, path: undefined, value: undefined }));
    expect(open([gone], waivers)).toMatchObject({ open: [], waived: [{ finding: gone }] });
    expect(open([finding], waivers)).toMatchObject({ open: [{ finding }], unused: waivers });
});

test("what the program says by now is adopted, waived or not", () => {
    const waivers = read(row());
    expect(open([finding], waivers, true)).toEqual({ open: [], waived: [], adopted: [finding], unused: [] });
});

test("a waiver of what has not drifted is told", () => {
    const waivers = read(row());
    expect(open([], waivers).unused).toEqual(waivers);
});

test("open drift is in the way of changes to its resource, and of no others", () => {
    const account = "azure-native:storage:StorageAccount";
    const drift = { open: [{ finding: { ...gone, urn: urnOf(account) } }] };
    expect(driftInTheWay(drift, previewOf(change(account, [{}, {}]))).map((each) => each.urn)).toEqual([
        urnOf(account),
    ]);
    expect(driftInTheWay(drift, previewOf(change(account, [{}, {}], { operation: "same" })))).toEqual([]);
    expect(driftInTheWay(drift, previewOf(change("azure-native:keyvault:Vault", [{}, {}])))).toEqual([]);
});
