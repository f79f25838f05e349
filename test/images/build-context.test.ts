import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contextFiles, contextHash, ignoring } from "../../images/build-context";

const made: string[] = [];
afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true });
});

function folder(files: Readonly<Record<string, string>>): string {
    const root = mkdtempSync(join(tmpdir(), "mlplatform-context-"));
    made.push(root);
    for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
    }
    return root;
}
const hashOf = (root: string): string => contextHash(contextFiles(root));

test("the same paths and contents have one hash, whatever their order, modes and times are", () => {
    const one = folder({ a: "1", "b/c": "2", Dockerfile: "FROM x" });
    const other = folder({ Dockerfile: "FROM x", "b/c": "2", a: "1" });
    chmodSync(join(other, "a"), 0o755);
    utimesSync(join(other, "a"), 1, 1);
    expect(hashOf(other)).toBe(hashOf(one));
});

test.each<[string, Record<string, string>]>([
    ["another content", { a: "2" }],
    ["another path", { b: "1" }],
    ["a file more", { a: "1", b: "" }],
    ["what only runs together the same", { a1: "" }],
])("%s has another hash", (_, files) => {
    expect(hashOf(folder(files))).not.toBe(hashOf(folder({ a: "1" })));
});

test("arguments count, in whatever order they come", () => {
    const files = contextFiles(folder({ a: "1" }));
    expect(contextHash(files, { X: "1", Y: "2" })).toBe(contextHash(files, { Y: "2", X: "1" }));
    expect(contextHash(files, { X: "1" })).not.toBe(contextHash(files, { X: "2" }));
});

test("what .dockerignore leaves out is not seen, and changes nothing", () => {
    const files = { ".dockerignore": "node_modules\n**/*.log\n", a: "1", Dockerfile: "FROM x" };
    const more = { ...files, "node_modules/x/y": "1", "deep/er/z.log": "1" };
    expect(contextFiles(folder(more)).map(({ path }) => path)).toEqual([".dockerignore", "Dockerfile", "a"]);
    expect(hashOf(folder(more))).toBe(hashOf(folder(files)));
});

test("the Dockerfile counts even where it is ignored, as the engine reads it", () => {
    const ignored = { ".dockerignore": "*\n!a\n", a: "1" };
    expect(hashOf(folder({ ...ignored, Dockerfile: "FROM x" }))).not.toBe(
        hashOf(folder({ ...ignored, Dockerfile: "FROM y" })),
    );
});

test("a link is where it leads, not what lies there", () => {
    const root = folder({ a: "1" });
    symlinkSync("../outside", join(root, "link"));
    expect(contextFiles(root)).toContainEqual({
        ...{ path: "link", content: Buffer.from("../outside"), executable: false, link: true },
    });
});

// Cases of https://docs.docker.com/build/concepts/context/#dockerignore-files
test.each<[string, string, boolean]>([
    ["*/temp*", "somedir/temporary.txt", true],
    ["*/temp*", "somedir/temp/inside", true],
    ["*/temp*", "temporary", false],
    ["*/*/temp*", "somedir/subdir/temporary.txt", true],
    ["temp?", "tempa", true],
    ["temp?", "temp", false],
    ["**/*.go", "a/b/c.go", true],
    ["**/*.go", "c.go", true],
    ["*.md\n!README.md", "README.md", false],
    ["*.md\n!README.md", "OTHER.md", true],
    ["*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true],
    ["# a\n\na", "# a", false],
    ["/a/", "a/b", true],
    ["[ab].txt", "a.txt", true],
    ["[ab].txt", "c.txt", false],
    ["a.b", "axb", false],
])("%j on %s: left out is %s", (content, path, left) => {
    expect(ignoring(content).is(path)).toBe(left);
});
