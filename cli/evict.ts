import { dirname } from "node:path";
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { runningControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import { sandboxFiles } from "../sandbox/kubernetes/identity/places";
import { annotation } from "../sandbox/kubernetes/nodes/node-object";
import type { Places } from "./places";
import { UserError } from "./user-error";

const spotLabel = "kubernetes.azure.com/scalesetpriority";

/**
 * Takes a spot machine away, as Azure does when it wants it back.
 * @returns what happens now, for people
 * @throws UserError when there is no such node, or it is no spot machine
 */
export async function evictNode(at: Places, name: string): Promise<string> {
    const folders = sandboxFiles(dirname(at.sandboxStore)).allClusters();
    const planes = folders.flatMap((folder) => runningControlPlane(folder) ?? []);
    if (planes.length === 0) throw new UserError("no cluster of the sandbox runs: npx mlplatform start dev");
    const spots: string[] = [];
    for (const { adminKubeconfig } of planes) {
        const config = new KubeConfig();
        config.loadFromFile(adminKubeconfig);
        const core = config.makeApiClient(CoreV1Api);
        const nodes = (await core.listNode()).items;
        spots.push(
            ...nodes
                .filter(({ metadata }) => metadata?.labels?.[spotLabel] === "spot")
                .map(({ metadata }) => metadata?.name ?? ""),
        );
        if (!spots.includes(name)) continue;
        const body = { metadata: { annotations: { [annotation.evict]: new Date().toISOString() } } };
        await core.patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
        return `${name} has 30 seconds of the sandbox's time, then its machine is gone`;
    }
    const known = spots.length === 0 ? "there is none now" : `spot nodes: ${spots.join(", ")}`;
    throw new UserError(`sandbox evict NODE takes a spot node's name, got "${name}"; ${known}`);
}
