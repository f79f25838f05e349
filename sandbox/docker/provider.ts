import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { contextFiles, contextHash, type ContextFile } from "../../images/build-context";
import type {
    CheckFailure,
    CheckRequest,
    Difference,
    Differences,
    DiffRequest,
    PackageBackend,
    ReadRequest,
    ResourceRequest,
    UpdateRequest,
    WriteOptions,
} from "../protocol/package-backend";
import { unknown } from "../protocol/values";
import type { Values } from "../protocol/values";
import { sourcesOf } from "./dockerfile";

/** An image as a registry of the sandbox's Azure holds it. */
export interface HeldImage {
    repository: string;
    tag: string;
    digest: string;
}

/** The registries that images are pulled from and pushed to. */
export interface Registries {
    /** What the registry of that host holds; undefined when there is no such registry. */
    held(host: string): readonly HeldImage[] | undefined;
    /** @throws Error when it does not take it */
    push(host: string, image: HeldImage): void;
}

/** What is to be built. */
export interface Build {
    /** Path in the registry. */
    repository: string;
    tag: string;
    files: readonly ContextFile[];
    dockerfile: string;
    args: Readonly<Record<string, string>>;
    /** Images that it begins with. */
    sources: readonly HeldImage[];
    host: string;
}

/** What builds: a Docker engine of this machine. */
export interface Builder {
    /** @returns the digest of what was pushed, or why it cannot be built here */
    build(build: Build): Promise<{ digest: string } | { cannot: string }>;
    /** Ends what was started for it. */
    close(): Promise<void>;
}

/** Where the provider stands. */
export interface DockerSurroundings {
    /** Folder that contexts begin in: the project's, where the engine runs the provider. */
    project: string;
    registries: Registries;
    /** @default - none: digests are computed */
    builder?: Builder;
    /** Tells people what was built, and how. @default - nobody is told */
    say?: (text: string) => void;
}

const imageToken = "docker:index/image:Image";

interface Inputs {
    host: string;
    repository: string;
    tag: string;
    context: string;
    dockerfile: string;
    args: Record<string, string>;
}

/**
 * What `@pulumi/docker` does between the engine and a Docker daemon, of images alone. Without a daemon, an image's digest is
 * computed from what it would be built of: it names that and nothing that can be pulled.
 * @see https://github.com/pulumi/pulumi-docker/blob/master/provider/image.go
 */
export class DockerProvider implements PackageBackend {
    readonly name = "docker";

    constructor(
        readonly version: string,
        private readonly surroundings: DockerSurroundings,
    ) {}

    configure(): Promise<void> {
        return Promise.resolve();
    }

    check({ token, news }: CheckRequest): Promise<{ inputs: Values; failures: CheckFailure[] }> {
        if (token !== imageToken) throw new Error(`the sandbox for docker knows images alone, not ${token}`);
        const { context, dockerfile } = inputsOf(news);
        const file = join(this.surroundings.project, dockerfile);
        if (!existsSync(file))
            throw new Error(`could not open dockerfile at relative path ${dockerfile}: no such file`);
        const build = news.build as Values;
        const contextDigest = contextHash(this.filesOf(context), { dockerfile: readFileSync(file, "utf8") });
        return Promise.resolve({
            inputs: { ...news, build: { platform: "linux/amd64", ...build, contextDigest } },
            failures: [],
        });
    }

    diff({ oldInputs, news }: DiffRequest): Promise<Differences> {
        const properties = new Map<string, Difference>();
        for (const key of new Set([...Object.keys(oldInputs), ...Object.keys(news)])) {
            if (isDeepStrictEqual(withoutPassword(oldInputs[key]), withoutPassword(news[key]))) continue;
            const kind = !(key in oldInputs) ? "add" : !(key in news) ? "delete" : "update";
            properties.set(key, { kind, replace: false });
        }
        return Promise.resolve({ properties, deleteBeforeReplace: false });
    }

    async create({
        inputs,
        preview,
    }: ResourceRequest & WriteOptions & { inputs: Values }): Promise<{ id: string; properties: Values }> {
        return { id: preview ? "" : textOf(inputs, "imageName"), properties: await this.made(inputs, preview) };
    }

    update({ news, preview }: UpdateRequest): Promise<Values> {
        return this.made(news, preview);
    }

    /** The provider asks no registry either. */
    read({ id, olds, oldInputs }: ReadRequest): Promise<{ id: string; properties: Values; inputs: Values }> {
        return Promise.resolve({ id, properties: olds, inputs: oldInputs ?? {} });
    }

    /** What was pushed stays in the registry. */
    delete(): Promise<void> {
        return Promise.resolve();
    }

    invoke(token: string): Promise<Values> {
        return Promise.reject(new Error(`the sandbox for docker answers no ${token}`));
    }

    cancel(): void {
        // A build ends by itself.
    }

    private async made(inputs: Values, preview: boolean): Promise<Values> {
        const { host, repository, tag, context, dockerfile } = inputsOf(inputs);
        const imageName = `${host}/${repository}:${tag}`;
        const known = { dockerfile, context, baseImageName: imageName, registryServer: host, imageName };
        if (preview) return { ...inputs, ...known, repoDigest: unknown, built: unknown };
        const { digest, ...how } = await this.build(inputsOf(inputs));
        this.surroundings.registries.push(host, { repository, tag, digest });
        return { ...inputs, ...known, repoDigest: `${host}/${repository}@${digest}`, ...how };
    }

    private async build(wanted: Inputs): Promise<{ digest: string; built: "docker" | "computed"; because?: string }> {
        const { host, repository, tag, context, args } = wanted;
        const { project, builder, say } = this.surroundings;
        const dockerfile = readFileSync(join(project, wanted.dockerfile), "utf8");
        const build: Build = {
            ...{ host, repository, tag, args, dockerfile },
            files: this.filesOf(context),
            sources: this.sources(dockerfile, args),
        };
        const done = builder ? await builder.build(build) : { cannot: "no Docker engine answers" };
        if ("digest" in done) {
            say?.(`${repository}:${tag} built by Docker and pushed: ${done.digest}`);
            return { digest: done.digest, built: "docker" };
        }
        const digest = computedDigest(build);
        say?.(`${repository}:${tag} is not built (${done.cannot}); digest computed from its context: ${digest}`);
        return { digest, built: "computed", because: done.cannot };
    }

    private filesOf(context: string): ContextFile[] {
        return contextFiles(join(this.surroundings.project, context));
    }

    /** @throws Error naming the first image that cannot be pulled, as a daemon without a way out would */
    private sources(dockerfile: string, args: Readonly<Record<string, string>>): HeldImage[] {
        return sourcesOf(dockerfile, args).map((name) => {
            const [, host = "", repository = "", digest = ""] = /^([^/]+)\/([^@]+)@(.*)$/.exec(name) ?? [];
            const held = this.surroundings.registries.held(host);
            if (held === undefined)
                throw new Error(
                    `failed to resolve source metadata for ${name}: nothing is pulled from anywhere but the platform's registry, by digest`,
                );
            const found = held.find((image) => image.repository === repository && image.digest === digest);
            if (found === undefined)
                throw new Error(`failed to resolve source metadata for ${name}: not found, it has not been imported`);
            return found;
        });
    }
}

/** A digest of what an image would be built of, for where it cannot be. */
export function computedDigest({ files, args, dockerfile, repository }: Build): string {
    const hash = contextHash(files, { ...args, dockerfile, repository });
    return `sha256:${createHash("sha256").update(`mlplatform sandbox image ${hash}`).digest("hex")}`;
}

/** @throws Error when a part is missing or an image's name is not HOST/REPOSITORY:TAG */
function inputsOf(inputs: Values): Inputs {
    const build = (inputs.build ?? {}) as Values;
    const name = textOf(inputs, "imageName");
    const [, host, repository, tag] = /^([^/]+[.:][^/]+)\/([^:@]+):([\w.-]{1,128})$/.exec(name) ?? [];
    if (host === undefined || repository === undefined || tag === undefined)
        throw new Error(`error: "${name}". This provider requires all image names to be fully qualified`);
    const context = typeof build.context === "string" ? build.context : ".";
    return {
        ...{ host, repository, tag, context },
        dockerfile: typeof build.dockerfile === "string" ? build.dockerfile : join(context, "Dockerfile"),
        args: (build.args ?? {}) as Record<string, string>,
    };
}

function textOf(inputs: Values, key: string): string {
    const value = inputs[key];
    if (typeof value === "string") return value;
    throw new Error(`${key} must be known before the image is built`);
}

/** Passwords come and go, and no image is built for them. */
function withoutPassword(value: unknown): unknown {
    if (typeof value !== "object" || value === null || !("server" in value)) return value;
    return { server: value.server };
}
