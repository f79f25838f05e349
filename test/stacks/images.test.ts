import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { sandboxLock } from "../../cli/images/sandbox-import";
import { mirroredRepository } from "../../facts/third-party";
import { imageIn, imageNameFaults } from "../../stacks/image-in";
import { imagesOn } from "../../stacks/images";
import { imagesContract } from "../../stacks/images-contract";
import { readImagesSettings } from "../../stacks/settings/images";
import { all, value } from "../mocks";
import { goodContract } from "./good-contract";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-images-"));
const lock = join(folder, "lock.json");
beforeAll(() => {
    writeFileSync(lock, JSON.stringify(sandboxLock()));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const elsewhere = `sha256:${"e".repeat(64)}`;
const config: Readonly<Record<string, string>> = {
    ...{ "mlplatform:kind": "images", "mlplatform:environment": "dev", "mlplatform:imageLock": lock },
    "mlplatform:builtElsewhere": JSON.stringify({ "labelling-proxy": elsewhere }),
    "azure-native:subscriptionId": goodContract.subscriptionId,
    "azure-native:tenantId": goodContract.tenantId,
};
const clone = join(__dirname, "..", "..");
const built = (change: Record<string, string> = {}): Promise<unknown> =>
    value(pulumi.output(imagesOn(goodContract, readImagesSettings({ ...config, ...change }), clone)));

test("promises the digest of each image, built from mirrored bases alone or built elsewhere", async () => {
    const promised = imagesContract.read("dev-images", (await built()) as Record<string, unknown>);
    expect(promised.environment).toBe("dev");
    expect(promised.images["labelling-proxy"]).toMatchObject({ digest: elsewhere });
    expect(promised.images.backup).toEqual({
        ...{ repository: "mlplatform/backup", digest: `sha256:${"d".repeat(64)}`, sizeGib: 0.4 },
    });
    expect(Object.keys(promised.images)).toEqual(
        expect.arrayContaining(["scoring", "scoring-cuda", "environment-vision"]),
    );
    for (const { inputs } of all("docker:index/image:Image")) {
        const { args } = inputs.build as { args: Record<string, string> };
        expect(args.REGISTRY).toBe(goodContract.registry.loginServer);
        expect(args.BASE).toMatch(/^mirror\/[a-z/.-]+@sha256:[0-9a-f]{64}$/);
        expect(inputs.buildOnPreview).toBe(false);
    }
    const bases = all("docker:index/image:Image").map(
        ({ inputs }) => (inputs.build as { args: { BASE: string } }).args,
    );
    expect(bases.map(({ BASE }) => BASE.split("@")[0])).toContain(mirroredRepository("node"));
});

test("a kernel's image is Azure ML's environment, too: the same digest, another version for another content", async () => {
    await built();
    const [version] = all("machinelearningservices:EnvironmentVersion");
    const image = all("docker:index/image:Image").find(({ name }) => name === "environment-vision");
    const { loginServer } = goodContract.registry;
    expect(version?.inputs).toMatchObject({
        ...{ name: "environment-vision", workspaceName: goodContract.machineLearning.workspaceName },
        properties: { image: `${loginServer}/mlplatform/environment-vision@sha256:${"d".repeat(64)}`, osType: "Linux" },
    });
    expect(String(image?.inputs.imageName)).toContain(`:${String(version?.inputs.version)}`);
});

test("what is built elsewhere and has no digest is not promised", async () => {
    const promised = imagesContract.read(
        "dev-images",
        (await built({ "mlplatform:builtElsewhere": "{}" })) as Record<string, unknown>,
    );
    expect(Object.keys(promised.images)).not.toContain("labelling-proxy");
});

test("the agent's image is built of a release that config names by its checksum, and of none without", async () => {
    await built();
    expect(all("docker:index/image:Image").map(({ name }) => name)).not.toContain("pipeline-agent");
    await built({ "mlplatform:agentRelease": JSON.stringify({ version: "4.264.2", sha256: "f".repeat(64) }) });
    const agent = all("docker:index/image:Image").find(({ name }) => name === "pipeline-agent");
    expect(agent?.inputs.build).toMatchObject({ args: { AGENT_VERSION: "4.264.2", AGENT_SHA256: "f".repeat(64) } });
});

test("nothing is built on a base that is not locked", async () => {
    await expect(async () => built({ "mlplatform:imageLock": join(folder, "none.json") })).rejects.toThrow(
        /none\.json has no digest of \d+ images/,
    );
});

test.each<[string, Record<string, string>, string]>([
    ["no environment", { "mlplatform:environment": "" }, "mlplatform:environment must be set"],
    [
        "an image that this stack builds",
        { "mlplatform:builtElsewhere": JSON.stringify({ backup: elsewhere }) },
        'mlplatform:builtElsewhere["backup"] is no image that is built elsewhere, those are',
    ],
    [
        "an image by its tag",
        { "mlplatform:builtElsewhere": JSON.stringify({ "labelling-proxy": "v1" }) },
        'mlplatform:builtElsewhere["labelling-proxy"] must be sha256: and 64 of 0-9a-f, got "v1"',
    ],
    [
        "a lock that is no JSON",
        { "mlplatform:imageLock": "lock.yaml" },
        "mlplatform:imageLock must be the path of a JSON",
    ],
    [
        "a release without its checksum",
        { "mlplatform:agentRelease": '{"version":"4.264.2"}' },
        "mlplatform:agentRelease.sha256 must be 64 of 0-9a-f",
    ],
    [
        "the newest release, whichever that is",
        { "mlplatform:agentRelease": JSON.stringify({ version: "latest", sha256: "f".repeat(64) }) },
        'mlplatform:agentRelease.version must be a version such as 4.264.2, got "latest"',
    ],
    [
        "a key of another kind of stack",
        { "mlplatform:gateway": '{"domain":"d","certificate":"c"}' },
        "mlplatform:gateway is not a setting of images stacks",
    ],
])("config: refuses %s", (_, change, message) => {
    expect(() => readImagesSettings({ ...config, ...change })).toThrow(message);
});

const image = { repository: "mlplatform/backup", digest: elsewhere, sizeGib: 1 };

test.each<[string, Record<string, unknown>, string]>([
    [
        "a tag",
        { digest: "latest" },
        'digest must be sha256: and 64 of 0-9a-f, no tag: a tag can be moved, got "latest"',
    ],
    ["a repository with a tag", { repository: "mlplatform/backup:1" }, "without registry and tag"],
    ["no digest", { digest: undefined }, "got nothing"],
])("the contract takes no %s", (_, change, message) => {
    const outputs = { imagesContractVersion: 1, environment: "dev", images: { backup: { ...image, ...change } } };
    expect(() => imagesContract.read("dev-images", outputs)).toThrow(message);
});

test("a name that no stack has built is told, with what there is and what to do", () => {
    const below = { stack: "dev-images", images: { backup: image } };
    expect(imageIn("x", "backup", below)).toBe(image);
    expect(imageNameFaults("endpoints.a.image", "scoring", below)).toEqual([
        'endpoints.a.image must be an image that stack dev-images has built, backup, got "scoring"; bring that stack up first',
    ]);
    expect(() => imageIn("endpoints.a.image", "scoring", undefined)).toThrow(
        'endpoints.a.image names an image of ours, "scoring", and mlplatform:images names no stack that builds it',
    );
});
