import { KubeConfig } from "@kubernetes/client-node";
import { BackupCluster } from "./cluster";
import { backUp } from "./snapshots";

/** Entry point of the backup's image. */
async function main(): Promise<void> {
    const config = new KubeConfig();
    config.loadFromCluster();
    const { taken, forgotten, failed } = await backUp(new BackupCluster(config), {
        storageClass: given("STORAGE_CLASS"),
        snapshotClass: given("SNAPSHOT_CLASS"),
        keep: Number(given("KEEP")),
        timeoutSeconds: 600,
        now: () => new Date(),
        sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    });
    for (const name of taken) console.log(`taken     ${name}`);
    for (const name of forgotten) console.log(`forgotten ${name}`);
    for (const reason of failed) console.error(`failed    ${reason}`);
    if (failed.length > 0) process.exitCode = 1;
}

function given(name: string): string {
    const value = process.env[name];
    if (value === undefined || value === "") throw new Error(`${name} must be set`);
    return value;
}

void main();
