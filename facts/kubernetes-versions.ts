/** A minor version of Kubernetes as AKS supports it. */
export interface KubernetesVersion {
    /** Minor version, e.g. `1.36`. Patches are AKS's to pick. */
    minor: string;
    /** Last day of standard support, as an ISO date. */
    standardSupportEnds: string;
}

/**
 * Oldest first. Written down on 23 November 2026; the calendar names months, so days are the last of the month.
 * @see https://learn.microsoft.com/azure/aks/supported-kubernetes-versions
 */
export const kubernetesVersions: readonly KubernetesVersion[] = [
    { minor: "1.34", standardSupportEnds: "2026-11-30" },
    { minor: "1.35", standardSupportEnds: "2027-03-31" },
    { minor: "1.36", standardSupportEnds: "2027-07-31" },
];

export const kubernetesVersionSource =
    "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions; ends of 1.35 and 1.36 unverified: az aks get-versions decides";

/** The version to take when none is asked for. */
export const defaultKubernetesVersion = "1.36";
