import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Engine } from "../../cli/engine";
import { places } from "../../cli/places";
import type { Places } from "../../cli/places";
import { layersOf, notesOf, prepareWorkspace, stackFiles, stateFile, writeNotes } from "../../cli/workspace";
import type { StackWorkspace } from "../../cli/workspace";

let at: Places;
beforeEach(() => {
    at = places(mkdtempSync(join(tmpdir(), "home-")));
});
afterEach(() => {
    rmSync(at.home, { recursive: true });
});

const prepare = (clock?: number, stack = "dev"): Promise<StackWorkspace> =>
    prepareWorkspace(at, new Engine(at), stack, clock);
const copy = (stack = "dev"): { encryptionsalt?: string; config: Record<string, unknown> } => {
    const file = join(at.home, "workspace", stack, `Pulumi.${stack}.yaml`);
    return JSON.parse(readFileSync(file, "utf8")) as ReturnType<typeof copy>;
};

test("the copy holds the committed settings and the sandbox's own on top", async () => {
    await prepare();
    expect(copy().config).toMatchObject({
        "mlplatform:environment": "dev",
        "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
        "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
        "mlplatform:adminGroupObjectIds": ["55555555-5555-4555-8555-555555555555"],
    });
    expect(copy().config).not.toHaveProperty("mlplatform:owner");
});

test("what an environment must be told and no committed file can know is filled in", async () => {
    await prepare(0, "prod");
    expect(copy("prod").config).toMatchObject({
        "mlplatform:owner": "sandbox@example.com",
        "mlplatform:costCentre": "SANDBOX",
    });
});

test("what was encrypted for others is left out by name, at any depth", async () => {
    const root = mkdtempSync(join(tmpdir(), "root-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: mlplatform\nruntime: nodejs\n");
    const config = { "mlplatform:environment": "dev", "mlplatform:hybridSecrets": { office: { secure: "v1:abc" } } };
    writeFileSync(join(root, "Pulumi.vpn.yaml"), JSON.stringify({ config }));
    const { leftOut } = await prepareWorkspace({ ...at, root }, new Engine(at), "vpn", 0);
    expect(leftOut).toEqual(["mlplatform:hybridSecrets"]);
    expect(JSON.stringify(copy("vpn"))).not.toContain("v1:abc");
    rmSync(root, { recursive: true });
});

test("waits follow the clock, in every environment, and the config stays as it is on Azure", async () => {
    for (const stack of ["dev", "staging", "prod"]) {
        const { propagationSeconds, pace } = await prepare(0.1, stack);
        expect([propagationSeconds, pace(propagationSeconds)]).toEqual([120, 12]);
        expect((await prepare(0, stack)).pace(120)).toBe(0.5);
        expect(copy(stack).config).not.toHaveProperty("mlplatform:rolePropagationSeconds");
    }
});

test("the generation counts on by itself, and never below the committed one", async () => {
    expect((await prepare()).generation).toBe(1);
    writeNotes(at, "dev", { generation: 3 });
    expect((await prepare()).generation).toBe(3);
    expect(copy().config["mlplatform:generation"]).toBe(3);
    writeNotes(at, "dev", { generation: 0 });
    expect((await prepare()).generation).toBe(1);
});

test("damaged notes and a damaged copy are made again", async () => {
    const { folder } = await prepare();
    writeFileSync(join(folder, "notes.json"), '{"generation": 4, "stop');
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "{");
    expect(notesOf(at, "dev")).toEqual({});
    await prepare();
    expect(copy().config["mlplatform:environment"]).toBe("dev");
});

test("the salt of the state's secrets is kept, from the state itself", async () => {
    const file = stateFile(at, "dev");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(at.passphraseFile, "p".repeat(40));
    const latest = { secrets_providers: { type: "passphrase", state: { salt: "v1:abc" } } };
    writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest } }));
    await prepare();
    expect(copy().encryptionsalt).toBe("v1:abc");
});

test("the passphrase is made once and is for its owner alone", async () => {
    await prepare();
    const first = readFileSync(at.passphraseFile, "utf8");
    await prepare();
    expect(readFileSync(at.passphraseFile, "utf8")).toBe(first);
    expect(statSync(at.passphraseFile).mode & 0o077).toBe(0);
});

test("a lost passphrase is not replaced by one that cannot read the state", async () => {
    await prepare();
    mkdirSync(join(at.state, ".pulumi", "stacks"), { recursive: true });
    rmSync(at.passphraseFile);
    await expect(prepare()).rejects.toThrow("passphrase is missing or damaged");
});

test.each([
    ["prod-nowhere", 'there is no stack "prod-nowhere"'],
    ["../dev", '"../dev" is no name of a stack'],
])("stack %s is refused", async (stack, message) => {
    await expect(prepareWorkspace(at, new Engine(at), stack)).rejects.toThrow(message);
});

test("an environment's stacks come lowest first", () => {
    expect(layersOf(at, "dev")[0]).toBe("dev");
    const kinds = layersOf(at, "dev").map((name) => stackFiles(at).find((stack) => stack.name === name)?.kind);
    expect(kinds).toEqual([...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(layersOf(at, "dev")).not.toContain("bootstrap");
});
const order: unknown[] = ["foundation", "images", "services", "team"];
