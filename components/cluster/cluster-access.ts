import type * as pulumi from "@pulumi/pulumi";
import type { RoleName } from "../../facts/role-definitions";
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
    diskEncryptionSetId: pulumi.Input<string>;
    etcdKey: CustomerManagedKey;
}

interface Grant {
    role: RoleName;
    to: ManagedIdentity;
    on: pulumi.Input<string>;
}

/**
 * Gives the cluster's identities the roles they need, each on the narrowest scope, and hands back what to wait for. A
 * cluster made before they apply fails half-way and stays as `Failed`.
 * @see https://learn.microsoft.com/azure/aks/use-managed-identity
 */
export function clusterAccess(name: string, args: ClusterAccessArgs, parent: pulumi.Resource): Access[] {
    const { identity, kubelet, apiServerZoneId, subscriptionId, rolePropagationSeconds: propagationSeconds } = args;
    return Object.entries(grants(args, identity, kubelet, apiServerZoneId)).map(
        ([what, { role, to, on }]) =>
            new Access(
                `${name}-${what}`,
                {
                    ...{ scope: on, role, principalId: to.principalId, principalType: "ServicePrincipal" },
                    ...{ subscriptionId, propagationSeconds },
                },
                { parent },
            ),
    );
}

function grants(
    args: ClusterAccessArgs,
    identity: ManagedIdentity,
    kubelet: ManagedIdentity,
    zoneId: pulumi.Input<string> | undefined,
): Record<string, Grant> {
    return {
        "nodes-subnet": { role: "networkContributor", to: identity, on: args.nodesSubnetId },
        "api-server-subnet": { role: "networkContributor", to: identity, on: args.apiServerSubnetId },
        // With a zone of ours, AKS writes the record and links the zone to the network:
        // https://learn.microsoft.com/azure/aks/private-clusters#configure-a-private-dns-zone
        ...(zoneId !== undefined && {
            "api-server-zone": { role: "privateDnsZoneContributor", to: identity, on: zoneId },
            network: { role: "networkContributor", to: identity, on: args.virtualNetworkId },
        }),
        // To read is enough, for node disks and for volumes with the same set:
        // https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys
        disks: { role: "reader", to: identity, on: args.diskEncryptionSetId },
        // Nodes run as the kubelet's identity; the control plane hands it to them.
        kubelet: { role: "managedIdentityOperator", to: identity, on: kubelet.id },
        // The key's role comes with the key. With a private vault, AKS also makes a connection of its own to it:
        // https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
        "etcd-vault": { role: "keyVaultContributor", to: identity, on: args.etcdKey.vaultId },
    };
}
