import type { IncomingMessage, ServerResponse } from "node:http";
import type { Repository } from "../model/repository";
import { Refusal } from "../refusal";
import type { InferOptions } from "../scorer";
import type { Log } from "../telemetry/log";
import type { Tracer } from "../telemetry/traces";
import type { BodyReader } from "./body";
import { sendFault } from "./http-fault";
import { inferAnswer, jsonLengthHeader } from "./infer-answer";
import type { InferAnswer } from "./infer-answer";
import { readInferRequest } from "./infer-request";

export interface InferRouteArgs {
    models: Repository;
    bodies: BodyReader;
    log: Log;
    tracer?: Tracer;
}

/** Addresses of inferences as clients write them; what is written otherwise, the framework's router finds. */
const address = /^\/v2\/models\/([\w.-]{1,100})(?:\/versions\/([\w.-]{1,100}))?\/infer$/;

/** Inferences by HTTP, answered without a framework: with a small model, that would take longer than all else. */
export class InferRoute {
    constructor(private readonly args: InferRouteArgs) {}

    /** Answers a request if it is an inference. */
    take(request: IncomingMessage, response: ServerResponse): boolean {
        if (request.method !== "POST") return false;
        const found = address.exec(request.url ?? "");
        if (!found) return false;
        void this.answer(request, response, found[1] ?? "", found[2]);
        return true;
    }

    /** Answers an inference, or says why not. */
    async answer(
        request: IncomingMessage,
        response: ServerResponse,
        model: string,
        version: string | undefined,
    ): Promise<void> {
        try {
            send(response, await this.infer(request, response, model, version));
        } catch (fault) {
            sendFault(this.args.log, fault, request, response);
        }
    }

    private async infer(
        request: IncomingMessage,
        response: ServerResponse,
        model: string,
        version: string | undefined,
    ): Promise<InferAnswer> {
        const { models, bodies, tracer, log } = this.args;
        const scorer = models.get(model, version);
        response.setHeader("x-model-digest", `sha256:${scorer.digest}`);
        response.setHeader("x-model-version", scorer.version);
        const span = tracer?.start("infer", request.headers.traceparent, {
            "model.name": scorer.name,
            "model.version": scorer.version,
        });
        const began = performance.now();
        const timing = span || log.takes("debug") ? {} : undefined;
        try {
            const jsonBytes = jsonLengthOf(request);
            const body = await bodies.read(request, response, jsonBytes);
            if (jsonBytes !== undefined && jsonBytes > body.length)
                throw new Refusal("invalid", `${jsonLengthHeader} is ${jsonBytes}, the body has ${body.length} bytes`);
            const wanted = scorer.counted(() => readInferRequest(body, jsonBytes));
            const options: InferOptions = { signal: new Client(response), owned: true };
            if (wanted.outputs && wanted.outputs.length > 0) options.outputs = wanted.outputs.map(({ name }) => name);
            if (wanted.timeoutMs !== undefined) options.deadline = began + wanted.timeoutMs;
            if (timing) options.timing = timing;
            return inferAnswer(scorer, wanted, await scorer.infer(wanted.inputs, options));
        } catch (fault) {
            span?.fail(fault);
            throw fault;
        } finally {
            span?.end(timing);
            if (log.takes("debug"))
                log.event("debug", "inference", { model: scorer.name, ms: performance.now() - began, ...timing });
        }
    }
}

/**
 * Whoever waits for an answer. A class, as an object literal with a getter is of a hidden class of its own each time: those
 * outlive short collections of garbage, with the request that they lead to, which took a third of all time.
 */
class Client {
    constructor(private readonly response: ServerResponse) {}

    /** Has it gone? */
    get aborted(): boolean {
        return this.response.destroyed;
    }
}

function send(response: ServerResponse, answer: InferAnswer): void {
    if (typeof answer === "string") {
        response.setHeader("content-type", "application/json");
        response.setHeader("content-length", Buffer.byteLength(answer));
        response.end(answer);
        return;
    }
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader(jsonLengthHeader, String(answer.jsonBytes));
    response.setHeader("content-length", answer.body.length);
    response.end(answer.body);
}

/** @throws Refusal where it is no number */
function jsonLengthOf({ headers }: IncomingMessage): number | undefined {
    const given = headers[jsonLengthHeader];
    if (given === undefined) return undefined;
    if (typeof given === "string" && /^\d{1,10}$/.test(given)) return Number(given);
    throw new Refusal("invalid", `${jsonLengthHeader} must be a number of bytes, got "${String(given).slice(0, 40)}"`);
}
