import { connect } from "node:net";
import { residentBytes } from "../../sandbox/kubernetes/local-pods/local-process";
import { Draw } from "../parts/draw";
import { goodRequest, hostileKinds, hostileRequest } from "./requests";
import type { Target } from "./requests";

/** What came of hostile requests. */
export interface HostileRun {
    requests: number;
    /** How many requests got which answer, by kind: `0` is a connection that was closed without one. */
    answers: Record<string, Record<number, number>>;
    /** Answers that are not the right ones, and good requests that were not answered rightly; at most 20 of each are told. */
    wrong: string[];
    wrongs: number;
    /** Longest time that a client waited for the end of its connection. */
    slowestMs: number;
    /** Memory of the service, before the first request and at the most. */
    megabytesBefore: number;
    peakMegabytes: number;
}

export interface HostileOrder {
    host: string;
    port: number;
    /** Process of the service. */
    pid: number;
    count: number;
    seed: number;
    target: Target;
}

const clients = 8;
const patienceMs = 15_000;
/** Every so many requests, a good one must be answered as ever. */
const goodEvery = 20;

/** Sends hostile requests of all kinds, each on a connection of its own, drawn by a seed, with good ones among them. */
export async function hostileRun({ host, port, pid, count, seed, target }: HostileOrder): Promise<HostileRun> {
    const found: HostileRun = {
        ...{ requests: 0, answers: {}, wrong: [], wrongs: 0, slowestMs: 0 },
        ...{ megabytesBefore: megabytesOf(pid), peakMegabytes: 0 },
    };
    const isWrong = (what: string): void => {
        found.wrongs++;
        if (found.wrong.length < 20) found.wrong.push(what);
    };
    const good = goodRequest(target);
    let next = 0;
    const client = async (): Promise<void> => {
        while (next < count) {
            const index = next++;
            const kind = hostileKinds[index % hostileKinds.length] ?? "";
            const { wire, expected } = hostileRequest(kind, new Draw(seed * 1_000_003 + index), target);
            const { status, ms } = await ask(host, port, wire, expected.length === 0);
            const ofKind = (found.answers[kind] ??= {});
            ofKind[status] = (ofKind[status] ?? 0) + 1;
            found.requests++;
            found.slowestMs = Math.max(found.slowestMs, ms);
            if (expected.length > 0 && !expected.includes(status)) isWrong(`${kind} (${index}): ${status}`);
            if (index % goodEvery === 0) {
                const answer = await ask(host, port, good.wire, false);
                if (answer.status !== 200 || !answer.text.includes(good.part))
                    isWrong(`a good request after ${kind} (${index}): ${answer.status} ${answer.text.slice(-200)}`);
                found.peakMegabytes = Math.max(found.peakMegabytes, megabytesOf(pid));
            }
        }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return found;
}

/** Sends bytes, and reads until the other side closes. @returns status 0 where there is no answer */
function ask(
    host: string,
    port: number,
    wire: readonly (string | Buffer)[],
    hangsUp: boolean,
): Promise<{ status: number; text: string; ms: number }> {
    const began = performance.now();
    return new Promise((done) => {
        const chunks: Buffer[] = [];
        const socket = connect(port, host);
        const end = (): void => {
            clearTimeout(timer);
            socket.destroy();
            const text = Buffer.concat(chunks).toString("latin1");
            const [, status = "0"] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
            done({ status: Number(status), text, ms: performance.now() - began });
        };
        const timer = setTimeout(end, patienceMs);
        socket.on("data", (chunk: Buffer) => chunks.push(chunk));
        socket.on("end", end);
        socket.on("error", end);
        socket.on("connect", () => {
            for (const part of wire) socket.write(part);
            if (hangsUp) socket.end(end);
        });
    });
}

const megabytesOf = (pid: number): number => Math.round(residentBytes(pid) / 1e6);
