import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Engine } from "./engine";
import { digestOf, manifestType, type Descriptor, type LocalRegistry, type Manifest } from "./registry";
import { entriesOf, headerOf, tarEnd } from "./tar";

/** An image's config, as far as it is read or changed here. */
interface Config extends Record<string, unknown> {
    created?: string;
    history?: { created?: string; created_by?: string; empty_layer?: boolean; comment?: string }[];
    rootfs: { type: string; diff_ids: string[] };
}

/** What a push puts there, and where what it begins with lies. */
export interface Push {
    /** Name that the engine has it by. */
    name: string;
    repository: string;
    tag: string;
    /** Images of the same registry that it may begin with. */
    bases: readonly { repository: string; digest: string }[];
    /** Seconds since 1970 that all files, and the image, are dated. */
    date: number;
}

/**
 * Pushes an image with all of its own layers dated the same, so that two builds of the same content are one image: what
 * BuildKit does on `rewrite-timestamp`, and the engines of distributions are too old for. Layers of the base stay as they are.
 * @returns the digest
 * @see https://github.com/moby/buildkit/blob/master/docs/build-repro.md
 */
export async function pushReproducibly(engine: Engine, registry: LocalRegistry, push: Push): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-image-"));
    try {
        const saved = await unpacked(await engine.save(push.name), folder);
        const base = await baseOf(registry, saved.config.rootfs.diff_ids, push.bases);
        const same = base.diffIds;
        for (const { digest } of base.layers) await registry.mount(push.repository, digest, base.repository);
        const own: Layer[] = [];
        for (const file of saved.layers.slice(same.length)) own.push(await dated(file, push.date));
        for (const { descriptor, file } of own)
            await registry.putBlob(push.repository, descriptor, () => createReadStream(file));
        const config = Buffer.from(
            JSON.stringify(
                configOf(saved.config, [...same, ...own.map(({ diffId }) => diffId)], base.history, push.date),
            ),
        );
        const about: Descriptor = {
            ...{ mediaType: "application/vnd.docker.container.image.v1+json", digest: digestOf(config) },
            size: config.length,
        };
        await registry.putBlob(push.repository, about, () => Readable.from([config]));
        const manifest: Manifest = {
            ...{ schemaVersion: 2, mediaType: manifestType, config: about },
            layers: [...base.layers, ...own.map(({ descriptor }) => descriptor)],
        };
        return await registry.putManifest(push.repository, push.tag, manifest);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

interface Base {
    repository: string;
    layers: readonly Descriptor[];
    diffIds: readonly string[];
    /** Steps that it was built by. */
    history: number;
}

/** The base whose layers are the first of the image; of several the longest. One that begins with none has no such layers. */
async function baseOf(registry: LocalRegistry, diffIds: readonly string[], bases: Push["bases"]): Promise<Base> {
    let best: Base = { repository: "", layers: [], diffIds: [], history: 0 };
    for (const { repository, digest } of bases) {
        const { layers, config } = await registry.manifest(repository, digest);
        const below = JSON.parse((await registry.blob(repository, config.digest)).toString("utf8")) as Config;
        const own = below.rootfs.diff_ids;
        if (own.length > best.diffIds.length && own.every((one, index) => diffIds[index] === one))
            best = { repository, layers, diffIds: own, history: below.history?.length ?? 0 };
    }
    return best;
}

/** What `docker save` wrote, each part in a file of its own. */
async function unpacked(stream: Readable, folder: string): Promise<{ config: Config; layers: string[] }> {
    const files = new Map<string, string>();
    for await (const { entry, content } of entriesOf(stream)) {
        const link = entry.type === "2" ? join(entry.path, "..", entry.link) : undefined;
        if (link !== undefined) files.set(entry.path, files.get(link) ?? "");
        if (entry.type !== "0") continue;
        const file = join(folder, `saved-${files.size}`);
        await pipeline(content, createWriteStream(file));
        files.set(entry.path, file);
    }
    const read = (path: string): string => {
        const file = files.get(path);
        if (file === undefined) throw new Error(`the engine saved no ${path}`);
        return file;
    };
    const [image] = JSON.parse(readFileSync(read("manifest.json"), "utf8")) as { Config: string; Layers: string[] }[];
    if (image === undefined) throw new Error("the engine saved no image");
    return {
        config: JSON.parse(readFileSync(read(image.Config), "utf8")) as Config,
        layers: image.Layers.map(read),
    };
}

interface Layer {
    file: string;
    /** Of the archive, before it is compressed. */
    diffId: string;
    descriptor: Descriptor;
}

/** A layer with every entry dated the same, compressed. */
async function dated(file: string, date: number): Promise<Layer> {
    const to = `${file}.gz`;
    const [plain, packed] = [createHash("sha256"), createHash("sha256")];
    async function* rewritten(): AsyncGenerator<Buffer> {
        for await (const { entry, content } of entriesOf(createReadStream(file))) {
            yield headerOf(entry, date);
            for await (const part of content) yield part;
            yield Buffer.alloc((512 - (entry.size % 512)) % 512);
        }
        yield tarEnd;
    }
    await pipeline(
        rewritten,
        hashing(plain),
        // Speed counts: the registry is on this machine.
        createGzip({ level: 1 }),
        hashing(packed),
        createWriteStream(to),
    );
    return {
        file: to,
        diffId: `sha256:${plain.digest("hex")}`,
        descriptor: {
            mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
            ...{ digest: `sha256:${packed.digest("hex")}`, size: statSync(to).size },
        },
    };
}

const hashing = (hash: ReturnType<typeof createHash>) =>
    async function* (stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const part of stream) {
            hash.update(part);
            yield part;
        }
    };

/** The config without what tells one build from the next: days, and the containers that the steps ran in. */
function configOf(config: Config, diffIds: readonly string[], inherited: number, date: number): Config {
    const created = new Date(date * 1000).toISOString().replace(".000Z", "Z");
    const without = (from: Record<string, unknown>, ...keys: string[]): Record<string, unknown> =>
        Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
    const kept = without(config, "container", "container_config", "docker_version");
    // The builder notes the image of the step before, which has another id each time.
    const lasting = without((config.config ?? {}) as Record<string, unknown>, "Image");
    return {
        ...kept,
        ...{ config: lasting, created, rootfs: { type: "layers", diff_ids: [...diffIds] } },
        history: (config.history ?? []).map((one, index) => (index < inherited ? one : { ...one, created })),
    };
}
