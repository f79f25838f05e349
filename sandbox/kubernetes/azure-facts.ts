import { readFileSync } from "node:fs";
import { roleDefinitions } from "../../facts/role-definitions";
import type { Azure } from "../azure/azure";
import { isAtOrBelow, nameOf } from "../azure/ids";
import type { Stored } from "../azure/resource-type";
import { text, texts } from "../azure/types/reading";
import { storageFacts } from "./azure-endpoints/storage-facts";
import type { StorageFacts } from "./azure-endpoints/storage-facts";
import type { FleetDescription } from "./nodes/description";
import { fleetOf } from "./nodes/fleet-facts";

export const clusterToken = "azure-native:containerservice:ManagedCluster";

/** A trust of Entra ID in somebody else's tokens. */
export interface FederatedCredential {
    issuer: string;
    subject: string;
    audiences: readonly string[];
}

export interface IdentityFacts {
    name: string;
    clientId: string;
    /** Object id: whom the API server and role assignments know. */
    principalId: string;
    federatedCredentials: readonly FederatedCredential[];
}

/** What the control plane's processes must know of the sandbox's Azure, which lives in another process. */
export interface AzureFacts {
    cluster: {
        id: string;
        name: string;
        tags: Readonly<Record<string, string>>;
        /** Names of the API server. */
        hostNames: readonly string[];
        /** Issuer of its service accounts' tokens. */
        issuerUrl: string;
        serviceCidr: string | undefined;
        /** Group that AKS keeps machines and disks in. */
        nodeResourceGroupId: string;
        /** Groups whose members may do everything. */
        adminGroupObjectIds: readonly string[];
        /** Whether Azure's role assignments count in the cluster. */
        usesAzureRbac: boolean;
    };
    tenantId: string;
    /** Pools, quota and images. */
    fleet: FleetDescription;
    /** Assignments of the roles that hold in a cluster, at this cluster, above it, or at its namespaces. */
    roleAssignments: readonly { principalId: string; role: ClusterRole; scope: string }[];
    /** What lies in storage is not the cluster's, but its pods read and write it. */
    storage: StorageFacts;
    /** Every managed identity of the subscription. */
    identities: readonly IdentityFacts[];
}

const clusterRoles = ["aksRbacReader", "aksRbacWriter", "aksRbacAdmin", "aksRbacClusterAdmin"] as const;
/** A built-in role of Azure that holds in the cluster. */
export type ClusterRole = (typeof clusterRoles)[number];

/** Every cluster that the subscription has, one that is being made too. */
export function clustersOf(azure: Azure): Stored[] {
    return azure.list(clusterToken);
}

export function azureFacts(azure: Azure, cluster: Stored): AzureFacts {
    const { id, inputs, outputs } = cluster;
    const host = [text(outputs, "privateFQDN"), text(outputs, "fqdn")];
    return {
        cluster: {
            id,
            name: nameOf(id),
            tags: (inputs.tags ?? {}) as Record<string, string>,
            hostNames: host.filter((name) => name !== undefined),
            issuerUrl: text(outputs, "oidcIssuerProfile.issuerURL") ?? "",
            serviceCidr: text(outputs, "networkProfile.serviceCidr"),
            nodeResourceGroupId: `/subscriptions/${azure.subscriptionId}/resourceGroups/${text(outputs, "nodeResourceGroup") ?? ""}`,
            adminGroupObjectIds: texts(inputs, "aadProfile.adminGroupObjectIDs"),
            usesAzureRbac: (inputs.aadProfile as { enableAzureRBAC?: boolean } | undefined)?.enableAzureRBAC === true,
        },
        tenantId: azure.tenantId,
        fleet: fleetOf(azure, cluster),
        roleAssignments: azure.list("azure-native:authorization:RoleAssignment").flatMap(({ inputs: given }) => {
            const [principalId, scope] = [text(given, "principalId"), text(given, "scope")];
            const role = roleOf(text(given, "roleDefinitionId") ?? "");
            if (principalId === undefined || scope === undefined || role === undefined) return [];
            return isAtOrBelow(scope, id) || isAtOrBelow(id, scope) ? [{ principalId, role, scope }] : [];
        }),
        storage: storageFacts(azure),
        identities: azure.list("azure-native:managedidentity:UserAssignedIdentity").map((identity) => ({
            name: nameOf(identity.id),
            clientId: text(identity.outputs, "clientId") ?? "",
            principalId: text(identity.outputs, "principalId") ?? "",
            federatedCredentials: credentialsOf(azure, identity.id),
        })),
    };
}

/** The facts as they lie in the file; undefined while there are none. */
export function readFacts(file: string): AzureFacts | undefined {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as AzureFacts;
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw fault;
    }
}

function roleOf(roleDefinitionId: string): ClusterRole | undefined {
    return clusterRoles.find((role) => roleDefinitionId.toLowerCase().endsWith(`/${roleDefinitions[role]}`));
}

function credentialsOf(azure: Azure, identityId: string): FederatedCredential[] {
    return azure
        .list("azure-native:managedidentity:FederatedIdentityCredential")
        .filter(({ id }) => isAtOrBelow(id, identityId))
        .map(({ inputs }) => ({
            issuer: text(inputs, "issuer") ?? "",
            subject: text(inputs, "subject") ?? "",
            audiences: texts(inputs, "audiences"),
        }));
}
