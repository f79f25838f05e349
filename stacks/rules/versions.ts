import { skewFault } from "../../components/cluster/upgrade";
import { kubernetesVersions } from "../../facts/kubernetes-versions";
import type { Settings } from "../settings";

/** Warn so many days before a version leaves standard support: two changes, each tried in staging first, take their time. */
const warnDays = 60;

/** @see https://learn.microsoft.com/azure/aks/auto-upgrade-cluster */
export function versionRules(settings: Settings): (string | false)[] {
    const { kubernetesVersion, poolsVersion, upgradeChannel, nodeOsChannel } = settings;
    const known = kubernetesVersions.map(({ minor }) => minor);
    // Left out, the one is the other, and said once.
    const asked = Object.entries({ kubernetesVersion, ...(poolsVersion !== kubernetesVersion && { poolsVersion }) });
    const skewed = skewFault(kubernetesVersion, poolsVersion);
    return [
        ...asked.map(
            ([key, version]) =>
                version.split(".").length > 2 &&
                `mlplatform:${key} must stop at the minor version: patches are Azure's to pick (channel ${upgradeChannel}), got "${version}"`,
        ),
        ...asked.map(
            ([key, version]) =>
                !known.includes(version.split(".").slice(0, 2).join(".")) &&
                `mlplatform:${key} must be one that AKS supports: ${known.join(", ")}, got "${version}"`,
        ),
        skewed !== undefined && `mlplatform:${skewed}`,
        upgradeChannel === "node-image" &&
            nodeOsChannel !== "NodeImage" &&
            `mlplatform:nodeOsChannel must be NodeImage with mlplatform:upgradeChannel node-image, got "${nodeOsChannel}"`,
    ];
}

/** What to do before long about versions that are right today. */
export function versionWarnings({ kubernetesVersion, poolsVersion }: Settings, today: Date): string[] {
    const support = kubernetesVersions.find(({ minor }) => minor === kubernetesVersion);
    const days = support ? daysUntil(support.standardSupportEnds, today) : warnDays;
    return [
        ...(support && days < warnDays
            ? [
                  `mlplatform:kubernetesVersion ${kubernetesVersion} ${days < 0 ? "left" : "leaves"} standard support on ${support.standardSupportEnds}; go up one minor version`,
              ]
            : []),
        ...(poolsVersion === kubernetesVersion
            ? []
            : [
                  `mlplatform:poolsVersion ${poolsVersion} is behind the control plane's ${kubernetesVersion}: an upgrade has its second change to come`,
              ]),
    ];
}

/** Whole days until the end of that day; negative once it is over. */
export function daysUntil(day: string, today: Date): number {
    return Math.floor((new Date(`${day}T23:59:59Z`).getTime() - today.getTime()) / 86_400_000);
}
