import type { RoleName } from "./role-definitions";

/**
 * Everyone who gets a role: people by a group of the directory, everything that runs by an identity of its own. Which
 * groups they are is config (`mlplatform:groups`).
 */
export const principals = {
    operations: { type: "Group", who: "operations engineers" },
    security: { type: "Group", who: "security officers" },
    finance: { type: "Group", who: "finance" },
    dataOwners: { type: "Group", who: "data owners" },
    dataScience: { type: "Group", who: "data scientists" },
    teamMembers: { type: "Group", who: "members of a team", namedBy: "order" },
    teamViewers: { type: "Group", who: "viewers of a team", namedBy: "order" },

    ciPreview: { type: "ServicePrincipal", who: "CI, previewing a pull request" },
    ciDeploy: { type: "ServicePrincipal", who: "CI, deploying what was signed" },

    stateKeyUser: { type: "ServicePrincipal", who: "the state account, by its key's identity" },
    registryKeyUser: { type: "ServicePrincipal", who: "the registry, by its key's identity" },
    storageKeyUser: { type: "ServicePrincipal", who: "storage accounts, by their key's identity" },
    disksKeyUser: { type: "ServicePrincipal", who: "the disk encryption set, by its key's identity" },
    workspace: { type: "ServicePrincipal", who: "the machine-learning workspace" },
    cosmosDb: { type: "ServicePrincipal", who: "Azure Cosmos DB, which keeps the workspace's metadata" },
    cluster: { type: "ServicePrincipal", who: "the cluster's control plane" },
    runner: { type: "ServicePrincipal", who: "CI machines inside the network" },
    kubelet: { type: "ServicePrincipal", who: "the cluster's nodes" },
    flowLogs: { type: "ServicePrincipal", who: "flow logs of the network" },
    grafana: { type: "ServicePrincipal", who: "Grafana, showing metrics and logs" },
    gateway: { type: "ServicePrincipal", who: "the gateway of the cluster" },
    labelling: { type: "ServicePrincipal", who: "the proxy in front of Label Studio" },
    scaler: { type: "ServicePrincipal", who: "the autoscaler of workloads" },
    teamPods: { type: "ServicePrincipal", who: "pods of a team" },
} as const satisfies Record<string, Principal>;

interface Principal {
    type: "Group" | "ServicePrincipal";
    who: string;
    /** Which group it is stands in a team's order, not in config. */
    namedBy?: "order";
}

export type PrincipalName = keyof typeof principals;

/** Groups of people that config names. */
export type GroupName = {
    [P in PrincipalName]: (typeof principals)[P] extends { namedBy: "order" }
        ? never
        : (typeof principals)[P]["type"] extends "Group"
          ? P
          : never;
}[PrincipalName];
export const groupNames = Object.entries<Principal>(principals).flatMap(([name, { type, namedBy }]) =>
    type === "Group" && namedBy === undefined ? [name as GroupName] : [],
);

/** What roles are given on. Narrower is better: a role holds for everything below. */
export const accessScopes = {
    subscription: "the subscription",
    platformGroup: "resource group of what can be made again",
    dataGroup: "resource group of keys, images and data",
    vault: "the vault of the platform's keys",
    key: "that key alone",
    registry: "the registry",
    workAccount: "storage account of work",
    teamContainer: "that container of the team alone",
    workContainer: "that container of the account of work alone",
    modelContainer: "the container of models",
    recordsAccount: "storage account of models and ledger",
    flowLogAccount: "storage account of flow logs",
    workspace: "the machine-learning workspace",
    workspaceAccount: "storage account of the workspace",
    workspaceVault: "the workspace's own vault",
    disksGroup: "resource group of the disk encryption set alone",
    network: "the network",
    nodesSubnet: "subnet of the nodes",
    apiServerSubnet: "subnet of the API server",
    apiServerZone: "private DNS zone of the API server",
    kubeletIdentity: "the nodes' identity",
    cluster: "the cluster",
    metrics: "the Azure Monitor workspace of the cluster's metrics",
    grafana: "Grafana",
    runnerSecret: "that secret alone",
    gatewayCertificate: "that certificate alone",
    stateContainer: "container of an environment's state",
    stateKey: "the key of Pulumi's secrets",
} as const satisfies Record<string, string>;

export type ScopeName = keyof typeof accessScopes;

/** One role for one principal on one kind of scope. */
export interface AccessRow {
    principal: PrincipalName;
    role: RoleName;
    on: ScopeName;
    /** Goes into the assignment as its description, at most 1024 characters; no two rows have the same. */
    why: string;
    /** Who makes the assignment. `bootstrap` runs once, by an owner of the subscription, before the first `up`. */
    by: "bootstrap" | "foundation" | "services" | "team";
    /** May give the roles of the foundation's rows and no others: the assignment carries that as its condition. */
    onlyRolesOfTheFoundation?: true;
    /** When the row applies; without, always (and a group's rows once config names the group). */
    when?: string;
}

const keyUse = "https://learn.microsoft.com/azure/key-vault/general/rbac-guide";

/**
 * Every role that is given, by anyone, anywhere on the platform: assignments are made from these rows and from nothing
 * else, so that who wants to know who may do what reads this one table (or `npx mlplatform access STACK`). No person has
 * Owner, Contributor or the keys.
 */
export const accessRows = {
    "operations-platform": {
        ...{ principal: "operations", role: "reader", on: "platformGroup", by: "foundation" },
        why: "To see state, metrics and activity. Changes go through CI, where others sign them.",
    },
    "operations-data": {
        ...{ principal: "operations", role: "reader", on: "dataGroup", by: "foundation" },
        why: "To see how vault, registry and storage are set up; not what they hold.",
    },
    "operations-cluster": {
        ...{ principal: "operations", role: "aksClusterUser", on: "cluster", by: "foundation" },
        why: "To fetch a kubeconfig, which holds no secret. What they may do inside is a role of its own.",
    },
    "operations-cluster-reader": {
        ...{ principal: "operations", role: "aksRbacReader", on: "cluster", by: "foundation" },
        why: "To look into every namespace, secrets excepted. Who must do more joins the cluster's admin group for the time.",
    },
    "security-platform": {
        ...{ principal: "security", role: "reader", on: "platformGroup", by: "foundation" },
        why: "To audit how network and cluster are set up.",
    },
    "security-data": {
        ...{ principal: "security", role: "reader", on: "dataGroup", by: "foundation" },
        why: "To audit how vault, registry and storage are set up.",
    },
    "security-platform-findings": {
        ...{ principal: "security", role: "securityReader", on: "platformGroup", by: "foundation" },
        why: "To see what Defender found about network and cluster.",
    },
    "security-data-findings": {
        ...{ principal: "security", role: "securityReader", on: "dataGroup", by: "foundation" },
        why: "To see what Defender found about vault, registry and storage.",
    },
    "security-vault": {
        ...{ principal: "security", role: "keyVaultReader", on: "vault", by: "foundation" },
        why: "To see keys, their versions and expiry; not to use or change one.",
    },
    "finance-platform": {
        ...{ principal: "finance", role: "costManagementReader", on: "platformGroup", by: "foundation" },
        why: "To see what network and cluster cost, and budgets.",
    },
    "finance-data": {
        ...{ principal: "finance", role: "costManagementReader", on: "dataGroup", by: "foundation" },
        why: "To see what keys, images and data cost, and budgets.",
    },
    "data-owners-work": {
        ...{ principal: "dataOwners", role: "storageBlobDataContributor", on: "workAccount", by: "foundation" },
        why: "To bring datasets in and take them out again.",
    },
    "data-owners-records": {
        ...{ principal: "dataOwners", role: "storageBlobDataReader", on: "recordsAccount", by: "foundation" },
        why: "To see what was made of their data. Nobody writes records by hand.",
    },
    "data-science-work": {
        ...{ principal: "dataScience", role: "storageBlobDataReader", on: "workAccount", by: "foundation" },
        why: "To read datasets. Where a team may write is its own stack's to say.",
    },
    "data-science-cluster": {
        ...{ principal: "dataScience", role: "aksClusterUser", on: "cluster", by: "foundation" },
        why: "To fetch a kubeconfig. What they may do in which namespace is the team stacks' to say.",
    },
    "data-science-workspace": {
        ...{ principal: "dataScience", role: "azureMlDataScientist", on: "workspace", by: "foundation" },
        why: "To track runs and register assets; not to change the workspace, nor to make computes.",
    },
    "data-science-artifacts": {
        ...{ principal: "dataScience", role: "storageBlobDataContributor", on: "workspaceAccount", by: "foundation" },
        why: "To log what runs bring forth: with account keys off, everyone does so as themselves. https://learn.microsoft.com/azure/machine-learning/how-to-disable-local-auth-storage",
    },
    "operations-grafana": {
        ...{ principal: "operations", role: "grafanaAdmin", on: "grafana", by: "foundation" },
        why: "To make dashboards and give others a look at them.",
    },
    "security-grafana": {
        ...{ principal: "security", role: "grafanaViewer", on: "grafana", by: "foundation" },
        why: "To see the dashboards of operations.",
    },
    "data-science-grafana": {
        ...{ principal: "dataScience", role: "grafanaViewer", on: "grafana", by: "foundation" },
        why: "To see how busy machines and GPUs are.",
    },

    "ci-preview-subscription": {
        ...{ principal: "ciPreview", role: "reader", on: "subscription", by: "bootstrap" },
        why: "A preview reads pools and a refresh everything; neither changes, nor sees keys or data.",
    },
    "ci-deploy-subscription": {
        ...{ principal: "ciDeploy", role: "contributor", on: "subscription", by: "bootstrap" },
        why: "Makes the resource groups, everything in them and the budget, and pushes images. Cannot give roles, and sees no data: account keys are off.",
    },
    "ci-deploy-roles": {
        ...{ principal: "ciDeploy", role: "rbacAdministrator", on: "subscription", by: "bootstrap" },
        onlyRolesOfTheFoundation: true,
        why: "Gives the foundation's roles, and by a condition no others: it cannot make itself or anyone Owner.",
    },
    "ci-deploy-locks": {
        ...{ principal: "ciDeploy", role: "locksContributor", on: "subscription", by: "bootstrap" },
        why: "Sets the locks of staging and prod, and lifts them for a teardown; Contributor cannot.",
    },
    "ci-deploy-policies": {
        ...{ principal: "ciDeploy", role: "resourcePolicyContributor", on: "subscription", by: "bootstrap" },
        why: "Assigns policies to the platform's own groups; Contributor cannot.",
    },

    "operations-state": {
        ...{ principal: "operations", role: "storageBlobDataContributor", on: "stateContainer", by: "bootstrap" },
        why: "Runs the first up, before CI can, and mends a state. They cannot delete what the account keeps of earlier versions.",
    },
    "operations-state-key": {
        ...{ principal: "operations", role: "keyVaultCryptoUser", on: "stateKey", by: "bootstrap" },
        why: "Decrypts the secrets of a state, for the first up and to mend it.",
    },
    "ci-preview-state": {
        ...{ principal: "ciPreview", role: "storageBlobDataReader", on: "stateContainer", by: "bootstrap" },
        why: "A preview reads the state and leaves it as it is.",
    },
    "ci-preview-state-key": {
        ...{ principal: "ciPreview", role: "keyVaultCryptoUser", on: "stateKey", by: "bootstrap" },
        why: "A preview compares secrets, which are encrypted in the state.",
    },
    "ci-deploy-state": {
        ...{ principal: "ciDeploy", role: "storageBlobDataContributor", on: "stateContainer", by: "bootstrap" },
        why: "Writes the state and its lock.",
    },
    "ci-deploy-state-key": {
        ...{ principal: "ciDeploy", role: "keyVaultCryptoUser", on: "stateKey", by: "bootstrap" },
        why: "Encrypts and decrypts the secrets of a state.",
    },
    "key-state": {
        ...{ principal: "stateKeyUser", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "bootstrap" },
        why: `Wraps and unwraps the state account's data key. ${keyUse}`,
    },

    "key-registry": {
        ...{ principal: "registryKeyUser", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "foundation" },
        ...{ why: `Wraps and unwraps the registry's data key. ${keyUse}`, when: "no existing key is named" },
    },
    "key-storage": {
        ...{ principal: "storageKeyUser", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "foundation" },
        ...{ why: `Wraps and unwraps the accounts' data keys. ${keyUse}`, when: "no existing key is named" },
    },
    "key-disks": {
        ...{ principal: "disksKeyUser", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "foundation" },
        ...{ why: `Wraps and unwraps the disks' data keys. ${keyUse}`, when: "no existing key is named" },
    },
    "flow-logs-write": {
        ...{ principal: "flowLogs", role: "storageBlobDataContributor", on: "flowLogAccount", by: "foundation" },
        why: "Writes who talked to whom; the account takes no keys. https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview",
    },
    "grafana-metrics": {
        ...{ principal: "grafana", role: "monitoringDataReader", on: "metrics", by: "foundation" },
        why: "Queries Prometheus. https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-grafana",
    },
    "grafana-platform": {
        ...{ principal: "grafana", role: "monitoringReader", on: "platformGroup", by: "foundation" },
        why: "Shows metrics of network and cluster.",
    },
    "grafana-data": {
        ...{ principal: "grafana", role: "monitoringReader", on: "dataGroup", by: "foundation" },
        why: "Shows logs, and metrics of vault, registry and storage.",
    },
    "key-cluster": {
        ...{ principal: "cluster", role: "keyVaultCryptoUser", on: "key", by: "foundation" },
        why: "Encrypts the cluster's secrets. https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption",
    },
    "key-workspace": {
        ...{ principal: "workspace", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "foundation" },
        why: "Wraps and unwraps the keys of what Azure keeps for the workspace. https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys",
    },
    "workspace-cosmos-key": {
        ...{ principal: "cosmosDb", role: "keyVaultCryptoServiceEncryptionUser", on: "key", by: "foundation" },
        why: "The workspace's metadata lies in a Cosmos DB of Azure's own, which uses the key as itself. https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys",
    },
    // Azure's page asks for Contributor on account and vault; these are what of it is about accounts and vaults.
    "workspace-account": {
        ...{ principal: "workspace", role: "storageAccountContributor", on: "workspaceAccount", by: "foundation" },
        why: "Sets its containers and shares up. https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    },
    "workspace-blobs": {
        ...{ principal: "workspace", role: "storageBlobDataContributor", on: "workspaceAccount", by: "foundation" },
        why: "Reads and writes artifacts as itself, as account keys are off. https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    },
    "workspace-vault": {
        ...{ principal: "workspace", role: "keyVaultContributor", on: "workspaceVault", by: "foundation" },
        why: "Azure ML insists on a vault for its secrets: it gets one that holds nothing else. https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    },
    "workspace-secrets": {
        ...{ principal: "workspace", role: "keyVaultAdministrator", on: "workspaceVault", by: "foundation" },
        why: "Keeps its secrets in its own vault; no key of the platform lies there. https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    },
    "cluster-etcd-vault": {
        ...{ principal: "cluster", role: "keyVaultContributor", on: "vault", by: "foundation" },
        // The key's role comes with the key.
        why: "With a private vault, AKS makes a connection of its own to it. https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption",
    },
    "cluster-nodes-subnet": {
        ...{ principal: "cluster", role: "networkContributor", on: "nodesSubnet", by: "foundation" },
        why: "Joins nodes and internal load balancers. https://learn.microsoft.com/azure/aks/use-managed-identity",
    },
    "cluster-api-server-subnet": {
        ...{ principal: "cluster", role: "networkContributor", on: "apiServerSubnet", by: "foundation" },
        why: "Joins the API server. https://learn.microsoft.com/azure/aks/api-server-vnet-integration",
    },
    "cluster-api-server-zone": {
        ...{ principal: "cluster", role: "privateDnsZoneContributor", on: "apiServerZone", by: "foundation" },
        why: "Writes the API server's record. https://learn.microsoft.com/azure/aks/private-clusters#configure-a-private-dns-zone",
        when: "the zone is ours or a hub's",
    },
    "cluster-network": {
        ...{ principal: "cluster", role: "networkContributor", on: "network", by: "foundation" },
        why: "Links that zone to the network. https://learn.microsoft.com/azure/aks/private-clusters#configure-a-private-dns-zone",
        when: "the zone is ours or a hub's",
    },
    "cluster-disks": {
        ...{ principal: "cluster", role: "reader", on: "disksGroup", by: "foundation" },
        why: "Names the set for node disks and volumes; to read is enough. https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys",
    },
    "cluster-snapshots": {
        ...{ principal: "cluster", role: "diskSnapshotContributor", on: "disksGroup", by: "foundation" },
        // The role is about storage accounts, too: there are none in that group.
        why: "Keeps snapshots of volumes where they outlive the cluster. https://learn.microsoft.com/azure/aks/azure-disk-csi",
    },
    "cluster-kubelet": {
        ...{ principal: "cluster", role: "managedIdentityOperator", on: "kubeletIdentity", by: "foundation" },
        why: "Hands the nodes their identity. https://learn.microsoft.com/azure/aks/use-managed-identity",
    },
    "cluster-registry": {
        ...{ principal: "kubelet", role: "acrPull", on: "registry", by: "foundation" },
        why: "Pulls images.",
    },

    "runner-registration": {
        ...{ principal: "runner", role: "keyVaultSecretsUser", on: "runnerSecret", by: "foundation" },
        ...{
            why: "Reads the GitHub app's key, with which a machine registers for one job.",
            when: "runner.kind is github",
        },
    },

    "gateway-certificate": {
        ...{ principal: "gateway", role: "keyVaultSecretsUser", on: "gatewayCertificate", by: "services" },
        why: "Reads the gateway's certificate with its key. https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access",
    },
    "labelling-pictures": {
        ...{ principal: "labelling", role: "storageBlobDataReader", on: "workContainer", by: "services" },
        ...{ why: "Shows annotators the pictures that they label.", when: "labelling is installed" },
    },
    "scaler-metrics": {
        ...{ principal: "scaler", role: "monitoringDataReader", on: "metrics", by: "services" },
        why: "Asks how much is waiting, to scale by it. https://learn.microsoft.com/azure/azure-monitor/containers/integrate-keda",
    },
    "team-members-cluster": {
        ...{ principal: "teamMembers", role: "aksClusterUser", on: "cluster", by: "team" },
        why: "To fetch a kubeconfig. What members may do inside is bound in their team's namespace.",
    },
    "team-members-container": {
        ...{ principal: "teamMembers", role: "storageBlobDataContributor", on: "teamContainer", by: "team" },
        why: "To bring their team's data in, and to take results out.",
    },
    "team-viewers-cluster": {
        ...{ principal: "teamViewers", role: "aksClusterUser", on: "cluster", by: "team" },
        why: "To fetch a kubeconfig. What viewers may see inside is bound in their team's namespace.",
        when: "the order names viewers",
    },
    "team-viewers-container": {
        ...{ principal: "teamViewers", role: "storageBlobDataReader", on: "teamContainer", by: "team" },
        ...{ why: "To see their team's data.", when: "the order names viewers" },
    },
    "team-pods-container": {
        ...{ principal: "teamPods", role: "storageBlobDataContributor", on: "teamContainer", by: "team" },
        why: "Jobs of the team read its data and write results, each by workload identity.",
    },
    "team-members-workspace": {
        ...{ principal: "teamMembers", role: "azureMlDataScientist", on: "workspace", by: "team" },
        ...{ why: "To track their team's runs and register assets.", when: "the order wants a workspace" },
    },
    "team-members-artifacts": {
        ...{ principal: "teamMembers", role: "storageBlobDataContributor", on: "workspaceAccount", by: "team" },
        why: "To log what their team's runs bring forth, as themselves. https://learn.microsoft.com/azure/machine-learning/how-to-disable-local-auth-storage",
        when: "the order wants a workspace",
    },
    "team-viewers-workspace": {
        ...{ principal: "teamViewers", role: "reader", on: "workspace", by: "team" },
        ...{ why: "To look at runs and assets.", when: "the order names viewers and wants a workspace" },
    },
    "team-viewers-artifacts": {
        ...{ principal: "teamViewers", role: "storageBlobDataReader", on: "workspaceAccount", by: "team" },
        ...{ why: "To look at what runs brought forth.", when: "the order names viewers and wants a workspace" },
    },
    "team-pods-workspace": {
        ...{ principal: "teamPods", role: "azureMlDataScientist", on: "workspace", by: "team" },
        ...{ why: "Training jobs track themselves, by workload identity.", when: "the order wants a workspace" },
    },
    "team-pods-artifacts": {
        ...{ principal: "teamPods", role: "storageBlobDataContributor", on: "workspaceAccount", by: "team" },
        ...{ why: "Training jobs log what they bring forth.", when: "the order wants a workspace" },
    },
    "team-pods-models": {
        ...{ principal: "teamPods", role: "storageBlobDataReader", on: "modelContainer", by: "team" },
        why: "Endpoints and batches load models, and compare their bytes with the digest that was ordered.",
    },
} as const satisfies Record<string, AccessRow>;

export type AccessRowName = keyof typeof accessRows;

/** A row with all that it may have. */
export function accessRow(name: AccessRowName): AccessRow {
    return accessRows[name];
}

/** Rows of people that the foundation gives, whose group config may name. */
type GroupRowName = {
    [R in AccessRowName]: (typeof accessRows)[R] extends { principal: GroupName; by: "foundation" } ? R : never;
}[AccessRowName];
export type GroupScopeName = (typeof accessRows)[GroupRowName]["on"];

/** The rows of people that the foundation gives. */
export const groupRows: readonly { name: GroupRowName; group: GroupName; on: GroupScopeName }[] = Object.entries(
    accessRows,
).flatMap(([name, { principal, on, by }]) =>
    principals[principal].type === "Group" && by === "foundation"
        ? [{ name: name as GroupRowName, group: principal as GroupName, on: on as GroupScopeName }]
        : [],
);

/** Those who need no role on the platform, so that nobody looks for theirs in vain. */
export const withoutRoles: readonly { who: string; why: string }[] = [
    { who: "app developers", why: "call endpoints through the gateway, which knows them by their Entra token" },
];

/** Roles that the foundation gives, and the stacks on it: the only ones that the deploying identity may give. */
export function rolesOfTheFoundation(): RoleName[] {
    const given = Object.values<AccessRow>(accessRows).filter(({ by }) => by !== "bootstrap");
    return [...new Set(given.map(({ role }) => role))].sort();
}
