import { DiskCluster, type Held } from "./disk-cluster";

/** What the controller works with. */
export interface DiskControllerOptions {
    /** Text of a kubeconfig with all rights. */
    kubeconfig: string;
    /** Resource group of the cluster's nodes, where disks lie unless told otherwise. Full id. */
    nodeResourceGroupId: string;
    /** Those of snapshots, which AKS brings with its controller. */
    definitions: readonly object[];
    log: (line: string) => void;
}

export interface DiskController {
    stop(): Promise<void>;
}

/** API group of snapshots. */
export const snapshotGroup = "snapshot.storage.k8s.io";
const driver = "disk.csi.azure.com";
const snapshots = `/apis/${snapshotGroup}/v1`;
const paths = {
    nodes: "/api/v1/nodes",
    volumes: "/api/v1/persistentvolumes",
    claims: "/api/v1/persistentvolumeclaims",
    classes: "/apis/storage.k8s.io/v1/storageclasses",
    snapshotClasses: `${snapshots}/volumesnapshotclasses`,
    snapshots: `${snapshots}/volumesnapshots`,
    contents: `${snapshots}/volumesnapshotcontents`,
} as const;
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
type View = Readonly<Record<keyof typeof paths, readonly Held[]>>;
const of = (path: string, namespace: string): string => path.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);

/** Note on a volume that was made from a snapshot: which, as Azure keeps it on the disk. */
export const madeFrom = "sandbox.mlplatform/source";

/**
 * Stands in for AKS's disk driver and snapshot controller: claims get volumes where their pods go, snapshots become ready, and
 * volumes are made from them. What is on a disk is not simulated.
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver
 */
export async function runDiskController(options: DiskControllerOptions): Promise<DiskController> {
    const controller = new Controller(options);
    await controller.start();
    return controller;
}

class Controller implements DiskController {
    private readonly cluster: DiskCluster;
    private timer: NodeJS.Timeout | undefined;
    private running: Promise<void> | undefined;
    private again = false;
    private stopped = false;

    constructor(private readonly options: DiskControllerOptions) {
        this.cluster = new DiskCluster(options.kubeconfig);
    }

    async start(): Promise<void> {
        for (const definition of this.options.definitions) await this.cluster.create(definitions, definition);
        for (const path of [paths.claims, paths.volumes, paths.classes, paths.snapshots, paths.contents])
            this.cluster.watch(path, () => {
                this.changed();
            });
    }

    async stop(): Promise<void> {
        this.stopped = true;
        clearTimeout(this.timer);
        this.cluster.stop();
        await this.running;
    }

    private changed(): void {
        if (this.stopped) return;
        if (this.running !== undefined) {
            this.again = true;
            return;
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            this.running = this.reconcile()
                .catch((fault: unknown) => {
                    this.options.log(`disks: ${fault instanceof Error ? fault.message : String(fault)}`);
                    // Definitions that have just come are not served at once.
                    this.again = true;
                })
                .finally(() => {
                    this.running = undefined;
                    const { again } = this;
                    this.again = false;
                    if (again) this.changed();
                });
        }, 100);
    }

    private async reconcile(): Promise<void> {
        const lists = Object.entries(paths).map(async ([name, path]) => [name, await this.cluster.list(path)] as const);
        const view = Object.fromEntries(await Promise.all(lists)) as unknown as View;
        for (const snapshot of view.snapshots) await this.answer(snapshot, view);
        for (const claim of view.claims) await this.provision(claim, view);
        for (const volume of view.volumes) await this.reclaim(volume);
        for (const content of view.contents) await this.forget(content, view);
    }

    /** A volume for a claim whose pod has found its node. */
    private async provision(claim: Held, view: View): Promise<void> {
        const storageClass = view.classes.find(({ metadata }) => metadata.name === claim.spec.storageClassName);
        if (storageClass?.provisioner !== driver || claim.status?.phase !== "Pending") return;
        const node = claim.metadata.annotations?.["volume.kubernetes.io/selected-node"];
        if (storageClass.volumeBindingMode === "WaitForFirstConsumer" && node === undefined) return;
        const name = `pvc-${claim.metadata.uid}`;
        if (view.volumes.some(({ metadata }) => metadata.name === name)) return;
        const source = claim.spec.dataSource as { kind: string; name: string } | undefined;
        const from = source?.kind === "VolumeSnapshot" ? handleOf(claim, source.name, view) : undefined;
        // As the driver: what it is made from must be there and whole.
        if (source?.kind === "VolumeSnapshot" && from === undefined) return;
        const { parameters = {}, reclaimPolicy = "Delete" } = storageClass;
        const zones = zonesFor(node, parameters, view);
        await this.cluster.create(paths.volumes, {
            ...{ apiVersion: "v1", kind: "PersistentVolume" },
            metadata: {
                name,
                annotations: {
                    "pv.kubernetes.io/provisioned-by": driver,
                    ...(from !== undefined && { [madeFrom]: from }),
                },
            },
            spec: {
                capacity: { storage: (claim.spec.resources as Requested).requests.storage },
                ...{ accessModes: claim.spec.accessModes, storageClassName: storageClass.metadata.name },
                ...{ persistentVolumeReclaimPolicy: reclaimPolicy, volumeMode: "Filesystem" },
                claimRef: {
                    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", uid: claim.metadata.uid },
                    ...{ name: claim.metadata.name, namespace: claim.metadata.namespace },
                },
                csi: {
                    ...{ driver, volumeHandle: this.idOf("disks", name, parameters), fsType: "ext4" },
                    volumeAttributes: parameters,
                },
                ...(zones.length > 0 && { nodeAffinity: inZones(zones) }),
            },
        });
    }

    private idOf(kind: "disks" | "snapshots", name: string, { resourceGroup }: Record<string, string>): string {
        const nodes = this.options.nodeResourceGroupId;
        const group = resourceGroup === undefined ? nodes : nodes.replace(/[^/]+$/, resourceGroup);
        return `${group}/providers/Microsoft.Compute/${kind}/${name}`;
    }

    /** A volume that nobody claims any more goes, unless its class keeps it. */
    private async reclaim({ metadata, spec, status }: Held): Promise<void> {
        const ours = metadata.annotations?.["pv.kubernetes.io/provisioned-by"] === driver;
        if (!ours || metadata.deletionTimestamp !== undefined) return;
        if (status?.phase === "Released" && spec.persistentVolumeReclaimPolicy === "Delete")
            await this.cluster.delete(`${paths.volumes}/${metadata.name}`);
    }

    /** Takes a snapshot, finds the one that is named, or says why not. */
    private async answer(snapshot: Held, view: View): Promise<void> {
        if (snapshot.status?.readyToUse === true) return;
        const { volumeSnapshotContentName: named } = snapshot.spec.source as { volumeSnapshotContentName?: string };
        const why = named === undefined ? await this.take(snapshot, view) : await this.find(snapshot, named, view);
        if (why === undefined || (snapshot.status?.error as { message?: string } | undefined)?.message === why) return;
        const error = { message: why, time: new Date().toISOString() };
        await this.cluster.patch(statusOf(snapshot), { status: { readyToUse: false, error } });
    }

    private async find(snapshot: Held, named: string, { contents }: View): Promise<string | undefined> {
        const content = contents.find(({ metadata }) => metadata.name === named);
        if (content === undefined) return `snapshot content ${named} is not found`;
        const { snapshotHandle } = content.spec.source as { snapshotHandle?: string };
        await this.cluster.patch(`${paths.contents}/${named}`, {
            spec: { volumeSnapshotRef: { uid: snapshot.metadata.uid } },
        });
        await this.ready(snapshot, named, snapshotHandle);
        return undefined;
    }

    private async take(snapshot: Held, { claims, volumes, snapshotClasses }: View): Promise<string | undefined> {
        const { name, namespace, uid } = snapshot.metadata;
        const { volumeSnapshotClassName, source } = snapshot.spec as {
            volumeSnapshotClassName: string;
            source: Source;
        };
        const claim = claims.find(
            ({ metadata }) => metadata.namespace === namespace && metadata.name === source.persistentVolumeClaimName,
        );
        const volume = volumes.find(({ metadata }) => metadata.name === claim?.spec.volumeName);
        const snapshotClass = snapshotClasses.find(({ metadata }) => metadata.name === volumeSnapshotClassName);
        if (snapshotClass?.driver !== driver) return `snapshot class ${volumeSnapshotClassName} is not of ${driver}`;
        if (volume === undefined) return `claim ${source.persistentVolumeClaimName} is not bound to a volume`;
        const content = `snapcontent-${uid}`;
        await this.cluster.create(paths.contents, {
            ...{ apiVersion: `${snapshotGroup}/v1`, kind: "VolumeSnapshotContent", metadata: { name: content } },
            spec: {
                ...{ driver, deletionPolicy: snapshotClass.deletionPolicy, volumeSnapshotClassName },
                source: { volumeHandle: (volume.spec.csi as { volumeHandle: string }).volumeHandle },
                volumeSnapshotRef: { apiVersion: `${snapshotGroup}/v1`, kind: "VolumeSnapshot", name, namespace, uid },
            },
        });
        const handle = this.idOf("snapshots", `snapshot-${uid}`, snapshotClass.parameters ?? {});
        await this.ready(snapshot, content, handle, (volume.spec.capacity as { storage: string }).storage);
        return undefined;
    }

    private async ready(snapshot: Held, content: string, snapshotHandle = "", restoreSize?: string): Promise<void> {
        const { creationTimestamp } = snapshot.metadata;
        await this.cluster.patch(`${paths.contents}/${content}/status`, {
            status: { snapshotHandle, readyToUse: true, creationTime: Date.parse(creationTimestamp) * 1e6 },
        });
        await this.cluster.patch(statusOf(snapshot), {
            status: {
                ...{ boundVolumeSnapshotContentName: content, readyToUse: true, error: null },
                ...{ creationTime: creationTimestamp, ...(restoreSize !== undefined && { restoreSize }) },
            },
        });
    }

    /** What stands for a snapshot goes with it, unless its policy says that it stays. */
    private async forget({ metadata, spec }: Held, { snapshots: taken }: View): Promise<void> {
        const { uid } = spec.volumeSnapshotRef as { uid?: string };
        if (uid === undefined || taken.some((one) => one.metadata.uid === uid)) return;
        // Since that list was read, another may have come.
        if (Date.now() - Date.parse(metadata.creationTimestamp) < 1000) return;
        if (spec.deletionPolicy === "Delete") await this.cluster.delete(`${paths.contents}/${metadata.name}`);
    }
}

interface Requested {
    requests: { storage: string };
}
interface Source {
    persistentVolumeClaimName: string;
}

const statusOf = ({ metadata: { name, namespace = "" } }: Held): string =>
    `${of(paths.snapshots, namespace)}/${name}/status`;

/** Zones from which a disk can be reached: its own, or none in particular. */
function zonesFor(node: string | undefined, parameters: Record<string, string>, { nodes }: View): string[] {
    const sku = parameters.skuName ?? "StandardSSD_LRS";
    if (node === undefined || sku.endsWith("_ZRS")) return [];
    const zone = nodes.find(({ metadata }) => metadata.name === node)?.metadata.labels?.[zoneLabel];
    return zone === undefined ? [] : [zone];
}

const zoneLabel = "topology.kubernetes.io/zone";
const inZones = (values: string[]): object => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: zoneLabel, operator: "In", values }] }] },
});

/** Azure's id of a snapshot that can be restored from. */
function handleOf(claim: Held, name: string, { snapshots: taken, contents }: View): string | undefined {
    const snapshot = taken.find(
        ({ metadata }) => metadata.namespace === claim.metadata.namespace && metadata.name === name,
    );
    if (snapshot?.status?.readyToUse !== true) return undefined;
    const bound = snapshot.status.boundVolumeSnapshotContentName;
    const content = contents.find(({ metadata }) => metadata.name === bound);
    const handle = content?.status?.snapshotHandle;
    return typeof handle === "string" ? handle : undefined;
}
