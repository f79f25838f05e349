import { advisory, learn, mandatory, type Rule } from "../rule";

const cluster = ["azure-native:containerservice:ManagedCluster"];
const pool = ["azure-native:containerservice:AgentPool"];
const remedy = "make it with components/cluster, which sets it";

/** The same holds for pools of their own and for those within a cluster. */
const machineRequires = [
    { path: "enableEncryptionAtHost", is: true },
    { path: "enableNodePublicIP", is: false },
    { path: "vnetSubnetID", given: true },
    { path: "osSKU", given: true },
] as const;

export const clusterRules: readonly Rule[] = [
    mandatory({
        ...{ name: "cluster-private", types: cluster, remedy },
        requires: [
            { path: "apiServerAccessProfile.enablePrivateCluster", is: true },
            { path: "apiServerAccessProfile.enablePrivateClusterPublicFQDN", is: false },
            { path: "apiServerAccessProfile.enableVnetIntegration", is: true },
            { path: "apiServerAccessProfile.subnetId", given: true },
            { path: "publicNetworkAccess", is: "Disabled" },
        ],
        reason: "nobody outside of the network finds the API server",
        source: `${learn("aks/api-server-vnet-integration")}, CKV_AZURE_115`,
    }),
    mandatory({
        ...{ name: "cluster-no-run-command", types: cluster, remedy },
        requires: [{ path: "apiServerAccessProfile.disableRunCommand", is: true }],
        reason: "it runs anything as an administrator, past the network",
        source: learn("aks/access-private-cluster"),
    }),
    mandatory({
        ...{ name: "cluster-by-identity", types: cluster, remedy },
        requires: [
            { path: "disableLocalAccounts", is: true },
            { path: "enableRBAC", is: true },
            { path: "aadProfile.managed", is: true },
            { path: "aadProfile.enableAzureRBAC", is: true },
            { path: "aadProfile.adminGroupObjectIDs", given: true },
        ],
        reason: "everybody signs in as themselves, and rights are given in one place",
        source: `${learn("aks/manage-local-accounts-managed-azure-ad")}, CKV_AZURE_5, CKV_AZURE_141`,
    }),
    mandatory({
        ...{ name: "cluster-own-identity", types: cluster, remedy },
        requires: [{ path: "identity.type", is: "UserAssigned" }],
        reason: "its rights outlive it and can be given before it is there",
        source: learn("aks/use-managed-identity"),
    }),
    mandatory({
        ...{ name: "cluster-workload-identity", types: cluster, remedy },
        requires: [
            { path: "oidcIssuerProfile.enabled", is: true },
            { path: "securityProfile.workloadIdentity.enabled", is: true },
        ],
        reason: "pods sign in as themselves, without a secret",
        source: learn("aks/workload-identity-overview"),
    }),
    mandatory({
        ...{ name: "cluster-watched", types: cluster, remedy },
        requires: [
            { path: "securityProfile.defender.securityMonitoring.enabled", is: true },
            { path: "addonProfiles.omsagent.enabled", is: true },
            { path: "addonProfiles.omsagent.config.useAADAuth", is: "true" },
            { path: "azureMonitorProfile.metrics.enabled", is: true },
        ],
        reason: "who breaks in is seen, and what fails too",
        source: `${learn("defender-for-cloud/defender-for-containers-introduction")}, CKV_AZURE_4`,
    }),
    mandatory({
        ...{ name: "cluster-refuses", types: cluster, remedy },
        requires: [{ path: "addonProfiles.azurepolicy.enabled", is: true }],
        reason: "the company's policies hold in the cluster, too",
        source: `${learn("governance/policy/concepts/policy-for-kubernetes")}, CKV_AZURE_116`,
    }),
    mandatory({
        ...{ name: "cluster-image-cleaner", types: cluster, remedy },
        requires: [{ path: "securityProfile.imageCleaner.enabled", is: true }],
        reason: "vulnerable images that nobody uses leave the nodes",
        source: learn("aks/image-cleaner"),
    }),
    mandatory({
        ...{ name: "cluster-secrets-rotate", types: cluster, remedy },
        requires: [
            { path: "addonProfiles.azureKeyvaultSecretsProvider.enabled", is: true },
            { path: "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation", is: "true" },
        ],
        reason: "secrets stay in the vault, and a new one reaches pods by itself",
        source: `${learn("aks/csi-secrets-store-driver")}, CKV_AZURE_172`,
    }),
    mandatory({
        ...{ name: "cluster-own-key", types: cluster, remedy },
        requires: [{ path: "diskEncryptionSetID", given: true }],
        reason: "whoever has the disks does not have the data",
        source: `${learn("aks/azure-disk-customer-managed-keys")}, CKV_AZURE_117`,
    }),
    mandatory({
        ...{ name: "cluster-secrets-own-key", types: cluster, remedy },
        requires: [
            { path: "securityProfile.azureKeyVaultKms.enabled", is: true },
            { path: "securityProfile.azureKeyVaultKms.keyId", given: true },
            { path: "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess", is: "Private" },
        ],
        reason: "whoever has a copy of etcd does not have the cluster's secrets",
        source: learn("aks/use-kms-etcd-encryption"),
    }),
    mandatory({
        ...{ name: "cluster-network-policies", types: cluster, remedy },
        requires: [
            { path: "networkProfile.networkPolicy", oneOf: ["cilium", "azure", "calico"] },
            { path: "networkProfile.networkPlugin", is: "azure" },
            { path: "networkProfile.loadBalancerSku", is: "standard" },
        ],
        reason: "without them every pod reaches every other",
        source: `${learn("aks/use-network-policies")}, CKV_AZURE_7`,
    }),
    mandatory({
        ...{ name: "cluster-egress", types: cluster, remedy },
        requires: [
            {
                path: "networkProfile.outboundType",
                oneOf: ["userDefinedRouting", "userAssignedNATGateway", "none", "block"],
            },
        ],
        reason: "the way out is the network's, and not one that the cluster makes itself",
        source: learn("aks/egress-outboundtype"),
    }),
    mandatory({
        ...{ name: "cluster-nodes-locked", types: cluster, remedy },
        requires: [{ path: "nodeResourceGroupProfile.restrictionLevel", is: "ReadOnly" }],
        reason: "nobody changes nodes past the cluster",
        source: learn("aks/node-resource-group-lockdown"),
    }),
    mandatory({
        ...{ name: "cluster-kept-up", types: cluster, remedy },
        requires: [
            { path: "autoUpgradeProfile.upgradeChannel", oneOf: ["patch", "stable", "rapid", "node-image"] },
            { path: "autoUpgradeProfile.nodeOSUpgradeChannel", oneOf: ["NodeImage", "SecurityPatch"] },
        ],
        reason: "known holes are closed by themselves",
        source: `${learn("aks/auto-upgrade-cluster")}, CKV_AZURE_170, CKV_AZURE_171`,
    }),
    mandatory({
        ...{ name: "cluster-machines", types: cluster, remedy, each: "agentPoolProfiles[*]" },
        requires: machineRequires,
        reason: "nodes are encrypted down to their caches, in our network, and have no address of their own",
        source: `${learn("aks/enable-host-encryption")}, CKV_AZURE_143, CKV_AZURE_227`,
    }),
    mandatory({
        ...{ name: "pool-machines", types: pool, remedy },
        requires: machineRequires,
        reason: "nodes are encrypted down to their caches, in our network, and have no address of their own",
        source: `${learn("aks/enable-host-encryption")}, CKV_AZURE_143, CKV_AZURE_227`,
    }),
    mandatory({
        ...{ name: "pool-trusted-launch", types: pool, remedy },
        // The drivers that AKS installs on GPU machines are not signed for it.
        when: [{ path: "vmSize", matchesNot: /^Standard_N/ }],
        requires: [
            { path: "securityProfile.enableSecureBoot", is: true },
            { path: "securityProfile.enableVTPM", is: true },
        ],
        reason: "nobody starts another kernel below the node",
        source: learn("aks/use-trusted-launch"),
    }),
    mandatory({
        ...{ name: "gpu-pool-for-gpus", types: pool, remedy },
        when: [{ path: "vmSize", matches: /^Standard_N/ }],
        requires: [
            { path: "nodeTaints[*]", given: true },
            { path: "nodeTaints", given: true },
        ],
        reason: "a machine of many dollars an hour runs nothing that needs no GPU",
        source: learn("aks/use-nvidia-gpu"),
    }),
    mandatory({
        ...{ name: "pool-bounded", types: pool, remedy },
        when: [{ path: "enableAutoScaling", is: true }],
        requires: [{ path: "maxCount", atLeast: 1 }],
        reason: "what it costs at most is known",
        source: learn("aks/cluster-autoscaler-overview"),
    }),
    advisory({
        ...{ name: "pool-in-zones", types: pool, remedy },
        when: [{ path: "tags.environment", oneOf: ["staging", "prod"] }],
        requires: [{ path: "availabilityZones", given: true }],
        reason: "the loss of a zone is not the loss of all nodes",
        source: learn("aks/availability-zones-overview"),
    }),
    advisory({
        ...{ name: "cluster-sla", types: cluster, remedy },
        when: [{ path: "tags.environment", oneOf: ["staging", "prod"] }],
        requires: [{ path: "sku.tier", oneOf: ["Standard", "Premium"] }],
        reason: "the free tier's API server has no promise of being there",
        source: `${learn("aks/free-standard-pricing-tiers")}, CKV_AZURE_170`,
    }),
    mandatory({
        name: "runner-machines",
        types: ["azure-native:compute:VirtualMachineScaleSet"],
        requires: [
            { path: "virtualMachineProfile.securityProfile.encryptionAtHost", is: true },
            { path: "virtualMachineProfile.securityProfile.securityType", is: "TrustedLaunch" },
            { path: "virtualMachineProfile.securityProfile.uefiSettings.secureBootEnabled", is: true },
            { path: "virtualMachineProfile.securityProfile.uefiSettings.vTpmEnabled", is: true },
            { path: "virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication", is: true },
            { path: "virtualMachineProfile.storageProfile.osDisk.managedDisk.diskEncryptionSet.id", given: true },
            {
                path: "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[*].ipConfigurations[*].publicIPAddressConfiguration",
                given: false,
            },
        ],
        reason: "what runs there can deploy: nobody signs in from outside, and its disks are encrypted",
        remedy: "make it with components/runner, which sets it",
        source: `${learn("virtual-machines/trusted-launch")}, CKV_AZURE_49, CKV_AZURE_97`,
    }),
];
