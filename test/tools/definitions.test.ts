import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { useOwnCache } from "./own-cache";

interface Module {
    module: string;
    sum: string;
    folder: string;
}
const { ensureDefinitions, proxiesOf, unpack } = jest.requireActual<{
    ensureDefinitions: (fetchThem: (folder: string) => Promise<void>) => Promise<string>;
    proxiesOf: (env: Record<string, string>) => string[];
    unpack: (module: Module, into: string, fetchArchive: () => Promise<Buffer>) => Promise<void>;
}>("../../tools/definitions.cjs");

const folder = useOwnCache("definitions");

/** A zip archive without compression, as module proxies give them. */
function zipOf(files: Record<string, string>): Buffer {
    const parts: Buffer[] = [];
    const directory: Buffer[] = [];
    let at = 0;
    for (const [name, content] of Object.entries(files)) {
        const local = Buffer.alloc(30);
        local.write("PK\x03\x04", "latin1");
        local.writeUInt16LE(name.length, 26);
        const entry = Buffer.alloc(46);
        entry.write("PK\x01\x02", "latin1");
        entry.writeUInt32LE(content.length, 20);
        entry.writeUInt16LE(name.length, 28);
        entry.writeUInt32LE(at, 42);
        parts.push(local, Buffer.from(name), Buffer.from(content));
        directory.push(entry, Buffer.from(name));
        at += 30 + name.length + content.length;
    }
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", "latin1");
    end.writeUInt16LE(Object.keys(files).length, 10);
    end.writeUInt32LE(at, 16);
    return Buffer.concat([...parts, ...directory, end]);
}

const definition = (name: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\n`;
const rockets = "example.com/rockets@v1.2.3";
const content: Record<string, string> = {
    [`${rockets}/crds/all.yaml`]: `${definition("rockets.example.com")}---\n${definition("pads.example.com")}---\nkind: Other\n`,
    [`${rockets}/test/one.yaml`]: definition("tests.example.com"),
};

/** As https://go.dev/ref/mod#go-sum-files has it. */
function sumOf(files: Record<string, string>): string {
    const sha256 = (text: string, as: "hex" | "base64"): string => createHash("sha256").update(text).digest(as);
    const lines = Object.entries(files).map(([name, text]) => `${sha256(text, "hex")}  ${name}\n`);
    return `h1:${sha256(lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(""), "base64")}`;
}

test("each definition in the module's folder becomes a file of its own, and nothing else does", async () => {
    await unpack({ module: rockets, sum: sumOf(content), folder: "crds" }, folder(), () =>
        Promise.resolve(zipOf(content)),
    );
    expect(readdirSync(folder())).toEqual(["pads.example.com.json", "rockets.example.com.json"]);
    expect(JSON.parse(readFileSync(join(folder(), "pads.example.com.json"), "utf8"))).toMatchObject({
        kind: "CustomResourceDefinition",
        metadata: { name: "pads.example.com" },
    });
});

test("a module that is not what it was is refused", async () => {
    const changed = { ...content, [`${rockets}/go.mod`]: "module example.com/rockets" };
    const wanted = { module: rockets, sum: sumOf(content), folder: "crds" };
    await expect(unpack(wanted, folder(), () => Promise.resolve(zipOf(changed)))).rejects.toThrow(
        `${rockets} is not what it was: ${sumOf(changed)}, expected ${sumOf(content)}`,
    );
    expect(readdirSync(folder())).toEqual([]);
});

test("they are fetched once, and a fetch that did not end is made again", async () => {
    let fetched = 0;
    const broken = (): Promise<void> => Promise.reject(new Error("cut off"));
    const whole = (): Promise<void> => {
        fetched += 1;
        return Promise.resolve();
    };
    await expect(ensureDefinitions(broken)).rejects.toThrow("cut off");
    const first = await ensureDefinitions(whole);
    expect(await ensureDefinitions(whole)).toBe(first);
    expect(first.startsWith(folder())).toBe(true);
    expect(fetched).toBe(1);
});

test.each([
    [{}, ["https://proxy.golang.org"]],
    [{ GOPROXY: "off" }, ["https://proxy.golang.org"]],
    [{ GOPROXY: "https://one.example,https://two.example|direct" }, ["https://one.example", "https://two.example"]],
])("module proxies of %j are %j", (env, expected) => {
    expect(proxiesOf(env)).toEqual(expected);
});
