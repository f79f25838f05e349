import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { rounded } from "../parts/statistics";

/** What is sent, again and again. */
export interface Request {
    url: string;
    /** File with the body. */
    body: string;
    headers: Record<string, string>;
}

/** What a load did: only answers with 200 count as requests. */
export interface Load {
    requestsPerSecond: number;
    p50Ms: number;
    p99Ms: number;
    /** Answers other than 200, and broken connections. */
    failures: number;
}

interface BombardierResult {
    result: {
        timeTakenSeconds: number;
        req2xx: number;
        req1xx: number;
        req3xx: number;
        req4xx: number;
        req5xx: number;
        others: number;
        latency: { percentiles: Record<"50" | "99", number> };
    };
}

/** Keeps `connections` busy for some seconds, each with the next request as soon as the last is answered. */
export async function load(client: string, to: Request, connections: number, seconds: number): Promise<Load> {
    const headers = Object.entries(to.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const wanted = [
        "-m",
        "POST",
        "-f",
        to.body,
        "-c",
        String(connections),
        "-d",
        `${seconds}s`,
        "-t",
        "30s",
        ...headers,
    ];
    const { stdout } = await promisify(execFile)(client, [...wanted, "-l", "-p", "r", "-o", "json", to.url], {
        maxBuffer: 1e8,
    });
    const { result } = JSON.parse(stdout) as BombardierResult;
    return {
        requestsPerSecond: rounded(result.req2xx / result.timeTakenSeconds, 1),
        p50Ms: rounded(result.latency.percentiles["50"] / 1000),
        p99Ms: rounded(result.latency.percentiles["99"] / 1000),
        failures: result.req1xx + result.req3xx + result.req4xx + result.req5xx + result.others,
    };
}
