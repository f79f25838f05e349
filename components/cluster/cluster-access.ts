import type * as pulumi from "@pulumi/pulumi";
import type { AccessRowName } from "../../facts/access-table";
import type { CustomerManagedKey } from "../encryption/customer-managed-key";
import type { ManagedIdentity } from "../encryption/managed-identity";
import { Access } from "../governance/access";

/** What the cluster's identities must be allowed before there is a cluster. */
export interface ClusterAccessArgs {
    subscriptionId: string;
    rolePropagationSeconds: number;
    /** The control plane's. */
    identity: ManagedIdentity;
    /** The nodes'. */
    kubelet: ManagedIdentity;
    virtualNetworkId: pulumi.Input<string>;
    nodesSubnetId: pulumi.Input<string>;
    apiServerSubnetId: pulumi.Input<string>;
    /** Undefined when AKS keeps the zone itself. */
    apiServerZoneId: pulumi.Input<string> | undefined;
    /** Who gives the role on the zone. */
    zoneRoleBy: ZoneRoleBy;
    /** Resource group of the disk encryption set, which holds nothing else. */
    disksGroupId: pulumi.Input<string>;
    etcdKey: CustomerManagedKey;
}

/** We do, or the team of the hub that keeps the zone. */
export type ZoneRoleBy = "us" | "hub";

type Grant = [row: AccessRowName, to: ManagedIdentity, on: pulumi.Input<string>];

/**
 * Gives the cluster's identities the roles they need, each on the narrowest scope, and hands back what to wait for. A
 * cluster made before they apply fails half-way and stays as `Failed`.
 * @see https://learn.microsoft.com/azure/aks/use-managed-identity
 */
export function clusterAccess(name: string, args: ClusterAccessArgs, parent: pulumi.Resource): Access[] {
    const { subscriptionId, rolePropagationSeconds: propagationSeconds } = args;
    return grants(args).map(
        ([row, { principalId }, scope]) =>
            new Access(
                row.replace(/^cluster/, name),
                { row, scope, principalId, subscriptionId, propagationSeconds },
                { parent },
            ),
    );
}

function grants({ identity, kubelet, apiServerZoneId: zoneId, ...args }: ClusterAccessArgs): Grant[] {
    return [
        ["cluster-nodes-subnet", identity, args.nodesSubnetId],
        ["cluster-api-server-subnet", identity, args.apiServerSubnetId],
        ...(zoneId === undefined
            ? []
            : ([
                  ...(args.zoneRoleBy === "us" ? [["cluster-api-server-zone", identity, zoneId] satisfies Grant] : []),
                  ["cluster-network", identity, args.virtualNetworkId],
              ] satisfies Grant[])),
        // On the group, and so before there is a set in it, which waits for a role itself: minutes one after the other.
        ["cluster-disks", identity, args.disksGroupId],
        ["cluster-snapshots", identity, args.disksGroupId],
        ["cluster-kubelet", identity, kubelet.id],
        ["cluster-etcd-vault", identity, args.etcdKey.vaultId],
    ];
}
