import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { writeWhole } from "../../files";
import { readFacts } from "../azure-facts";
import { clusterFiles } from "../control-plane/settings";
import type { NodeControllerOptions } from "./fleet";
import { runNodeController } from "./node-controller";

const factsPollMs = 500;

/** Runs the node controller of the cluster in that folder, by what its `azure.json` says. */
export async function runNodes(
    folder: string,
    options: Pick<NodeControllerOptions, "secondsPerSecond" | "log" | "runsLocally" | "isHeld">,
): Promise<{ stop: () => Promise<void> }> {
    const files = clusterFiles(folder);
    let facts = readFacts(files.azure);
    const controller = await runNodeController({
        kubeconfig: readFileSync(files.adminKubeconfig, "utf8"),
        fleet: () => {
            if (facts === undefined) throw new Error("nodes are played for clusters that Azure knows");
            return facts.fleet;
        },
        report: (counts) => {
            writeWhole(files.machines, JSON.stringify(counts));
        },
        ...options,
    });
    const renewed = (): void => {
        facts = readFacts(files.azure) ?? facts;
        controller.changed();
    };
    watchFile(files.azure, { interval: factsPollMs }, renewed);
    return {
        stop: async () => {
            unwatchFile(files.azure, renewed);
            await controller.stop();
        },
    };
}
