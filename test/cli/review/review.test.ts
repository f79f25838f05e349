import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { places } from "../../../cli/places";
import { keyVariable, review, type ReviewFiles } from "../../../cli/review/review";
import { Terminal } from "../../../cli/terminal";

// What `mlplatform review` prints of a preview that ran elsewhere.

const urn = (type: string, name: string): string => `urn:pulumi:prod::mlplatform::${type}::${name}`;
const vault = "azure-native:keyvault:Vault";
const account = "azure-native:storage:StorageAccount";
const location = "swedencentral";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"canary-4711"' };

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
    diagnostics: [{ severity: "warning", message: "warning: look at canary-4711" }],
};
const files = {
    preview: digest,
    state: { deployment: { resources: [{ urn: urn(account, "work"), inputs: { tags: { key: secret } } }] } },
};

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mlplatform-review-"));
    process.env[keyVariable] = "key";
});
afterEach(() => {
    rmSync(folder, { recursive: true });
    Reflect.deleteProperty(process.env, keyVariable);
});

function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
}

async function printed(given: ReviewFiles, json = false): Promise<string> {
    let told = "";
    const out = new Writable({
        write: (chunk: Buffer, _, done) => {
            told += chunk.toString();
            done();
        },
    });
    const terminal = new Terminal(out as unknown as NodeJS.WriteStream);
    await review({ at: places(), terminal, signal: new AbortController().signal }, "prod", { ...given, json });
    return told;
}

const both = (): ReviewFiles => ({
    preview: file("preview.json", JSON.stringify(files.preview)),
    state: file("state.json", JSON.stringify(files.state)),
});

test("what can break comes first, then changes, cost and time", async () => {
    const lines = (await printed(both())).split("\n");
    expect(lines.slice(0, 6)).toEqual([
        '"prod" as previewed: 1 to delete, 1 to update',
        "What can break",
        "  delete keyvault:Vault vault (protected: the engine refuses)",
        expect.stringContaining("holds all keys and secrets in it"),
        "    can be had back: yes, for 90 days; az keyvault recover --name NAME",
        "warning: look at [secret]",
    ]);
    expect(lines).toContain("  update  1  storage:StorageAccount  work   tags.team");
    expect(lines).toContainEqual(expect.stringMatching(/^On Azure it takes about/));
});

test("as JSON, all of it with fingerprints in the place of secrets", async () => {
    const told = await printed(both(), true);
    expect(told).not.toContain("canary-4711");
    const { preview } = JSON.parse(told) as { preview: { resources: { new?: { inputs: { tags: unknown } } }[] } };
    const [first] = preview.resources;
    expect(first?.new?.inputs.tags).toEqual({
        key: { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
        team: "a",
    });
});

test.each([
    ["is not JSON", "canary-4711 {", "must be JSON, and is not"],
    ["is something else", '{"steps": 1}', "must be what `pulumi preview --json` prints"],
])("a file that %s is refused, without a word of it", async (_, text, message) => {
    const refused = await printed({ preview: file("preview.json", text) }).catch((fault: unknown) => String(fault));
    expect(refused).toContain(message);
    expect(refused).not.toContain("canary");
});

test("a file that is not there is named", async () => {
    await expect(printed({ preview: join(folder, "none.json") })).rejects.toThrow("none.json cannot be read");
});
