/** Nothing is said at all. */
export const absent = Symbol("absent");

/** A property that is hardened: what it must not be, whatever a rule says. */
export interface Hardened {
    types: readonly string[];
    /** `list[*]` for each of a list that is there. */
    path: string;
    weak: readonly unknown[];
    /** Only where this holds of the resource. */
    only?: (inputs: Record<string, unknown>) => boolean;
}

/** Written by hand, property by property, and not made from the rules: what is in neither is seen by nobody. */
const of = (types: string | readonly string[], properties: Readonly<Record<string, readonly unknown[]>>): Hardened[] =>
    Object.entries(properties).map(([path, weak]) => ({
        ...{ types: typeof types === "string" ? [types] : types, path, weak },
    }));

const someone = "198.0.0.0/8";
const subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/other";
/** Owner, Contributor, User Access Administrator, Role Based Access Control Administrator. */
const mighty = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
];
const isGpu = ({ vmSize }: Record<string, unknown>): boolean => String(vmSize).startsWith("Standard_N");
const bySubnet = ({ subnetName }: Record<string, unknown>): boolean => !/^Azure|^Gateway/.test(String(subnetName));
const environmentOf = ({ tags }: Record<string, unknown>): string =>
    (tags as { environment?: string } | undefined)?.environment ?? "";
const lasting = (inputs: Record<string, unknown>): boolean => ["staging", "prod"].includes(environmentOf(inputs));
const inbound = (rule: unknown): Hardened => ({
    ...{ types: ["azure-native:network:NetworkSecurityGroup"], path: "securityRules", weak: [[rule]] },
});
const allow = { name: "in", access: "Allow", direction: "Inbound", priority: 100, protocol: "Tcp" };

const machines = {
    enableEncryptionAtHost: [false, absent],
    enableNodePublicIP: [true],
    vnetSubnetID: [absent],
};

const azure: readonly Hardened[] = [
    ...of("azure-native:storage:StorageAccount", {
        publicNetworkAccess: ["Enabled", absent],
        "networkRuleSet.defaultAction": ["Allow"],
        "networkRuleSet.bypass": ["AzureServices, Logging, Metrics"],
        "networkRuleSet.ipRules": [[{ iPAddressOrRange: someone }]],
        "networkRuleSet.virtualNetworkRules": [[{ virtualNetworkResourceId: subnet }]],
        allowBlobPublicAccess: [true, absent],
        allowSharedKeyAccess: [true, absent],
        defaultToOAuthAuthentication: [false],
        isLocalUserEnabled: [true],
        isSftpEnabled: [true],
        enableHttpsTrafficOnly: [false],
        minimumTlsVersion: ["TLS1_0", "TLS1_1", absent],
        "encryption.keySource": ["Microsoft.Storage"],
        "encryption.keyVaultProperties": [absent],
        "encryption.requireInfrastructureEncryption": [false, absent],
        allowCrossTenantReplication: [true],
        allowedCopyScope: [absent],
    }),
    ...of("azure-native:storage:BlobServiceProperties", {
        "deleteRetentionPolicy.enabled": [false],
        "deleteRetentionPolicy.days": [1],
        "deleteRetentionPolicy.allowPermanentDelete": [true],
        "containerDeleteRetentionPolicy.enabled": [false],
        "containerDeleteRetentionPolicy.days": [1],
        deleteRetentionPolicy: [absent],
    }),
    ...of("azure-native:storage:FileServiceProperties", {
        "shareDeleteRetentionPolicy.enabled": [false],
        "shareDeleteRetentionPolicy.days": [1],
        "protocolSettings.smb.versions": ["SMB2.1;SMB3.0;SMB3.1.1"],
        "protocolSettings.smb.channelEncryption": ["AES-128-CCM;AES-128-GCM;AES-256-GCM"],
        "protocolSettings.smb.authenticationMethods": ["NTLMv2;Kerberos"],
        protocolSettings: [absent],
    }),
    ...of("azure-native:storage:BlobContainer", { publicAccess: ["Blob", "Container"] }),
    { types: ["azure-native:storage:StorageAccount"], path: "sku.name", weak: ["Standard_LRS"], only: lasting },

    ...of("azure-native:keyvault:Vault", {
        "properties.publicNetworkAccess": ["Enabled", absent],
        "properties.networkAcls.defaultAction": ["Allow"],
        "properties.networkAcls.ipRules": [[{ value: someone }]],
        "properties.networkAcls.virtualNetworkRules": [[{ id: subnet }]],
        "properties.enablePurgeProtection": [false, absent],
        "properties.enableSoftDelete": [false],
        "properties.softDeleteRetentionInDays": [1],
        "properties.enableRbacAuthorization": [false, absent],
        "properties.accessPolicies": [[{ objectId: "o", permissions: { keys: ["all"] }, tenantId: "t" }]],
        "properties.enabledForDeployment": [true],
        "properties.enabledForDiskEncryption": [true],
        "properties.enabledForTemplateDeployment": [true],
    }),
    ...of("azure-native:keyvault:Key", {
        "properties.keySize": [2048],
        "properties.kty": ["EC"],
        "properties.attributes.exportable": [true],
        "properties.keyOps": [["wrapKey", "unwrapKey", "sign"]],
        "properties.rotationPolicy": [absent],
    }),
    ...of("azure-native:compute:DiskEncryptionSet", {
        encryptionType: ["EncryptionAtRestWithPlatformKey"],
        activeKey: [absent],
        rotationToLatestKeyVersionEnabled: [false, absent],
        "identity.type": ["None"],
    }),

    ...of("azure-native:containerregistry:Registry", {
        publicNetworkAccess: ["Enabled", absent],
        "networkRuleSet.defaultAction": ["Allow"],
        "networkRuleSet.ipRules": [[{ iPAddressOrRange: someone }]],
        "sku.name": ["Basic", "Standard"],
        adminUserEnabled: [true],
        anonymousPullEnabled: [true],
        "policies.azureADAuthenticationAsArmPolicy.status": ["enabled"],
        "policies.exportPolicy.status": ["enabled"],
        "encryption.status": ["disabled"],
        encryption: [absent],
        dataEndpointEnabled: [false],
    }),
    { types: ["azure-native:containerregistry:Registry"], path: "zoneRedundancy", weak: ["Disabled"], only: lasting },

    ...of("azure-native:containerservice:ManagedCluster", {
        "apiServerAccessProfile.enablePrivateCluster": [false, absent],
        "apiServerAccessProfile.enablePrivateClusterPublicFQDN": [true],
        "apiServerAccessProfile.enableVnetIntegration": [false, absent],
        "apiServerAccessProfile.disableRunCommand": [false, absent],
        publicNetworkAccess: ["Enabled"],
        disableLocalAccounts: [false, absent],
        enableRBAC: [false],
        aadProfile: [absent],
        "aadProfile.managed": [false],
        "aadProfile.enableAzureRBAC": [false, absent],
        "aadProfile.adminGroupObjectIDs": [[]],
        "identity.type": ["SystemAssigned"],
        "oidcIssuerProfile.enabled": [false],
        "securityProfile.workloadIdentity.enabled": [false],
        "securityProfile.defender.securityMonitoring.enabled": [false],
        "securityProfile.defender": [absent],
        "securityProfile.imageCleaner.enabled": [false],
        "securityProfile.azureKeyVaultKms.enabled": [false],
        "securityProfile.azureKeyVaultKms": [absent],
        "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess": ["Public"],
        securityProfile: [absent],
        "addonProfiles.omsagent.enabled": [false],
        "addonProfiles.omsagent.config.useAADAuth": ["false"],
        "addonProfiles.azurepolicy.enabled": [false],
        "addonProfiles.azureKeyvaultSecretsProvider.enabled": [false],
        "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation": ["false"],
        addonProfiles: [absent],
        "azureMonitorProfile.metrics.enabled": [false],
        diskEncryptionSetID: [absent],
        "networkProfile.networkPolicy": ["none", absent],
        "networkProfile.networkPlugin": ["kubenet"],
        "networkProfile.loadBalancerSku": ["basic"],
        "networkProfile.outboundType": ["loadBalancer", absent],
        "nodeResourceGroupProfile.restrictionLevel": ["Unrestricted", absent],
        "autoUpgradeProfile.upgradeChannel": ["none", absent],
        "autoUpgradeProfile.nodeOSUpgradeChannel": ["None", "Unmanaged", absent],
        ...Object.fromEntries(
            Object.entries(machines).map(([path, weak]) => [`agentPoolProfiles[*].${path}`, weak] as const),
        ),
    }),
    { types: ["azure-native:containerservice:ManagedCluster"], path: "sku.tier", weak: ["Free"], only: lasting },
    ...of("azure-native:containerservice:AgentPool", machines),
    ...["enableSecureBoot", "enableVTPM"].map((path) => ({
        types: ["azure-native:containerservice:AgentPool"],
        ...{ path: `securityProfile.${path}`, weak: [false, absent] },
        only: (inputs: Record<string, unknown>) => !isGpu(inputs),
    })),
    { types: ["azure-native:containerservice:AgentPool"], path: "nodeTaints", weak: [[], absent], only: isGpu },
    {
        ...{ types: ["azure-native:containerservice:AgentPool"], path: "maxCount", weak: [absent] },
        only: ({ enableAutoScaling }) => enableAutoScaling === true,
    },
    {
        ...{ types: ["azure-native:containerservice:AgentPool"], path: "availabilityZones", weak: [[], absent] },
        only: lasting,
    },
    ...of("azure-native:compute:VirtualMachineScaleSet", {
        "virtualMachineProfile.securityProfile.encryptionAtHost": [false, absent],
        "virtualMachineProfile.securityProfile.securityType": [absent],
        "virtualMachineProfile.securityProfile.uefiSettings.secureBootEnabled": [false],
        "virtualMachineProfile.securityProfile.uefiSettings.vTpmEnabled": [false],
        "virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication": [false],
        "virtualMachineProfile.storageProfile.osDisk.managedDisk.diskEncryptionSet": [absent],
        "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[*].ipConfigurations[*].publicIPAddressConfiguration":
            [{ name: "public" }],
    }),

    { types: ["azure-native:network:Subnet"], path: "networkSecurityGroup", weak: [absent], only: bySubnet },
    { types: ["azure-native:network:Subnet"], path: "defaultOutboundAccess", weak: [true, absent], only: bySubnet },
    ...["*", "Internet", "0.0.0.0/0"].map((from) =>
        inbound({ ...allow, sourceAddressPrefix: from, destinationPortRange: "22" }),
    ),
    inbound({ ...allow, sourceAddressPrefixes: ["10.0.0.0/8", "0.0.0.0/0"], destinationPortRange: "3389" }),
    ...of("azure-native:network:PublicIPAddress", {
        "sku.name": ["Basic"],
        publicIPAllocationMethod: ["Dynamic"],
    }),
    ...of("azure-native:network:FirewallPolicy", { threatIntelMode: ["Alert", "Off"] }),
    {
        ...{ types: ["azure-native:network:FirewallPolicy"], path: "intrusionDetection.mode", weak: ["Off", "Alert"] },
        only: ({ sku }) => (sku as { tier: string }).tier === "Premium",
    },
    ...of("azure-native:network:FlowLog", {
        enabled: [false],
        "retentionPolicy.enabled": [false],
        "retentionPolicy.days": [7, 0],
    }),
    ...of("azure-native:network:PrivateEndpoint", { privateLinkServiceConnections: [[], absent], subnet: [absent] }),

    ...of("azure-native:operationalinsights:Workspace", {
        publicNetworkAccessForIngestion: ["Enabled", absent],
        publicNetworkAccessForQuery: ["Enabled", absent],
        "features.disableLocalAuth": [false, absent],
        retentionInDays: [7],
        workspaceCapping: [absent],
        "workspaceCapping.dailyQuotaGb": [-1],
    }),
    ...of("azure-native:monitor:AzureMonitorWorkspace", { publicNetworkAccess: ["Enabled", absent] }),
    ...of("azure-native:monitor:DataCollectionEndpoint", { "networkAcls.publicNetworkAccess": ["Enabled"] }),
    ...of("azure-native:monitor:PrivateLinkScope", {
        "accessModeSettings.ingestionAccessMode": ["Open"],
        "accessModeSettings.queryAccessMode": ["Open"],
    }),
    ...of("azure-native:dashboard:Grafana", {
        "properties.publicNetworkAccess": ["Enabled", absent],
        "properties.apiKey": ["Enabled"],
    }),
    ...of("azure-native:monitor:DiagnosticSetting", { workspaceId: [absent], "logs[*].enabled": [false] }),
    ...of("azure-native:consumption:Budget", { notifications: [{}, absent], amount: [0] }),
    ...of(
        [
            "azure-native:monitor:MetricAlert",
            "azure-native:monitor:ActivityLogAlert",
            "azure-native:monitor:ScheduledQueryRule",
            "azure-native:alertsmanagement:PrometheusRuleGroup",
            "azure-native:monitor:ActionGroup",
        ],
        { enabled: [false] },
    ),

    {
        ...{ types: ["azure-native:authorization:RoleAssignment"], path: "roleDefinitionId" },
        weak: mighty.map((role) => `/providers/Microsoft.Authorization/roleDefinitions/${role}`),
        only: ({ roleDefinitionId }) => !mighty.some((role) => String(roleDefinitionId).endsWith(role)),
    },
    ...of("azure-native:authorization:RoleAssignment", { principalType: ["User", absent] }),
    ...of("azure-native:managedidentity:FederatedIdentityCredential", {
        audiences: [["https://example.com"]],
        issuer: ["http://example.com"],
        subject: ["system:serviceaccount:*:team", absent],
    }),
    ...of("azure-native:authorization:ManagementLockByScope", { level: ["NotSpecified"] }),

    ...of("azure-native:machinelearningservices:Workspace", {
        publicNetworkAccess: ["Enabled", absent],
        v1LegacyMode: [true],
        "encryption.status": ["Disabled"],
        encryption: [absent],
        hbiWorkspace: [false],
        "identity.type": ["SystemAssigned"],
        primaryUserAssignedIdentity: [absent],
        systemDatastoresAuthMode: ["AccessKey", absent],
    }),
];

/** Of a container in a pod. */
const containers = (of: Readonly<Record<string, readonly unknown[]>>): Record<string, readonly unknown[]> =>
    Object.fromEntries(
        Object.entries(of).flatMap(([path, weak]) =>
            ["containers[*]", "initContainers[*]"].map((list) => [`${list}.${path}`, weak] as const),
        ),
    );
const tagged = "registry.example.com/image:latest";
const container = {
    image: [tagged, "image"],
    "securityContext.privileged": [true],
    "securityContext.allowPrivilegeEscalation": [true, absent],
    "securityContext.capabilities.drop": [[], ["NET_RAW"]],
    "securityContext.capabilities.add": [["NET_ADMIN"]],
    "securityContext.readOnlyRootFilesystem": [false, absent],
    "securityContext.runAsNonRoot": [false, absent],
    "securityContext.seccompProfile": [{ type: "Unconfined" }, absent],
    "resources.limits.memory": [absent],
    "resources.requests.memory": [absent],
    "resources.requests.cpu": [absent],
    securityContext: [absent],
    resources: [absent],
};
const pod: Readonly<Record<string, readonly unknown[]>> = {
    hostNetwork: [true],
    hostPID: [true],
    hostIPC: [true],
    volumes: [[{ name: "host", hostPath: { path: "/" } }]],
    automountServiceAccountToken: [true, absent],
    ...containers(container),
};
const podAt = (path: string, types: readonly string[]): Hardened[] =>
    of(types, Object.fromEntries(Object.entries(pod).map(([inner, weak]) => [`${path}.${inner}`, weak])));

const kubernetes: readonly Hardened[] = [
    ...podAt("spec.template.spec", [
        "kubernetes:apps/v1:Deployment",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:apps/v1:DaemonSet",
        "kubernetes:batch/v1:Job",
    ]),
    ...podAt("spec.jobTemplate.spec.template.spec", ["kubernetes:batch/v1:CronJob"]),
    ...podAt("spec.jobTargetRef.template.spec", ["kubernetes:keda.sh/v1alpha1:ScaledJob"]),
    ...podAt("spec", ["kubernetes:core/v1:Pod"]),
    ...of(
        "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy",
        Object.fromEntries(
            Object.entries(container)
                .filter(([path]) => !/requests|add$/.test(path))
                .map(([path, weak]) => [`spec.provider.kubernetes.envoyDeployment.container.${path}`, weak]),
        ),
    ),
    ...of("kubernetes:core/v1:Namespace", {
        'metadata.labels["pod-security.kubernetes.io/enforce"]': ["baseline", absent],
    }),
    ...of("kubernetes:core/v1:ServiceAccount", { automountServiceAccountToken: [true, absent] }),
    ...of("kubernetes:core/v1:Service", { "spec.type": ["LoadBalancer", "NodePort"] }),
    ...of("kubernetes:core/v1:ResourceQuota", {
        'spec.hard["services.loadbalancers"]': [absent, "1"],
        'spec.hard["services.nodeports"]': [absent, "1"],
    }),
    ...of("kubernetes:storage.k8s.io/v1:StorageClass", {
        "parameters.diskEncryptionSetID": [absent],
        "parameters.networkAccessPolicy": ["AllowAll", absent],
        "parameters.publicNetworkAccess": ["Enabled", absent],
    }),
    ...of(["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "kubernetes:rbac.authorization.k8s.io/v1:Role"], {
        "rules[*].verbs": [["*"]],
        "rules[*].resources": [["*"]],
        "rules[*].apiGroups": [["*"]],
    }),
    ...of(
        [
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        ],
        { "roleRef.name": ["cluster-admin"], "subjects[*].name": ["system:anonymous", "system:masters"] },
    ),
    ...of("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", {
        "spec.failurePolicy": ["Ignore"],
    }),
    ...of("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", {
        "spec.validationActions": [["Warn", "Audit"]],
    }),
    ...of("kubernetes:networking.k8s.io/v1:NetworkPolicy", {
        "spec.egress": [[{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]],
    }),
    ...of("kubernetes:helm.sh/v3:Release", { chart: ["oci://registry.example.com/charts/keda", "keda"] }),
];

export const hardened: readonly Hardened[] = [...azure, ...kubernetes];
