/** An image by what it holds, not by a name that can be moved: `HOST/REPOSITORY@sha256:DIGEST`. */
export type PinnedImage = `${string}@sha256:${string}`;

/** An image of a registry by its digest, which begins with `sha256:`. */
export const pinned = (loginServer: string, repository: string, digest: string): PinnedImage =>
    `${loginServer}/${repository}@sha256:${digest.slice("sha256:".length)}`;

const host = /^[a-z0-9][a-z0-9.-]*(?::\d{2,5})?$/;
const repository = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/** The parts of a pinned image; undefined when it is none. */
export function imageParts(image: string): { host: string; repository: string; digest: string } | undefined {
    const found = /^([^/]+)\/([^@:]+)@(sha256:[0-9a-f]{64})$/.exec(image);
    const [, at = "", name = "", digest = ""] = found ?? [];
    return host.test(at) && repository.test(name) ? { host: at, repository: name, digest } : undefined;
}

/**
 * What is wrong with an image; empty when nothing is. A tag is refused even beside a digest: it would say something that
 * need not be so.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function imageFaults(field: string, image: string): string[] {
    if (imageParts(image) !== undefined) return [];
    return [`${field} must be HOST/REPOSITORY@sha256:DIGEST, by digest and without a tag, got "${image}"`];
}
