import { nameOf } from "../ids";
import type { Stored } from "../resource-type";
import { regionOf, text } from "./reading";

/** What can be reached through a private endpoint, and how its names read. */
export interface PrivateLinkTarget {
    /** Parts of the target that an endpoint can reach, each with its DNS zones; `{region}` is the target's. */
    groups: Readonly<Record<string, readonly string[]>>;
    /** Code with which the service turns an unknown group away. */
    code: string;
    source: string;
    /** Host names of a group, as clients use them. */
    hosts(target: Stored, group: string): readonly string[];
}

const hostOf = (url: string | undefined): string[] => (url === undefined ? [] : [new URL(url).host]);
const storageGroups = ["blob", "dfs", "file", "queue", "table", "web"];

/** @see https://learn.microsoft.com/azure/private-link/private-endpoint-dns */
const targets: Readonly<Record<string, PrivateLinkTarget>> = {
    "microsoft.storage/storageaccounts": {
        groups: Object.fromEntries(
            storageGroups.flatMap((group) => [
                [group, [`privatelink.${group}.core.windows.net`]],
                [`${group}_secondary`, [`privatelink.${group}.core.windows.net`]],
            ]),
        ),
        code: "InvalidValuesForRequestParameters",
        source: "https://github.com/Azure/azure-cli/issues/16750",
        hosts: ({ id }, group) => {
            const [service = "", secondary] = group.split("_");
            return [`${nameOf(id)}${secondary === undefined ? "" : "-secondary"}.${service}.core.windows.net`];
        },
    },
    "microsoft.keyvault/vaults": {
        groups: { vault: ["privatelink.vaultcore.azure.net"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: ({ id }) => [`${nameOf(id)}.vault.azure.net`],
    },
    "microsoft.containerregistry/registries": {
        groups: { registry: ["privatelink.azurecr.io"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: (target) => {
            const name = nameOf(target.id).toLowerCase();
            return [`${name}.${regionOf(target.inputs)}.data.azurecr.io`, `${name}.azurecr.io`];
        },
    },
    "microsoft.containerservice/managedclusters": {
        groups: { management: ["privatelink.{region}.azmk8s.io", "private.{region}.azmk8s.io"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: ({ outputs }) =>
            [text(outputs, "privateFQDN") ?? text(outputs, "fqdn") ?? ""].filter((host) => host !== ""),
    },
    "microsoft.machinelearningservices/workspaces": {
        groups: { amlworkspace: ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/machine-learning/how-to-custom-dns (host names); code unverified",
        hosts: ({ id, inputs, outputs }) => {
            const [region, guid] = [regionOf(inputs), text(outputs, "workspaceId") ?? ""];
            return [
                `${guid}.workspace.${region}.api.azureml.ms`,
                `ml-${nameOf(id).toLowerCase()}-${region}-${guid}.${region}.notebooks.azure.net`,
                `*.${guid}.inference.${region}.api.azureml.ms`,
            ];
        },
    },
    "microsoft.monitor/accounts": {
        groups: { prometheusMetrics: ["privatelink.{region}.prometheus.monitor.azure.com"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: ({ outputs }) => hostOf(text(outputs, "metrics.prometheusQueryEndpoint")),
    },
    "microsoft.dashboard/grafana": {
        groups: { grafana: ["privatelink.grafana.azure.com"] },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: ({ outputs }) => hostOf(text(outputs, "properties.endpoint")),
    },
    "microsoft.insights/privatelinkscopes": {
        groups: {
            azuremonitor: [
                "privatelink.monitor.azure.com",
                "privatelink.oms.opinsights.azure.com",
                "privatelink.ods.opinsights.azure.com",
                "privatelink.agentsvc.azure-automation.net",
                "privatelink.blob.core.windows.net",
            ],
        },
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource; code unverified",
        hosts: () => [],
    },
};

export function privateLinkTarget(type: string): PrivateLinkTarget | undefined {
    return targets[type.toLowerCase()];
}

/** Is `zone` one of the zones in which clients look the group's names up? Clusters may have one below theirs. */
export function zoneFits(zones: readonly string[], zone: string): boolean {
    return zones.some((pattern) => {
        const [before = "", after] = pattern.split("{region}");
        const name = zone.toLowerCase();
        if (after === undefined) return name === before;
        return name.endsWith(after) && `.${name}`.includes(`.${before}`);
    });
}

/**
 * Parts that an account of a kind has: premium block blobs have no queues, file shares have nothing else.
 * @see https://learn.microsoft.com/azure/storage/common/storage-account-overview#types-of-storage-accounts
 */
export function storageParts(kind: string | undefined): readonly string[] {
    if (kind === "BlockBlobStorage") return ["blob", "dfs", "web"];
    if (kind === "FileStorage") return ["file"];
    if (kind === "BlobStorage") return ["blob"];
    return storageGroups;
}
