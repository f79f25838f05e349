import type { V1Pod } from "@kubernetes/client-node";

/** Programs of images of our own, as files to run with this Node, by the image's repository: `mlplatform/scoring`. */
export type Programs = Readonly<Record<string, string>>;

/** The program of an image; undefined where it is none of ours. */
export function programOf(image: string, programs: Programs): string | undefined {
    const repository = image.replace(/@.*$/, "").replace(/^[^/]+\//, "");
    return programs[repository];
}

/** Is every container of the pod a program of ours? What something else must prepare first is left to be played. */
export function isLocal({ spec }: V1Pod, programs: Programs): boolean {
    const containers = spec?.containers ?? [];
    if ((spec?.initContainers ?? []).length > 0) return false;
    return containers.length > 0 && containers.every(({ image = "" }) => programOf(image, programs) !== undefined);
}
