import * as pulumi from "@pulumi/pulumi";
import type { ImagesContract } from "./images-contract";

type OwnImage = ImagesContract["images"][string];

/** The images stack below, by its name in the engine. */
export interface ImagesBelow extends Pick<ImagesContract, "images"> {
    stack: string;
}

/** What is wrong with an image's name; empty when nothing is. Nothing runs by a tag, so a stack must have built it. */
export function imageNameFaults(field: string, name: string, below: ImagesBelow | undefined): string[] {
    if (below === undefined)
        return [`${field} names an image of ours, "${name}", and mlplatform:images names no stack that builds it`];
    if (name in below.images) return [];
    const known = Object.keys(below.images).join(", ") || "none yet";
    return [
        `${field} must be an image that stack ${below.stack} has built, ${known}, got "${name}"; bring that stack up first`,
    ];
}

/** @throws pulumi.RunError when the images stack has none of that name */
export function imageIn(field: string, name: string, below: ImagesBelow | undefined): OwnImage {
    const found = below?.images[name];
    if (found !== undefined) return found;
    throw new pulumi.RunError(imageNameFaults(field, name, below).join("\n"));
}
