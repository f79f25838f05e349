/** Names that must be reachable, with who needs them. */
export interface FqdnRule {
    name: string;
    fqdns: readonly string[];
    source: string;
}

const outbound = "https://learn.microsoft.com/azure/aks/outbound-rules-control-egress";

/**
 * What nodes and system pods need beyond the `AzureKubernetesService` tag, which covers the registry of Microsoft's own
 * images, Azure's API, sign-in and node packages. All of it is HTTPS.
 */
export function fqdnRules(location: string): readonly FqdnRule[] {
    return [
        {
            // Named besides the tag: sign-in and Azure's API serve workload identity and the agents too, which the tag
            // is not meant for; the two package hosts have taken each other's place in the documentation.
            name: "azure",
            fqdns: [
                "login.microsoftonline.com",
                "management.azure.com",
                "mcr.microsoft.com",
                "*.data.mcr.microsoft.com",
                "packages.microsoft.com",
                "packages.aks.azure.com",
                "acs-mirror.azureedge.net",
            ],
            source: outbound,
        },
        {
            name: "node-updates",
            fqdns: ["security.ubuntu.com", "azure.archive.ubuntu.com", "changelogs.ubuntu.com", "snapshot.ubuntu.com"],
            source: `${outbound} (optional rules for node security patches)`,
        },
        {
            name: "gpu-drivers",
            fqdns: ["nvidia.github.io", "us.download.nvidia.com", "download.docker.com"],
            source: `${outbound} (GPU enabled AKS clusters)`,
        },
        {
            name: "policy",
            fqdns: ["data.policy.core.windows.net", "store.policy.core.windows.net", "dc.services.visualstudio.com"],
            source: `${outbound} (Azure Policy)`,
        },
        {
            name: "monitor-and-defender",
            fqdns: [
                "*.ods.opinsights.azure.com",
                "*.oms.opinsights.azure.com",
                "*.monitoring.azure.com",
                `${location}.ingest.monitor.azure.com`,
                `${location}.handler.control.monitor.azure.com`,
            ],
            source: `${outbound} (Azure Monitor, Microsoft Defender)`,
        },
        {
            name: "extensions",
            fqdns: [`${location}.dp.kubernetesconfiguration.azure.com`],
            source: `${outbound} (extensions)`,
        },
    ];
}

/** Time synchronisation: nodes ask their host, containers with a client of their own ask this one. UDP 123. */
export const timeServer = { fqdn: "ntp.ubuntu.com", port: "123", source: outbound } as const;

/** What is wrong with names to allow in addition; empty when nothing is. @see https://learn.microsoft.com/azure/firewall/firewall-faq */
export function fqdnFaults(field: string, fqdns: readonly string[]): string[] {
    const shape = /^(?:\*\.|\*)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
    return fqdns
        .filter((fqdn) => !shape.test(fqdn))
        .map((fqdn) => `${field} must hold host names, with * at the start at most, got "${fqdn}"`);
}
