import { SettingsError } from "../../stacks/config";
import { readSettings } from "../../stacks/settings";
import { corporateSettings, faultsOf } from "./network-kinds";

// Every way out with every keeper of zones, kind of hub and way to on-premises: what does not go together is refused, each pair with its
// reason and nothing else, and all the rest is taken.

test.each(corporateSettings)("$name", ({ config, kinds }) => {
    const expected = faultsOf(kinds);
    let faults: readonly string[] = [];
    try {
        readSettings(config);
    } catch (fault) {
        if (!(fault instanceof SettingsError)) throw fault;
        faults = fault.faults;
    }
    for (const reason of expected) expect(faults.join("\n")).toContain(reason);
    expect(faults.filter((fault) => !expected.some((reason) => fault.includes(reason)))).toEqual([]);
});

test("every kind is right with some others, but for the two that never are", () => {
    const right = corporateSettings.filter(({ kinds }) => faultsOf(kinds).length === 0);
    expect(right.length).toBeGreaterThan(40);
    const all = new Set(corporateSettings.flatMap(({ kinds }) => Object.values(kinds)));
    const taken = new Set(right.flatMap(({ kinds }) => Object.values(kinds)));
    expect([...all].filter((kind) => !taken.has(kind)).sort()).toEqual([
        "hub of others, peered back",
        "own zones, hub's resolver",
    ]);
});
