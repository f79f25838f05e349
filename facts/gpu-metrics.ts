/** One line of the exporter's list: the field, its Prometheus type, what it says. */
export type GpuMetric = readonly [field: string, type: "gauge" | "counter", help: string];

/**
 * What is collected of each GPU. Utilisation says that a kernel ran and not how much of the GPU it used, so the share of busy
 * multiprocessors is here too, which the exporter's own list leaves out.
 * @see https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv
 * @see https://learn.microsoft.com/azure/aks/monitor-gpu-metrics (read on 23 November 2026)
 */
export const gpuMetrics: readonly GpuMetric[] = [
    ["DCGM_FI_DEV_GPU_UTIL", "gauge", "GPU utilization (in %)."],
    ["DCGM_FI_PROF_GR_ENGINE_ACTIVE", "gauge", "Ratio of time the graphics engine is active."],
    ["DCGM_FI_PROF_SM_ACTIVE", "gauge", "Ratio of cycles a multiprocessor has at least one warp assigned."],
    ["DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "gauge", "Ratio of cycles the tensor pipe is active."],
    ["DCGM_FI_PROF_DRAM_ACTIVE", "gauge", "Ratio of cycles the memory interface is active."],
    ["DCGM_FI_DEV_FB_USED", "gauge", "Framebuffer memory used (in MiB)."],
    ["DCGM_FI_DEV_FB_FREE", "gauge", "Framebuffer memory free (in MiB)."],
    ["DCGM_FI_DEV_GPU_TEMP", "gauge", "GPU temperature (in C)."],
    ["DCGM_FI_DEV_POWER_USAGE", "gauge", "Power draw (in W)."],
    ["DCGM_FI_DEV_XID_ERRORS", "gauge", "Value of the last XID error encountered."],
    ["DCGM_FI_DEV_ROW_REMAP_FAILURE", "gauge", "Whether remapping of rows has failed."],
    ["DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "counter", "Number of remapped rows for uncorrectable errors."],
];
