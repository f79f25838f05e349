const inManager = "kept in Resource Manager, which bills nothing";
const partOf = (what: string): string => `billed with ${what}`;
const onNodes = "runs on nodes, which their pools are billed for";

/** Types that nothing is billed for by themselves, each with the reason. */
const freeTypes: Readonly<Record<string, string>> = {
    "azure-native:resources:ResourceGroup": inManager,
    "azure-native:authorization:RoleAssignment": inManager,
    "azure-native:authorization:ManagementLockByScope": inManager,
    "azure-native:authorization:PolicyAssignment": inManager,
    "azure-native:features:SubscriptionFeatureRegistration": inManager,
    "azure-native:consumption:Budget": "budgets and their mails are free",
    "azure-native:managedidentity:UserAssignedIdentity": "identities are free",
    "azure-native:managedidentity:FederatedIdentityCredential": "identities are free",
    "azure-native:network:VirtualNetwork": "networks are free, what goes between them is billed with peerings",
    "azure-native:network:Subnet": "subnets are free",
    "azure-native:network:NetworkSecurityGroup": "security groups are free",
    "azure-native:network:RouteTable": "routes are free",
    "azure-native:network:Route": "routes are free",
    "azure-native:network:FirewallPolicy": "free while a policy belongs to one firewall",
    "azure-native:network:FirewallPolicyRuleCollectionGroup": partOf("the firewall"),
    "azure-native:network:LocalNetworkGateway": "says where a site is, which is free",
    "azure-native:network:PrivateDnsZoneGroup": partOf("the private endpoint"),
    "azure-native:privatedns:VirtualNetworkLink": partOf("the zone"),
    "azure-native:dnsresolver:DnsResolver": partOf("its endpoints"),
    "azure-native:dnsresolver:ForwardingRule": partOf("its ruleset"),
    "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink": partOf("its ruleset"),
    "azure-native:operationalinsights:Table": partOf("the workspace, by its plan and days"),
    "azure-native:monitor:DataCollectionEndpoint": partOf("what is taken in"),
    "azure-native:monitor:DataCollectionRule": partOf("what is taken in"),
    "azure-native:monitor:DataCollectionRuleAssociation": partOf("what is taken in"),
    "azure-native:monitor:DiagnosticSetting": partOf("what is taken in"),
    "azure-native:monitor:PrivateLinkScope": partOf("its private endpoint"),
    "azure-native:monitor:PrivateLinkScopedResource": partOf("the scope's private endpoint"),
    "azure-native:monitor:ActionGroup": "the first 1,000 mails a month are free",
    "azure-native:monitor:ActivityLogAlert": "alerts on the activity log are free",
    "azure-native:compute:DiskEncryptionSet": partOf("its key"),
    "azure-native:containerservice:MaintenanceConfiguration": partOf("the cluster"),
    "azure-native:storage:BlobServiceProperties": partOf("the account"),
    "azure-native:storage:FileServiceProperties": partOf("the account"),
    "azure-native:storage:BlobContainer": partOf("the account"),
    "azure-native:storage:BlobContainerImmutabilityPolicy": partOf("the account"),
    "azure-native:storage:ManagementPolicy": partOf("the account"),
    "azure-native:machinelearningservices:EnvironmentContainer": "a name in the workspace",
    "azure-native:machinelearningservices:EnvironmentVersion":
        "a record in the workspace, its image is in the registry",
    "docker:index/image:Image": partOf("the registry"),
};

/** Types that cost something which nobody can tell from the program, each with the reason. */
export const unpricedTypes: Readonly<Record<string, string>> = {
    "azure-native:alertsmanagement:PrometheusRuleGroup":
        "billed by the samples that its rules read, which nobody knows",
    "azure-native:network:VirtualNetworkGatewayConnection":
        "billed by what goes through it, and beyond ten tunnels by the hour",
    "kubernetes:helm.sh/v3:Release": "disks that a chart's users ask for are not seen",
};

/** Why that type costs nothing by itself; undefined when it is not known to. */
export function freeBecause(type: string): string | undefined {
    if (type in unpricedTypes) return undefined;
    return freeTypes[type] ?? (type.startsWith("kubernetes:") ? onNodes : undefined);
}
