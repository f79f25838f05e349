import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../components/machine-learning/environment";
import { Image } from "../components/registry/image";
import { ownImage, ownImageNames, ownRepository, type OwnBuild, type OwnImageName } from "../facts/own-images";
import { mirroredRepository } from "../facts/third-party";
import type { FoundationContract } from "./contract";
import { foundationBelow } from "./foundation-reference";
import { imagesOutputs, type ImagesContract } from "./images-contract";
import { environmentName, kernelBuild, kernelsIn, type Kernel } from "./kernels";
import { lockedDigests } from "./locked-digests";
import { projectFolder } from "./project-folder";
import type { ImagesSettings } from "./settings/images";
import type { Pending } from "./stack-contract";

/**
 * Our own images, built and pushed to the platform's registry. Needs a Docker engine, and runs from inside the network: the
 * registry has no public endpoint.
 * @param root Folder with `images/`. @default the clone
 */
export async function images(
    settings: ImagesSettings,
    root = projectFolder(__dirname, "images"),
): Promise<Record<string, pulumi.Output<unknown>>> {
    return imagesOn(await foundationBelow(settings), settings, root);
}

/** The same on a foundation whose promises are known. */
export function imagesOn(
    below: Pick<FoundationContract, "registry" | "environment" | "machineLearning">,
    settings: ImagesSettings,
    root: string,
): Record<string, pulumi.Output<unknown>> {
    const { registry, environment } = below;
    const digestOf = lockedDigests(settings.imageLock);
    const environments: Record<string, pulumi.Output<string>> = {};
    const made: Pending<ImagesContract["images"]> = {};
    const named = kernels(root).map((kernel) => environmentName(kernel.name));
    const wanted: [string, OwnBuild | undefined][] = [
        ...ownImageNames.map((name): [string, OwnBuild | undefined] => [name, ownBuild(name, settings)]),
        ...kernels(root).map((kernel): [string, OwnBuild] => [environmentName(kernel.name), kernelBuild(kernel)]),
    ];
    for (const [name, build] of wanted) {
        const repository = ownRepository(name);
        if (build === undefined) {
            const digest = (settings.builtElsewhere as Partial<Record<string, string>>)[name];
            if (digest !== undefined) made[name] = { repository, digest, sizeGib: 1 };
            continue;
        }
        const { sizeGib, bases, ...how } = build;
        const pinned = Object.entries(bases).map(([argument, base]) => [
            argument,
            `${mirroredRepository(base)}@${digestOf(base)}`,
        ]);
        const image = new Image(name, {
            ...{ ...how, root, repository, loginServer: registry.loginServer },
            bases: Object.fromEntries(pinned) as Record<string, string>,
        });
        made[name] = { repository, digest: image.digest, sizeGib };
        if (named.includes(name)) environments[name] = environmentOf(below, name, image).reference;
    }
    // What jobs of Azure ML name them by: for people, no stack above asks.
    return { ...imagesOutputs({ environment, images: made }), environments: pulumi.output(environments) };
}

function kernels(root: string): Kernel[] {
    try {
        return kernelsIn(root);
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}

/** How one of ours is built. The agent's is only where config names a release of it, by its checksum. */
function ownBuild(name: OwnImageName, { agentRelease }: ImagesSettings): OwnBuild | undefined {
    const { build } = ownImage(name);
    if (name !== "pipeline-agent" || build === undefined) return build;
    if (agentRelease === undefined) return undefined;
    const { version, sha256 } = agentRelease;
    return { ...build, args: { ...build.args, AGENT_VERSION: version, AGENT_SHA256: sha256 } };
}

/** The same image for jobs of Azure ML. */
function environmentOf(
    { registry, machineLearning }: Pick<FoundationContract, "registry" | "machineLearning">,
    name: string,
    image: Image,
): Environment {
    const { workspaceId, workspaceName } = machineLearning;
    return new Environment(name, {
        ...{ workspaceName, environment: name, version: image.tag },
        resourceGroupName: /\/resourceGroups\/([^/]+)\//i.exec(workspaceId)?.[1] ?? "",
        image: image.digest.apply((digest) => `${registry.loginServer}/${image.repository}@${digest}`),
    });
}
