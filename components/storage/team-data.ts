import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer";
import * as pulumi from "@pulumi/pulumi";
import type { AccessRowName } from "../../facts/access-table";
import { Access } from "../governance/access";
import { childOptions, shown } from "../options";
import { refuse, refuseChanges } from "../refuse";
import { frozenInContainer } from "./account-settings";
import { containerFaults } from "./containers";

/** Arguments of {@link TeamData}. */
export interface TeamDataArgs {
    resourceGroupName: string;
    /** The account of work. */
    account: { id: string; name: string };
    /** Names of containers, unique in the account. */
    containers: readonly string[];
    /** Object ids. Members and pods write, viewers read. */
    principals: { members: string; viewers?: string; pods: pulumi.Input<string> };
    subscriptionId: string;
    /** How long to wait for a role to apply, 0 to 1800 seconds. */
    propagationSeconds: number;
    /** Keeps containers from being deleted. */
    protect: boolean;
}

/**
 * A team's containers in the account of work. Roles are given on each of them: to be of a team opens its data and no other's.
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class TeamData extends pulumi.ComponentResource {
    /** Names. Resolve once pods may read and write. */
    readonly containers: pulumi.Output<readonly string[]>;

    constructor(name: string, args: TeamDataArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:storage:TeamData", name, shown(args), opts);
        const { resourceGroupName, account, containers, principals, subscriptionId, propagationSeconds } = args;
        refuse(
            this,
            containerFaults(
                "containers",
                containers.map((container) => ({ name: container })),
            ),
        );
        const grants: [AccessRowName, pulumi.Input<string> | undefined][] = [
            ["team-pods-container", principals.pods],
            ["team-members-container", principals.members],
            ["team-viewers-container", principals.viewers],
        ];
        const ready = containers.map((containerName) => {
            const logicalName = `${name}-${containerName}`;
            const container = new BlobContainer(
                logicalName,
                { resourceGroupName, accountName: account.name, containerName, publicAccess: "None" },
                childOptions(this, "storage:BlobContainer", {
                    protect: args.protect,
                    ...refuseChanges(logicalName, frozenInContainer),
                }),
            );
            return grants.flatMap(([row, principalId]) =>
                principalId === undefined
                    ? []
                    : [
                          new Access(
                              `${logicalName}-${row.replace(/^team-|-container$/g, "")}`,
                              { row, scope: container.id, principalId, subscriptionId, propagationSeconds },
                              { parent: this },
                          ).ready,
                      ],
            );
        });
        this.containers = pulumi.all(ready.flat()).apply(() => containers);
        this.registerOutputs({ containers: this.containers });
    }
}
