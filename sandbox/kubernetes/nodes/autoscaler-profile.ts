import type { Expander } from "./growth";

/** How a cluster's autoscaler is set. Times in seconds. */
export interface AutoscalerProfile {
    expander: Expander;
    scanInterval: number;
    newPodScaleUpDelay: number;
    scaleDownDelayAfterAdd: number;
    scaleDownUnneededTime: number;
    utilizationThreshold: number;
    maxGracefulTermination: number;
    maxEmptyBulkDelete: number;
    ignoreDaemonsets: boolean;
    skipSystemPods: boolean;
    skipLocalStorage: boolean;
}

/**
 * The profile with AKS's defaults.
 * @see https://learn.microsoft.com/azure/aks/cluster-autoscaler (cluster autoscaler profile settings)
 */
export function autoscalerProfile(set: Readonly<Record<string, unknown>>): AutoscalerProfile {
    const word = (key: string): string | undefined => {
        const value = set[key];
        return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
    };
    const seconds = (key: string, usual: number): number => {
        const [, amount, unit = "s"] = /^(\d+)([hms]?)$/.exec(word(key) ?? "") ?? [];
        return amount === undefined ? usual : Number(amount) * ({ h: 3600, m: 60 }[unit] ?? 1);
    };
    const flag = (key: string, usual: boolean): boolean => (word(key) === undefined ? usual : word(key) === "true");
    return {
        expander: set.expander === "least-waste" ? "least-waste" : "random",
        scanInterval: seconds("scanInterval", 10),
        newPodScaleUpDelay: seconds("newPodScaleUpDelay", 0),
        scaleDownDelayAfterAdd: seconds("scaleDownDelayAfterAdd", 600),
        scaleDownUnneededTime: seconds("scaleDownUnneededTime", 600),
        utilizationThreshold: Number(word("scaleDownUtilizationThreshold") ?? 0.5),
        maxGracefulTermination: seconds("maxGracefulTerminationSec", 600),
        maxEmptyBulkDelete: Number(word("maxEmptyBulkDelete") ?? 10),
        ignoreDaemonsets: flag("ignoreDaemonsetsUtilization", false),
        skipSystemPods: flag("skipNodesWithSystemPods", true),
        skipLocalStorage: flag("skipNodesWithLocalStorage", false),
    };
}
