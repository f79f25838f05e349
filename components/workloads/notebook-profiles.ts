import { wholeNumberFault } from "../units";
import { gpuPlacement, nodePlaceFaults, placement } from "./node-place";
import { imageFaults, type PinnedImage } from "./pinned-image";

/** An environment that notebooks may have: kernel and packages are those of the image, whoever starts it and whenever. */
export interface NotebookImage {
    /** Short name, part of the profile's: 1 to 20 of a-z, 0-9 and inner hyphens. */
    name: string;
    /** What people choose by. */
    title: string;
    image: PinnedImage;
}

/** A machine that notebooks may have. */
export interface NotebookSize {
    /** Short name, part of the profile's: 1 to 20 of a-z, 0-9 and inner hyphens. */
    name: string;
    title: string;
    /** Prefix of the pool in the foundation's config. */
    pool: string;
    /** Taints of a pool without GPUs, as its config states them. @default - none */
    taints?: readonly string[];
    /** Whole GPUs, 1 to 8, of a pool that has them. @default - none */
    gpus?: number;
    /** Cores that are surely there, 1 to 96. More are lent while nobody needs them. */
    cores: number;
    /** Memory, 1 to 1900 GiB: all there is, as what goes beyond is ended. */
    memoryGib: number;
}

const short = /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/** What is wrong with the images and sizes; empty when nothing is. */
export function profileFaults(
    field: string,
    { images, sizes }: { images: readonly NotebookImage[]; sizes: readonly NotebookSize[] },
): string[] {
    return [
        ...named(`${field}images`, images),
        ...images.flatMap(({ image }, index) => imageFaults(`${field}images[${index}].image`, image)),
        ...named(`${field}sizes`, sizes),
        ...sizes.flatMap((size, index) => sizeFaults(`${field}sizes[${index}]`, size)),
    ];
}

function named(field: string, all: readonly { name: string; title: string }[]): string[] {
    const names = all.map(({ name }) => name);
    return [
        ...(all.length === 0 ? [`${field} must hold at least 1, got 0`] : []),
        ...all.flatMap(({ name, title }, index) =>
            [
                !short.test(name) &&
                    `${field}[${index}].name must be 1 to 20 of a-z, 0-9 and inner hyphens, got "${name}"`,
                names.indexOf(name) < index && `${field}[${index}].name must be there once, got "${name}" again`,
                (title.trim() === "" || title.length > 80) &&
                    `${field}[${index}].title must be 1 to 80 characters, got "${title}"`,
            ].filter((fault) => fault !== false),
        ),
    ];
}

function sizeFaults(field: string, { pool, taints, gpus, cores, memoryGib }: NotebookSize): string[] {
    return [
        ...nodePlaceFaults(field, { pool, ...(taints && { taints }) }),
        gpus === undefined ? undefined : wholeNumberFault(`${field}.gpus`, gpus, 1, 8),
        wholeNumberFault(`${field}.cores`, cores, 1, 96),
        wholeNumberFault(`${field}.memoryGib`, memoryGib, 1, 1900),
    ].filter((fault) => fault !== undefined);
}

/** Where a size's notebooks go. */
export const sizePlacement = ({ pool, taints, gpus }: NotebookSize): ReturnType<typeof placement> =>
    gpus === undefined ? placement({ pool, ...(taints && { taints }) }) : gpuPlacement(pool);

/** What a size's notebooks get, in KubeSpawner's words. */
export const sizeResources = ({ gpus, cores, memoryGib }: NotebookSize): Record<string, unknown> => ({
    cpu_guarantee: cores,
    ...{ mem_guarantee: `${memoryGib}G`, mem_limit: `${memoryGib}G` },
    ...(gpus !== undefined && {
        extra_resource_limits: { "nvidia.com/gpu": String(gpus) },
        extra_resource_guarantees: { "nvidia.com/gpu": String(gpus) },
    }),
});

/**
 * One profile for each image on each size, the first of all preselected.
 * @see https://jupyterhub-kubespawner.readthedocs.io/en/latest/spawner.html#kubespawner.KubeSpawner.profile_list
 */
export function profileList(images: readonly NotebookImage[], sizes: readonly NotebookSize[]): object[] {
    return images.flatMap((environment, i) =>
        sizes.map((size, s) => ({
            slug: `${environment.name}-${size.name}`,
            display_name: `${environment.title}, ${size.title}`,
            description: environment.image.slice(
                environment.image.indexOf("@") + 1,
                environment.image.indexOf("@") + 20,
            ),
            ...(i === 0 && s === 0 && { default: true }),
            kubespawner_override: {
                image: environment.image,
                ...sizeResources(size),
                node_selector: sizePlacement(size).nodeSelector,
                tolerations: sizePlacement(size).tolerations,
            },
        })),
    );
}
