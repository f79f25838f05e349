import type { BackupCluster, Claim } from "./cluster";
import { newestFirst, takeOne, type SnapshotPlan } from "./snapshots";

export interface Restored {
    /** Snapshot that the claim is filled from. */
    from: string;
    /** Snapshot of what was there before. */
    before: string;
}

/**
 * Puts a claim back to what a snapshot holds, under its own name, so that whoever mounts it finds it there. What is there now is
 * kept as a snapshot first.
 * @param snapshot Name; without, the newest.
 * @throws Error when there is nothing to restore from, or pods still have the disk.
 */
export async function restore(
    cluster: BackupCluster,
    plan: SnapshotPlan,
    namespace: string,
    claim: string,
    snapshot?: string,
): Promise<Restored> {
    const usable = newestFirst(await cluster.snapshots()).filter(
        (one) => one.namespace === namespace && one.claim === claim && one.ready,
    );
    const chosen = snapshot === undefined ? usable[0] : usable.find(({ name }) => name === snapshot);
    if (chosen === undefined)
        throw new Error(
            usable.length === 0
                ? `there is no snapshot of ${namespace}/${claim}`
                : `${namespace}/${claim} has no snapshot ${String(snapshot)}; there are ${usable.map(({ name }) => name).join(", ")}`,
        );
    const pods = await cluster.podsOf(namespace, claim);
    if (pods.length > 0)
        throw new Error(
            `${namespace}/${claim} is in use by ${pods.join(", ")}: stop them first, or they keep the disk`,
        );
    const present = await cluster.claim(namespace, claim);
    if (present === undefined)
        throw new Error(`${namespace}/${claim} is gone; docs/backup.md says how to make it anew`);
    const before = await takeOne(cluster, plan, namespace, claim);
    await cluster.deleteClaim(namespace, claim);
    await gone(cluster, plan, namespace, claim);
    await cluster.createClaim(restoredClaim(present, chosen.name));
    return { from: `${namespace}/${chosen.name}`, before };
}

/** The same claim, filled from a snapshot. Labels and annotations stay: by them Helm and the hub know it as theirs. */
export function restoredClaim({ metadata, spec }: Claim, snapshot: string): Claim {
    const annotations = Object.entries(metadata.annotations ?? {}).filter(
        // What the cluster noted down about the disk that was.
        ([name]) => !/^(pv|volume\.beta|volume)\.kubernetes\.io\//.test(name),
    );
    const { accessModes, resources, storageClassName } = spec;
    return {
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
        metadata: {
            ...{ name: metadata.name, namespace: metadata.namespace },
            ...(metadata.labels && { labels: metadata.labels }),
            annotations: Object.fromEntries(annotations),
        },
        spec: {
            ...(accessModes && { accessModes }),
            ...(resources && { resources }),
            ...(storageClassName !== undefined && { storageClassName }),
            dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: snapshot },
        },
    };
}

async function gone(
    cluster: BackupCluster,
    { timeoutSeconds, sleep }: SnapshotPlan,
    namespace: string,
    claim: string,
): Promise<void> {
    for (let waited = 0; waited <= timeoutSeconds; waited += 2) {
        if ((await cluster.claim(namespace, claim)) === undefined) return;
        await sleep(2);
    }
    throw new Error(`${namespace}/${claim} is not gone after ${timeoutSeconds} seconds: something still holds it`);
}
