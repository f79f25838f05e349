import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { listLines } from "../../../cli/images/images";
import { lockAll } from "../../../cli/images/lock";
import { importIntoSandbox, sandboxLock } from "../../../cli/images/sandbox-import";
import { importScript } from "../../../cli/images/script";
import { thirdParties, thirdParty, thirdPartyNames, type Digest, type ThirdParty } from "../../../facts/third-party";
import { AzureError } from "../../../sandbox/azure/refusal";
import { digestsOf, readImageLock } from "../../../stacks/image-lock";
import { Platform } from "../../sandbox/azure/platform";

const nothing = { note: "", parts: {} };
const other: Digest = `sha256:${"e".repeat(64)}`;
const published = (part: ThirdParty): Promise<Digest> =>
    Promise.resolve("digest" in part && part.digest !== undefined ? part.digest : other);

describe("locking", () => {
    test("writes down what each publisher says", async () => {
        const { lock, changes, faults } = await lockAll(nothing, published);
        expect(faults).toEqual([]);
        expect(changes).toHaveLength(thirdPartyNames.length);
        expect(lock.parts.keda).toEqual({ version: "2.20.2", digest: thirdParties.keda.digest });
        const again = await lockAll(readImageLock("lock", JSON.stringify(lock)), published);
        expect(again).toEqual({ lock, changes: [], faults: [] });
    });

    test("takes no digest but the one that was seen before", async () => {
        const { faults } = await lockAll(nothing, () => Promise.resolve(other));
        expect(faults).toContain(
            `keda 2.20.2 is ${other}, and facts/third-party.ts has seen ${thirdParties.keda.digest}`,
        );
    });

    test("says when a tag has moved", async () => {
        const before = {
            note: "",
            parts: { pause: { version: thirdParties.pause.version, digest: `sha256:${"1".repeat(64)}` as const } },
        };
        const { changes } = await lockAll(before, published);
        expect(changes.filter((line) => line.includes("moved"))).toEqual([
            `pause ${thirdParties.pause.version} ${other} (the tag has moved: look before you commit)`,
        ]);
    });

    test("one publisher that cannot be reached is told by name", async () => {
        const { faults } = await lockAll(nothing, (part) =>
            part.from === "quay"
                ? Promise.reject(new Error("fetch failed", { cause: new Error("ENOTFOUND quay.io") }))
                : published(part),
        );
        expect(faults).toContain("jupyterhub-hub 4.4.0: fetch failed: ENOTFOUND quay.io");
    });
});

describe("a lock", () => {
    test("without everything deploys nothing, and says what is missing", () => {
        const { parts } = sandboxLock();
        const without = { note: "", parts: { ...parts, envoy: { version: "distroless-v1.0.0", digest: other } } };
        expect(() => digestsOf("images/lock.json", without)).toThrow(
            "images/lock.json has no digest of 1 images and charts, and none is deployed by its tag alone:\n  envoy distroless-v1.38.1\n",
        );
        expect(() => digestsOf("images/lock.json", readImageLock("images/lock.json", undefined))).toThrow(
            `no digest of ${thirdPartyNames.length} images and charts`,
        );
        expect(digestsOf("lock", sandboxLock())("keda")).toBe(sandboxLock().parts.keda?.digest);
    });

    test("that is damaged is refused by field", () => {
        expect(() => readImageLock("lock", '{"parts":{"keda":{"version":"1","digest":"latest"}}}')).toThrow(
            'lock.parts["keda"].digest must be sha256: and 64 of 0-9a-f, got "latest"',
        );
    });

    test("is shown with the list", () => {
        expect(listLines(nothing).join("\n")).toMatch(
            /keda +2\.20\.2 +not locked +ghcr\.io\/kedacore\/keda +mirror\/kedacore\/keda/,
        );
        expect(listLines(sandboxLock()).at(-1)).toContain("has them all");
    });
});

describe("importing into the sandbox", () => {
    test("the registry holds all of it, once, as long as it lives", async () => {
        const platform = await Platform.open();
        const { id } = await platform.put("containerregistry:Registry");
        expect(importIntoSandbox(platform.azure, id)).toEqual({ imported: thirdPartyNames.length, there: 0 });
        expect(importIntoSandbox(platform.azure, id)).toEqual({ imported: 0, there: thirdPartyNames.length });
        expect(platform.azure.images()).toContainEqual({
            ...{ registryId: id, repository: "mirror/kedacore/keda", tag: "2.20.2" },
            digest: sandboxLock().parts.keda?.digest,
        });
        await platform.azure.delete(id);
        expect(platform.azure.images()).toEqual([]);
        platform.close();
    });

    test("a tag that stands for something else stays, and the import is refused", async () => {
        const platform = await Platform.open();
        const { id } = await platform.put("containerregistry:Registry");
        const image = { registryId: id, repository: "mirror/kedacore/keda", tag: "2.20.2" };
        platform.azure.importImage({ ...image, digest: other });
        expect(() => importIntoSandbox(platform.azure, id)).toThrow(
            `keda: Status=409 Code="Conflict" Message="Tag mirror/kedacore/keda:2.20.2 already exists in target registry, as ${other}."`,
        );
        platform.close();
    });

    test.each([
        ["ResourceNotFound", "/subscriptions/x", other],
        ["InvalidParameters", undefined, "sha256:short"],
    ])("%s", async (code, registryId, digest) => {
        const platform = await Platform.open();
        const { id } = await platform.put("containerregistry:Registry");
        const image = { registryId: registryId ?? id, repository: "a", tag: "b", digest };
        const refused = ((): unknown => {
            try {
                platform.azure.importImage(image);
                return undefined;
            } catch (fault) {
                return fault;
            }
        })();
        expect(refused).toBeInstanceOf(AzureError);
        expect((refused as AzureError).code).toBe(code);
        platform.close();
    });
});

describe("the commands for Azure", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "mlplatform-import-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });
    const stub = (name: string, body: string): void => {
        const file = join(folder, name);
        writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${body}\n`);
        chmodSync(file, 0o755);
    };
    const run = async (): Promise<string> => {
        const script = join(folder, "import.sh");
        writeFileSync(script, importScript("crmlpdev1", sandboxLock()).join("\n"));
        const options = { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` } };
        await promisify(execFile)("sh", [script], options);
        return readFileSync(join(folder, "calls"), "utf8");
    };
    const keda = sandboxLock().parts.keda?.digest ?? "";

    test("mirror each by digest, and lock its tag", async () => {
        stub("az", 'case "$*" in *"repository show"*) exit 1;; esac');
        stub("helm", "");
        stub("sha256sum", "cat > /dev/null");
        stub("rm", "");
        const calls = await run();
        const image = "mirror/kedacore/keda:2.20.2";
        expect(calls).toContain(
            `az acr import --name crmlpdev1 --source ghcr.io/kedacore/keda@${keda} --image ${image}\n`,
        );
        expect(calls).toContain(`az acr repository update --name crmlpdev1 --image ${image} --write-enabled false`);
        expect(calls).toContain("helm push keda-2.20.2.tgz oci://crmlpdev1.azurecr.io/mirror/charts\n");
        for (const name of thirdPartyNames) expect(calls).toContain(thirdParty(name).version);
    });

    test("stop at a tag that stands for something else", async () => {
        stub("az", `case "$*" in *"repository show"*) echo ${other};; esac`);
        stub("helm", "");
        await expect(run()).rejects.toThrow(
            /refused: mirror\/nvidia\/k8s-device-plugin:v0\.20\.0 is sha256:e+, and the lock says/,
        );
        expect(readFileSync(join(folder, "calls"), "utf8")).not.toContain("acr import");
    });

    test("stop at an archive that is not the one that was locked", async () => {
        stub("az", 'case "$*" in *"repository show"*) exit 1;; esac');
        stub("helm", 'echo other > "$2-$6.tgz"');
        await expect(run()).rejects.toThrow(/keda-2\.20\.2\.tgz: FAILED|did NOT match/);
        expect(readFileSync(join(folder, "calls"), "utf8")).not.toContain("helm push");
    });
});
