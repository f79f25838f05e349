import type { MeasuredKind } from "../../facts/platform-metrics";

/** 0 critical, 1 error, 2 warning, 3 informational, 4 verbose, as Azure counts. */
export type Severity = 0 | 1 | 2 | 3 | 4;

/** What every rule says of itself. */
export interface AlertText {
    /** Unique among all rules; lower case with hyphens. */
    name: string;
    severity: Severity;
    /** What it means. */
    why: string;
    /** What to do. */
    remedy: string;
    source: string;
}

/** A metric of a resource beyond a threshold. */
export interface MetricRule extends AlertText {
    kind: MeasuredKind;
    metric: string;
    aggregation: "Average" | "Total";
    operator: "GreaterThan" | "LessThan";
    threshold: number;
    windowMinutes: 5 | 15 | 30 | 60;
}

/** Rows of a log where there should be none. */
export interface LogRule extends AlertText {
    query: string;
    windowMinutes: 15 | 60 | 1440;
}

/** An event of Azure's own. */
export interface ActivityRule extends AlertText {
    /** The subscription for health of services, which names no resource; else the platform's resource groups. */
    on: "subscription" | "groups";
    category: "ServiceHealth" | "ResourceHealth" | "Administrative";
    /** One of these values of one field. @default - any event of the category */
    field?: { name: string; values: readonly string[] };
}

/** A query of Prometheus that should find nothing. */
export interface PrometheusRule extends AlertText {
    group: "nodes" | "gpus";
    expression: string;
    forMinutes: number;
}

const reference = "https://learn.microsoft.com/azure/azure-monitor/reference";
const scrape = "https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default";
const dcgm = "https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv";
const metricsOf = (name: string): string => `${reference}/supported-metrics/microsoft-${name}-metrics`;

export const metricRules: readonly MetricRule[] = [
    {
        ...{ name: "firewall-ports", severity: 1, kind: "Microsoft.Network/azureFirewalls" },
        ...{ metric: "SNATPortUtilization", aggregation: "Average", operator: "GreaterThan" },
        ...{ threshold: 90, windowMinutes: 5 },
        why: "The firewall runs out of ports: new connections to the outside are about to fail.",
        remedy: "Find who opens so many connections; give the firewall another public address.",
        source: metricsOf("network-azurefirewalls"),
    },
    {
        ...{ name: "firewall-health", severity: 1, kind: "Microsoft.Network/azureFirewalls" },
        ...{ metric: "FirewallHealth", aggregation: "Average", operator: "LessThan" },
        ...{ threshold: 90, windowMinutes: 5 },
        why: "Part of the firewall does not work: the only way out of the network.",
        remedy: "See its resource health and port use; raise a support request.",
        source: metricsOf("network-azurefirewalls"),
    },
    {
        ...{ name: "nat-drops", severity: 2, kind: "Microsoft.Network/natGateways" },
        ...{ metric: "PacketDropCount", aggregation: "Total", operator: "GreaterThan" },
        ...{ threshold: 100, windowMinutes: 15 },
        why: "The NAT gateway drops packets, mostly for want of ports.",
        remedy: "Find who opens so many connections; add a public address to the gateway.",
        source: metricsOf("network-natgateways"),
    },
    {
        ...{ name: "nat-datapath", severity: 1, kind: "Microsoft.Network/natGateways" },
        ...{ metric: "DatapathAvailability", aggregation: "Average", operator: "LessThan" },
        ...{ threshold: 90, windowMinutes: 15 },
        why: "The NAT gateway does not carry traffic: the only way out of the network.",
        remedy: "See its resource health, and that of its zone; raise a support request.",
        source: metricsOf("network-natgateways"),
    },
    {
        ...{ name: "vault-availability", severity: 1, kind: "Microsoft.KeyVault/vaults" },
        ...{ metric: "Availability", aggregation: "Average", operator: "LessThan" },
        ...{ threshold: 99, windowMinutes: 15 },
        why: "Requests to the vault fail: registry, storage, disks and secrets of the cluster need its keys.",
        remedy: "See the vault's logs for who is refused, and its resource health.",
        source: metricsOf("keyvault-vaults"),
    },
    {
        ...{ name: "vault-saturation", severity: 2, kind: "Microsoft.KeyVault/vaults" },
        ...{ metric: "SaturationShoebox", aggregation: "Average", operator: "GreaterThan" },
        ...{ threshold: 75, windowMinutes: 15 },
        why: "The vault nears the number of requests that Azure allows; beyond it, it answers 429.",
        remedy: "Find who asks so often in the vault's logs; cache, or take another vault for it.",
        source: metricsOf("keyvault-vaults"),
    },
    {
        ...{ name: "blob-availability", severity: 1, kind: "Microsoft.Storage/storageAccounts/blobServices" },
        ...{ metric: "Availability", aggregation: "Average", operator: "LessThan" },
        ...{ threshold: 99, windowMinutes: 15 },
        why: "Requests to blobs fail: datasets, models or the ledger cannot be read.",
        remedy: "See the account's logs; look at its key in the vault, and its resource health.",
        source: metricsOf("storage-storageaccounts-blobservices"),
    },
    {
        ...{ name: "registry-storage", severity: 3, kind: "Microsoft.ContainerRegistry/registries" },
        ...{ metric: "StorageUsed", aggregation: "Average", operator: "GreaterThan" },
        // The tier includes 500 GiB: https://learn.microsoft.com/azure/container-registry/container-registry-skus
        ...{ threshold: 450 * 2 ** 30, windowMinutes: 60 },
        why: "The registry nears the storage that its tier includes; beyond it, each GiB is paid.",
        remedy: "Delete images that no environment runs any more.",
        source: metricsOf("containerregistry-registries"),
    },
    {
        ...{ name: "unschedulable-pods", severity: 2, kind: "Microsoft.ContainerService/managedClusters" },
        ...{ metric: "cluster_autoscaler_unschedulable_pods_count", aggregation: "Average", operator: "GreaterThan" },
        ...{ threshold: 0, windowMinutes: 30 },
        why: "Pods have waited half an hour for a machine that does not come: quota, capacity or a pool at its most.",
        remedy: "See the autoscaler's log; raise quota or maxCount, or take another size.",
        source: metricsOf("containerservice-managedclusters"),
    },
];

const nearExpiry = ["Key", "Secret", "Certificate"].flatMap((what) => [
    `"${what}NearExpiryEventGridNotification"`,
    `"${what}ExpiredEventGridNotification"`,
]);

export const logRules: readonly LogRule[] = [
    {
        ...{ name: "expiry", severity: 1, windowMinutes: 1440 },
        // The vault logs these whether anyone subscribes to the events or not.
        query: `AZKVAuditLogs | where OperationName in (${nearExpiry.join(", ")}) | project TimeGenerated, OperationName, _ResourceId`,
        why: "A key, secret or certificate expires within thirty days, or has. What needs it then stops.",
        remedy: "Keys rotate by themselves: see why this one did not. Renew secrets and certificates.",
        source: "https://learn.microsoft.com/azure/key-vault/general/logging",
    },
    {
        ...{ name: "vault-refusals", severity: 2, windowMinutes: 60 },
        query: 'AZKVAuditLogs | where ResultSignature == "Forbidden" | project TimeGenerated, OperationName, CallerIPAddress, _ResourceId',
        why: "Somebody asked the vault for what they may not have, or an identity has lost its role.",
        remedy: "See who it was; give the role back by the access table, or take the caller off the network.",
        source: `${reference}/tables/azkvauditlogs`,
    },
    {
        ...{ name: "quota", severity: 2, windowMinutes: 60 },
        query: 'AKSControlPlane | where Category == "cluster-autoscaler" | where Message has "QuotaExceeded" or Message has "OutOfResources" | project TimeGenerated, Message, _ResourceId',
        why: "Azure refused a machine: the quota of a family is used up, or the region has none left.",
        remedy: "Ask for quota (mlplatform quota says how much is needed), or take another size or zone.",
        source: `${reference}/tables/akscontrolplane`,
    },
    {
        ...{ name: "lost-telemetry", severity: 2, windowMinutes: 60 },
        query: "DCRLogErrors | project TimeGenerated, OperationName, Message, _ResourceId",
        why: "Logs or metrics are lost on their way in.",
        remedy: "The message says why; mostly a rule does not fit its source.",
        source: `${reference}/tables/dcrlogerrors`,
    },
    {
        ...{ name: "log-cap", severity: 2, windowMinutes: 60 },
        query: '_LogOperation | where Category =~ "Ingestion" | where Detail contains "OverQuota" | project TimeGenerated, Detail, _ResourceId',
        why: "The day's cap is reached: no more logs until tomorrow, audit logs included.",
        remedy: "Find what logs so much (Usage by table) and stop it; raise the cap if it is wanted.",
        source: "https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap",
    },
];

export const activityRules: readonly ActivityRule[] = [
    {
        ...{ name: "service-health", severity: 2, on: "subscription", category: "ServiceHealth" },
        why: "Azure has an incident or maintenance, or retires what we use: versions of Kubernetes that leave support among it.",
        remedy: "Read the notice; it says what is affected and until when.",
        source: "https://learn.microsoft.com/azure/service-health/alerts-activity-log-service-notifications-arm",
    },
    {
        ...{ name: "resource-health", severity: 1, on: "groups", category: "ResourceHealth" },
        field: { name: "properties.currentHealthStatus", values: ["Degraded", "Unavailable"] },
        why: "Azure finds one of the platform's resources degraded or unavailable.",
        remedy: "See its resource health for the cause; raise a support request if it is Azure's.",
        source: "https://learn.microsoft.com/azure/service-health/resource-health-alert-arm-template-guide",
    },
    {
        ...{ name: "private-endpoint-deleted", severity: 1, on: "groups", category: "Administrative" },
        field: { name: "operationName", values: ["Microsoft.Network/privateEndpoints/delete"] },
        why: "A private endpoint was deleted: the service behind it can no longer be reached.",
        remedy: "See who did it in the activity log; `pulumi up` brings it back.",
        source: "https://learn.microsoft.com/azure/role-based-access-control/permissions/networking",
    },
    {
        ...{ name: "endpoint-connection-changed", severity: 2, on: "groups", category: "Administrative" },
        field: {
            name: "operationName",
            values: [
                "Microsoft.KeyVault/vaults/privateEndpointConnections/write",
                "Microsoft.KeyVault/vaults/privateEndpointConnections/delete",
                "Microsoft.Storage/storageAccounts/privateEndpointConnections/write",
                "Microsoft.Storage/storageAccounts/privateEndpointConnections/delete",
                "Microsoft.ContainerRegistry/registries/privateEndpointConnections/write",
                "Microsoft.ContainerRegistry/registries/privateEndpointConnections/delete",
            ],
        },
        why: "A connection of a private endpoint was approved, rejected or removed at the service.",
        remedy: "See who did it in the activity log: rejected, a service is cut off; approved, somebody else got in.",
        source: "https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations",
    },
];

export const prometheusRules: readonly PrometheusRule[] = [
    {
        ...{ name: "node-not-ready", severity: 1, group: "nodes", forMinutes: 10 },
        expression:
            'max by (cluster, node) (kube_node_status_condition{condition="Ready",status=~"false|unknown"}) == 1',
        why: "A machine does not answer.",
        remedy: "kubectl describe node; drain it and let the autoscaler replace it.",
        source: scrape,
    },
    {
        ...{ name: "node-pressure", severity: 2, group: "nodes", forMinutes: 5 },
        expression:
            'max by (cluster, node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"}) == 1',
        why: "A machine is short of memory, disk or process ids, and evicts pods.",
        remedy: "See what runs there; set requests and limits, or take a larger size.",
        source: scrape,
    },
    {
        ...{ name: "node-cpu", severity: 3, group: "nodes", forMinutes: 30 },
        expression: '1 - avg by (cluster, instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.95',
        why: "A machine has been busy to the full for half an hour.",
        remedy: "Nothing, if it trains. Else set requests, so that the autoscaler sees the need.",
        source: scrape,
    },
    {
        ...{ name: "node-memory", severity: 2, group: "nodes", forMinutes: 15 },
        expression: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.95",
        why: "A machine is about to run out of memory and kill processes.",
        remedy: "See what runs there; set limits, or take a larger size.",
        source: scrape,
    },
    {
        ...{ name: "node-disk", severity: 2, group: "nodes", forMinutes: 15 },
        expression: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} < 0.1',
        why: "A machine's disk is nearly full: images cannot be pulled, pods are evicted.",
        remedy: "The image cleaner runs every two days; else replace the machine, or take a larger disk.",
        source: scrape,
    },
    {
        ...{ name: "volume-full", severity: 2, group: "nodes", forMinutes: 15 },
        expression: "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.1",
        why: "A volume is nearly full: what writes to it is about to fail.",
        remedy: "Clean up, or enlarge the claim: disks grow in place.",
        source: scrape,
    },
    {
        ...{ name: "crash-loop", severity: 3, group: "nodes", forMinutes: 15 },
        expression: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
        why: "A container ends again and again right after its start.",
        remedy: "kubectl logs --previous.",
        source: scrape,
    },
    {
        ...{ name: "gpu-idle", severity: 2, group: "gpus", forMinutes: 30 },
        expression: "max by (cluster, Hostname, gpu) (max_over_time(DCGM_FI_DEV_GPU_UTIL[1h])) < 5",
        why: "A GPU that is paid by the second has done nothing for an hour and a half.",
        remedy: "See who holds it; stop the pod, or the pool's minCount is too high.",
        source: dcgm,
    },
    {
        ...{ name: "gpu-xid", severity: 1, group: "gpus", forMinutes: 1 },
        expression: "max by (cluster, Hostname, gpu) (DCGM_FI_DEV_XID_ERRORS) > 0",
        why: "The driver reports an error of a GPU; what it computed since may be wrong.",
        remedy: "Look the number up (docs.nvidia.com/deploy/xid-errors); drain the machine and have it replaced.",
        source: dcgm,
    },
    {
        ...{ name: "gpu-hot", severity: 2, group: "gpus", forMinutes: 10 },
        expression: "max by (cluster, Hostname, gpu) (DCGM_FI_DEV_GPU_TEMP) > 85",
        why: "A GPU is so hot that it slows down.",
        remedy: "Drain the machine and have it replaced: cooling is Azure's.",
        source: dcgm,
    },
    {
        ...{ name: "gpu-memory-failing", severity: 1, group: "gpus", forMinutes: 1 },
        expression:
            "max by (cluster, Hostname, gpu) (DCGM_FI_DEV_ROW_REMAP_FAILURE) > 0 or increase(DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS[1h]) > 0",
        why: "Memory of a GPU fails beyond what error correction mends.",
        remedy: "Drain the machine and have it replaced; run again what it computed.",
        source: dcgm,
    },
];
