import { regions } from "../../../facts/regions";
import { roleDefinitions } from "../../../facts/role-definitions";
import { nameOf, parseId, sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, Subscription } from "../resource-type";
import { isOwn, nodeSubnets } from "./cluster-network";
import { findVault, keyFault, openToAll, parseKeyUri } from "./keys";
import { flag, regionOf, text, texts, userIdentity } from "./reading";

const {
    owner,
    contributor,
    reader,
    networkContributor,
    privateDnsZoneContributor,
    keyVaultContributor,
    managedIdentityOperator,
} = roleDefinitions;

/** The user-assigned identity of a cluster, as far as the sandbox knows it. */
function clusterIdentity(
    inputs: Properties,
    azure: Subscription,
): { id: string; principalId: string | undefined } | undefined {
    const [id] = texts(inputs, "identity.userAssignedIdentities");
    if (id === undefined || text(inputs, "identity.type") !== "UserAssigned") return undefined;
    return userIdentity(azure, id) ?? { id, principalId: undefined };
}

/** May the cluster's identity? A system-assigned one is not judged: it gets its roles from AKS, at creation. */
function lacks(inputs: Properties, azure: Subscription, roles: readonly string[], scope: string): boolean {
    const principalId = clusterIdentity(inputs, azure)?.principalId;
    return principalId !== undefined && !azure.hasRole(principalId, [owner, contributor, ...roles], scope);
}

/** As Azure answers AKS, which acts with the cluster's identity: https://github.com/kubernetes-sigs/azuredisk-csi-driver/issues/2609 */
function linkedFailure(
    inputs: Properties,
    azure: Subscription,
    doing: string,
    on: string,
    needed: string,
    linked: string,
): Refusal {
    const client = clusterIdentity(inputs, azure)?.principalId ?? "";
    const message = `The client '${client}' with object id '${client}' has permission to perform action '${doing}' on scope '${on}'; however, it does not have permission to perform action(s) '${needed}' on the linked scope(s) '${linked}' (respectively) or the linked scope(s) are invalid.`;
    return refusal(403, "LinkedAuthorizationFailed", message);
}

/** @see https://learn.microsoft.com/azure/aks/use-managed-identity */
export function identityRefusal({ inputs, azure }: Request): Refusal | undefined {
    const type = text(inputs, "identity.type") ?? "None";
    const principal = text(inputs, "servicePrincipalProfile.clientId");
    const missing = "Required parameter servicePrincipalProfile is missing (null).";
    if (type === "None" && principal === undefined) return refusal(400, "InvalidParameter", missing);
    const ids = texts(inputs, "identity.userAssignedIdentities");
    // Code unverified.
    const one = `A cluster takes exactly one user-assigned identity, got ${ids.length}.`;
    if (type === "UserAssigned" && ids.length !== 1) return refusal(400, "InvalidParameter", one);
    const lost = ids.find((id) => isOwn(azure, id) && !azure.find(id));
    const gone = `Identity operation for resource failed with error 'The resource '${lost ?? ""}' was not found'.`;
    return lost === undefined ? undefined : refusal(400, "FailedIdentityOperation", gone);
}

/**
 * The identity of the nodes, brought along: the cluster's must be allowed to hand it out.
 * @see https://learn.microsoft.com/azure/aks/use-managed-identity#use-a-pre-created-kubelet-managed-identity
 */
export function kubeletIdentityRefusal({ inputs, azure }: Request): Refusal | undefined {
    const id = text(inputs, "identityProfile.kubeletidentity.resourceId");
    if (id === undefined) return undefined;
    if (text(inputs, "identity.type") !== "UserAssigned") {
        const message = "Custom kubelet identity is only supported on clusters with a user-assigned managed identity.";
        return refusal(400, "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster", message);
    }
    const [found, clientId] = [userIdentity(azure, id), text(inputs, "identityProfile.kubeletidentity.clientId")];
    const lost = `The kubelet identity '${id}' was not found.`;
    if (isOwn(azure, id) && !found) return refusal(400, "CustomKubeletIdentityPropertyError", lost);
    const other = `clientId '${clientId ?? ""}' is not that of the kubelet identity '${id}'.`;
    if (found && clientId !== undefined && clientId !== found.clientId)
        return refusal(400, "CustomKubeletIdentityPropertyError", other);
    const message =
        "The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role to assign kubelet identity. You can run 'az role assignment create --assignee <control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope <kubelet-identity-resource-id>' to grant the permission.";
    return lacks(inputs, azure, [managedIdentityOperator], id)
        ? refusal(400, "CustomKubeletIdentityMissingPermissionError", message)
        : undefined;
}

/** @see https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites */
export function subnetRoleRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    const apiServer = text(inputs, "apiServerAccessProfile.subnetId");
    const subnets = [...nodeSubnets(inputs), ...(apiServer === undefined ? [] : [apiServer])];
    const closed = subnets.find((subnet) => lacks(inputs, azure, [networkContributor], subnet));
    const needed = closed === apiServer ? "joinLoadBalancer/action" : "join/action";
    const action = "Microsoft.Compute/virtualMachineScaleSets/write";
    return closed === undefined
        ? undefined
        : linkedFailure(inputs, azure, action, id, `Microsoft.Network/virtualNetworks/subnets/${needed}`, closed);
}

/** @see https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys */
export function diskKeyRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    const set = text(inputs, "diskEncryptionSetID");
    if (set === undefined) return undefined;
    const found = azure.find(set);
    const lost = `The disk encryption set '${set}' was not found.`;
    if (isOwn(azure, set) && !found) return refusal(404, "DiskEncryptionSetError", lost);
    const apart = `The disk encryption set is in '${regionOf(found?.outputs)}', the cluster in '${regionOf(inputs)}'.`;
    if (found && regionOf(found.outputs) !== regionOf(inputs)) return refusal(400, "DiskEncryptionSetError", apart);
    const action = "Microsoft.Compute/virtualMachineScaleSets/write";
    return lacks(inputs, azure, [reader], set)
        ? linkedFailure(inputs, azure, action, id, "Microsoft.Compute/diskEncryptionSets/read", set)
        : undefined;
}

/**
 * The zone of a private cluster's API server.
 * @see https://learn.microsoft.com/azure/aks/private-clusters#configure-a-private-dns-zone
 */
export function privateZoneRefusal({ inputs, azure }: Request): Refusal | undefined {
    const profile = valueAt(inputs, "apiServerAccessProfile");
    const zone = text(profile, "privateDNSZone");
    if (zone === undefined) return undefined;
    if (!flag(profile, "enablePrivateCluster")) {
        // Code unverified.
        return refusal(400, "InvalidParameter", "apiServerAccessProfile.privateDNSZone is for private clusters alone.");
    }
    if (zone.toLowerCase() === "none" && valueAt(profile, "enablePrivateClusterPublicFQDN") === false) {
        const message = "Private DNS zone mode 'none' needs the public FQDN of the private cluster.";
        return refusal(400, "NonePrivateDNSZonePublicFQDNDisabledError", message);
    }
    if (["none", "system"].includes(zone.toLowerCase())) return undefined;
    const [parts, region] = [parseId(zone), regionOf(inputs)];
    if (parts?.type.toLowerCase() !== "microsoft.network/privatednszones") {
        return zone.startsWith("/")
            ? refusal(400, "InvalidPrivateDNSZoneResourceID", `Invalid private dns zone resource id '${zone}'.`)
            : refusal(
                  400,
                  "InvalidPrivateDNSZoneMode",
                  `Private DNS zone '${zone}' is not system, none or the id of a zone.`,
              );
    }
    // With VNet integration `private.` comes in addition: https://github.com/MicrosoftDocs/azure-docs/issues/104092
    const kinds = flag(profile, "enableVnetIntegration") ? ["private", "privatelink"] : ["privatelink"];
    const names = kinds.flatMap((kind) => [
        `${kind}.${region}.azmk8s.io`,
        `[a-zA-Z0-9-]{1,32}.${kind}.${region}.azmk8s.io`,
    ]);
    const fits = kinds.some((kind) =>
        new RegExp(`^([a-z0-9-]{1,32}\\.)?${kind}\\.${region}\\.azmk8s\\.io$`, "i").test(parts.name),
    );
    const misnamed = `Invalid private dns zone resource id '${zone}'. The name of the zone must be one of '${names.join(",")}'.`;
    if (!fits) return refusal(400, "InvalidPrivateDNSZoneResourceID", misnamed);
    if (text(inputs, "identity.type") !== "UserAssigned") {
        const message = "System-assigned managed identity is not supported for a custom private DNS zone.";
        return refusal(400, "SystemAssignedIdentityNotSupportedForCustomPrivateDNSZone", message);
    }
    if (!isOwn(azure, zone)) return undefined;
    if (!azure.find(zone))
        return refusal(404, "PrivateDNSZoneResourceNotFoundError", `The private DNS zone '${zone}' was not found.`);
    // Text: https://github.com/Azure/Azure-Landing-Zones/issues/2892
    const message = `Service principal or user-assigned identity must be given permission to read and write to custom private dns zone ${zone}. Check access result not allowed for action Microsoft.Network/privateDnsZones/write.`;
    return lacks(inputs, azure, [privateDnsZoneContributor, networkContributor], zone)
        ? refusal(400, "CustomPrivateDNSZoneMissingPermissionError", message)
        : undefined;
}

/**
 * Secrets in etcd encrypted with a key of ours.
 * @see https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
 */
export function kmsRefusal({ id, inputs, azure }: Request): Refusal | undefined {
    const kms = valueAt(inputs, "securityProfile.azureKeyVaultKms");
    if (!flag(kms, "enabled")) return undefined;
    const uri = text(kms, "keyId") ?? "";
    const isPrivate = text(kms, "keyVaultNetworkAccess") === "Private";
    const vaultId = text(kms, "keyVaultResourceId");
    // Text of the vault's id: https://github.com/Azure/telescope/pull/1121. The other texts are unverified, AKS says BadRequest.
    const bad = (message: string): Refusal => refusal(400, "BadRequest", message);
    if (parseKeyUri(uri)?.version === undefined)
        return bad(`KeyVault key ID '${uri}' is invalid: an identifier with a version is required.`);
    if (text(inputs, "identity.type") !== "UserAssigned")
        return bad("Azure Key Vault KMS needs a user-assigned managed identity.");
    if (isPrivate && vaultId === undefined)
        return bad("KeyVault resource ID is empty when KeyVault network access is Private.");
    if (isPrivate && !flag(inputs, "apiServerAccessProfile.enableVnetIntegration")) {
        return bad("KeyVault network access Private needs API server VNet integration.");
    }
    const vault = findVault(azure, parseKeyUri(uri)?.vaultUri ?? "");
    if (isPrivate && vault && !sameId(vault.id, vaultId ?? ""))
        return bad(`KeyVault resource ID '${vaultId ?? ""}' is not that of the key's vault.`);
    const principalId = clusterIdentity(inputs, azure)?.principalId;
    const fault = keyFault(azure, { uri, principalId, operation: "encrypt", privately: true, unprotected: true });
    // A vault that is not open to all looks like a missing permission: https://github.com/Azure/terraform-azurerm-aks/issues/390
    const walled = !isPrivate && vault !== undefined && !openToAll(vault);
    if (fault || walled) {
        const where = (parseKeyUri(uri)?.vaultUri ?? "").replace(/\/$/, "");
        const message = `The identity does not have keys encrypt/decrypt permission on key vault "${where}"`;
        const why = fault?.text ?? "its firewall is on, and KMS asks for network access from all networks or Private";
        return refusal(400, "AzureKeyVaultKmsValidateIdentityPermissionCustomerError", `${message} (${why})`);
    }
    const action = "Microsoft.Network/privateEndpoints/write";
    return isPrivate && vaultId !== undefined && lacks(inputs, azure, [keyVaultContributor], vaultId)
        ? linkedFailure(
              inputs,
              azure,
              action,
              id,
              "Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action",
              vaultId,
          )
        : undefined;
}

/** @see https://learn.microsoft.com/azure/aks/api-server-vnet-integration#limited-availability */
export function integrationRegionRefusal({ inputs }: Request): Refusal | undefined {
    const region = regionOf(inputs);
    const missing =
        flag(inputs, "apiServerAccessProfile.enableVnetIntegration") &&
        regions[region]?.apiServerVnetIntegration === false;
    const message = `API server VNet integration is not available in ${region}.`;
    return missing ? refusal(400, "PrivateClusterV2NotAllowedInLocation", message) : undefined;
}

/**
 * Entra ID, local accounts, workload identity, Defender.
 * @see https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad
 */
export function securityRefusal({ inputs }: Request): Refusal | undefined {
    const managed = flag(inputs, "aadProfile.managed");
    const groups = texts(inputs, "aadProfile.adminGroupObjectIDs");
    const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
    const wrong = groups.find((group) => !guid.test(group));
    if (valueAt(inputs, "enableRBAC") === false && valueAt(inputs, "aadProfile") !== undefined) {
        return refusal(400, "RBACNotEnabledForAAD", "Entra ID integration needs enableRBAC.");
    }
    if (wrong !== undefined) return refusal(400, "InvalidAdminGroupObjectID", `'${wrong}' is not an object id.`);
    // Codes of the next three are unverified.
    if (flag(inputs, "aadProfile.enableAzureRBAC") && !managed) {
        return refusal(400, "InvalidParameter", "aadProfile.enableAzureRBAC needs aadProfile.managed.");
    }
    if (flag(inputs, "disableLocalAccounts") && !managed) {
        return refusal(
            400,
            "BadRequest",
            "Local accounts can be disabled only on a cluster with Entra ID integration (aadProfile.managed).",
        );
    }
    if (
        flag(inputs, "securityProfile.workloadIdentity.enabled") &&
        valueAt(inputs, "oidcIssuerProfile.enabled") !== true
    ) {
        return refusal(400, "BadRequest", "Workload identity needs the OIDC issuer (oidcIssuerProfile.enabled).");
    }
    const defender = flag(inputs, "securityProfile.defender.securityMonitoring.enabled");
    if (defender && text(inputs, "securityProfile.defender.logAnalyticsWorkspaceResourceId") === undefined) {
        const message = "Microsoft Defender needs logAnalyticsWorkspaceResourceId.";
        return refusal(400, "LogAnalyticsWorkspaceNotSetForAzureDefender", message);
    }
    const agent = "addonProfiles.omsagent";
    const unset =
        flag(inputs, `${agent}.enabled`) &&
        text(inputs, `${agent}.config.logAnalyticsWorkspaceResourceID`) === undefined;
    return unset
        ? refusal(400, "LogAnalyticsWorkspaceNotSet", "The omsagent addon needs logAnalyticsWorkspaceResourceID.")
        : undefined;
}

/** The private zone's name; undefined where AKS makes its own or none. */
export function zoneName(inputs: Properties): string | undefined {
    const zone = text(inputs, "apiServerAccessProfile.privateDNSZone");
    return zone?.startsWith("/") === true ? nameOf(zone) : undefined;
}
