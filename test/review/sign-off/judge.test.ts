import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { priceSheet } from "../../../facts/prices";
import { bundleDigest, bundleOf, bytesOf, parseBundle, type Bundle } from "../../../review/bundle/bundle";
import { reviewOf } from "../../../review/reviewed";
import { Ledger } from "../../../review/ledger/ledger";
import type { Preview, ResourceChange } from "../../../review/model/preview";
import { Secret, Unknown, type ValueMap } from "../../../review/model/value";
import { heldAgainst, judged, type Circumstances, type HandedIn } from "../../../review/sign-off/judge";
import { parseRules } from "../../../review/sign-off/rules";
import { sign } from "../../../review/sign-off/ssh";
import { change, previewOf } from "../changes";

// Each way of having something run that was not signed, and the reason by which it is refused.

const rules = parseRules(readFileSync("sign-off/rules.yaml", "utf8"));
const sheet = priceSheet(process.cwd());
const account = "azure-native:storage:StorageAccount";
const group = "azure-native:resources:ResourceGroup";
const toolchain = { engine: "3.259.0", node: "22.23.3", lock: "l".repeat(64), policies: "" };
const source = { commit: "c", from: "f", files: "s".repeat(64), authors: ["author@example.com"] };
const later = "2026-12-01T00:00:00.000Z";
const now = new Date("2026-11-26T00:00:00.000Z");

const key = (letter: string): Secret => new Secret(letter.repeat(64));
const tags = (secret: Secret): ResourceChange["changes"] => [
    { path: "tags.key", kind: "update", replaces: false, old: key("a"), new: secret },
];
const update = (secret: Secret): ResourceChange =>
    change(group, [{ tags: { key: key("a") } }, { tags: { key: secret } }], { changes: tags(secret) });
const same = (owner: string): ResourceChange =>
    change(account, [{ owner }, { owner }], { operation: "same", name: "other", state: { outputs: { owner } } });
const signedPreview = previewOf(update(key("b")), same("x"));

const bundleFor = (preview: Preview, more: Partial<Parameters<typeof bundleOf>[2]> = {}): Bundle =>
    bundleOf(reviewOf(preview, sheet), rules, {
        ...{ source, toolchain, notAfter: later, nonce: "n", ...more },
    });

let folder: string;
let allowedSigners = "";
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mlplatform-keys-"));
    for (const id of ["olga", "sam"]) {
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", id, "-f", join(folder, id)]);
        allowedSigners += `${id} namespaces="mlplatform-change@v1" ${readFileSync(join(folder, `${id}.pub`), "utf8")}`;
    }
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const circumstances = (more: Partial<Circumstances> = {}): Circumstances => ({
    ...{ stack: "dev", now, rules, allowedSigners, others: [], ledger: Ledger.parse(""), source, toolchain },
    people: [
        { id: "olga", principal: "olga", roles: ["operations"], emails: ["olga@example.com"] },
        { id: "sam", principal: "sam", roles: ["security", "operations"], emails: ["sam@example.com"] },
    ],
    ...more,
});

async function handedIn(bundle: Bundle, signers: [string, string][] = [["olga", "operations"]]): Promise<HandedIn> {
    const digest = bundleDigest(bundle);
    const { stack } = bundle.predicate;
    const signatures = await Promise.all(
        signers.map(async ([person, role]) => ({
            ...{ person, role },
            signature: await sign({ stack, digest, role }, join(folder, person)),
        })),
    );
    return { bundle, digest, signatures };
}

const faultsOf = async (bundle: Bundle, more: Partial<Circumstances> = {}): Promise<string[]> =>
    (await judged(await handedIn(bundle), circumstances(more))).faults;

test("what is signed by whom it takes, in time, and as it was previewed, may run", async () => {
    const { faults, signOff } = await judged(await handedIn(bundleFor(signedPreview)), circumstances());
    expect(faults).toEqual([]);
    expect(signOff.signed).toEqual([{ role: "operations", person: "olga" }]);
    expect(heldAgainst(signedPreview, bundleFor(signedPreview), false)).toMatchObject({ faults: [] });
});

const aLedger = (outcome: "applied" | "interrupted", bundle: string): Ledger =>
    Ledger.parse(Ledger.parse("").next({ at: later, stack: "dev", bundle, signed: [], outcome, executed: [] }));

test.each<[string, Partial<Circumstances>, string]>([
    ["of another stack", { stack: "prod" }, 'it is for the stack "dev"'],
    ["too late", { now: new Date("2026-12-01T00:00:01Z") }, `it was good until ${later}`],
    ["under other rules", { rules: { ...rules, digest: "x" } }, "other rules by now"],
    ["with another program", { source: { files: "x" } }, "the program or its settings are others"],
    ["with another engine", { toolchain: { ...toolchain, engine: "3.260.0" } }, "engine 3.259.0, and this is 3.260.0"],
    ["with another Node", { toolchain: { ...toolchain, node: "24.0.0" } }, "node 22.23.3, and this is 24.0.0"],
    ["with other providers", { toolchain: { ...toolchain, lock: "x" } }, "package-lock.json is another"],
    ["with other policies", { toolchain: { ...toolchain, policies: "x" } }, "the policies are others"],
    ["whose authors are hidden", { authors: ["olga@example.com"] }, "its commits are of olga@example.com"],
    ["signed by nobody known", { people: [] }, "operations has not signed"],
    ["signed with an unknown key", { allowedSigners: "" }, "operations.olga.sig does not count"],
])("a bundle %s is refused", async (_, more, fault) => {
    expect((await faultsOf(bundleFor(signedPreview), more)).join("\n")).toContain(fault);
});

test("all reasons are told at once", async () => {
    const more = { stack: "prod", source: { files: "x" }, people: [] };
    expect((await faultsOf(bundleFor(signedPreview), more)).length).toBeGreaterThanOrEqual(4);
});

test("one that was applied is good for nothing more; one that was interrupted is", async () => {
    const bundle = bundleFor(signedPreview);
    const digest = bundleDigest(bundle);
    expect(await faultsOf(bundle, { ledger: aLedger("applied", digest) })).toEqual([
        "it was applied before, and is good for once",
    ]);
    expect(await faultsOf(bundle, { ledger: aLedger("interrupted", digest) })).toEqual([]);
});

test("one whose place another has taken is refused", async () => {
    const bundle = bundleFor(signedPreview);
    const heir = bundleFor(signedPreview, { nonce: "m", supersedes: bundleDigest(bundle) });
    expect((await faultsOf(bundle, { others: [heir] })).join()).toContain("another bundle has taken its place");
});

test("a signature for one bundle, stack or role is none for another", async () => {
    const bundle = bundleFor(signedPreview);
    const other = await handedIn(bundleFor(signedPreview, { nonce: "m" }));
    const { faults } = await judged(
        { bundle, digest: bundleDigest(bundle), signatures: other.signatures },
        circumstances(),
    );
    expect(faults.join("\n")).toMatch(/operations\.olga\.sig does not count/);
});

test("who must sign follows from what it does, and not from what it says", async () => {
    const { predicate, ...rest } = bundleFor(previewOf(change(account, [{}, undefined])));
    expect(predicate.required).toEqual(["operations", "security", "dataOwners"]);
    const loosened: Bundle = { ...rest, predicate: { ...predicate, required: ["operations"], risks: [] } };
    expect((await faultsOf(loosened)).join("\n")).toContain("the rules ask for other signatures");
});

test("a bundle is its bytes, and its effects are those of its digest", () => {
    const text = bytesOf(bundleFor(signedPreview));
    expect(bytesOf(parseBundle(text))).toBe(text);
    expect(() => parseBundle(` ${text}`)).toThrow("not canonical");
    expect(() => parseBundle(text.replace("b".repeat(64), "c".repeat(64)))).toThrow("its effects are not those");
});

describe("a preview before it runs", () => {
    const bundle = bundleFor(signedPreview);
    const faults = (preview: Preview, isBegun = false): string =>
        heldAgainst(preview, bundle, isBegun).faults.join("\n");

    test.each<[string, Preview, string]>([
        [
            "an operation more",
            previewOf(update(key("b")), same("x"), change(account, [undefined, {}])),
            "create is not among",
        ],
        [
            "another operation",
            previewOf(change(group, [{}, undefined]), same("x")),
            "delete instead of the signed update",
        ],
        ["another secret", previewOf(update(key("c")), same("x")), "tags.key.$secret is not as signed"],
        [
            "a property more",
            previewOf(
                { ...update(key("b")), changes: [...tags(key("b")), { path: "p", kind: "add", replaces: false }] },
                same("x"),
            ),
            "p changes, which was not signed",
        ],
        [
            "another state",
            previewOf(update(key("b")), same("y")),
            "the state is another than the one that was previewed",
        ],
        [
            "a replacement",
            previewOf({ ...update(key("b")), operation: "replace" }, same("x")),
            "replace instead of the signed update",
        ],
        [
            "protection that is lifted",
            previewOf(
                change(group, [{ tags: { key: key("a") } }, { tags: { key: key("b") } }], {
                    changes: tags(key("b")),
                    state: { retainOnDelete: true },
                }),
                same("x"),
            ),
            "retainOnDelete is true instead of the signed false",
        ],
        [
            "a policy that says something new",
            {
                ...signedPreview,
                findings: [{ pack: "p", packVersion: "1", policy: "q", level: "advisory", message: "m" }],
            },
            "policy q says by now: m",
        ],
    ])("with %s is refused", (_, preview, fault) => {
        expect(faults(preview)).toContain(fault);
    });

    test("with what is left of it after an interruption goes on, if nothing else has moved", () => {
        const done = previewOf({ ...update(key("b")), operation: "same", changes: [] }, same("x"));
        expect(heldAgainst(done, bundle, true)).toEqual({ faults: [], left: [] });
        const moved = previewOf({ ...update(key("b")), operation: "same", changes: [] }, same("y"));
        expect(faults(moved, true)).toContain("the state has changed in what the change does not touch");
    });

    test("goes on after an interruption that came before components had told their outputs; those of resources must be as they were", () => {
        const told = (custom: boolean, outputs: ValueMap): ResourceChange => ({
            ...change("mlplatform:network:Network", [{}, {}], { operation: "same", custom, state: { outputs } }),
        });
        const left = previewOf(update(key("b")), told(false, {}));
        const component = bundleFor(previewOf(update(key("b")), told(false, { id: "a" })));
        expect(heldAgainst(left, component, true).faults).toEqual([]);
        const resource = bundleFor(previewOf(update(key("b")), told(true, { id: "a" })));
        expect(heldAgainst(previewOf(update(key("b")), told(true, { id: "b" })), resource, true).faults).toEqual([
            expect.stringContaining("the state has changed in what the change does not touch"),
        ]);
    });

    test("goes on though what the program decides by itself was written before it was cut off: what a resource hangs on", () => {
        const there = (dependencies: readonly string[]): ResourceChange =>
            change(account, [{}, {}], { operation: "same", state: { id: "a", dependencies } });
        const signed = bundleFor(previewOf(update(key("b")), there(["one"])));
        expect(heldAgainst(previewOf(update(key("b")), there(["one", "two"])), signed, true).faults).toEqual([]);
    });

    test("with values that were unknown when it was signed is as signed, if they are of their type", () => {
        const create = (id: Unknown | string | number): ResourceChange => change(account, [undefined, { id }]);
        const unknown = bundleFor(previewOf(create(new Unknown("string"))));
        expect(heldAgainst(previewOf(create("known")), unknown, true).faults).toEqual([]);
    });

    test("with the deletion that a replacement has left goes on", () => {
        const replace = change(account, [{ a: 1 }, { a: 2 }], { operation: "replace", state: { id: "old" } });
        const left = change(account, [{ a: 1 }, undefined], { state: { id: "old" } });
        const other = change(account, [{ a: 1 }, undefined], { state: { id: "new" } });
        const replaced = bundleFor(previewOf(replace));
        expect(heldAgainst(previewOf(left), replaced, true).faults).toEqual([]);
        expect(heldAgainst(previewOf(other), replaced, true).faults).toEqual([
            expect.stringContaining("delete instead of the signed replace"),
        ]);
    });
});
