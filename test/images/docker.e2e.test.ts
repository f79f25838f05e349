import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxLock } from "../../cli/images/sandbox-import";
import { imageTag } from "../../components/registry/image";
import { ownImage, ownRepository, type OwnImageName } from "../../facts/own-images";
import { mirroredRepository, thirdParty, type ImageName } from "../../facts/third-party";
import { DockerBuilder } from "../../sandbox/docker/builder";
import { DockerProvider, type Build, type HeldImage } from "../../sandbox/docker/provider";
import { billFile, kernelBuild, kernelsFolder, kernelsIn, requirementsFile } from "../../stacks/kernels";
import { DockerMachine, lacking } from "./docker-machine";

const minutes = 60_000;
const project = join(__dirname, "..", "..");
const host = "crmlpdev.azurecr.io";
const registryFolder = mkdtempSync(join(tmpdir(), "mlplatform-registry-"));
afterAll(() => {
    rmSync(registryFolder, { recursive: true, force: true });
});

const bases = (["node", "cuda", "python-3.11"] as const).map((name): HeldImage & { name: ImageName } => ({
    ...{ name, repository: mirroredRepository(name), tag: thirdParty(name).version },
    digest: sandboxLock().parts[name]?.digest ?? "",
}));

/** Brings an image up as the images stack does. */
async function up(docker: DockerProvider, name: OwnImageName): Promise<Record<string, unknown>> {
    const { build } = ownImage(name);
    if (build === undefined) throw new Error(`${name} is built elsewhere`);
    const pinned = Object.entries(build.bases).map(([argument, base]) => {
        const held = bases.find((one) => one.name === base);
        return [argument, `${held?.repository ?? ""}@${held?.digest ?? ""}`];
    });
    const args = { ...build.args, ...(Object.fromEntries(pinned) as Record<string, string>) };
    const repository = ownRepository(name);
    const tag = imageTag({ ...build, root: project, loginServer: host, repository, bases: args });
    const inputs = {
        imageName: `${host}/${repository}:${tag}`,
        build: {
            ...{ context: build.context, dockerfile: `${build.context}/Dockerfile` },
            args: { ...args, REGISTRY: host, SOURCE_DATE_EPOCH: "315532800" },
        },
    };
    const resource = { urn: "urn", token: "docker:index/image:Image", preview: false, timeoutSeconds: 0 };
    return (await docker.create({ ...resource, inputs })).properties;
}

const providerOf = (builder: DockerBuilder, pushed: HeldImage[] = []): DockerProvider =>
    new DockerProvider("5.2.0", {
        ...{ project, builder },
        registries: { held: () => bases, push: (_, image) => void pushed.push(image) },
    });

/** As its publisher calls it. */
const baseName = ({ name, tag }: { name: ImageName; tag: string }): string => {
    const part = thirdParty(name);
    return part.kind === "archive" ? "" : `${part.repository}:${tag}`;
};

/** One package of a kernel, by the real lock: built by the real Dockerfile in seconds. */
function smallKernel(): Build {
    const [kernel] = kernelsIn(project);
    if (kernel === undefined) throw new Error("there is no kernel");
    const { args, bases: its, dockerfile = "" } = kernelBuild(kernel);
    const lock = readFileSync(join(project, kernelsFolder, kernel.name, requirementsFile), "utf8");
    const packaging = /^packaging==.*(?:\n +.*)*/m.exec(lock)?.[0] ?? "";
    const base = bases.find(({ name }) => Object.values(its).includes(name));
    const text = (path: string, content: string): Build["files"][number] => ({
        ...{ path, content: Buffer.from(content), executable: false, link: false },
    });
    return {
        ...{ host, repository: "mlplatform/environment-small", tag: "t", sources: base ? [base] : [] },
        files: [text(requirementsFile, `${packaging}\n`), text(billFile, "{}")],
        dockerfile: readFileSync(join(project, dockerfile), "utf8"),
        args: {
            ...{ ...args, SYSTEM_PACKAGES: "", REGISTRY: host, SOURCE_DATE_EPOCH: "315532800" },
            BASE: `${base?.repository ?? ""}@${base?.digest ?? ""}`,
        },
    };
}

const images = ["backup", "scoring"] as const;

test("where no engine answers, every image's digest is computed, and the output says so", async () => {
    const builder = new DockerBuilder(registryFolder, { DOCKER_HOST: "unix:///nowhere/docker.sock" });
    for (const name of images)
        expect(await up(providerOf(builder), name)).toMatchObject({
            ...{ built: "computed", because: "no Docker engine answers" },
            repoDigest: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) as string,
        });
});

if (lacking.length > 0)
    test(`this machine has no ${lacking.join(", no ")}: the real Dockerfiles were NOT built here, digests are computed`, async () => {
        const builder = new DockerBuilder(registryFolder, { DOCKER_HOST: "tcp://127.0.0.1:9" });
        expect(await up(providerOf(builder), "backup")).toMatchObject({ built: "computed" });
    });
else
    describe("with an engine and a registry of this machine, on a base of Debian's packages", () => {
        let machine: DockerMachine;
        let builder: DockerBuilder;
        beforeAll(async () => {
            machine = await DockerMachine.start();
            await machine.importBase(...bases.filter(({ name }) => name !== "cuda").map(baseName));
            builder = new DockerBuilder(registryFolder, machine.environment);
        }, 6 * minutes);
        afterAll(async () => {
            await builder.close();
            await machine.stop();
        }, minutes);

        test(
            "the real Dockerfiles are built and pushed, and run as nobody in particular on a root that they cannot write",
            async () => {
                const pushed: HeldImage[] = [];
                for (const name of images) {
                    const { built, repoDigest } = await up(providerOf(builder, pushed), name);
                    expect([name, built]).toEqual([name, "docker"]);
                    expect(repoDigest).toBe(`${host}/${ownRepository(name)}@${pushed.at(-1)?.digest ?? ""}`);
                    const reference = `*/${ownRepository(name)}`;
                    const id = (await machine.docker("images", "--quiet", reference)).split("\n", 1)[0] ?? "";
                    const inside = (...command: string[]): Promise<string> =>
                        machine.docker("run", "--rm", "--read-only", "--entrypoint", "sh", id, "-c", ...command);
                    expect(await inside("id -u; touch /x /app/x 2>/dev/null || echo refused")).toBe("1000\nrefused");
                }
            },
            10 * minutes,
        );

        test(
            "the scorer's image has what it runs on: runtime, pictures, its own program",
            async () => {
                const id = (await machine.docker("images", "--quiet", "*/mlplatform/scoring")).split("\n", 1)[0] ?? "";
                const loads =
                    "for (const one of ['onnxruntime-node', 'sharp', './serve.js']) require(one); console.log('loads')";
                expect(
                    await machine.docker("run", "--rm", "--read-only", "--entrypoint", "node", id, "-e", loads),
                ).toBe("loads");
            },
            2 * minutes,
        );

        test(
            "a kernel's image has its packages, is the same when built again, and runs as a notebook's user",
            async () => {
                const first = await builder.build(smallKernel());
                expect(first).toHaveProperty("digest");
                const id =
                    (await machine.docker("images", "--quiet", "*/mlplatform/environment-small")).split("\n", 1)[0] ??
                    "";
                const told = await machine.docker(
                    "run",
                    "--rm",
                    "--read-only",
                    id,
                    "sh",
                    "-c",
                    "id -u; python -c 'import packaging'; which python",
                );
                expect(told).toBe("1000\n/opt/kernel/bin/python");
                await machine.docker("image", "prune", "--all", "--force");
                expect(await builder.build(smallKernel())).toEqual(first);
            },
            6 * minutes,
        );

        test("what it would begin with and nobody has is said, and computed", async () => {
            expect(await up(providerOf(builder), "scoring-cuda")).toMatchObject({
                ...{ built: "computed", because: expect.stringContaining("has mirror/nvidia/cuda") as string },
            });
        });
    });
