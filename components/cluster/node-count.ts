import { AsyncResource } from "node:async_hooks";
import { getAgentPool } from "@pulumi/azure-native/containerservice/getAgentPool";
import * as pulumi from "@pulumi/pulumi";

/**
 * Hook that keeps an update from undoing the autoscaler's work. Azure takes no update of a pool without a number of
 * nodes (Azure/azure-service-operator#3220), and what Pulumi sends under `ignoreChanges` is the number that the state
 * knows. So the pool is asked how many it has, and while the state says otherwise the update is refused, in the preview
 * already.
 * @param name Name of the pool's resource, unique in the stack.
 */
export function keepNodeCount(name: string): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = async ({ newInputs }) => {
        const { resourceGroupName, resourceName, agentPoolName, count } = newInputs as Record<string, unknown>;
        const { count: actual } = await getAgentPool({
            resourceGroupName: String(resourceGroupName),
            resourceName: String(resourceName),
            agentPoolName: String(agentPoolName),
        });
        const fault = nodeCountFault(name, count, actual);
        if (fault !== undefined) throw new Error(fault);
    };
    // The engine calls hooks from outside of the program's context, where Pulumi does not know whom to ask.
    return new pulumi.ResourceHook(`${name}-count`, AsyncResource.bind(check), { onDryRun: true });
}

/** What is wrong with sending `stated` nodes to a pool that has `actual` ones; undefined when nothing is. */
export function nodeCountFault(name: string, stated: unknown, actual: number | undefined): string | undefined {
    if (actual === undefined || stated === actual) return undefined;
    return (
        `${name}: the autoscaler has brought the pool to ${actual} nodes, the state still says ${String(stated)}, and an ` +
        "update would set it back to that; refresh first (pulumi refresh)"
    );
}
