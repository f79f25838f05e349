import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourcesOf } from "../../../sandbox/docker/dockerfile";
import { DockerProvider, type Builder, type HeldImage } from "../../../sandbox/docker/provider";
import { unknown } from "../../../sandbox/protocol/values";

const project = mkdtempSync(join(tmpdir(), "mlplatform-docker-"));
beforeAll(() => {
    mkdirSync(join(project, "app"));
    writeFileSync(
        join(project, "app", "Dockerfile"),
        "ARG REGISTRY\nARG BASE\nFROM ${REGISTRY}/${BASE} AS one\nFROM one\n",
    );
    writeFileSync(join(project, "app", "main.js"), "1");
});
afterAll(() => {
    rmSync(project, { recursive: true });
});

const host = "cr.azurecr.io";
const node: HeldImage = { repository: "mirror/library/node", tag: "22", digest: `sha256:${"b".repeat(64)}` };
const BASE = `${node.repository}@${node.digest}`;
const inputs = (change: Record<string, unknown> = {}, args: Record<string, string> = {}): Record<string, unknown> => ({
    imageName: `${host}/mlplatform/app:t1`,
    build: { context: "app", dockerfile: "app/Dockerfile", args: { REGISTRY: host, BASE, ...args } },
    registry: { server: host },
    ...change,
});
const resource = { urn: "urn", token: "docker:index/image:Image" };
const write = { preview: false, timeoutSeconds: 0 };

const close = (): Promise<void> => Promise.resolve();

function provider(builder?: Builder): { docker: DockerProvider; pushed: HeldImage[]; said: string[] } {
    const [pushed, said] = [[] as HeldImage[], [] as string[]];
    const registries = {
        held: (one: string) => (one === host ? [node] : undefined),
        push: (_: string, image: HeldImage) => void pushed.push(image),
    };
    const say = (text: string): void => void said.push(text);
    return {
        docker: new DockerProvider("5.2.0", { project, registries, say, ...(builder && { builder }) }),
        pushed,
        said,
    };
}

test("without an engine, the digest is computed from the build, pushed by name, and said to be so", async () => {
    const { docker, pushed, said } = provider();
    const { id, properties } = await docker.create({ ...resource, ...write, inputs: inputs() });
    expect(id).toBe(`${host}/mlplatform/app:t1`);
    expect(properties).toMatchObject({ built: "computed", because: "no Docker engine answers" });
    expect(pushed).toEqual([
        { repository: "mlplatform/app", tag: "t1", digest: expect.stringMatching(/^sha256:/) as string },
    ]);
    expect(properties.repoDigest).toBe(`${host}/mlplatform/app@${pushed[0]?.digest ?? ""}`);
    expect(said.join()).toContain("digest computed from its context");
    const again = await provider().docker.create({ ...resource, ...write, inputs: inputs() });
    expect(again.properties.repoDigest).toBe(properties.repoDigest);
    const other = await docker.create({ ...resource, ...write, inputs: inputs({}, { X: "1" }) });
    expect(other.properties.repoDigest).not.toBe(properties.repoDigest);
});

test("with an engine, the digest is what was pushed", async () => {
    const digest = `sha256:${"f".repeat(64)}`;
    const { docker, pushed, said } = provider({ build: () => Promise.resolve({ digest }), close });
    const { properties } = await docker.create({ ...resource, ...write, inputs: inputs() });
    expect(properties).toMatchObject({ built: "docker", repoDigest: `${host}/mlplatform/app@${digest}` });
    expect(pushed[0]?.digest).toBe(digest);
    expect(said.join()).toContain("built by Docker");
});

test("a preview builds and pushes nothing, and knows no digest", async () => {
    const build = jest.fn();
    const { docker, pushed } = provider({ build, close });
    const { properties } = await docker.create({ ...resource, preview: true, timeoutSeconds: 0, inputs: inputs() });
    expect(properties.repoDigest).toBe(unknown);
    expect(build).not.toHaveBeenCalled();
    expect(pushed).toEqual([]);
});

test("another content of the same folder is a change, in place", async () => {
    const { docker } = provider();
    const checked = async (): Promise<Record<string, unknown>> =>
        (await docker.check({ ...resource, news: inputs(), olds: undefined, randomSeed: new Uint8Array() })).inputs;
    const before = await checked();
    writeFileSync(join(project, "app", "main.js"), "2");
    const request = { ...resource, id: "id", oldInputs: before, olds: {}, ignoreChanges: [] };
    const changed = await docker.diff({ ...request, news: await checked() });
    expect([...changed.properties]).toEqual([["build", { kind: "update", replace: false }]]);
    const same = await docker.diff({
        ...request,
        news: { ...before, registry: { server: host, password: "of another day" } },
    });
    expect(same.properties.size).toBe(0);
});

test.each<[string, Record<string, unknown>, string]>([
    [
        "a base of a publisher's",
        inputs({}, { REGISTRY: "docker.io", BASE: "library/node:22" }),
        "nothing is pulled from anywhere but the platform's registry, by digest",
    ],
    [
        "a base that has not been imported",
        inputs({}, { BASE: BASE.replace(/b{64}/, "c".repeat(64)) }),
        "not found, it has not been imported",
    ],
    ["a base by its tag", inputs({}, { BASE: "mirror/library/node:22" }), "failed to resolve source metadata"],
    ["a name without a registry", inputs({ imageName: "app:1" }), "requires all image names to be fully qualified"],
    ["a name without a tag", inputs({ imageName: `${host}/app` }), "requires all image names to be fully qualified"],
])("does not build %s", async (_, wrong, message) => {
    const { docker, pushed } = provider();
    await expect(async () => docker.create({ ...resource, ...write, inputs: wrong })).rejects.toThrow(message);
    expect(pushed).toEqual([]);
});

test("a Dockerfile that is not there is refused in the preview", () => {
    const news = inputs({ build: { context: "web", dockerfile: "web/Dockerfile" } });
    expect(() => provider().docker.check({ ...resource, news, olds: undefined, randomSeed: new Uint8Array() })).toThrow(
        "could not open dockerfile at relative path web/Dockerfile",
    );
});

test("images that a Dockerfile takes something from are told from its own stages", () => {
    const dockerfile = [
        "# a comment\nARG A=x\nARG B",
        "FROM --platform=linux/amd64 $A/${B} AS build",
        "COPY --from=tools:1 /a /b",
        "FROM build AS next\nFROM scratch\nCOPY \\\n  --from=next /a /b\nCOPY --from=0 /a /b",
    ].join("\n");
    expect(sourcesOf(dockerfile, { B: "c@sha256:d" })).toEqual(["x/c@sha256:d", "tools:1"]);
    expect(sourcesOf(dockerfile, { A: "y", B: "z" })).toEqual(["y/z", "tools:1"]);
});
