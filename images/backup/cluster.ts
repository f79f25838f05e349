import type { KubeConfig } from "@kubernetes/client-node";
import { Api, Refused } from "./api";

/** What a snapshot is, as far as backups look at it. */
export interface Snapshot {
    name: string;
    namespace: string;
    /** Claim that it was taken of. */
    claim: string;
    createdAt: Date;
    ready: boolean;
    /** What the driver said went wrong. */
    error?: string;
    /** Object of the cluster that stands for the snapshot in Azure. */
    content?: string;
}

/** A claim of a disk. */
export interface Claim {
    apiVersion?: string;
    kind?: string;
    metadata: {
        name: string;
        namespace: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    spec: {
        accessModes?: string[];
        resources?: object;
        storageClassName?: string;
        dataSource?: { apiGroup: string; kind: string; name: string };
    };
    status?: { phase?: string };
}

const group = "snapshot.storage.k8s.io/v1";

/** Label of snapshots that backups have taken, with the claim's name: what others take is theirs to keep. */
export const takenOf = "mlplatform/backup-of";

/** Claims and snapshots of a cluster. */
export class BackupCluster {
    private readonly api: Api;

    constructor(config: KubeConfig) {
        this.api = new Api(config);
    }

    /** Claims that have a disk of that class. */
    async claims(storageClass: string): Promise<Claim[]> {
        const { items } = (await this.api.send("GET", "/api/v1/persistentvolumeclaims")) as { items: Claim[] };
        return items.filter(({ spec, status }) => spec.storageClassName === storageClass && status?.phase === "Bound");
    }

    async claim(namespace: string, name: string): Promise<Claim | undefined> {
        try {
            return (await this.api.send("GET", claimPath(namespace, name))) as Claim;
        } catch (fault) {
            if (fault instanceof Refused && fault.code === 404) return undefined;
            throw fault;
        }
    }

    /** Pods that have a claim mounted, or wait to. */
    async podsOf(namespace: string, claim: string): Promise<string[]> {
        const { items } = (await this.api.send("GET", `/api/v1/namespaces/${namespace}/pods`)) as { items: Pod[] };
        return items
            .filter(({ spec }) => spec.volumes?.some((one) => one.persistentVolumeClaim?.claimName === claim))
            .map(({ metadata }) => metadata.name);
    }

    async snapshots(): Promise<Snapshot[]> {
        const { items } = (await this.api.send("GET", `/apis/${group}/volumesnapshots`)) as { items: SnapshotObject[] };
        return items.flatMap((one) => snapshotOf(one) ?? []);
    }

    async take(namespace: string, name: string, claim: string, snapshotClass: string): Promise<void> {
        await this.api.send("POST", `/apis/${group}/namespaces/${namespace}/volumesnapshots`, {
            ...{ apiVersion: group, kind: "VolumeSnapshot" },
            metadata: { name, namespace, labels: { [takenOf]: claim } },
            spec: { volumeSnapshotClassName: snapshotClass, source: { persistentVolumeClaimName: claim } },
        });
    }

    /** Deletes a snapshot in Azure too, which its class keeps. */
    async forget({ namespace, name, content }: Snapshot): Promise<void> {
        const lettingGo = { spec: { deletionPolicy: "Delete" } };
        if (content !== undefined)
            await this.api.send(
                "PATCH",
                `/apis/${group}/volumesnapshotcontents/${content}`,
                lettingGo,
                "application/merge-patch+json",
            );
        await this.api.send("DELETE", `/apis/${group}/namespaces/${namespace}/volumesnapshots/${name}`);
    }

    async deleteClaim(namespace: string, name: string): Promise<void> {
        await this.api.send("DELETE", claimPath(namespace, name));
    }

    async createClaim(claim: Claim): Promise<void> {
        await this.api.send("POST", claimPath(claim.metadata.namespace), claim);
    }
}

const claimPath = (namespace: string, name?: string): string =>
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims${name === undefined ? "" : `/${name}`}`;

interface Pod {
    metadata: { name: string };
    spec: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
}

interface SnapshotObject {
    metadata: { name: string; namespace: string; creationTimestamp: string; labels?: Record<string, string> };
    status?: { readyToUse?: boolean; boundVolumeSnapshotContentName?: string; error?: { message?: string } };
}

function snapshotOf({ metadata, status }: SnapshotObject): Snapshot | undefined {
    const claim = metadata.labels?.[takenOf];
    if (claim === undefined) return undefined;
    const { error, boundVolumeSnapshotContentName: content } = status ?? {};
    return {
        ...{ name: metadata.name, namespace: metadata.namespace, claim },
        createdAt: new Date(metadata.creationTimestamp),
        ready: status?.readyToUse === true,
        ...(error && { error: error.message ?? "no reason given" }),
        ...(content !== undefined && { content }),
    };
}
