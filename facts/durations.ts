/** How far to trust a duration. */
export type DurationQuality =
    /** Published, or read off a published run. */
    | "published"
    /** From runs that include more than the one step, so too long rather than too short. */
    | "upper bound"
    /** No publication found: an order of magnitude. */
    | "unverified";

/** How long Azure takes for one resource, typically, in seconds. */
export interface Duration {
    create: number;
    update: number;
    delete: number;
    quality: DurationQuality;
    source: string;
}

const quick = (create: number, source: string): Duration => ({
    create,
    update: create,
    delete: create,
    quality: "unverified",
    source,
});

const resourceManager = "a metadata write in Resource Manager: seconds";
const networkWrite =
    "a configuration write in Microsoft.Network: seconds; the tests of azurerm take minutes with all around";
const partOfAccount = "a property write on an existing account: seconds";

/**
 * Published durations by resource type. `azurerm` test times hold group, network and deletion too, so single steps are
 * set well below them.
 */
export const durations: Readonly<Record<string, Duration>> = {
    "azure-native:resources:ResourceGroup": { ...quick(2, resourceManager), delete: 30 },
    "azure-native:authorization:RoleAssignment": quick(3, resourceManager),
    "azure-native:authorization:ManagementLockByScope": quick(2, resourceManager),
    "azure-native:features:SubscriptionFeatureRegistration": {
        ...{ create: 300, update: 5, delete: 300, quality: "unverified" },
        source: '"a few minutes" until the state is Registered: https://learn.microsoft.com/azure/aks/enable-host-encryption',
    },
    "azure-native:authorization:PolicyAssignment": quick(3, resourceManager),
    "azure-native:consumption:Budget": quick(5, resourceManager),
    "azure-native:managedidentity:UserAssignedIdentity": quick(5, resourceManager),
    "azure-native:managedidentity:FederatedIdentityCredential": quick(3, resourceManager),

    "azure-native:network:VirtualNetwork": { ...quick(5, networkWrite), delete: 12 },
    "azure-native:network:Subnet": {
        ...{ create: 5, update: 10, delete: 12, quality: "upper bound" },
        source: "470-585 s for a whole subnet test: hashicorp/terraform-provider-azurerm#33391",
    },
    "azure-native:network:VirtualNetworkPeering": quick(10, networkWrite),
    "azure-native:network:NetworkSecurityGroup": quick(4, networkWrite),
    "azure-native:network:RouteTable": quick(4, networkWrite),
    "azure-native:network:Route": quick(4, networkWrite),
    "azure-native:network:PublicIPAddress": { ...quick(4, networkWrite), delete: 12 },
    "azure-native:network:FlowLog": quick(10, networkWrite),
    "azure-native:network:NatGateway": quick(11, networkWrite),
    "azure-native:compute:VirtualMachineScaleSet": {
        ...{ create: 120, update: 60, delete: 120, quality: "unverified" },
        source: "machines of one size start in one to three minutes; no publication for a set of one or two found",
    },
    "azure-native:network:AzureFirewall": {
        ...{ create: 600, update: 300, delete: 420, quality: "upper bound" },
        source: "624-1026 s for a firewall test: hashicorp/terraform-provider-azurerm#31734, #32574",
    },
    "azure-native:network:FirewallPolicy": {
        ...{ create: 15, update: 15, delete: 15, quality: "upper bound" },
        source: "266 s for a policy test: hashicorp/terraform-provider-azurerm#8879",
    },
    "azure-native:network:FirewallPolicyRuleCollectionGroup": {
        ...{ create: 35, update: 180, delete: 35, quality: "upper bound" },
        source: "1284-1937 s for a rules test with its firewall: hashicorp/terraform-provider-azurerm#32574",
    },
    "azure-native:network:VirtualNetworkGateway": {
        ...{ create: 1740, update: 900, delete: 600, quality: "upper bound" },
        source: "1740-2562 s for a gateway test: hashicorp/terraform-provider-azurerm#32500, #33009; 45 min or more: learn.microsoft.com/azure/vpn-gateway/tutorial-create-gateway-portal",
    },
    "azure-native:network:LocalNetworkGateway": quick(10, networkWrite),
    "azure-native:network:VirtualNetworkGatewayConnection": {
        ...{ create: 60, update: 60, delete: 60, quality: "unverified" },
        source: "1890-3960 s for a test with its gateways: hashicorp/terraform-provider-azurerm#32500, #33009",
    },
    "azure-native:dnsresolver:DnsResolver": quick(30, networkWrite),
    "azure-native:dnsresolver:InboundEndpoint": quick(60, networkWrite),
    "azure-native:dnsresolver:OutboundEndpoint": quick(60, networkWrite),
    "azure-native:dnsresolver:DnsForwardingRuleset": quick(15, networkWrite),
    "azure-native:dnsresolver:ForwardingRule": quick(4, networkWrite),
    "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink": quick(15, networkWrite),
    "azure-native:network:PrivateEndpoint": {
        ...{ create: 75, update: 60, delete: 60, quality: "upper bound" },
        source: "335-357 s for a whole test: hashicorp/terraform-provider-azurerm#32580, #33107; about 5 min for those of a deployment: Azure/mlops-v2 deployguide_gha.md",
    },
    "azure-native:network:PrivateDnsZoneGroup": {
        ...{ create: 12, update: 12, delete: 12, quality: "upper bound" },
        source: "550-712 s for an endpoint test with DNS, 2022: hashicorp/terraform-provider-azurerm#16315",
    },
    "azure-native:privatedns:PrivateZone": {
        ...{ create: 32, update: 32, delete: 35, quality: "upper bound" },
        source: "245-313 s for a whole zone test: hashicorp/terraform-provider-azurerm#32765",
    },
    "azure-native:privatedns:VirtualNetworkLink": {
        ...{ create: 32, update: 32, delete: 35, quality: "upper bound" },
        source: "part of the zone tests: hashicorp/terraform-provider-azurerm#32765",
    },

    "azure-native:operationalinsights:Workspace": quick(25, "a Log Analytics workspace: tens of seconds"),
    "azure-native:monitor:AzureMonitorWorkspace": quick(30, "an Azure Monitor workspace: tens of seconds"),
    "azure-native:monitor:DataCollectionEndpoint": quick(10, resourceManager),
    "azure-native:monitor:DataCollectionRule": quick(10, resourceManager),
    "azure-native:monitor:DataCollectionRuleAssociation": quick(5, resourceManager),
    "azure-native:monitor:PrivateLinkScope": quick(15, resourceManager),
    "azure-native:monitor:PrivateLinkScopedResource": quick(15, resourceManager),
    "azure-native:monitor:ActionGroup": quick(5, resourceManager),
    "azure-native:monitor:MetricAlert": quick(5, resourceManager),
    "azure-native:monitor:ScheduledQueryRule": quick(5, resourceManager),
    "azure-native:monitor:ActivityLogAlert": quick(5, resourceManager),
    "azure-native:alertsmanagement:PrometheusRuleGroup": quick(5, resourceManager),
    "azure-native:dashboard:Grafana": {
        ...{ create: 300, update: 120, delete: 300, quality: "unverified" },
        source: "a managed Grafana workspace: minutes",
    },
    "azure-native:dashboard:ManagedPrivateEndpoint": quick(60, "a private endpoint that Azure keeps: a minute"),
    "azure-native:monitor:DiagnosticSetting": quick(3, resourceManager),
    "azure-native:operationalinsights:Table": quick(5, "a property write on an existing table: seconds"),

    "azure-native:keyvault:Vault": {
        ...{ create: 60, update: 15, delete: 15, quality: "upper bound" },
        source: "119-331 s for a whole vault test: hashicorp/terraform-provider-azurerm#32413",
    },
    "azure-native:keyvault:Key": {
        ...{ create: 10, update: 5, delete: 1, quality: "unverified" },
        source: "980-1260 s for a key test is vault and purge: hashicorp/terraform-provider-azurerm#32526",
    },
    "azure-native:compute:DiskEncryptionSet": quick(15, "a metadata write in Microsoft.Compute: seconds"),
    "azure-native:containerregistry:Registry": {
        ...{ create: 60, update: 30, delete: 30, quality: "upper bound" },
        source: "17 s plain, turbot/steampipe-plugin-azure#196; 356 s for a test with an own key, hashicorp/terraform-provider-azurerm#27983",
    },
    "azure-native:storage:StorageAccount": quick(25, "a storage account: tens of seconds"),
    "azure-native:storage:BlobServiceProperties": quick(2, partOfAccount),
    "azure-native:storage:FileServiceProperties": quick(2, partOfAccount),
    "azure-native:storage:BlobContainer": quick(1, partOfAccount),
    "azure-native:storage:BlobContainerImmutabilityPolicy": quick(1, partOfAccount),
    "azure-native:storage:ManagementPolicy": quick(2, partOfAccount),

    "azure-native:machinelearningservices:Workspace": {
        ...{ create: 300, update: 60, delete: 420, quality: "upper bound" },
        source: "440-540 s for a whole test, one 2748 s: hashicorp/terraform-provider-azurerm#13741, #5653, #14181; teardown 9-12 min with all around: Azure/mlops-v2 deployguide_gha.md",
    },

    "azure-native:machinelearningservices:EnvironmentContainer": quick(2, "a name in the workspace: seconds"),
    "azure-native:machinelearningservices:EnvironmentVersion": quick(
        5,
        "a record in the workspace, no image is built: seconds",
    ),

    "azure-native:containerservice:ManagedCluster": {
        ...{ create: 480, update: 240, delete: 300, quality: "published" },
        source: "6 min typical, CI cap 20-25 min: cilium/cilium#48924; 9 min with its pools: Azure/AKS#1439; 18 min for a whole stamp: mspnp/aks-baseline docs/deploy/06-aks-cluster.md",
    },
    "azure-native:containerservice:AgentPool": {
        ...{ create: 240, update: 120, delete: 180, quality: "published" },
        source: "4 min: Azure/AKS#1439; 716-870 s for a test with its cluster: hashicorp/terraform-provider-azurerm#30828, #33399",
    },
    "azure-native:containerservice:MaintenanceConfiguration": quick(
        2,
        "a property write on an existing cluster: seconds",
    ),
};

const unlisted: Duration = quick(5, "not listed: seconds are assumed");

/** Duration for a resource type; a few seconds, marked unverified, where nothing is known. */
export function durationOf(token: string): Duration {
    return durations[token] ?? unlisted;
}
