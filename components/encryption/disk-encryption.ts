import { DiskEncryptionSet } from "@pulumi/azure-native/compute/diskEncryptionSet";
import * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";
import type { CustomerManagedKey } from "./customer-managed-key";

/** Arguments of {@link DiskEncryption}. */
export interface DiskEncryptionArgs extends Placement {
    key: CustomerManagedKey;
    /** Encrypts a second time with a key of Azure's. Not every VM size and disk takes it. @default false */
    double?: boolean;
}

/**
 * Disk encryption set: what disks of nodes and volumes name to be encrypted with our key. It must be in the same region
 * as the disks, and in the cluster from its first day: adding it later means a new cluster.
 * @see https://learn.microsoft.com/azure/virtual-machines/disk-encryption
 */
export class DiskEncryption extends pulumi.ComponentResource {
    /** Resolves once disks can be encrypted with it. */
    readonly diskEncryptionSetId: pulumi.Output<string>;

    constructor(name: string, args: DiskEncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:encryption:DiskEncryption", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, key, double = false } = args;
        const set = new DiskEncryptionSet(
            name,
            {
                diskEncryptionSetName: resourceName("diskEncryptionSet", { ...naming, location }),
                ...{ resourceGroupName, location, tags },
                encryptionType: double
                    ? "EncryptionAtRestWithPlatformAndCustomerKeys"
                    : "EncryptionAtRestWithCustomerKey",
                // The one consumer that takes a version only; it moves on to the latest by itself within the hour.
                // No sourceVault: it is for vaults of the same subscription alone, and a managed HSM has none.
                activeKey: { keyUrl: key.keyUriWithVersion },
                rotationToLatestKeyVersionEnabled: true,
                identity: { type: "UserAssigned", userAssignedIdentities: [key.identity.id] },
            },
            childOptions(this, "compute:DiskEncryptionSet", refuseChanges(name, frozen)),
        );
        this.diskEncryptionSetId = set.id;
        this.registerOutputs({ diskEncryptionSetId: this.diskEncryptionSetId });
    }
}

const frozen = [
    { path: "location", instead: "disks must be in the set's region; make a new environment" },
    { path: "encryptionType", instead: "disks keep how they are encrypted; make a new environment" },
    { path: "federatedClientId", instead: "a key of another tenant is chosen once; make a new environment" },
];
