import type * as pulumi from "@pulumi/pulumi";
import { Image } from "../components/registry/image";
import { ownImage, ownImageNames, ownRepository } from "../facts/own-images";
import { mirroredRepository } from "../facts/third-party";
import type { FoundationContract } from "./contract";
import { foundationBelow } from "./foundation-reference";
import { imagesOutputs, type ImagesContract } from "./images-contract";
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
    { registry, environment }: Pick<FoundationContract, "registry" | "environment">,
    settings: ImagesSettings,
    root: string,
): Record<string, pulumi.Output<unknown>> {
    const digestOf = lockedDigests(settings.imageLock);
    const made: Pending<ImagesContract["images"]> = {};
    for (const name of ownImageNames) {
        const { build } = ownImage(name);
        const repository = ownRepository(name);
        if (build === undefined) {
            const digest = settings.builtElsewhere[name];
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
    }
    return imagesOutputs({ environment, images: made });
}
