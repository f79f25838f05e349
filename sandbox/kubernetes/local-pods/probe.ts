import { get } from "node:http";
import { connect } from "node:net";
import type { V1Probe } from "@kubernetes/client-node";
import type { Pace } from "../nodes/pace";

/** The answer of one look. */
export type Look = () => Promise<boolean>;

const [defaultPeriod, defaultTimeout, defaultFailures] = [10, 1, 3];
const leastPeriodMs = 200;

/**
 * Looks again and again as a kubelet does, until it is stopped. Good news comes at the sandbox's pace; a failure takes as long as
 * on Azure, as programs work in real time.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/probes/
 */
export class Prober {
    private timer: NodeJS.Timeout | undefined;
    private stopped = false;
    private successes = 0;
    private failingSince: number | undefined;

    /** @param judged Told whenever enough looks in a row have succeeded, or have failed for long enough. */
    constructor(
        private readonly probe: V1Probe,
        private readonly pace: Pace,
        private readonly look: Look,
        private readonly judged: (succeeds: boolean) => void,
    ) {
        const { initialDelaySeconds = 0 } = probe;
        this.next(initialDelaySeconds === 0 ? 0 : pace.pass(initialDelaySeconds));
    }

    stop(): void {
        this.stopped = true;
        clearTimeout(this.timer);
    }

    private next(afterMs: number): void {
        // Whoever is told may have stopped it.
        if (!this.stopped) this.timer = setTimeout(() => void this.ask(), afterMs);
    }

    private async ask(): Promise<void> {
        const { periodSeconds = defaultPeriod, successThreshold = 1, failureThreshold = defaultFailures } = this.probe;
        const began = Date.now();
        const succeeds = await this.look();
        if (this.stopped) return;
        if (succeeds) {
            this.failingSince = undefined;
            this.successes += 1;
            if (this.successes >= successThreshold) this.judged(true);
        } else {
            this.successes = 0;
            this.failingSince ??= began;
            const patienceMs = periodSeconds * (failureThreshold - 1) * 1000;
            if (Date.now() - this.failingSince >= patienceMs) this.judged(false);
        }
        const period = periodSeconds * 1000;
        this.next(Math.min(period, Math.max(leastPeriodMs, this.pace.pass(periodSeconds))));
    }
}

/** One look by HTTP or TCP at a port of this machine; undefined for a probe that runs a command, of which there is none here. */
export function lookOf(probe: V1Probe, portOf: (port: number | string) => number | undefined): Look | undefined {
    const { httpGet, tcpSocket, timeoutSeconds = defaultTimeout } = probe;
    const port = portOf(httpGet?.port ?? tcpSocket?.port ?? 0);
    if (port === undefined) return undefined;
    if (httpGet) {
        const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
        return () => httpLook(port, httpGet.path ?? "/", headers, timeoutSeconds * 1000);
    }
    return tcpSocket ? () => tcpLook(port, timeoutSeconds * 1000) : undefined;
}

function httpLook(port: number, path: string, headers: Record<string, string>, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
        const options = { host: "127.0.0.1", port, path, agent: false, signal: AbortSignal.timeout(timeout) };
        const asked = get({ ...options, headers: { "user-agent": "kube-probe/1.34", ...headers } }, (answer) => {
            answer.resume();
            const { statusCode = 500 } = answer;
            resolve(statusCode >= 200 && statusCode < 400);
        });
        asked.once("error", () => {
            resolve(false);
        });
    });
}

function tcpLook(port: number, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect({ port, host: "127.0.0.1", timeout });
        const end = (succeeds: boolean): void => {
            socket.destroy();
            resolve(succeeds);
        };
        socket.once("connect", () => {
            end(true);
        });
        for (const event of ["error", "timeout"])
            socket.once(event, () => {
                end(false);
            });
    });
}
