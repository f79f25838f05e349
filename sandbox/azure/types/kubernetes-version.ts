import { refusal } from "../refusal";
import type { Refusal } from "../resource-type";

/** One minor version of Kubernetes as AKS offers it. */
interface Minor {
    minor: number;
    /** Newest patch; older ones of a supported minor are accepted too. */
    patch: number;
    /** `longTerm`: only with the plan AKSLongTermSupport, which takes the tier Premium. */
    support: "community" | "longTerm";
}

/**
 * What AKS offers in November 2026. 1.37 is the newest, 1.36 the default for new clusters; 1.34 is in its last month.
 * @see https://github.com/Azure/AKS/releases/tag/2026-10-25
 * @see https://learn.microsoft.com/azure/aks/supported-kubernetes-versions
 * Patches of the long-term minors are unverified: any is accepted.
 */
export const kubernetesMinors: readonly Minor[] = [
    { minor: 37, patch: 1, support: "community" },
    { minor: 36, patch: 5, support: "community" },
    { minor: 35, patch: 9, support: "community" },
    { minor: 34, patch: 12, support: "community" },
    { minor: 33, patch: 99, support: "longTerm" },
    { minor: 32, patch: 99, support: "longTerm" },
    { minor: 31, patch: 99, support: "longTerm" },
];
export const defaultKubernetesVersion = "1.36.5";

export interface Version {
    minor: number;
    /** Missing in an alias such as `1.36`, which stands for the newest patch. */
    patch?: number;
}

export function parseVersion(text: string): Version | undefined {
    const match = /^1\.(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text);
    if (!match) return undefined;
    return { minor: Number(match[1]), ...(match[2] === undefined ? {} : { patch: Number(match[2]) }) };
}

/** `1.36` as `1.36.5`; a full version stays as it is. */
export function fullVersion(text: string): string {
    const version = parseVersion(text);
    const offered = kubernetesMinors.find(({ minor }) => minor === version?.minor);
    if (!version || version.patch !== undefined || !offered) return text;
    return `1.${offered.minor}.${offered.patch === 99 ? 0 : offered.patch}`;
}

/**
 * The patch that runs after a PUT of `version`: an alias such as `1.36` picks one when it is new, and leaves the present
 * one alone from then on. Patches then come with the upgrade channel.
 * @see https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#alias-minor-version
 */
export function runningVersion(version: string, running: string | undefined): string {
    const [asked, now] = [parseVersion(version), parseVersion(running ?? "")];
    const stays = running !== undefined && asked?.patch === undefined && asked?.minor === now?.minor;
    return stays ? running : fullVersion(version);
}

/** Why AKS does not offer a version, if it does not. */
export function versionFault(text: string, longTerm: boolean): string | undefined {
    const version = parseVersion(text);
    const offered = kubernetesMinors.find(({ minor }) => minor === version?.minor);
    const list = "Please use [az aks get-versions] command to get the supported version list in this region.";
    if (!version || !offered || (version.patch ?? 0) > offered.patch) {
        return `is on version ${text} which is not supported in this region. ${list}`;
    }
    if (offered.support === "longTerm" && !longTerm) {
        return `is on version ${text}, which is only available for Long-Term Support (LTS). ${list}`;
    }
    return undefined;
}

/**
 * A control plane goes up one minor at a time and never back.
 * @see https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
 */
export function upgradeRefusal(before: string, after: string): Refusal | undefined {
    const [from, to] = [parseVersion(fullVersion(before)), parseVersion(fullVersion(after))];
    if (!from || !to) return undefined;
    const steps = to.minor - from.minor;
    const fine = steps === 1 || (steps === 0 && (to.patch ?? 0) >= (from.patch ?? 0));
    const message = `Upgrading Kubernetes version ${fullVersion(before)} to ${fullVersion(after)} is not allowed. See https://aka.ms/aks-supported-k8s-ver for the upgrades that are.`;
    return fine ? undefined : refusal(400, "OperationNotAllowed", message);
}

/**
 * A pool is at most three minors behind its control plane and never ahead.
 * @see https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/nodepool-version-and-control-plane-version-incompatible
 */
export function skewRefusal(pool: string, controlPlane: string): Refusal | undefined {
    const [nodes, control] = [parseVersion(fullVersion(pool)), parseVersion(fullVersion(controlPlane))];
    if (!nodes || !control) return undefined;
    const ahead =
        nodes.minor > control.minor || (nodes.minor === control.minor && (nodes.patch ?? 0) > (control.patch ?? 0));
    const text = ahead
        ? "The version of a node pool cannot be above that of the control plane."
        : "Minor version of node pool cannot be more than 3 versions less than control plane's version.";
    const message = `Node pool version ${fullVersion(pool)} and control plane version ${fullVersion(controlPlane)} are incompatible. ${text}`;
    return ahead || control.minor - nodes.minor > 3
        ? refusal(400, "NodePoolMcVersionIncompatible", message)
        : undefined;
}
