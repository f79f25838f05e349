import type { BackupCluster, Snapshot } from "./cluster";

/** How a snapshot is taken. */
export interface SnapshotPlan {
    snapshotClass: string;
    /** How long a snapshot may take to be usable, in seconds. */
    timeoutSeconds: number;
    now: () => Date;
    sleep: (seconds: number) => Promise<void>;
}

export interface BackupPlan extends SnapshotPlan {
    /** Every claim of this class is backed up: nobody has to remember. */
    storageClass: string;
    /** Newest snapshots of each claim that stay, at least 1. */
    keep: number;
}

export interface BackupReport {
    /** `namespace/name` of snapshots that were taken and are ready. */
    taken: string[];
    forgotten: string[];
    /** What could not be done, with its reason. */
    failed: string[];
}

/** Name of a snapshot: the claim's with the time, which sorts as time goes by, within what Kubernetes takes. */
export function snapshotName(claim: string, at: Date): string {
    const time = at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
    return `${claim.slice(0, 253 - time.length - 1)}-${time}`;
}

/**
 * Takes a snapshot of every disk, waits until it can be restored from, then lets the oldest go. Of a disk that fails, nothing goes:
 * the last good one stays however old it is.
 */
export async function backUp(cluster: BackupCluster, plan: BackupPlan): Promise<BackupReport> {
    const report: BackupReport = { taken: [], forgotten: [], failed: [] };
    for (const { metadata } of await cluster.claims(plan.storageClass)) {
        const { namespace, name } = metadata;
        try {
            report.taken.push(await takeOne(cluster, plan, namespace, name));
            report.forgotten.push(...(await prune(cluster, plan.keep, namespace, name)));
        } catch (fault) {
            report.failed.push(`${namespace}/${name}: ${fault instanceof Error ? fault.message : String(fault)}`);
        }
    }
    return report;
}

/** @returns `namespace/name` of a snapshot that can be restored from. @throws Error when there is none in time. */
export async function takeOne(
    cluster: BackupCluster,
    { snapshotClass, timeoutSeconds, now, sleep }: SnapshotPlan,
    namespace: string,
    claim: string,
): Promise<string> {
    const name = snapshotName(claim, now());
    await cluster.take(namespace, name, claim, snapshotClass);
    for (let waited = 0; waited <= timeoutSeconds; waited += 2) {
        const one = (await cluster.snapshots()).find((it) => it.namespace === namespace && it.name === name);
        if (one?.ready) return `${namespace}/${name}`;
        if (one?.error !== undefined) throw new Error(`snapshot ${name}: ${one.error}`);
        await sleep(2);
    }
    throw new Error(`snapshot ${name} is not ready after ${timeoutSeconds} seconds`);
}

async function prune(cluster: BackupCluster, keep: number, namespace: string, claim: string): Promise<string[]> {
    const all = await cluster.snapshots();
    const own = all.filter((one) => one.namespace === namespace && one.claim === claim);
    const old = newestFirst(own.filter(({ ready }) => ready)).slice(keep);
    for (const one of old) await cluster.forget(one);
    return old.map(({ name }) => `${namespace}/${name}`);
}

export const newestFirst = (snapshots: readonly Snapshot[]): Snapshot[] =>
    [...snapshots].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.name < b.name ? 1 : -1));
