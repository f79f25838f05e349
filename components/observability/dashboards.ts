/** One picture of a dashboard: Prometheus queries, each with how its lines are called. */
interface Panel {
    title: string;
    /** As Grafana names units. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
    unit: string;
    queries: readonly (readonly [expression: string, legend: string])[];
}

interface Dashboard {
    /** File name, and id in Grafana: the same one is written over, not added. */
    name: string;
    title: string;
    panels: readonly Panel[];
}

const perGpu = "{{Hostname}} {{gpu}}";
const dashboards: readonly Dashboard[] = [
    {
        ...{ name: "gpus", title: "GPUs" },
        panels: [
            {
                ...{ title: "Multiprocessors that are busy", unit: "percentunit" },
                queries: [["DCGM_FI_PROF_SM_ACTIVE", perGpu]],
            },
            {
                ...{ title: "Time in which something ran (no measure of how much)", unit: "percent" },
                queries: [["DCGM_FI_DEV_GPU_UTIL", perGpu]],
            },
            {
                ...{ title: "Memory in use", unit: "percentunit" },
                queries: [["DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)", perGpu]],
            },
            {
                title: "Tensor cores that are busy",
                unit: "percentunit",
                queries: [["DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", perGpu]],
            },
            { title: "Last XID error; none is 0", unit: "none", queries: [["DCGM_FI_DEV_XID_ERRORS", perGpu]] },
            { title: "Power", unit: "watt", queries: [["DCGM_FI_DEV_POWER_USAGE", perGpu]] },
        ],
    },
    {
        ...{ name: "queues", title: "Queues and scaling" },
        panels: [
            {
                ...{ title: "Jobs that wait", unit: "none" },
                queries: [["sum by (cluster_queue, status) (kueue_pending_workloads)", "{{cluster_queue}} {{status}}"]],
            },
            {
                ...{ title: "How long nine of ten waited", unit: "s" },
                queries: [
                    [
                        "histogram_quantile(0.9, sum by (cluster_queue, le) (rate(kueue_admission_wait_time_seconds_bucket[1h])))",
                        "{{cluster_queue}}",
                    ],
                ],
            },
            {
                ...{ title: "In use of what there is", unit: "none" },
                queries: [
                    [
                        'sum by (cluster_queue, flavor) (kueue_cluster_queue_resource_usage{resource="nvidia.com/gpu"})',
                        "{{cluster_queue}} {{flavor}}",
                    ],
                ],
            },
            {
                ...{ title: "Scalers that get no answer", unit: "none" },
                queries: [
                    [
                        "sum by (namespace, scaledObject) (rate(keda_scaler_detail_errors_total[5m]))",
                        "{{namespace}} {{scaledObject}}",
                    ],
                ],
            },
        ],
    },
    {
        ...{ name: "gateway", title: "Gateway" },
        panels: [
            {
                ...{ title: "Requests", unit: "reqps" },
                queries: [
                    [
                        "sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_total[5m]))",
                        "{{envoy_cluster_name}}",
                    ],
                ],
            },
            {
                ...{ title: "Share that failed", unit: "percentunit" },
                queries: [
                    [
                        'sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}[5m])) / sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_total[5m]))',
                        "{{envoy_cluster_name}}",
                    ],
                ],
            },
            {
                ...{ title: "How long 99 of 100 took", unit: "ms" },
                queries: [
                    [
                        "histogram_quantile(0.99, sum by (envoy_cluster_name, le) (rate(envoy_cluster_upstream_rq_time_bucket[5m])))",
                        "{{envoy_cluster_name}}",
                    ],
                ],
            },
        ],
    },
];

const width = 12;
const height = 8;
/** Grafana draws 24 columns. */
const perRow = 24 / width;

/** A dashboard as Grafana imports it, by file name. */
export function dashboardFiles(): Readonly<Record<string, object>> {
    return Object.fromEntries(dashboards.map((one) => [`${one.name}.json`, definition(one)]));
}

function definition({ name, title, panels }: Dashboard): object {
    const datasource = { type: "prometheus", uid: "${datasource}" };
    return {
        ...{ uid: `mlplatform-${name}`, title: `Platform: ${title}`, tags: ["mlplatform"], schemaVersion: 39 },
        ...{ editable: false, refresh: "1m", time: { from: "now-6h", to: "now" } },
        templating: { list: [{ name: "datasource", label: "Metrics", type: "datasource", query: "prometheus" }] },
        panels: panels.map((panel, index) => ({
            ...{ id: index + 1, type: "timeseries", title: panel.title, datasource },
            gridPos: {
                ...{ w: width, h: height },
                ...{ x: (index % perRow) * width, y: Math.floor(index / perRow) * height },
            },
            fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
            targets: panel.queries.map(([expr, legendFormat], query) => ({
                ...{ refId: String.fromCharCode(65 + query), datasource, expr, legendFormat },
            })),
        })),
    };
}
