import { chainOf, dependents, prerequisites, spoken, type Placed } from "../../../review/time/chain";

test.each([
    [40, "40 s"],
    [99, "99 s"],
    [120, "2 min"],
    [1500, "25 min"],
    [3900, "1 h 05 min"],
])("%s seconds are said as %s", (value, said) => {
    expect(spoken(value)).toBe(said);
});

const resource = (urn: string): Placed => ({ urn, type: "t", custom: true });

test("a chain of many thousands is measured, and a cycle does not hang", () => {
    const all = Array.from({ length: 20_000 }, (_, index) => resource(String(index)));
    const before = prerequisites(all, ({ urn }) => (urn === "0" ? [] : [String(Number(urn) - 1)]));
    const chain = chainOf(all.toReversed(), before, () => 2);
    expect([chain.seconds, chain.links.length, chain.links[0]?.urn]).toEqual([40_000, 20_000, "0"]);
    const round = [resource("a"), resource("b"), resource("c")];
    const next: Readonly<Record<string, string>> = { a: "b", b: "c", c: "a" };
    expect(
        chainOf(
            round,
            prerequisites(round, ({ urn }) => [next[urn] ?? ""]),
            () => 1,
        ).links.length,
    ).toBeLessThan(4);
});

test("of several ways to a resource, the longest counts", () => {
    const all = ["start", "short", "long", "end"].map(resource);
    const waits: Readonly<Record<string, readonly string[]>> = {
        short: ["start"],
        long: ["start"],
        end: ["short", "long"],
    };
    const seconds: Readonly<Record<string, number>> = { start: 1, short: 5, long: 50, end: 1 };
    const before = prerequisites(all, ({ urn }) => waits[urn] ?? []);
    const chain = chainOf(all, before, ({ urn }) => seconds[urn] ?? 0);
    expect([chain.seconds, chain.links.map(({ urn }) => urn)]).toEqual([52, ["start", "long", "end"]]);
    expect(dependents(all, before)(all[0] ?? resource("")).map(({ urn }) => urn)).toEqual(["short", "long"]);
});
