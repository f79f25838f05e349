import type { FoundationContract, WorkspaceContract } from "../../stacks/contract";

const groups = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups";
const account = { id: "/a", name: "a", endpoints: { blob: "https://a" } };
const subnetIds = {
    nodes: "/n",
    apiServer: "/a",
    privateEndpoints: "/p",
    ingress: "/s/subnets/snet-ingress",
    agents: "/g",
};
export const workspace = (name: string): WorkspaceContract => ({
    ...{ workspaceId: `/${name}`, workspaceName: name, trackingUri: `azureml://${name}` },
    ...{ storageAccountId: `/${name}-account`, storageAccountName: `${name}account` },
});
const zones = ["1", "2", "3"];
const pool = { zones, minCount: 0, spot: false, maxPods: 110, ephemeralDisk: true };

/** What a small foundation in dev hands to the stacks above it. */
export const goodContract: Omit<FoundationContract, "contractVersion"> = {
    ...{ environment: "dev", workload: "mlp", location: "swedencentral" },
    ...{ subscriptionId: "11111111-1111-4111-8111-111111111111", tenantId: "22222222-2222-4222-8222-222222222222" },
    resourceGroups: { platform: "rg-platform", data: "rg-data" },
    tags: { owner: "platform@example.com" },
    network: {
        ...{ virtualNetworkId: "/v", subnetIds, egressIpAddresses: ["20.0.0.4"] },
        blocks: {
            ...{ nodes: "10.20.0.0/21", apiServer: "10.20.14.0/26", privateEndpoints: "10.20.10.0/24" },
            ...{ ingress: "10.20.12.0/24", agents: "10.20.11.0/24", pods: "10.244.0.0/16", services: "10.96.0.0/16" },
        },
        ...{ vpnIpAddresses: [], resolverIpAddresses: [] },
    },
    vault: {
        id: `${groups}/rg-data/providers/Microsoft.KeyVault/vaults/kv-mlp-dev`,
        ...{ name: "kv-mlp-dev", uri: "https://kv-mlp-dev.vault.azure.net/" },
    },
    registry: { id: "/r", name: "crmlpdev1", loginServer: "crmlpdev1.azurecr.io" },
    ...{ storage: { work: account, records: account }, diskEncryptionSetId: "/d" },
    machineLearning: { ...workspace("w"), teams: {} },
    cluster: {
        ...{ id: "/c", name: "c", privateFqdn: "c.private", oidcIssuerUrl: "https://issuer/", nodeResourceGroup: "n" },
        ...{ kubernetesVersion: "1.36", kubeletPrincipalId: "k" },
        pools: { sys: "sysabcd", work: "workabcd", serve: "serveabcd", t4: "t4abcd" },
        nodePools: [
            {
                ...{ ...pool, prefix: "sys", name: "sysabcd", mode: "System", vmSize: "Standard_D4ds_v5" },
                ...{ minCount: 1, maxCount: 3, taints: ["CriticalAddonsOnly=true:NoSchedule"] },
            },
            {
                ...{ ...pool, prefix: "work", name: "workabcd", mode: "User", vmSize: "Standard_D4ds_v5" },
                ...{ maxCount: 4, taints: [] },
            },
            {
                ...{ ...pool, prefix: "serve", name: "serveabcd", mode: "User", vmSize: "Standard_NC24ads_A100_v4" },
                ...{ maxCount: 2, taints: ["nvidia.com/gpu=present:NoSchedule"], use: "serving" },
            },
            {
                ...{ ...pool, prefix: "t4", name: "t4abcd", mode: "User", vmSize: "Standard_NC4as_T4_v3", spot: true },
                ...{ maxCount: 2, taints: ["nvidia.com/gpu=present:NoSchedule"], use: "training" },
            },
        ],
    },
    monitoring: {
        ...{
            logWorkspaceId: "/l",
            metricsWorkspaceId: `${groups}/rg-platform/providers/Microsoft.Monitor/accounts/amw-mlp-dev`,
            metricsQueryUrl: "https://m",
            grafanaUrl: "https://g",
        },
        actionGroupIds: { critical: "/c", warning: "/w" },
        leftToScope: ["/l"],
    },
    runner: { scaleSetId: "/s" },
};
