/** A minor version of Kubernetes and how long AKS stands by it. Days are the last of the month that the calendar names. */
export interface KubernetesVersion {
    /** Minor version, e.g. `1.36`. Patches are AKS's to pick. */
    minor: string;
    /** Month in which it became generally available, e.g. `2026-06`. */
    generalAvailability: string;
    /** Last day of standard support, as an ISO date: patches end, and no new cluster takes the version. */
    standardSupportEnds: string;
    /** Minor version whose general availability ends platform support; AKS then upgrades the cluster by itself. */
    platformSupportUntil: string;
    /** Last day of long-term support, which takes the Premium tier and a support plan of its own. */
    longTermSupportEnds: string;
}

/**
 * Oldest first: what is in standard support.
 * @see https://learn.microsoft.com/azure/aks/supported-kubernetes-versions
 */
export const kubernetesVersions: readonly KubernetesVersion[] = [
    {
        ...{ minor: "1.34", generalAvailability: "2025-11", standardSupportEnds: "2026-11-30" },
        ...{ platformSupportUntil: "1.38", longTermSupportEnds: "2027-11-30" },
    },
    {
        ...{ minor: "1.35", generalAvailability: "2026-03", standardSupportEnds: "2027-03-31" },
        ...{ platformSupportUntil: "1.39", longTermSupportEnds: "2028-03-31" },
    },
    {
        ...{ minor: "1.36", generalAvailability: "2026-06", standardSupportEnds: "2027-06-30" },
        ...{ platformSupportUntil: "1.40", longTermSupportEnds: "2028-06-30" },
    },
    {
        ...{ minor: "1.37", generalAvailability: "2026-10", standardSupportEnds: "2027-10-31" },
        ...{ platformSupportUntil: "1.41", longTermSupportEnds: "2028-10-31" },
    },
];

export const kubernetesVersionSource =
    "learn.microsoft.com/azure/aks/supported-kubernetes-versions of August 2026; az aks get-versions decides";

/** The version to take when none is asked for: not the newest, which add-ons take a while to follow. */
export const defaultKubernetesVersion = "1.36";

/**
 * How many minor versions pools may be behind their control plane. One page says two, another three; we keep to the
 * stricter.
 * @see https://learn.microsoft.com/azure/aks/upgrade-node-pools
 * @see https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/nodepool-version-and-control-plane-version-incompatible
 */
export const mostMinorsBehind = 2;

/** 36 of `1.36` or `1.36.5`; undefined for what is no version. */
export function minorOf(version: unknown): number | undefined {
    const minor = typeof version === "string" ? /^1\.(\d+)(\.\d+)?$/.exec(version)?.[1] : undefined;
    return minor === undefined ? undefined : Number(minor);
}
