import { Readable } from "node:stream";
import { contextTar, entriesOf, headerOf, tarEnd, type TarEntry } from "../../../sandbox/docker/tar";

const plain: TarEntry = {
    ...{ path: "a/b", mode: 0o644, uid: 1000, gid: 100, size: 3, type: "0", link: "" },
    ...{ deviceMajor: 0, deviceMinor: 0, attributes: {} },
};

async function read(chunks: readonly Buffer[]): Promise<{ entry: TarEntry; text: string }[]> {
    const found: { entry: TarEntry; text: string }[] = [];
    for await (const { entry, content } of entriesOf(Readable.from(chunks))) {
        const parts: Buffer[] = [];
        for await (const part of content) parts.push(part);
        found.push({ entry, text: Buffer.concat(parts).toString() });
    }
    return found;
}
const padded = (text: string): Buffer =>
    Buffer.concat([Buffer.from(text), Buffer.alloc(512 - (text.length % 512 || 512))]);

test.each<[string, Partial<TarEntry>]>([
    ["a file", {}],
    ["a long path", { path: `${"folder/".repeat(30)}file` }],
    ["a path in other letters", { path: "zürich/文" }],
    ["a long link", { type: "2", size: 0, link: "x/".repeat(80) }],
    ["a file with attributes", { attributes: { "SCHILY.xattr.security.capability": "\u0001" } }],
    ["a large owner", { uid: 3_000_000 }],
    ["a folder with the sticky bit", { type: "5", size: 0, mode: 0o1777, path: "tmp/" }],
])("%s comes back as it was", async (_, change) => {
    const entry = { ...plain, ...change };
    const content = entry.size > 0 ? [padded("abc")] : [];
    const [found] = await read([headerOf(entry, 5), ...content, tarEnd]);
    expect(found).toEqual({ entry, text: entry.size > 0 ? "abc" : "" });
});

test("content that nobody reads is passed over, in whatever pieces it comes", async () => {
    const archive = Buffer.concat([
        headerOf(plain, 5),
        padded("abc"),
        headerOf({ ...plain, path: "c" }, 5),
        padded("xyz"),
        tarEnd,
    ]);
    const pieces = Array.from({ length: Math.ceil(archive.length / 7) }, (_, index) =>
        archive.subarray(index * 7, index * 7 + 7),
    );
    const paths: string[] = [];
    for await (const { entry } of entriesOf(Readable.from(pieces))) paths.push(entry.path);
    expect(paths).toEqual(["a/b", "c"]);
});

test("a context becomes one archive, whatever its modes were but for what may be run", async () => {
    const file = { path: "run.sh", content: Buffer.from("abc"), executable: true, link: false };
    const link = { path: "to", content: Buffer.from("run.sh"), executable: false, link: true };
    const chunks: Buffer[] = [];
    for await (const chunk of contextTar([file, link])) chunks.push(chunk as Buffer);
    const found = await read(chunks);
    expect(found.map(({ entry }) => [entry.path, entry.mode, entry.type, entry.link, entry.uid])).toEqual([
        ["run.sh", 0o755, "0", "", 0],
        ["to", 0o644, "2", "run.sh", 0],
    ]);
    expect(found[0]?.text).toBe("abc");
});
