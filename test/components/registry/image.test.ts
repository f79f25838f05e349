import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Image, imageTag, type ImageArgs } from "../../../components/registry/image";
import { all, value } from "../../mocks";

const root = mkdtempSync(join(tmpdir(), "mlplatform-image-"));
afterAll(() => {
    rmSync(root, { recursive: true });
});
beforeEach(() => {
    mkdirSync(join(root, "app"), { recursive: true });
    for (const [name, content] of Object.entries({ Dockerfile: "FROM x", "package-lock.json": "{}", "main.ts": "1" }))
        writeFileSync(join(root, "app", name), content);
});

const base = `mirror/library/node@sha256:${"b".repeat(64)}`;
const args: ImageArgs = {
    ...{
        root,
        context: "app",
        lockFile: "package-lock.json",
        loginServer: "cr.azurecr.io",
        repository: "mlplatform/app",
    },
    bases: { BASE: base },
};

test("is built by its tag from the platform's own mirror, never in a preview, and known by its digest", async () => {
    const image = new Image("app", args);
    expect(await value(image.digest)).toBe(`sha256:${"d".repeat(64)}`);
    expect(image.repository).toBe("mlplatform/app");
    const [seen] = all("docker:index/image:Image");
    expect(seen?.inputs).toEqual({
        imageName: `cr.azurecr.io/mlplatform/app:${image.tag}`,
        build: {
            ...{ context: "app", dockerfile: "app/Dockerfile", platform: "linux/amd64" },
            args: { BASE: base, REGISTRY: "cr.azurecr.io", SOURCE_DATE_EPOCH: "315532800" },
        },
        // No password: the engine's own sign-in.
        registry: { server: "cr.azurecr.io" },
        ...{ buildOnPreview: false, skipPush: false },
    });
});

test("the tag is of content, then of the lock file: each tells its own change", () => {
    const before = imageTag(args);
    expect(before).toMatch(/^[0-9a-f]{16}-[0-9a-f]{16}$/);
    const [content = "", lock = ""] = before.split("-");
    appendFileSync(join(root, "app", "main.ts"), "2");
    expect(imageTag(args)).toMatch(new RegExp(`^(?!${content}).*-${lock}$`));
    appendFileSync(join(root, "app", "package-lock.json"), " ");
    expect(imageTag(args)).not.toContain(lock);
});

test.each<[string, Partial<ImageArgs>]>([
    ["another base", { bases: { BASE: base.replace(/b/g, "c") } }],
    ["another argument", { args: { X: "1" } }],
    ["a Dockerfile elsewhere", { dockerfile: "Dockerfile" }],
])("%s makes another tag", (_, change) => {
    writeFileSync(join(root, "Dockerfile"), "FROM y");
    expect(imageTag({ ...args, ...change })).not.toBe(imageTag(args));
});

test.each<[string, Partial<ImageArgs>, string]>([
    [
        "a base by its tag",
        { bases: { BASE: "mirror/library/node:22" } },
        'bases.BASE must be REPOSITORY@sha256:DIGEST, by digest and without a tag, got "mirror/library/node:22"',
    ],
    ["no lock file", { lockFile: "none.lock" }, 'lockFile must be a file of the context, got "app/none.lock"'],
    ["no Dockerfile", { context: "web" }, 'dockerfile must be a file of the project, got "web/Dockerfile"'],
    ["a repository with a tag", { repository: "mlplatform/app:1" }, "repository must be a path of a-z"],
    ["a registry by its address", { loginServer: "https://cr" }, "loginServer must be the host of a registry"],
])("refuses %s", (_, change, message) => {
    expect(() => new Image("app", { ...args, ...change })).toThrow(message);
});
