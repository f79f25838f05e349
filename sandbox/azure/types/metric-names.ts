/**
 * Metrics by type in Resource Manager, in lower case, as far as the sandbox judges them.
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index
 */
export const metricNames: Readonly<Record<string, readonly string[]>> = {
    "microsoft.containerregistry/registries": [
        ...["AgentPoolCPUTime", "RunDuration", "StorageUsed", "SuccessfulPullCount", "SuccessfulPushCount"],
        ...["TotalPullCount", "TotalPushCount"],
    ],
    "microsoft.containerservice/managedclusters": [
        ...["apiserver_cpu_usage_percentage", "apiserver_current_inflight_requests"],
        ...["cluster_autoscaler_cluster_safe_to_autoscale", "cluster_autoscaler_scale_down_in_cooldown"],
        ...["cluster_autoscaler_unneeded_nodes_count", "cluster_autoscaler_unschedulable_pods_count"],
        ...["kube_node_status_allocatable_cpu_cores", "kube_node_status_allocatable_memory_bytes"],
        ...["kube_node_status_condition", "kube_pod_status_phase", "kube_pod_status_ready"],
        ...["node_cpu_usage_millicores", "node_cpu_usage_percentage", "node_disk_usage_bytes"],
        ...["node_disk_usage_percentage", "node_memory_rss_bytes", "node_memory_rss_percentage"],
        ...["node_memory_working_set_bytes", "node_memory_working_set_percentage"],
        ...["node_network_in_bytes", "node_network_out_bytes"],
    ],
    "microsoft.keyvault/vaults": [
        ...["Availability", "SaturationShoebox", "ServiceApiHit", "ServiceApiLatency", "ServiceApiResult"],
    ],
    "microsoft.network/azurefirewalls": [
        ...["ApplicationRuleHit", "DataProcessed", "FirewallHealth", "FirewallLatencyPng", "NetworkRuleHit"],
        ...["SNATPortUtilization", "Throughput"],
    ],
    "microsoft.network/natgateways": [
        ...["ByteCount", "DatapathAvailability", "PacketCount", "PacketDropCount"],
        ...["SNATConnectionCount", "TotalConnectionCount"],
    ],
    "microsoft.storage/storageaccounts/blobservices": [
        ...["Availability", "BlobCapacity", "BlobCount", "ContainerCount", "Egress", "IndexCapacity", "Ingress"],
        ...["SuccessE2ELatency", "SuccessServerLatency", "Transactions"],
    ],
};

/** What managed Prometheus collects by default, and NVIDIA's exporter, as far as rules read them. */
export const prometheusNames: readonly string[] = [
    // https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default
    ...["kube_node_info", "kube_node_status_allocatable", "kube_node_status_capacity", "kube_node_status_condition"],
    ...["kube_pod_container_status_restarts_total", "kube_pod_container_status_waiting_reason"],
    ...["kube_pod_status_phase", "kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"],
    ...["kubelet_volume_stats_used_bytes", "node_cpu_seconds_total", "node_filesystem_avail_bytes"],
    ...["node_filesystem_size_bytes", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"],
    // https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv
    ...["DCGM_FI_DEV_FB_FREE", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_GPU_UTIL"],
    ...["DCGM_FI_DEV_ROW_REMAP_FAILURE", "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "DCGM_FI_DEV_XID_ERRORS"],
];
