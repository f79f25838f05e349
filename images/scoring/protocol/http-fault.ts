import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal, messageOf } from "../refusal";
import type { Log } from "../telemetry/log";

/** How long a client may go on sending what is refused already, before its connection is cut. */
const dumpMs = 2000;

/** Answers with what is wrong, as {"error"}. */
export function sendFault(log: Log, fault: unknown, request: IncomingMessage, response: ServerResponse): void {
    const reason = messageOf(fault);
    const given = fault instanceof Refusal ? fault.status : (fault as { statusCode?: number }).statusCode;
    const status = given ?? 500;
    const path = request.url?.split("?")[0]?.slice(0, 200);
    if (status >= 500) log.event("error", "request failed", { path, status, reason });
    else log.event("debug", "request refused", { path, status, reason });
    // Of a body that nobody wants, the rest is let go by, for a while.
    if (!request.complete)
        setTimeout(() => {
            if (!request.complete) request.socket.destroy();
        }, dumpMs).unref();
    if (response.headersSent) {
        response.destroy();
        return;
    }
    if (status === 429 || status === 503) response.setHeader("retry-after", "1");
    const body = JSON.stringify({ error: reason });
    response.setHeader("content-type", "application/json");
    response.setHeader("content-length", Buffer.byteLength(body));
    response.statusCode = status;
    response.end(body);
}
