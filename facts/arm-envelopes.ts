/**
 * Where Azure Resource Manager wants what azure-native takes as flat inputs, by type. Without a word here, a resource's
 * inputs go below `properties`, beside the fields that every resource may have ({@link envelopeFields}); a nested
 * object's stay where they are.
 *
 * Read from the models of Microsoft's Python packages (azure-mgmt-network 28.1.0, -containerservice 37.0.0, -keyvault
 * 11.0.0, -containerregistry 13.0.0, -storage 22.1.1, -compute 34.0.0, -msi 7.0.0, -authorization 4.0.0, -privatedns
 * 1.2.0, -resource 23.3.0; 2026-11-24). They come from the same API specifications, with the same flattening and the
 * same names, and their `_attribute_map`s hold each property's path in the JSON that is sent.
 */

/** Fields of a resource that lie beside its `properties`. */
export const envelopeFields: ReadonlySet<string> = new Set([
    ...["id", "name", "type", "location", "extendedLocation", "tags", "sku", "kind", "identity", "zones", "plan"],
    ...["managedBy", "etag", "properties"],
]);

/** Inputs by name, each with its dotted path in the request where the rule above does not tell it. */
export type Paths = Readonly<Record<string, string>>;

/** Every resource type that the platform may hold, with what is special about it. */
export const resourceEnvelopes: Readonly<Record<string, Paths>> = {
    "azure-native:authorization:ManagementLockByScope": {},
    "azure-native:authorization:RoleAssignment": {},
    "azure-native:compute:DiskEncryptionSet": {},
    "azure-native:compute:VirtualMachineScaleSet": {},
    "azure-native:containerregistry:Registry": {},
    "azure-native:containerservice:AgentPool": { type: "properties.type", tags: "properties.tags" },
    "azure-native:containerservice:MaintenanceConfiguration": {},
    "azure-native:containerservice:ManagedCluster": {},
    "azure-native:dashboard:Grafana": {},
    "azure-native:dashboard:ManagedPrivateEndpoint": {},
    "azure-native:keyvault:Key": {},
    "azure-native:keyvault:Vault": {},
    "azure-native:machinelearningservices:Workspace": {},
    "azure-native:managedidentity:FederatedIdentityCredential": {},
    "azure-native:managedidentity:UserAssignedIdentity": {},
    "azure-native:monitor:AzureMonitorWorkspace": {},
    "azure-native:monitor:DataCollectionEndpoint": {},
    "azure-native:monitor:DataCollectionRule": {},
    "azure-native:monitor:DataCollectionRuleAssociation": {},
    "azure-native:monitor:DiagnosticSetting": {},
    "azure-native:monitor:PrivateLinkScope": {},
    "azure-native:monitor:PrivateLinkScopedResource": {},
    "azure-native:network:AzureFirewall": { sku: "properties.sku" },
    "azure-native:network:FirewallPolicy": { sku: "properties.sku" },
    "azure-native:network:FirewallPolicyRuleCollectionGroup": {},
    "azure-native:network:NatGateway": {},
    "azure-native:network:NetworkSecurityGroup": {},
    "azure-native:network:PrivateDnsZoneGroup": {},
    "azure-native:network:PrivateEndpoint": {},
    "azure-native:network:PublicIPAddress": {},
    "azure-native:network:Route": {},
    "azure-native:network:RouteTable": {},
    "azure-native:network:Subnet": {},
    "azure-native:network:VirtualNetwork": {},
    "azure-native:network:VirtualNetworkPeering": {},
    "azure-native:operationalinsights:Table": {},
    "azure-native:operationalinsights:Workspace": { sku: "properties.sku" },
    "azure-native:privatedns:PrivateZone": {},
    "azure-native:privatedns:VirtualNetworkLink": {},
    "azure-native:resources:ResourceGroup": {},
    "azure-native:storage:BlobContainer": {},
    "azure-native:storage:BlobContainerImmutabilityPolicy": {},
    "azure-native:storage:BlobServiceProperties": {},
    "azure-native:storage:FileServiceProperties": {},
    "azure-native:storage:ManagementPolicy": {},
    "azure-native:storage:StorageAccount": {
        enableHttpsTrafficOnly: "properties.supportsHttpsTrafficOnly",
        enableNfsV3: "properties.isNfsV3Enabled",
        networkRuleSet: "properties.networkAcls",
    },
};

/** Nested types that are resources of Azure's themselves: they have `properties` of their own. */
export const nestedEnvelopes: ReadonlySet<string> = new Set([
    "compute.VirtualMachineScaleSetExtension",
    "compute.VirtualMachineScaleSetIPConfiguration",
    "compute.VirtualMachineScaleSetNetworkConfiguration",
    "compute.VirtualMachineScaleSetPublicIPAddressConfiguration",
    "machinelearningservices.SharedPrivateLinkResource",
    "network.ApplicationGatewayIPConfiguration",
    "network.AzureFirewallApplicationRuleCollection",
    "network.AzureFirewallIPConfiguration",
    "network.AzureFirewallNatRuleCollection",
    "network.AzureFirewallNetworkRuleCollection",
    "network.Delegation",
    "network.NatGateway",
    "network.NetworkSecurityGroup",
    "network.PrivateDnsZoneConfig",
    "network.PrivateEndpointIPConfiguration",
    "network.PrivateLinkServiceConnection",
    "network.PublicIPAddress",
    "network.ResourceNavigationLink",
    "network.Route",
    "network.RouteTable",
    "network.SecurityRule",
    "network.ServiceAssociationLink",
    "network.ServiceEndpointPolicy",
    "network.ServiceEndpointPolicyDefinition",
    "network.Subnet",
    "network.VirtualNetworkPeering",
]);

/** Other nested types, where azure-native has a name of its own for a property. */
export const nestedNames: Readonly<Record<string, Paths>> = {
    "compute.VirtualMachineScaleSetExtension": { type: "properties.type" },
    "containerregistry.IPRule": { iPAddressOrRange: "value" },
    "containerservice.ManagedClusterPropertiesAutoScalerProfile": {
        balanceSimilarNodeGroups: "balance-similar-node-groups",
        daemonsetEvictionForEmptyNodes: "daemonset-eviction-for-empty-nodes",
        daemonsetEvictionForOccupiedNodes: "daemonset-eviction-for-occupied-nodes",
        ignoreDaemonsetsUtilization: "ignore-daemonsets-utilization",
        maxEmptyBulkDelete: "max-empty-bulk-delete",
        maxGracefulTerminationSec: "max-graceful-termination-sec",
        maxNodeProvisionTime: "max-node-provision-time",
        maxTotalUnreadyPercentage: "max-total-unready-percentage",
        newPodScaleUpDelay: "new-pod-scale-up-delay",
        okTotalUnreadyCount: "ok-total-unready-count",
        scaleDownDelayAfterAdd: "scale-down-delay-after-add",
        scaleDownDelayAfterDelete: "scale-down-delay-after-delete",
        scaleDownDelayAfterFailure: "scale-down-delay-after-failure",
        scaleDownUnneededTime: "scale-down-unneeded-time",
        scaleDownUnreadyTime: "scale-down-unready-time",
        scaleDownUtilizationThreshold: "scale-down-utilization-threshold",
        scanInterval: "scan-interval",
        skipNodesWithLocalStorage: "skip-nodes-with-local-storage",
        skipNodesWithSystemPods: "skip-nodes-with-system-pods",
    },
    "keyvault.KeyAttributes": { expires: "exp", notBefore: "nbf" },
    "keyvault.KeyProperties": { releasePolicy: "release_policy" },
    "network.IpamPoolPrefixAllocation": { id: "pool.id" },
    "storage.Encryption": { encryptionIdentity: "identity", keyVaultProperties: "keyvaultproperties" },
    "storage.EncryptionIdentity": {
        encryptionFederatedIdentityClientId: "federatedIdentityClientId",
        encryptionUserAssignedIdentity: "userAssignedIdentity",
    },
    "storage.IPRule": { iPAddressOrRange: "value" },
    "storage.KeyVaultProperties": { keyName: "keyname", keyVaultUri: "keyvaulturi", keyVersion: "keyversion" },
    "storage.VirtualNetworkRule": { virtualNetworkResourceId: "id" },
};
