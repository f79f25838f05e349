import { mirroredRepository, type ChartName, type Digest, type ImageName } from "../../facts/third-party";
import { imageParts, type PinnedImage } from "./pinned-image";

/** Digests of what is mirrored, by name. */
export type DigestOf = (name: ImageName | ChartName) => Digest;

/** A third party's image as the platform's registry holds it. @param loginServer Host of the registry. */
export const mirrored = (name: ImageName, loginServer: string, digestOf: DigestOf): PinnedImage =>
    `${loginServer}/${mirroredRepository(name)}@${digestOf(name)}`;

/** A third party's chart there, as Helm takes it. Helm names a version, no digest: its tag is locked once imported. */
export const mirroredChart = (name: ChartName, loginServer: string): string =>
    `oci://${loginServer}/${mirroredRepository(name)}`;

/** Repository and tag for charts that want the two apart. Where a reference has a tag and a digest, the digest counts. */
export function repositoryAndTag(image: PinnedImage, version: string): { repository: string; tag: string } {
    const { host = "", repository = "", digest = "" } = imageParts(image) ?? {};
    return { repository: `${host}/${repository}`, tag: `${version}@${digest}` };
}
