import { rmSync } from "node:fs";
import { join } from "node:path";
import { ChangeFiles } from "../../../cli/change-control/change-files";
import { SignedClone } from "../../../bench/parts/signed-clone";

// A change on its way: previewed, signed by those who must, applied, written down, verified; and each way around it refused.
jest.setTimeout(600_000);

let clone: SignedClone;
beforeAll(() => {
    process.env.MLPLATFORM_KUBERNETES = "off";
    clone = new SignedClone();
});
afterAll(() => {
    clone.remove();
});

const up = (): ReturnType<SignedClone["run"]> => clone.run("up", ["bootstrap"]);
const newest = (): string => {
    const { told } = lastBundle;
    return /changes\/bootstrap\/[0-9a-f]{12}/.exec(told)?.[0] ?? "";
};
let lastBundle: Awaited<ReturnType<SignedClone["run"]>>;
async function bundle(): Promise<void> {
    lastBundle = await clone.run("bundle", ["bootstrap"]);
    if (lastBundle.refused !== undefined) throw new Error(lastBundle.refused);
    clone.commit("alan", "the bundle");
}

describe("the first change", () => {
    test("without a bundle nothing is applied", async () => {
        clone.change("alan", "mlplatform-bootstrap:operatorAddresses: [203.0.113.7]");
        expect((await up()).refused).toMatch(/no bundle to apply to "bootstrap"/);
    });

    test("its bundle says who must sign, and why", async () => {
        await bundle();
        expect(lastBundle.told).toMatch(/To be signed by operations, security:/);
        expect(lastBundle.told).toMatch(/any change \(\d+\): operations, as somebody besides its author has read it/);
        expect(lastBundle.told).toMatch(/who gets in \(\d+\): security/);
    });

    test("both signatures are missing", async () => {
        const { refused } = await up();
        expect(refused).toMatch(/operations has not signed/);
        expect(refused).toMatch(/security has not signed/);
    });

    test("its author cannot sign it, nor anybody for a role that is not theirs, nor with another's key", async () => {
        expect((await clone.sign("alan", "operations")).refused).toMatch(/authors do not sign their own/);
        expect((await clone.sign("ada", "security")).refused).toMatch(/ada is not of security/);
        const stolen = await clone.sign("ada", "operations", { key: clone.keyOf("mary") });
        expect(stolen.refused).toMatch(/would not count: it is by no key that was ada@example\.com's/);
        expect((await clone.sign("mary", "finance")).refused).toMatch(/needs no signature of finance/);
    });

    test("one signature of two is not enough, and one person is one party", async () => {
        expect((await clone.sign("grace", "operations")).told).toMatch(/Yet to sign: security/);
        expect((await clone.sign("grace", "security")).refused).toMatch(/one person is one party/);
        clone.commit("grace", "signed");
        const { refused } = await up();
        expect(refused).toMatch(/security has not signed/);
        expect(refused).not.toMatch(/operations has not signed/);
        clone.git("rm", "-q", join(newest(), "sign-offs", "operations.grace.sig"));
    });

    test("with both it is applied, as it was previewed, and written down", async () => {
        await clone.sign("ada", "operations");
        expect((await clone.sign("grace", "security")).told).toMatch(/All have signed/);
        clone.commit("ada", "signed");
        const { told, refused } = await up();
        expect(refused).toBeUndefined();
        expect(told).toMatch(/signed by ada as operations, grace as security/);
        expect(told).toMatch(/all that was signed is done; changes\/bootstrap\/ledger\.jsonl says what ran/);
        const lines = clone.read("changes/bootstrap/ledger.jsonl").trim().split("\n");
        const entries = lines.map((line) => JSON.parse(line) as { outcome: string; executed: unknown[] });
        expect(entries.map(({ outcome }) => outcome)).toEqual(["begun", "applied"]);
        expect(entries[1]?.executed.length).toBeGreaterThan(10);
    });

    test("it is good for once", async () => {
        expect((await clone.run("up", ["bootstrap"], { bundle: newest() })).refused).toMatch(/applied before/);
        expect((await up()).refused).toMatch(/no bundle to apply/);
    });

    test("whoever audits it needs git and the files alone", async () => {
        clone.commit("ada", "what ran");
        clone.merge();
        const { told, code } = await clone.run("verify", ["bootstrap"]);
        expect(told).toMatch(/all that ran was signed by those who had to/);
        expect(code).toBe(0);
    });
});

describe("the second change", () => {
    const signAll = async (): Promise<void> => {
        for (const [id, role] of [
            ["ada", "operations"],
            ["grace", "security"],
        ] as const) {
            const { refused } = await clone.sign(id, role);
            if (refused !== undefined) throw new Error(refused);
        }
        clone.commit("ada", "signed");
    };

    test("is signed, and then its program turns: refused", async () => {
        clone.change("alan", "mlplatform-bootstrap:federations: []");
        clone.write(
            "bootstrap/Pulumi.bootstrap.yaml",
            clone.read("bootstrap/Pulumi.bootstrap.yaml").replace("203.0.113.7", "203.0.113.8"),
        );
        clone.commit("alan", "another address");
        await bundle();
        await signAll();
        const before = clone.git("rev-parse", "HEAD").trim();
        clone.write(
            "bootstrap/Pulumi.bootstrap.yaml",
            clone.read("bootstrap/Pulumi.bootstrap.yaml").replace("203.0.113.8", "198.51.100.1"),
        );
        expect((await up()).refused).toMatch(/commit first/);
        clone.commit("alan", "yet another address");
        expect((await up()).refused).toMatch(/the program or its settings are others than were previewed/);
        clone.git("reset", "-q", "--hard", before);
    });

    test("a bundle that is edited is none", async () => {
        const file = join(newest(), "bundle.json");
        const text = clone.read(file);
        clone.write(file, text.replace("203.0.113.8", "198.51.100.1"));
        expect((await up()).refused).toMatch(/is not what was signed: its effects are not those that its digest is of/);
        clone.write(file, text.replace(/"required":\[[^\]]*\]/, '"required":[]'));
        expect((await up()).refused).toMatch(/is not what was signed: its folder is named by another digest/);
        clone.write(file, text);
    });

    test("rules that the change itself loosens count for nothing, and rules that were tightened since for all", async () => {
        const rules = clone.read("sign-off/rules.yaml");
        clone.write("sign-off/rules.yaml", rules.replace("protected: [bootstrap]", "protected: [none]"));
        clone.commit("alan", "no rules for me");
        expect((await up()).refused).toMatch(/the program or its settings are others/);
        clone.git("reset", "-q", "--hard", "HEAD~1");
        clone.git("checkout", "-q", "main");
        clone.write("sign-off/rules.yaml", rules.replace("costOver: 500", "costOver: 1"));
        clone.commit("grace", "tighter");
        clone.git("checkout", "-q", "change");
        expect((await up()).refused).toMatch(/the protected branch has other rules by now/);
        clone.git("branch", "-f", "main", "main~1");
    });

    test("a key that was withdrawn signs no more", async () => {
        clone.git("checkout", "-q", "main");
        const signers = clone.read("sign-off/allowed_signers");
        clone.write("sign-off/allowed_signers", signers.replace(/^ada@.*\n/m, ""));
        clone.commit("grace", "ada has left");
        clone.git("checkout", "-q", "change");
        expect((await up()).refused).toMatch(/operations has not signed/);
        clone.git("branch", "-f", "main", "main~1");
    });

    test("a new bundle takes its place, and with it its signatures", async () => {
        const old = newest();
        await bundle();
        expect(lastBundle.told).toContain(`It takes the place of ${old}, whose signatures count no more`);
        expect((await clone.run("up", ["bootstrap"], { bundle: old })).refused).toMatch(
            /another bundle has taken its place/,
        );
        await signAll();
    });

    test("it is applied all the same, and what ran is verified as a whole", async () => {
        const { refused, told } = await up();
        expect(refused).toBeUndefined();
        expect(told).toMatch(/all that was signed is done/);
        clone.commit("ada", "what ran");
        clone.merge();
        expect((await clone.run("verify", ["bootstrap"])).code).toBe(0);
    });

    test("a bundle that asked for fewer signatures than the rules do is found, though it has those", async () => {
        const files = new ChangeFiles(clone.folder, "bootstrap");
        const ledger = clone.read(files.ledgerFile);
        const { bundle: signed } = files.read(newest());
        const loosened = files.write({ ...signed, predicate: { ...signed.predicate, required: ["operations"] } });
        await clone.sign("ada", "operations", { bundle: loosened.folder });
        const entry = { at: new Date().toISOString(), stack: "bootstrap", bundle: loosened.digest, executed: [] };
        files.append({ ...entry, signed: [{ role: "operations", person: "ada" }], outcome: "applied" });
        const { told, code } = await clone.run("verify", ["bootstrap"]);
        expect(told).toContain("WRONG: the rules ask for other signatures than it says");
        expect(code).toBe(1);
        rmSync(join(clone.folder, loosened.folder), { recursive: true });
        clone.write(files.ledgerFile, ledger);
    });

    test("a ledger that is edited, or lacks a line, or a signature that goes, is found", async () => {
        const ledger = clone.read("changes/bootstrap/ledger.jsonl");
        clone.write("changes/bootstrap/ledger.jsonl", ledger.replace('"outcome":"applied"', '"outcome":"interrupted"'));
        expect((await clone.run("verify", ["bootstrap"])).refused).toMatch(/line 3 does not follow the line before it/);
        clone.write("changes/bootstrap/ledger.jsonl", ledger.split("\n").slice(1).join("\n"));
        expect((await clone.run("verify", ["bootstrap"])).refused).toMatch(/line 1 does not follow/);
        clone.write("changes/bootstrap/ledger.jsonl", ledger);
        const [, first = ""] = /"bundle":"([0-9a-f]{12})/.exec(ledger) ?? [];
        clone.git("rm", "-q", join("changes/bootstrap", first, "sign-offs", "security.grace.sig"));
        const { told, code } = await clone.run("verify", ["bootstrap"]);
        expect(told).toContain("WRONG: security had not signed");
        expect(code).toBe(1);
    });
});
