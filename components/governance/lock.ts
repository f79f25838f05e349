import { ManagementLockByScope } from "@pulumi/azure-native/authorization/managementLockByScope";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, shown } from "../options";

/** Arguments of {@link Lock}. */
export interface LockArgs {
    /** Full id of what must not be deleted: with a resource group goes everything in it. */
    scope: pulumi.Input<string>;
    /** Shown to whoever is refused: why it is locked, and which change lifts it. At most 512 characters. */
    notes: string;
}

/**
 * Refuses every delete at and below a scope, whoever asks. Changes stay possible, so drift can be put right; a
 * ReadOnly lock would also stop AKS from scaling.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class Lock extends pulumi.ComponentResource {
    readonly lockId: pulumi.Output<string>;

    constructor(name: string, args: LockArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:governance:Lock", name, shown(args), opts);
        const lock = new ManagementLockByScope(
            name,
            { scope: args.scope, lockName: "mlplatform-cannot-delete", level: "CanNotDelete", notes: args.notes },
            childOptions(this, "authorization:ManagementLockByScope"),
        );
        this.lockId = lock.id;
        this.registerOutputs({ lockId: this.lockId });
    }
}
