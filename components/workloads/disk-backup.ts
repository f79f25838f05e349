import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import type { core } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { hardenedContainer, hardenedPod } from "./hardened-pod";
import { nodePlaceFaults, placement, type NodePlace } from "./node-place";
import { imageFaults, type PinnedImage } from "./pinned-image";

/** When disks are backed up, and for how long. */
export interface BackupChoice {
    /** Ours, by digest; what it must do is in docs/own-images.md. */
    image: PinnedImage;
    nodes: NodePlace;
    /** Hour of the day, 0 to 23, in UTC. */
    hour: number;
    /** Snapshots of each disk that are kept, one a day, 1 to 200. */
    keep: number;
}

/** Arguments of {@link DiskBackup}. */
export interface DiskBackupArgs extends BackupChoice {
    /** Namespace under Pod Security `restricted`, closed but for the API server. */
    namespace: string;
    /** Every claim of this class is backed up. */
    storageClassName: pulumi.Input<string>;
    snapshotClassName: pulumi.Input<string>;
}

/**
 * A snapshot of every disk of the platform, every day: homes, the hub's database, what is labelled. Snapshots are taken by Azure of
 * the disk as it is at one moment, as after a power cut, from which SQLite and PostgreSQL recover by themselves; so nothing has to
 * be let into a database. They are encrypted with the disk's key. docs/backup.md says how to restore.
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class DiskBackup extends pulumi.ComponentResource {
    /** Name of the CronJob. Resolves once it is there. */
    readonly cronJobName: pulumi.Output<string>;

    constructor(name: string, args: DiskBackupArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:DiskBackup", name, shown(args), opts);
        refuse(this, backupFaults("", args));
        const { namespace, hour } = args;
        const account = new ServiceAccount(
            `${name}-account`,
            { metadata: { name: "backup", namespace }, automountServiceAccountToken: false },
            { parent: this },
        );
        const role = new ClusterRole(
            `${name}-role`,
            { metadata: { name: "platform-backup" }, rules },
            { parent: this },
        );
        const binding = new ClusterRoleBinding(
            `${name}-binding`,
            {
                metadata: { name: "platform-backup" },
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
                subjects: [{ kind: "ServiceAccount", name: "backup", namespace }],
            },
            { parent: this },
        );
        const job = new CronJob(
            name,
            {
                metadata: { name: "backup", namespace },
                spec: {
                    ...{ schedule: `0 ${hour} * * *`, timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" },
                    // Missed because nothing could start: still the same night.
                    startingDeadlineSeconds: 4 * 3600,
                    ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 },
                    jobTemplate: {
                        spec: {
                            ...{ backoffLimit: 2, activeDeadlineSeconds: 4 * 3600 },
                            template: { metadata: { labels: { app: "backup" } }, spec: backupPod(args) },
                        },
                    },
                },
            },
            { parent: this, dependsOn: [account, binding] },
        );
        this.cronJobName = pulumi.all([job.metadata.name, job.id]).apply(([cronJob]) => cronJob);
        this.registerOutputs({ cronJobName: this.cronJobName });
    }
}

/** What is wrong with the choice; empty when nothing is. */
export function backupFaults(field: string, { image, nodes, hour, keep }: BackupChoice): string[] {
    return [
        ...imageFaults(`${field}image`, image),
        ...nodePlaceFaults(`${field}nodes`, nodes),
        wholeNumberFault(`${field}hour`, hour, 0, 23),
        wholeNumberFault(`${field}keep`, keep, 1, 200),
    ].filter((fault) => fault !== undefined);
}

const snapshots = "snapshot.storage.k8s.io";

/** It sees that there are disks, and nothing of what is on them; it can make none and mount none. */
const rules = [
    { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "list"] },
    { apiGroups: [snapshots], resources: ["volumesnapshots"], verbs: ["get", "list", "create", "delete"] },
    { apiGroups: [snapshots], resources: ["volumesnapshotcontents"], verbs: ["get", "patch"] },
];

function backupPod({ image, nodes, keep, storageClassName, snapshotClassName }: DiskBackupArgs): core.v1.PodSpec {
    return {
        ...hardenedPod,
        ...placement(nodes),
        ...{ serviceAccountName: "backup", automountServiceAccountToken: true, restartPolicy: "Never" },
        containers: [
            {
                ...{ name: "backup", image },
                env: [
                    { name: "STORAGE_CLASS", value: storageClassName },
                    { name: "SNAPSHOT_CLASS", value: snapshotClassName },
                    { name: "KEEP", value: String(keep) },
                ],
                securityContext: hardenedContainer,
                resources: {
                    requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "128Mi" },
                    limits: { memory: "128Mi", "ephemeral-storage": "128Mi" },
                },
            },
        ],
    };
}
