import { sameId } from "./ids";
import { refusal } from "./refusal";
import type { Refusal, Subscription } from "./resource-type";
import type { StoredImage } from "./store";

/**
 * What Azure answers to an import in mode NoForce: a tag that is there stays as it is, whatever it stands for. Codes and texts
 * are unverified.
 * @see https://learn.microsoft.com/rest/api/containerregistry/registries/import-image
 */
export function importRefusal(
    { registryId, repository, tag, digest }: StoredImage,
    azure: Subscription,
    held: readonly StoredImage[],
): Refusal | undefined {
    if (azure.find(registryId)?.token !== "azure-native:containerregistry:Registry")
        return refusal(404, "ResourceNotFound", `The Resource '${registryId}' was not found.`);
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
        return refusal(400, "InvalidParameters", `The source image '${repository}@${digest}' is no valid reference.`);
    const there = held.find(
        (image) => sameId(image.registryId, registryId) && image.repository === repository && image.tag === tag,
    );
    if (there === undefined) return undefined;
    return refusal(409, "Conflict", `Tag ${repository}:${tag} already exists in target registry, as ${there.digest}.`);
}
