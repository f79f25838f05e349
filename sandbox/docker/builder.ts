import { mirroredRepository, thirdParty, thirdPartyNames } from "../../facts/third-party";
import { contextTar } from "./tar";
import { Engine, EngineError } from "./engine";
import { giveRegistry, type GivenRegistry } from "./local-registry";
import type { Build, Builder, HeldImage } from "./provider";
import type { LocalRegistry } from "./registry";
import { pushReproducibly } from "./reproducible";

/** Name that a Dockerfile from outside the context has in what the engine is sent. */
const recipe = ".mlplatform-dockerfile";

/** What takes the build's own network: where packages come from, if this machine is told so. */
const mirrors = {
    NPM_REGISTRY: ["npm_config_registry", "NPM_CONFIG_REGISTRY"],
    PIP_INDEX_URL: ["PIP_INDEX_URL", "UV_DEFAULT_INDEX"],
    DEBIAN_ARCHIVE: ["MLPLATFORM_DEBIAN_ARCHIVE"],
} as const;

/**
 * Builds by a Docker engine of this machine and pushes to a registry of it, both looked for at the first build. Where one is
 * missing, or what an image begins with is in neither, it says so instead.
 */
export class DockerBuilder implements Builder {
    private found: Promise<{ engine: Engine; given: GivenRegistry } | { cannot: string }> | undefined;

    constructor(
        /** Folder for the registry that is started where none is given. */
        private readonly folder: string,
        private readonly environment: NodeJS.ProcessEnv = process.env,
    ) {}

    async build(build: Build): Promise<{ digest: string } | { cannot: string }> {
        this.found ??= this.find();
        const found = await this.found;
        if ("cannot" in found) return found;
        const { engine, given } = found;
        const bases = new Map<string, string>();
        for (const source of build.sources) {
            const digest = await baseIn(engine, given.registry, source);
            if (digest === undefined)
                return { cannot: `neither registry nor engine of this machine has ${source.repository}:${source.tag}` };
            bases.set(source.digest, digest);
        }
        return { digest: await built(engine, given.registry, build, bases, this.environment) };
    }

    async close(): Promise<void> {
        const found = await this.found;
        if (found && "given" in found) await found.given.stop();
    }

    private async find(): Promise<{ engine: Engine; given: GivenRegistry } | { cannot: string }> {
        const engine = await Engine.find(this.environment);
        if (engine === undefined) return { cannot: "no Docker engine answers" };
        const given = await giveRegistry(this.folder, this.environment);
        return "cannot" in given ? given : { engine, given };
    }
}

/** Digest of a mirrored image in this machine's registry; put there from the engine, if that has it by its publisher's name. */
async function baseIn(engine: Engine, registry: LocalRegistry, base: HeldImage): Promise<string | undefined> {
    const { repository, tag } = base;
    const there = await registry.digestOf(repository, tag);
    if (there !== undefined) return there;
    const name = thirdPartyNames.find((one) => mirroredRepository(one) === repository);
    const part = name === undefined ? undefined : thirdParty(name);
    if (part === undefined || part.kind === "archive" || !(await engine.has(`${part.repository}:${tag}`)))
        return undefined;
    await engine.tag(`${part.repository}:${tag}`, `${registry.host}/${repository}`, tag);
    await engine.push(`${registry.host}/${repository}`, tag);
    return await registry.digestOf(repository, tag);
}

async function built(
    engine: Engine,
    registry: LocalRegistry,
    { repository, tag, files, dockerfile, args, sources, host }: Build,
    bases: ReadonlyMap<string, string>,
    environment: NodeJS.ProcessEnv,
): Promise<string> {
    const name = `${registry.host}/${repository}:${tag}`;
    const local = Object.entries(args).map(([key, value]) => [key, localised(value, host, registry.host, bases)]);
    const fetched = Object.entries(mirrors).flatMap(([key, names]) => {
        const value = names.map((one) => environment[one]).find((one) => one !== undefined && one !== "");
        return value === undefined || !dockerfile.includes(`ARG ${key}`) ? [] : [[key, value]];
    });
    const isInside = files.some(({ path, content }) => path === "Dockerfile" && content.toString() === dockerfile);
    const sent = { path: recipe, content: Buffer.from(dockerfile), executable: false, link: false };
    const context = contextTar(isInside ? files : [...files, sent]);
    try {
        await engine.build(context, {
            ...{ dockerfile: isInside ? "Dockerfile" : recipe, tag: name },
            args: Object.fromEntries([...local, ...fetched]) as Record<string, string>,
        });
    } catch (fault) {
        if (fault instanceof EngineError) throw new Error(`building ${repository}: ${fault.message}`, { cause: fault });
        throw fault;
    }
    return await pushReproducibly(engine, registry, {
        ...{ name, repository, tag, date: Number(args.SOURCE_DATE_EPOCH ?? 0) },
        bases: sources.map((source) => ({ repository: source.repository, digest: bases.get(source.digest) ?? "" })),
    });
}

/** An argument that names the platform's registry, or an image by the digest that it has there, as this machine has them. */
function localised(value: string, host: string, local: string, bases: ReadonlyMap<string, string>): string {
    const [before = "", digest = ""] = value.split("@");
    const known = bases.get(digest);
    if (known !== undefined) return `${before}@${known}`;
    return value === host ? local : value;
}
