import { randomBytes } from "node:crypto";
import { messageOf } from "../refusal";
import type { Log } from "./log";

type Attributes = Readonly<Record<string, string | number>>;

interface Timing {
    queueMs?: number;
    computeMs?: number;
    rows?: number;
}

/** As OTLP writes a span in JSON. */
interface OtlpSpan {
    traceId: string;
    spanId: string;
    parentSpanId?: string;
    name: string;
    kind: 1 | 2;
    startTimeUnixNano: string;
    endTimeUnixNano: string;
    attributes: { key: string; value: { stringValue: string } | { doubleValue: number } }[];
    status: { code?: 2; message?: string };
}

/** Spans that wait to be sent; more are dropped, as answers go first. */
const maxWaiting = 2048;
const everyMs = 1000;

/**
 * Sends spans by OTLP over HTTP, in its JSON form. Spans of requests, and below each what it waited and what the model took.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class Tracer {
    private waiting: OtlpSpan[] = [];
    private dropped = 0;
    private readonly timer: NodeJS.Timeout;

    constructor(
        private readonly endpoint: string,
        private readonly service: string,
        private readonly log: Log,
    ) {
        this.timer = setInterval(() => void this.flush(), everyMs).unref();
    }

    /** Begins a span, as part of the client's trace where it says so by W3C's header. */
    start(name: string, traceparent: string | string[] | undefined, attributes: Attributes): Span {
        const [, trace, parent] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(String(traceparent)) ?? [];
        return new Span(this, name, trace ?? randomBytes(16).toString("hex"), parent, attributes);
    }

    add(span: OtlpSpan): void {
        if (this.waiting.length < maxWaiting) this.waiting.push(span);
        else this.dropped++;
    }

    /** Sends what waits. */
    async flush(): Promise<void> {
        if (this.waiting.length === 0) return;
        const [spans, dropped] = [this.waiting, this.dropped];
        this.waiting = [];
        this.dropped = 0;
        const resource = { attributes: attributesOf({ "service.name": this.service }) };
        const body = JSON.stringify({
            resourceSpans: [{ resource, scopeSpans: [{ scope: { name: this.service }, spans }] }],
        });
        try {
            const headers = { "content-type": "application/json" };
            const signal = AbortSignal.timeout(10_000);
            const answer = await fetch(this.endpoint, { method: "POST", headers, body, signal });
            await answer.arrayBuffer();
            if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
            if (dropped > 0) this.log.event("warn", "spans dropped", { dropped });
        } catch (fault) {
            const reason = messageOf(fault);
            this.log.event("warn", "spans lost", { lost: spans.length + dropped, reason });
        }
    }

    async close(): Promise<void> {
        clearInterval(this.timer);
        await this.flush();
    }
}

/** A request on its way. */
export class Span {
    private readonly id = randomBytes(8).toString("hex");
    private readonly began = performance.timeOrigin + performance.now();
    private fault: string | undefined;

    constructor(
        private readonly tracer: Tracer,
        private readonly name: string,
        private readonly traceId: string,
        private readonly parent: string | undefined,
        private readonly attributes: Attributes,
    ) {}

    fail(fault: unknown): void {
        this.fault = messageOf(fault);
    }

    end({ queueMs, computeMs, rows }: Timing = {}): void {
        const end = performance.timeOrigin + performance.now();
        this.tracer.add({
            ...{ traceId: this.traceId, spanId: this.id, name: this.name, kind: 2 },
            ...(this.parent !== undefined && { parentSpanId: this.parent }),
            ...{ startTimeUnixNano: nanoseconds(this.began), endTimeUnixNano: nanoseconds(end) },
            attributes: attributesOf({ ...this.attributes, ...(rows !== undefined && { "batch.rows": rows }) }),
            status: this.fault === undefined ? {} : { code: 2, message: this.fault },
        });
        if (queueMs === undefined || computeMs === undefined) return;
        const computed = end - computeMs;
        this.part("queue", computed - queueMs, computed);
        this.part("compute", computed, end);
    }

    private part(name: string, from: number, to: number): void {
        this.tracer.add({
            ...{ traceId: this.traceId, spanId: randomBytes(8).toString("hex"), parentSpanId: this.id, name, kind: 1 },
            ...{ startTimeUnixNano: nanoseconds(from), endTimeUnixNano: nanoseconds(to), attributes: [], status: {} },
        });
    }
}

const nanoseconds = (ms: number): string => String(Math.round(ms * 1000)) + "000";

const attributesOf = (attributes: Attributes): OtlpSpan["attributes"] =>
    Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === "string" ? { stringValue: value } : { doubleValue: value },
    }));
