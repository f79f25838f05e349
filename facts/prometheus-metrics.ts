/** What managed Prometheus collects of every cluster, as far as rules read it. */
const collected = {
    source: "https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default",
    names: [
        ...["kube_node_status_condition", "kube_pod_container_status_waiting_reason", "kube_pod_status_phase"],
        ...["node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"],
        ...["node_filesystem_avail_bytes", "node_filesystem_size_bytes"],
        ...["kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"],
    ],
} as const;

/** What NVIDIA's exporter gives by default. It runs on GPU machines once the services stack is there. */
const gpus = {
    source: "https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv",
    names: [
        ...["DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_XID_ERRORS"],
        ...["DCGM_FI_DEV_ROW_REMAP_FAILURE", "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS"],
    ],
} as const;

/** Metrics that rules may read, with the page that names them. Read on 24 November 2026. */
export const prometheusMetrics: Readonly<Record<string, string>> = Object.fromEntries(
    [collected, gpus].flatMap(({ names, source }) => names.map((name) => [name, source])),
);
