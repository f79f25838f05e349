/** What a profile makes of one GPU. */
export interface MigParts {
    /** Slices of one part. */
    slices: number;
    /** Number of parts. */
    parts: number;
    /** Memory in a part's name by the GPU's, in GB. */
    memoryGb: Readonly<Record<number, number>>;
}

/**
 * Profiles as AKS names them.
 * @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html (names of H100 NVL and H200 unverified)
 */
export const migParts: Readonly<Record<"MIG1g" | "MIG2g" | "MIG3g" | "MIG4g" | "MIG7g", MigParts>> = {
    MIG1g: { slices: 1, parts: 7, memoryGb: { 40: 5, 80: 10, 94: 12, 141: 18 } },
    MIG2g: { slices: 2, parts: 3, memoryGb: { 40: 10, 80: 20, 94: 24, 141: 35 } },
    MIG3g: { slices: 3, parts: 2, memoryGb: { 40: 20, 80: 40, 94: 47, 141: 71 } },
    MIG4g: { slices: 4, parts: 1, memoryGb: { 40: 20, 80: 40, 94: 47, 141: 71 } },
    MIG7g: { slices: 7, parts: 1, memoryGb: { 40: 40, 80: 80, 94: 94, 141: 141 } },
};

/** The same for a name from elsewhere. */
export const migPartsOf = (profile: string): MigParts | undefined =>
    Object.entries(migParts).find(([name]) => name === profile)?.[1];
