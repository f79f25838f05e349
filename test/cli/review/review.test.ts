import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToldTerminal } from "../../../bench/parts/told-terminal";
import { places } from "../../../cli/places";
import { review } from "../../../cli/review/review";

// What `mlplatform review` prints of a preview that ran elsewhere.

const urn = (type: string, name: string): string => `urn:pulumi:prod::mlplatform::${type}::${name}`;
const vault = "azure-native:keyvault:Vault";
const account = "azure-native:storage:StorageAccount";
const location = "swedencentral";
const digest = {
    steps: [
        {
            ...{ op: "update", urn: urn(account, "work") },
            oldState: { type: account, custom: true, inputs: { location, tags: { key: "[secret]" } } },
            newState: { type: account, custom: true, inputs: { location, tags: { key: "[secret]", team: "a" } } },
            detailedDiff: { "tags.team": { kind: "add", inputDiff: true } },
        },
        {
            ...{ op: "delete", urn: urn(vault, "vault") },
            oldState: {
                ...{ type: vault, custom: true, protect: true },
                inputs: { location, properties: { softDeleteRetentionInDays: 90 } },
            },
        },
    ],
    diagnostics: [{ severity: "warning", message: "warning: look at that" }],
};
let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mlplatform-review-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
}

async function printed(preview: string, json = false): Promise<string> {
    const out = new ToldTerminal();
    await review({ at: places(), terminal: out.terminal, signal: new AbortController().signal }, "prod", {
        ...{ azure: false, file: preview, json },
    });
    return out.told;
}

const committed = (): string => file("preview.json", JSON.stringify(digest));

test("what can break comes first, then changes, cost and time", async () => {
    const lines = (await printed(committed())).split("\n");
    expect(lines.slice(0, 6)).toEqual([
        '"prod" as previewed: 1 to delete, 1 to update',
        "What can break",
        "  delete keyvault:Vault vault (protected: the engine refuses)",
        expect.stringContaining("holds all keys and secrets in it"),
        "    can be had back: yes, for 90 days; az keyvault recover --name NAME",
        "warning: look at that",
    ]);
    expect(lines).toContain("  update  1  storage:StorageAccount  work   tags.team");
    expect(lines).toContainEqual(expect.stringMatching(/^On Azure it takes about/));
});

test("as JSON, all of it", async () => {
    const { preview } = JSON.parse(await printed(committed(), true)) as { preview: { resources: { urn: string }[] } };
    expect(preview.resources.map((each) => each.urn)).toEqual(digest.steps.map((step) => step.urn));
});

test.each([
    ["is not JSON", "canary-4711 {", "must be what `pulumi preview --json` prints: it is no JSON"],
    ["is something else", '{"steps": 1}', "must be what `pulumi preview --json` prints"],
])("a file that %s is refused, without a word of it", async (_, text, message) => {
    const refused = await printed(file("preview.json", text)).catch((fault: unknown) => String(fault));
    expect(refused).toContain(message);
    expect(refused).not.toContain("canary");
});

test("a file that is not there is named", async () => {
    await expect(printed(join(folder, "none.json"))).rejects.toThrow(/none.json must be what .* prints: Error: ENOENT/);
});
