import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Image as DockerImage } from "@pulumi/docker/image";
import * as pulumi from "@pulumi/pulumi";
import { contextFiles, contextHash } from "../../images/build-context";
import { shown } from "../options";
import { refuse } from "../refuse";

/** Arguments of {@link Image}. */
export interface ImageArgs {
    /** Project's folder, which the paths below begin in and Pulumi runs in. */
    root: string;
    /** Folder that is all that the build sees. */
    context: string;
    /** @default Dockerfile in the context */
    dockerfile?: string;
    /** File of the context that pins what is installed: a change of it is told by the tag. */
    lockFile: string;
    /** Host of the platform's registry. */
    loginServer: string;
    /** Path there: small letters, digits and `. _ - /`. */
    repository: string;
    /** Images of that registry to begin with, `REPOSITORY@sha256:DIGEST`, by the Dockerfile's argument. */
    bases: Readonly<Record<string, string>>;
    /** Other arguments of the Dockerfile. @default - none */
    args?: Readonly<Record<string, string>>;
}

/** Machines of the cluster. A builder may be another. */
const platform = "linux/amd64";
/** What files and the image itself are dated, so that no build differs by its day: ZIP archives know none before 1980. */
export const sourceDateEpoch = "315532800";

/**
 * An image of ours, built and pushed when the stack is brought up; a preview builds nothing. It begins with images of the
 * platform's own registry and is taken by its digest alone.
 *
 * Docker's engine signs in with what `az acr login` left on the machine, so that no password is in config or state.
 * @throws pulumi.ResourceError naming whatever is missing or not by digest
 */
export class Image extends pulumi.ComponentResource {
    readonly repository: string;
    /** From what it is built of: the same content, lock file and bases have the same. */
    readonly tag: string;
    /** `sha256:` and 64 of 0-9a-f, as the registry has it. Not known before it is built. */
    readonly digest: pulumi.Output<string>;

    constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:registry:Image", name, shown({ ...args, root: undefined }), opts);
        refuse(this, imageBuildFaults(args));
        const { context, loginServer, repository, bases } = args;
        const dockerfile = args.dockerfile ?? `${context}/Dockerfile`;
        this.repository = repository;
        this.tag = imageTag(args);
        const image = new DockerImage(
            name,
            {
                imageName: `${loginServer}/${repository}:${this.tag}`,
                build: {
                    ...{ context, dockerfile, platform },
                    args: { ...args.args, ...bases, REGISTRY: loginServer, SOURCE_DATE_EPOCH: sourceDateEpoch },
                },
                registry: { server: loginServer },
                ...{ buildOnPreview: false, skipPush: false },
            },
            { parent: this, customTimeouts: { create: "60m", update: "60m" } },
        );
        this.digest = image.repoDigest.apply((pinned) => digestIn(name, pinned));
        this.registerOutputs({ repository, tag: this.tag, digest: this.digest });
    }
}

/** @throws Error when the registry answered with no digest */
function digestIn(name: string, pinned: string): string {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(pinned)?.[1];
    if (digest === undefined) throw new Error(`image ${name} was pushed, and the registry told no digest: "${pinned}"`);
    return digest;
}

/** What is wrong with a build; empty when nothing is. */
export function imageBuildFaults({
    root,
    context,
    dockerfile,
    lockFile,
    loginServer,
    repository,
    bases,
}: ImageArgs): string[] {
    const [recipe, lock] = [dockerfile ?? `${context}/Dockerfile`, `${context}/${lockFile}`];
    return [
        !/^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/.test(repository) &&
            `repository must be a path of a-z, 0-9 and . _ - /, got "${repository}"`,
        !/^[a-z0-9][a-z0-9.-]*(?::\d{2,5})?$/.test(loginServer) &&
            `loginServer must be the host of a registry, got "${loginServer}"`,
        !existsSync(join(root, recipe)) && `dockerfile must be a file of the project, got "${recipe}"`,
        !existsSync(join(root, lock)) && `lockFile must be a file of the context, got "${lock}"`,
        ...Object.entries(bases).map(
            ([name, base]) =>
                !/^[^@:]+@sha256:[0-9a-f]{64}$/.test(base) &&
                `bases.${name} must be REPOSITORY@sha256:DIGEST, by digest and without a tag, got "${base}"`,
        ),
    ].filter((fault) => fault !== false);
}

/** Length of each of the tag's two hashes. */
const hashLength = 16;

/** Tag of what a build is made of: hash of content, Dockerfile, bases and arguments, then that of the lock file. */
export function imageTag({ root, context, dockerfile, lockFile, bases, args }: ImageArgs): string {
    const recipe = dockerfile === undefined ? "" : readFileSync(join(root, dockerfile), "utf8");
    const content = contextHash(contextFiles(join(root, context)), { ...args, ...bases, "": recipe });
    const lock = createHash("sha256").update(readFileSync(join(root, context, lockFile)));
    return `${content.slice(0, hashLength)}-${lock.digest("hex").slice(0, hashLength)}`;
}
