import type { BatcherMeter } from "../runtime/batcher";
import type { Refusal, RefusalKind } from "../refusal";

/** Reasons of failures by Triton's names. */
const reasons = ["REJECTED", "CANCELED", "BACKEND", "OTHER"] as const;
type Reason = (typeof reasons)[number];
const reasonOf: Partial<Record<RefusalKind, Reason>> = {
    ...{ overloaded: "REJECTED", "too-late": "REJECTED", "not-ready": "REJECTED" },
    ...{ cancelled: "CANCELED", failed: "BACKEND" },
};

const confidenceBounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1];

/** What is counted of one version of a model. */
export class ModelMetrics implements BatcherMeter {
    private readonly failures = new Map<Reason, number>(reasons.map((reason) => [reason, 0]));
    private successes = 0;
    private rows = 0;
    private runs = 0;
    private totalUs = 0;
    private queueUs = 0;
    private computeUs = 0;
    private readonly confidences = new Array<number>(confidenceBounds.length + 1).fill(0);
    private confidenceSum = 0;
    private unsure = 0;

    constructor(
        readonly model: string,
        readonly version: string,
        readonly digest: string,
        /** Requests that wait or run now. */
        private readonly pending: () => number,
    ) {}

    succeeded(rows: number, totalMs: number, queueMs: number, computeMs: number): void {
        this.successes++;
        this.rows += rows;
        this.totalUs += totalMs * 1000;
        this.queueUs += queueMs * 1000;
        this.computeUs += computeMs * 1000;
    }

    failed({ kind }: Refusal): void {
        const reason = reasonOf[kind] ?? "OTHER";
        this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
    }

    ran(): void {
        this.runs++;
    }

    observeConfidence(confidence: number, unsure: number): void {
        const bucket = confidenceBounds.findIndex((bound) => confidence <= bound);
        const index = bucket < 0 ? confidenceBounds.length : bucket;
        this.confidences[index] = (this.confidences[index] ?? 0) + 1;
        this.confidenceSum += confidence;
        if (confidence < unsure) this.unsure++;
    }

    /** Requests that wait or run now. */
    get pendingNow(): number {
        return this.pending();
    }

    /** Lines of each metric, without its head. */
    lines(): Record<MetricName, string[]> {
        const of = labels({ model: this.model, version: this.version });
        const byDigest = { model: this.model, version: this.version, model_digest: `sha256:${this.digest}` };
        const one = (name: string, value: number, set = of): string[] => [`${name}${set} ${Math.round(value)}`];
        const histogram = "score_confidence";
        let below = 0;
        const buckets = [...confidenceBounds.map(String), "+Inf"].map((le, index) => {
            below += this.confidences[index] ?? 0;
            return `${histogram}_bucket${labels({ ...byDigest, le })} ${below}`;
        });
        return {
            nv_inference_request_success: one("nv_inference_request_success", this.successes),
            nv_inference_request_failure: [...this.failures].map(
                ([reason, count]) =>
                    `nv_inference_request_failure${labels({ model: this.model, version: this.version, reason })} ${count}`,
            ),
            nv_inference_count: one("nv_inference_count", this.rows),
            nv_inference_exec_count: one("nv_inference_exec_count", this.runs),
            nv_inference_request_duration_us: one("nv_inference_request_duration_us", this.totalUs),
            nv_inference_queue_duration_us: one("nv_inference_queue_duration_us", this.queueUs),
            nv_inference_compute_infer_duration_us: one("nv_inference_compute_infer_duration_us", this.computeUs),
            nv_inference_pending_request_count: one("nv_inference_pending_request_count", this.pending()),
            score_confidence: [
                ...buckets,
                `${histogram}_sum${labels(byDigest)} ${this.confidenceSum}`,
                `${histogram}_count${labels(byDigest)} ${below}`,
            ],
            score_low_confidence_total: one("score_low_confidence_total", this.unsure, labels(byDigest)),
        };
    }
}

/** Names with the same meaning as Triton's are Triton's. */
const heads = {
    nv_inference_request_success: ["counter", "Number of successful inference requests"],
    nv_inference_request_failure: ["counter", "Number of failed inference requests"],
    nv_inference_count: ["counter", "Number of rows scored (a batch of n counts n)"],
    nv_inference_exec_count: ["counter", "Number of runs of the model (a batch counts once)"],
    nv_inference_request_duration_us: ["counter", "Time of successful requests in the scorer, in microseconds"],
    nv_inference_queue_duration_us: ["counter", "Time of successful requests before the model, in microseconds"],
    nv_inference_compute_infer_duration_us: ["counter", "Time of successful requests in the model, in microseconds"],
    nv_inference_pending_request_count: ["gauge", "Requests that wait or run"],
    score_confidence: ["histogram", "Confidence of each prediction that was given"],
    score_low_confidence_total: ["counter", "Predictions less sure than the model card's threshold"],
} as const;
type MetricName = keyof typeof heads;

const labels = (set: Readonly<Record<string, string>>): string =>
    `{${Object.entries(set)
        .map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, (odd) => (odd === "\n" ? "\\n" : `\\${odd}`))}"`)
        .join(",")}}`;

/** All metrics in Prometheus's text format. */
export function exposition(models: readonly ModelMetrics[]): string {
    const all = models.map((model) => model.lines());
    const metrics = Object.entries(heads).flatMap(([name, [type, help]]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...all.flatMap((lines) => lines[name as MetricName]),
    ]);
    const { rss, heapUsed } = process.memoryUsage();
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    return [
        ...metrics,
        "# HELP process_resident_memory_bytes Resident memory",
        "# TYPE process_resident_memory_bytes gauge",
        `process_resident_memory_bytes ${rss}`,
        "# HELP nodejs_heap_size_used_bytes Used heap",
        "# TYPE nodejs_heap_size_used_bytes gauge",
        `nodejs_heap_size_used_bytes ${heapUsed}`,
        "# HELP process_cpu_seconds_total Processor time of the process",
        "# TYPE process_cpu_seconds_total counter",
        `process_cpu_seconds_total ${(userCPUTime + systemCPUTime) / 1e6}`,
        "",
    ].join("\n");
}
