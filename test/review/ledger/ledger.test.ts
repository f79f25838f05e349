import { Ledger, unapproved, type Entry, type Executed } from "../../../review/ledger/ledger";
import type { Effect } from "../../../review/bundle/effects";

const entry = (bundle: string, outcome: Entry["outcome"]): Omit<Entry, "sequence" | "previous"> => ({
    ...{ at: "2026-11-25T00:00:00.000Z", stack: "prod", bundle, outcome },
    ...{ signed: [], executed: [] },
});
const lines = (...entries: Omit<Entry, "sequence" | "previous">[]): string[] => {
    const written: string[] = [];
    for (const one of entries) written.push(Ledger.parse(written.join("\n")).next(one));
    return written;
};

test("entries follow one another, and tell what was done", () => {
    const ledger = Ledger.parse(lines(entry("a", "begun"), entry("a", "applied"), entry("b", "begun")).join("\n"));
    expect(ledger.entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect([ledger.isApplied("a"), ledger.isApplied("b"), ledger.isBegun("b"), ledger.isBegun("c")]).toEqual([
        ...[true, false, true, false],
    ]);
});

test.each<[string, (text: string[]) => string[], string]>([
    [
        "a line that was changed",
        ([a = "", b = "", c = ""]) => [a, b.replace("applied", "interrupted"), c],
        "line 3 does not follow",
    ],
    ["a line that is missing", ([a = "", , c = ""]) => [a, c], "line 2 does not follow"],
    ["lines in another order", ([a = "", b = "", c = ""]) => [b, a, c], "line 1 does not follow"],
    ["a line with spaces", ([a = "", ...more]) => [a.replace(":", ": "), ...more], "line 1 is no canonical JSON"],
])("%s breaks the chain", (_, edit, message) => {
    const written = lines(entry("a", "begun"), entry("a", "applied"), entry("b", "begun"));
    expect(() => Ledger.parse(edit(written).join("\n"))).toThrow(message);
});

test.each<[Effect["operation"], Executed["operation"], boolean]>([
    ["create", "create", true],
    ["create", "update", false],
    ["update", "replace", false],
    ["replace", "replace", true],
    ["replace", "delete", true],
    ["replace", "create", true],
    ["replace", "update", false],
    ["delete", "delete", true],
])("where a %s was signed, that a %s ran is allowed: %s", (operation, ran, isAllowed) => {
    const approved = [{ urn: "u", operation }] as unknown as Effect[];
    expect(unapproved([{ urn: "u", operation: ran, failed: false }], approved)).toHaveLength(isAllowed ? 0 : 1);
});

test("what nobody signed is not allowed", () => {
    const step: Executed = { urn: "u", operation: "create", failed: true };
    expect(unapproved([step], [])).toEqual([step]);
});
