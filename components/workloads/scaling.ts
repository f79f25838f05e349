import { rangeFault, wholeNumberFault } from "../units";
import { controllerFaults } from "./placement";

/** What sets the number of replicas: exactly one of the three. */
export interface Scaling {
    /** Always as many, 1 to 100. */
    replicas?: number;
    /** By the CPU that its pods use, for models without a GPU. A HorizontalPodAutoscaler. */
    cpu?: {
        /** 1 to 100. */
        least: number;
        most: number;
        /** Share of the promised CPU to keep to, 10 to 90. */
        percent: number;
    };
    /** By the requests that wait, KEDA asking Prometheus. */
    queue?: {
        /** 1 to 100: a start from zero takes minutes, in which nobody is answered. */
        least: number;
        most: number;
        /** Requests that may wait for each replica, 1 to 10000: about what the model takes as one batch. */
        depth: number;
        /** Milliseconds that a request may wait on average before replicas are added whatever the depth, 1 to 60000. */
        waitMs: number;
        /** Replicas while the metrics cannot be had. @default - half-way between least and most */
        fallback?: number;
    };
}

const most = 100;

/** What is wrong with the scaling; empty when nothing is. */
export function scalingFaults(field: string, scaling: Scaling, gpus: number): string[] {
    const { replicas, cpu, queue } = scaling;
    const bounds = (name: string, range: { least: number; most: number }): (string | undefined)[] => [
        wholeNumberFault(`${field}.${name}.least`, range.least, 1, most),
        wholeNumberFault(`${field}.${name}.most`, range.most, range.least, most),
    ];
    return [
        ...controllerFaults(field, { replicas, cpu, queue }),
        replicas === undefined ? undefined : wholeNumberFault(`${field}.replicas`, replicas, 1, most),
        ...(cpu ? [...bounds("cpu", cpu), wholeNumberFault(`${field}.cpu.percent`, cpu.percent, 10, 90)] : []),
        cpu && gpus > 0
            ? `${field}.cpu must not scale what computes on GPUs, whose CPUs idle under full load: use queue, got ${gpus} GPUs`
            : undefined,
        ...(queue
            ? [
                  ...bounds("queue", queue),
                  wholeNumberFault(`${field}.queue.depth`, queue.depth, 1, 10000),
                  rangeFault(`${field}.queue.waitMs`, queue.waitMs, 1, 60000),
                  wholeNumberFault(`${field}.queue.fallback`, fallbackOf(queue), queue.least, queue.most),
              ]
            : []),
    ].filter((fault) => fault !== undefined);
}

const fallbackOf = ({ least, most: top, fallback }: NonNullable<Scaling["queue"]>): number =>
    fallback ?? Math.ceil((least + top) / 2);

/** Fewest and most replicas. */
export const replicasOf = ({ replicas = 1, cpu, queue }: Scaling): { least: number; most: number } =>
    cpu ?? queue ?? { least: replicas, most: replicas };

/** Quick to grow and slow to shrink: what is given back takes minutes to come again. */
const behavior = {
    scaleUp: {
        ...{ stabilizationWindowSeconds: 0, selectPolicy: "Max" },
        policies: [{ type: "Pods", value: 2, periodSeconds: 60 }],
    },
    scaleDown: {
        ...{ stabilizationWindowSeconds: 600, selectPolicy: "Max" },
        policies: [{ type: "Pods", value: 1, periodSeconds: 300 }],
    },
};

/** A HorizontalPodAutoscaler's spec. */
export const cpuScaler = (target: string, { least, most: top, percent }: NonNullable<Scaling["cpu"]>) => ({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
    ...{ minReplicas: least, maxReplicas: top, behavior },
    metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } } },
    ],
});

/** What KEDA's queries are about. */
export interface QueueScaled {
    deployment: string;
    namespace: string;
    /** Name of the model in the metrics. */
    model: string;
    /** Where Prometheus answers. */
    metricsUrl: string;
    /** TriggerAuthentication by which KEDA may ask. */
    authentication: string;
}

/**
 * A ScaledObject's spec. Metrics that are lost are an error and not a load of nothing, which would leave one replica to serve
 * everyone; after three of them the fallback holds.
 * @see https://keda.sh/docs/2.20/scalers/prometheus/
 */
export function queueScaler(scaled: QueueScaled, queue: NonNullable<Scaling["queue"]>) {
    const labels = `{namespace="${scaled.namespace}",model="${scaled.model}"}`;
    const trigger = (name: string, metricType: "AverageValue" | "Value", query: string, threshold: number) => ({
        ...{ type: "prometheus", name, metricType, authenticationRef: { name: scaled.authentication } },
        metadata: {
            ...{ serverAddress: scaled.metricsUrl, query, threshold: String(threshold) },
            ignoreNullValues: "false",
        },
    });
    return {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: scaled.deployment },
        ...{ minReplicaCount: queue.least, maxReplicaCount: queue.most },
        ...{ pollingInterval: 15, cooldownPeriod: 600 },
        fallback: { failureThreshold: 3, replicas: fallbackOf(queue) },
        advanced: { horizontalPodAutoscalerConfig: { behavior } },
        triggers: [
            trigger("queue", "AverageValue", `sum(nv_inference_pending_request_count${labels})`, queue.depth),
            // Microseconds a request: what waits long behind few is slow, and the depth does not show it.
            trigger(
                "wait",
                "Value",
                `sum(rate(nv_inference_queue_duration_us${labels}[1m])) / clamp_min(sum(rate(nv_inference_request_success${labels}[1m])), 1)`,
                queue.waitMs * 1000,
            ),
        ],
    };
}
