/** Who sends: nodes with everything that runs on them, or the agents that build, mirror and deploy. */
export type Sender = "nodes" | "agents";

/** Host names that something installed must reach. `{location}` stands for the region. */
export interface OutboundNeed {
    hosts: readonly string[];
    protocol: "Https" | "Http";
    from: readonly Sender[];
    /** What breaks without. */
    purpose: string;
    source: string;
}

const page = "https://learn.microsoft.com/azure/aks/outbound-rules-control-egress";
const nodes = ["nodes"] as const;
const https = { protocol: "Https", from: nodes } as const;

/**
 * What services of the platform need from outside, by service. Read from the page's text of 2025 (MicrosoftDocs
 * azure-aks-docs, commit 126786f) where no other source is named.
 */
export const outboundNeeds = {
    signIn: [
        {
            ...{ hosts: ["login.microsoftonline.com", "management.azure.com"], protocol: "Https" },
            from: ["nodes", "agents"],
            purpose: "sign-in with Entra ID and Azure's API",
            source: `${page} (required FQDN rules)`,
        },
    ],
    aks: [
        {
            ...https,
            hosts: ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "mcr-0001.mcr-msedge.net"],
            purpose: "images of the cluster's own components",
            source: `${page} (required FQDN rules)`,
        },
        {
            ...https,
            // The package hosts have taken each other's place in the documentation; nodes of either age start with both.
            hosts: ["packages.microsoft.com", "packages.aks.azure.com", "acs-mirror.azureedge.net"],
            purpose: "packages and binaries that nodes are set up with",
            source: `${page} (required FQDN rules); packages.aks.azure.com is of newer text, unverified`,
        },
    ],
    nodeUpdates: [
        {
            ...{
                hosts: ["security.ubuntu.com", "azure.archive.ubuntu.com", "changelogs.ubuntu.com"],
                protocol: "Http",
            },
            from: nodes,
            purpose: "security patches between node images",
            source: `${page} (optional recommended rules)`,
        },
        {
            ...{ ...https, hosts: ["snapshot.ubuntu.com"] },
            purpose: "security patches from Ubuntu's snapshots",
            source: `${page} (optional recommended rules)`,
        },
    ],
    gpuDrivers: [
        {
            ...{ ...https, hosts: ["nvidia.github.io", "us.download.nvidia.com", "download.docker.com"] },
            purpose: "drivers that AKS installs on GPU nodes",
            source: `${page} (GPU enabled clusters)`,
        },
    ],
    azurePolicy: [
        {
            ...https,
            hosts: ["data.policy.core.windows.net", "store.policy.core.windows.net", "dc.services.visualstudio.com"],
            purpose: "Azure Policy for the cluster: policies in, compliance out",
            source: `${page} (Azure Policy)`,
        },
    ],
    defender: [
        {
            ...{ ...https, hosts: ["*.ods.opinsights.azure.com", "*.oms.opinsights.azure.com"] },
            purpose: "events of Microsoft Defender for Containers",
            source: `${page} (Microsoft Defender for Containers)`,
        },
    ],
    monitoring: [
        {
            ...{ ...https, hosts: ["dc.services.visualstudio.com", "*.monitoring.azure.com"] },
            purpose: "agents of Azure Monitor",
            source: `${page} (Azure Monitor for containers)`,
        },
    ],
    /** What a private link scope of Azure Monitor makes private, and closes to other people's workspaces. */
    monitoringIngestion: [
        {
            ...https,
            hosts: [
                ...["*.ods.opinsights.azure.com", "*.oms.opinsights.azure.com"],
                ...["{location}.ingest.monitor.azure.com", "{location}.handler.control.monitor.azure.com"],
            ],
            purpose: "logs and metrics, and the rules by which they are collected",
            source: `${page} (Azure Monitor for containers)`,
        },
    ],
    extensions: [
        {
            ...{ ...https, hosts: ["{location}.dp.kubernetesconfiguration.azure.com"] },
            purpose: "cluster extensions, such as Flux",
            source: `${page} (cluster extensions)`,
        },
    ],
    machineLearning: [
        {
            ...{ hosts: ["{location}.api.azureml.ms"], protocol: "Https", from: ["nodes", "agents"] },
            purpose: "finding the private address of an Azure ML workspace",
            source: "https://learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall; that tracking needs it is unverified",
        },
    ],
} as const satisfies Record<string, readonly OutboundNeed[]>;

export type OutboundService = keyof typeof outboundNeeds;
