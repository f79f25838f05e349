import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drift } from "../../../cli/drift/drift";
import { places } from "../../../cli/places";
import type { Context } from "../../../cli/stack-run";
import { Terminal } from "../../../cli/terminal";
import { hashOf } from "../../../review/drift/finding";

const root = mkdtempSync(join(tmpdir(), "mlplatform-drift-"));
mkdirSync(join(root, "drift"));
afterAll(() => {
    rmSync(root, { recursive: true });
});

let said: string[] = [];
class Heard extends Terminal {
    override line(text = ""): void {
        said.push(text);
    }
}
const context: Context = { at: { ...places(), root }, terminal: new Heard(), signal: new AbortController().signal };

const urn = "urn:pulumi:prod::mlplatform::azure-native:network:VirtualNetwork::network";
const state = (tags: object): object => ({
    type: "azure-native:network:VirtualNetwork",
    custom: true,
    inputs: { tags },
});
const file = (name: string, ...steps: readonly object[]): string => {
    writeFileSync(join(root, name), JSON.stringify({ steps }));
    return join(root, name);
};
const update = { op: "update", urn, detailedDiff: { "tags.owner": { kind: "add" } } };
const observed = file("observed.json", { ...update, oldState: state({}), newState: state({ owner: "someone" }) });
const waive = (...rows: readonly object[]): void => {
    writeFileSync(join(root, "drift", "waivers.yaml"), JSON.stringify({ waivers: rows }));
};
const waiver = {
    ...{ urn, path: "tags.owner", value: hashOf("someone"), owner: "ops@example.com", reason: "named by finance" },
    until: new Date().toISOString().slice(0, 10),
};

/** The exit code that the command asks for, and what it printed. */
async function run(files: { observed: string; planned?: string }, json = false): Promise<number> {
    const before = process.exitCode;
    said = [];
    process.exitCode = 0;
    try {
        await drift(context, "prod", { ...files, json });
        const code: unknown = process.exitCode;
        return Number(code);
    } finally {
        process.exitCode = before;
    }
}

beforeEach(() => {
    waive();
});

test("open drift ends with 7, as Pulumi does; waived or adopted drift, or none, with 0", async () => {
    expect(await run({ observed })).toBe(7);
    expect(said[0]).toMatch(/^open +network:VirtualNetwork network: tags.owner was not set, is "someone"$/);
    waive(waiver);
    expect(await run({ observed })).toBe(0);
    expect(said[0]).toMatch(/^waived .*, by ops@example.com until .*: named by finance$/);
    waive();
    expect(await run({ observed, planned: file("planned.json", { op: "same", urn }) })).toBe(0);
    expect(said[0]).toMatch(/^adopted /);
    expect(await run({ observed, planned: file("planned.json", update) })).toBe(7);
    expect(await run({ observed: file("nothing.json", { op: "refresh", urn }) })).toBe(0);
});

test("waivers of other stacks are none of this one's", async () => {
    waive({ ...waiver, urn: urn.replace(":prod::", ":dev::") });
    expect(await run({ observed })).toBe(7);
    expect(said.join("\n")).not.toContain("unused");
});

test("as JSON, all lists are there", async () => {
    waive(waiver);
    await run({ observed }, true);
    expect(JSON.parse(said.join("\n"))).toMatchObject({
        ...{ stack: "prod", open: [], adopted: [], unused: [], noise: [] },
        waived: [{ finding: { urn, path: "tags.owner", is: "someone" }, waiver }],
    });
});

test("wrong waivers and wrong files are refused with what is wrong", async () => {
    await expect(run({ observed: join(root, "missing.json") })).rejects.toThrow(
        /must be what `pulumi refresh --preview-only --json` prints: .*ENOENT/,
    );
    writeFileSync(join(root, "drift", "waivers.yaml"), "waivers: 3");
    await expect(run({ observed })).rejects.toThrow(/drift\/waivers\.yaml is wrong/);
    rmSync(join(root, "drift", "waivers.yaml"));
    expect(await run({ observed })).toBe(7);
});
