import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../refusal";
import { Session } from "./session";
import type { SessionArgs } from "./session";
import { buffersOf } from "./worker-messages";
import type { Job, Told } from "./worker-messages";

/** Entry point of a thread: a session of its own, and one job after the other. */
async function main(): Promise<void> {
    const session = await Session.open(workerData as SessionArgs);
    let last = Promise.resolve();
    parentPort?.on("message", (job: Job) => {
        last = last.then(() => work(session, job));
    });
    tell({ kind: "ready", inputs: session.inputs, outputs: session.outputs });
}

async function work(session: Session, { id, inputs, wanted }: Job): Promise<void> {
    const began = performance.now();
    try {
        const outputs = await session.run(inputs, wanted);
        tell({ kind: "done", id, outputs, computeMs: performance.now() - began }, buffersOf(outputs));
    } catch (fault) {
        tell({ kind: "failed", id, why: messageOf(fault) });
    }
}

function tell(told: Told, buffers: ArrayBuffer[] = []): void {
    parentPort?.postMessage(told, buffers);
}

main().catch((fault: unknown) => {
    tell({ kind: "unready", why: messageOf(fault) });
});
