import { KubeConfig } from "@kubernetes/client-node";
import { BackupCluster } from "../images/backup/cluster";
import { restore } from "../images/backup/restore";
import type { Context } from "./stack-run";
import { UserError } from "./user-error";

/** Restores a disk on the cluster that the kubeconfig's current context names. docs/backup.md says what comes before and after. */
export async function restoreDisk(
    { terminal }: Context,
    [namespace = "", claim = "", snapshot]: readonly string[],
): Promise<void> {
    const config = new KubeConfig();
    config.loadFromDefault();
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) throw new UserError("the kubeconfig names no cluster; kubectl config get-contexts");
    terminal.step(`restoring ${namespace}/${claim} on ${server}`);
    try {
        const { from, before } = await restore(
            new BackupCluster(config),
            {
                ...{ snapshotClass: "platform-snapshots", timeoutSeconds: 600, now: () => new Date() },
                sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
            },
            namespace,
            claim,
            snapshot,
        );
        terminal.step(`${namespace}/${claim} is to be filled from ${from} once a pod mounts it`);
        terminal.line(`  what it held until now: ${before}`);
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
}
