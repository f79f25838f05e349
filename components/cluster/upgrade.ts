import * as pulumi from "@pulumi/pulumi";
import { minorOf, mostMinorsBehind } from "../../facts/kubernetes-versions";
import { bootstrapPoolName } from "./bootstrap-pool";

/**
 * Hook that keeps an upgrade to what Azure takes, in the preview already: the control plane first, one minor version at a
 * time, and the pools in a change of their own.
 * @param name Name of the cluster's resource, unique in the stack.
 * @param poolsVersion What this update leaves the pools at.
 * @see https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
 */
export function keepToUpgradePath(name: string, poolsVersion: string): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
        const [before, after] = [at(oldInputs, "kubernetesVersion"), at(newInputs, "kubernetesVersion")];
        const pools = [bootstrapVersion(oldInputs), bootstrapVersion(newInputs)] as const;
        const fault =
            upgradeFault(name, before, after, poolsVersion) ?? poolsFault(`${name}: bootstrap pool`, ...pools);
        if (fault !== undefined) throw new Error(fault);
        if (minorOf(pools[0]) !== undefined && minorOf(pools[0]) !== minorOf(pools[1]))
            void pulumi.log.info(
                `${name}: the bootstrap pool inside the cluster goes from ${String(pools[0])} to ${String(pools[1])}`,
            );
    };
    return new pulumi.ResourceHook(`${name}-version`, check, { onDryRun: true });
}

/** Hook that refuses to take a pool back, which Azure does only once the update runs. */
export function keepPoolVersion(name: string): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
        const fault = poolsFault(name, at(oldInputs, "orchestratorVersion"), at(newInputs, "orchestratorVersion"));
        if (fault !== undefined) throw new Error(fault);
    };
    return new pulumi.ResourceHook(`${name}-version`, check, { onDryRun: true });
}

/**
 * What is wrong with taking the control plane from one version to another while the pools are at, or go to, a third;
 * undefined when nothing is.
 *
 * In two changes, because each is its own risk with its own way back: a control plane that was upgraded stays so, while
 * pools can wait behind it for as long as it takes. Azure takes both at once only where there are no spot pools.
 * @see https://learn.microsoft.com/azure/aks/spot-node-pool
 */
export function upgradeFault(name: string, before: unknown, after: unknown, pools: string): string | undefined {
    const [from, to, below] = [minorOf(before), minorOf(after), minorOf(pools)];
    if (from === undefined || to === undefined || from === to) return undefined;
    const told = `got ${String(before)} -> ${String(after)}`;
    if (to < from)
        return `${name}: kubernetesVersion cannot go back, ${told}; where Azure has gone ahead (channel stable or rapid), set it to 1.${from}`;
    if (to > from + 1)
        return `${name}: kubernetesVersion goes up one minor version at a time, ${told}; go to 1.${from + 1} first`;
    if (below !== undefined && below > from)
        return `${name}: kubernetesVersion goes up before the pools do, ${told} with poolsVersion ${pools}; set poolsVersion to 1.${from} in this change, and raise it in the next`;
    return undefined;
}

/** What is wrong with taking a pool from one version to another; undefined when nothing is. */
export function poolsFault(name: string, before: unknown, after: unknown): string | undefined {
    const [from, to] = [minorOf(before), minorOf(after)];
    if (from === undefined || to === undefined || to >= from) return undefined;
    return `${name}: poolsVersion cannot go back, got ${String(before)} -> ${String(after)}; for older nodes, make a pool of another prefix`;
}

/** What is wrong with pools of one version below a control plane of another; undefined when nothing is. */
export function skewFault(kubernetesVersion: string, poolsVersion: string): string | undefined {
    const [control, pools] = [minorOf(kubernetesVersion), minorOf(poolsVersion)];
    if (control === undefined || pools === undefined) return undefined;
    if (pools <= control && pools >= control - mostMinorsBehind) return undefined;
    return `poolsVersion must be kubernetesVersion ${kubernetesVersion} or up to ${mostMinorsBehind} minor versions behind it, got "${poolsVersion}"`;
}

function at(inputs: unknown, key: string): unknown {
    return typeof inputs === "object" && inputs !== null ? (inputs as Record<string, unknown>)[key] : undefined;
}

function bootstrapVersion(inputs: unknown): unknown {
    const profiles = at(inputs, "agentPoolProfiles");
    // The one pool that every update names; a refresh lists the others beside it.
    const all: readonly unknown[] = Array.isArray(profiles) ? profiles : [];
    const found = all.find((profile) => at(profile, "name") === bootstrapPoolName);
    return at(found, "orchestratorVersion");
}
