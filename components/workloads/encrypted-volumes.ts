import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";

/** Arguments of {@link EncryptedVolumes}. */
export interface EncryptedVolumesArgs {
    /** What the disks name to be encrypted with our key. */
    diskEncryptionSetId: string;
    /**
     * Copies in three zones of the region, so that a pod finds its disk in whichever of them it lands: with a disk of one zone,
     * a notebook whose GPU is to be had in another never starts. Not every region has them.
     */
    zoneRedundant: boolean;
    /** Does a disk outlive its claim? Then somebody must delete what is no longer wanted. */
    keepsDisks: boolean;
    /** Resource group of snapshots: one that the cluster does not take along when it goes. */
    snapshotResourceGroup: string;
}

const driver = "disk.csi.azure.com";

/**
 * Classes of volumes under our key and of their snapshots. A disk is open to the node that has it and to nobody else, neither by
 * the network nor by an export of its bytes; its snapshots are encrypted as it is.
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 */
export class EncryptedVolumes extends pulumi.ComponentResource {
    /** Name of the storage class. Resolves once claims may name it. */
    readonly storageClassName: pulumi.Output<string>;
    readonly snapshotClassName: pulumi.Output<string>;

    constructor(name: string, args: EncryptedVolumesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:EncryptedVolumes", name, shown(args), opts);
        const { diskEncryptionSetId, zoneRedundant, keepsDisks, snapshotResourceGroup } = args;
        const storage = new StorageClass(
            name,
            {
                metadata: { name: "platform-disks" },
                provisioner: driver,
                parameters: {
                    skuName: zoneRedundant ? "Premium_ZRS" : "Premium_LRS",
                    diskEncryptionSetID: diskEncryptionSetId,
                    ...{ networkAccessPolicy: "DenyAll", publicNetworkAccess: "Disabled" },
                },
                reclaimPolicy: keepsDisks ? "Retain" : "Delete",
                // The disk comes where its pod goes.
                volumeBindingMode: "WaitForFirstConsumer",
                allowVolumeExpansion: true,
            },
            { parent: this },
        );
        const snapshots = new CustomResource(
            `${name}-snapshots`,
            {
                ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotClass" },
                metadata: { name: "platform-snapshots" },
                driver,
                // A backup that goes with its namespace is none: only the backup itself lets old ones go.
                deletionPolicy: "Retain",
                parameters: { incremental: "true", resourceGroup: snapshotResourceGroup },
            },
            { parent: this },
        );
        this.storageClassName = pulumi.all([storage.metadata.name, storage.id]).apply(([storageClass]) => storageClass);
        this.snapshotClassName = pulumi
            .all([snapshots.metadata.name, snapshots.id])
            .apply(([snapshotClass]) => snapshotClass);
        this.registerOutputs({ storageClassName: this.storageClassName, snapshotClassName: this.snapshotClassName });
    }
}
