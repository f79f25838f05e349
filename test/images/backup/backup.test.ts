import type { KubeConfig } from "@kubernetes/client-node";
import { DiskBackup } from "../../../components/workloads/disk-backup";
import { EncryptedVolumes } from "../../../components/workloads/encrypted-volumes";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Api } from "../../../images/backup/api";
import { BackupCluster, type Claim } from "../../../images/backup/cluster";
import { restore } from "../../../images/backup/restore";
import { backUp, type BackupPlan } from "../../../images/backup/snapshots";
import { madeFrom } from "../../../sandbox/kubernetes/disks/disk-controller";
import { accountConfig, operatorKubeconfig } from "../../sandbox/kubernetes/account-config";
import { startTimeoutMs, useControlPlane } from "../../sandbox/kubernetes/control-plane";
import { LiveStack } from "../../sandbox/kubernetes/live-stack";

jest.setTimeout(startTimeoutMs);

const cluster = useControlPlane();
const snapshots = "/apis/snapshot.storage.k8s.io/v1";
const inTeam = "/namespaces/platform-labelling";

let stack: LiveStack;
let admin: Api;
/** As the backup's own service account. */
let backup: BackupCluster;

/** A day passes with each backup: names carry the time. */
let day = 0;
const plan: BackupPlan = {
    ...{ storageClass: "platform-disks", snapshotClass: "platform-snapshots", keep: 2, timeoutSeconds: 30 },
    now: () => new Date(Date.UTC(2026, 0, (day += 1))),
    sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 100)),
};

beforeAll(async () => {
    admin = new Api(cluster.config);
    stack = await LiveStack.open(await operatorKubeconfig(cluster.config));
    const { ok, said } = await stack.up((options) => {
        for (const name of ["platform-labelling", "platform-backup"])
            new Namespace(name, { metadata: { name } }, options);
        const { provider } = options;
        const classes = new EncryptedVolumes(
            "disks",
            {
                ...{ diskEncryptionSetId: "/des", zoneRedundant: true, keepsDisks: false },
                snapshotResourceGroup: "rg-disks",
            },
            { ...(provider && { providers: [provider] }) },
        );
        new DiskBackup(
            "backup",
            {
                ...{ namespace: "platform-backup", nodes: { pool: "work" }, hour: 2, keep: 2 },
                image: `acr.azurecr.io/backup@sha256:${"d".repeat(64)}`,
                ...{ storageClassName: classes.storageClassName, snapshotClassName: classes.snapshotClassName },
            },
            { ...(provider && { providers: [provider] }) },
        );
        return {};
    });
    if (!ok) throw new Error(said);
    await admin.send("POST", "/api/v1/nodes", { metadata: { name: "n1" }, spec: {} });
    await admin.send("PATCH", "/api/v1/nodes/n1/status", nodeStatus, "application/merge-patch+json");
    await admin.send("POST", `/api/v1${inTeam}/persistentvolumeclaims`, claim);
    await startPod();
    backup = new BackupCluster(await asBackup());
}, startTimeoutMs);

afterAll(async () => {
    await stack.close();
}, startTimeoutMs);

const nodeStatus = {
    status: {
        capacity: { cpu: "4", memory: "16Gi", pods: "110" },
        allocatable: { cpu: "4", memory: "16Gi", pods: "110" },
        conditions: [
            { type: "Ready", status: "True", reason: "Test", message: "", lastHeartbeatTime: "2099-01-01T00:00:00Z" },
        ],
    },
};
const claim = {
    metadata: { name: "data", labels: { app: "label-studio" } },
    spec: {
        ...{ accessModes: ["ReadWriteOnce"], storageClassName: "platform-disks" },
        resources: { requests: { storage: "32Gi" } },
    },
};

/** Starts what uses the disk, and waits until it has it. */
async function startPod(): Promise<Claim> {
    await admin.send("POST", `/api/v1${inTeam}/pods`, {
        metadata: { name: "label-studio-0" },
        spec: {
            containers: [{ name: "c", image: "c", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
            tolerations: [{ operator: "Exists" }],
        },
    });
    return until(async () => {
        const one = await claimNow();
        return one?.status?.phase === "Bound" ? one : undefined;
    });
}

const claimNow = async (): Promise<Claim | undefined> =>
    new BackupCluster(cluster.config).claim("platform-labelling", "data");

async function stopPod(): Promise<void> {
    await admin.send("DELETE", `/api/v1${inTeam}/pods/label-studio-0?gracePeriodSeconds=0`);
}

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
        const found = await read();
        if (found !== undefined) return found;
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("not within a minute");
}

const asBackup = (): Promise<KubeConfig> => accountConfig(cluster.config, "platform-backup", "backup");

const names = async (path: string): Promise<string[]> =>
    ((await admin.send("GET", path)) as { items: { metadata: { name: string } }[] }).items.map(
        (one) => one.metadata.name,
    );

test("takes a snapshot of every disk of the class, and lets the oldest go in Azure, too", async () => {
    for (let taking = 0; taking < 3; taking += 1) {
        const { taken, failed } = await backUp(backup, plan);
        expect({ taken: taken.length, failed }).toEqual({ taken: 1, failed: [] });
        // Kubernetes dates objects by the second.
        await new Promise((done) => setTimeout(done, 1100));
    }
    expect(await names(`${snapshots}${inTeam}/volumesnapshots`)).toEqual([
        "data-20260102-000000",
        "data-20260103-000000",
    ]);
    await until(async () => ((await names(`${snapshots}/volumesnapshotcontents`)).length === 2 ? true : undefined));
});

test("snapshots lie outside of the cluster's own resource group, and outlive their object", async () => {
    const { items } = (await admin.send("GET", `${snapshots}/volumesnapshotcontents`)) as {
        items: { spec: { deletionPolicy: string }; status: { snapshotHandle: string } }[];
    };
    for (const { spec, status } of items) {
        expect(spec.deletionPolicy).toBe("Retain");
        expect(status.snapshotHandle).toMatch(
            /^\/subscriptions\/[\w-]+\/resourceGroups\/rg-disks\/.*\/snapshots\/snapshot-/,
        );
    }
});

test("a restore refuses a disk that is in use, and one that there is no snapshot of", async () => {
    const operator = new BackupCluster(cluster.config);
    await expect(restore(operator, plan, "platform-labelling", "data")).rejects.toThrow(
        "platform-labelling/data is in use by label-studio-0: stop them first",
    );
    await expect(restore(operator, plan, "platform-labelling", "other")).rejects.toThrow("there is no snapshot of");
    await expect(restore(operator, plan, "platform-labelling", "data", "data-20260101-000000")).rejects.toThrow(
        "has no snapshot data-20260101-000000; there are data-20260103-000000, data-20260102-000000",
    );
});

test("puts a claim back under its own name, and keeps what was there before", async () => {
    await stopPod();
    await until(async () => ((await names(`/api/v1${inTeam}/pods`)).length === 0 ? true : undefined));
    const operator = new BackupCluster(cluster.config);
    const { from, before } = await restore(operator, plan, "platform-labelling", "data", "data-20260102-000000");
    expect(from).toBe("platform-labelling/data-20260102-000000");
    expect(await names(`${snapshots}${inTeam}/volumesnapshots`)).toContain(before.split("/")[1]);

    const bound = (await startPod()) as Claim & { spec: { volumeName: string } };
    expect(bound.metadata.labels).toEqual({ app: "label-studio" });
    const volume = (await admin.send("GET", `/api/v1/persistentvolumes/${bound.spec.volumeName}`)) as Claim;
    const { status } = (await admin.send("GET", `${snapshots}${inTeam}/volumesnapshots/data-20260102-000000`)) as {
        status: { boundVolumeSnapshotContentName: string };
    };
    const content = (await admin.send(
        "GET",
        `${snapshots}/volumesnapshotcontents/${status.boundVolumeSnapshotContentName}`,
    )) as { status: { snapshotHandle: string } };
    expect(volume.metadata.annotations?.[madeFrom]).toBe(content.status.snapshotHandle);
});

test("a snapshot whose namespace was lost is found again by what stands for it", async () => {
    const [lost] = await names(`${snapshots}${inTeam}/volumesnapshots`);
    const { status } = (await admin.send("GET", `${snapshots}${inTeam}/volumesnapshots/${String(lost)}`)) as {
        status: { boundVolumeSnapshotContentName: string };
    };
    const content = status.boundVolumeSnapshotContentName;
    await admin.send("DELETE", `${snapshots}${inTeam}/volumesnapshots/${String(lost)}`);
    await new Promise((done) => setTimeout(done, 1500));
    expect(await names(`${snapshots}/volumesnapshotcontents`)).toContain(content);
    await admin.send("POST", `${snapshots}${inTeam}/volumesnapshots`, {
        ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot", metadata: { name: "found" } },
        spec: { source: { volumeSnapshotContentName: content } },
    });
    await until(async () => {
        const found = (await admin.send("GET", `${snapshots}${inTeam}/volumesnapshots/found`)) as {
            status?: { readyToUse?: boolean };
        };
        return found.status?.readyToUse === true ? true : undefined;
    });
});

test("a disk that cannot be backed up is told, and the others are", async () => {
    const wrong = { ...plan, snapshotClass: "none", timeoutSeconds: 5 };
    const { taken, failed } = await backUp(backup, wrong);
    expect(taken).toEqual([]);
    expect(failed).toEqual([
        expect.stringMatching(/^platform-labelling\/data: snapshot .*: snapshot class none is not of/),
    ]);
});

test("the backup sees no more than it needs", async () => {
    const api = new Api(await asBackup());
    for (const path of ["/api/v1/secrets", "/api/v1/pods", "/api/v1/persistentvolumes"])
        await expect(api.send("GET", path)).rejects.toThrow(/is forbidden/);
});
