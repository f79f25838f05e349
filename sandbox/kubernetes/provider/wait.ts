/** Ends waits early. */
export interface Cancellation {
    isCancelled: boolean;
}

/** How a wait stands: over, or why it is not. */
export type Progress = "done" | { because: string[] };

export class WaitFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "WaitFailed";
    }
}

const [firstPollMs, maxPollMs] = [100, 1000];

/**
 * Looks again and again until it is done.
 * @param timeoutSeconds Real seconds.
 * @throws WaitFailed with what stood in the way at the end.
 */
export async function until(
    look: () => Promise<Progress>,
    { name, timeoutSeconds, cancellation }: { name: string; timeoutSeconds: number; cancellation: Cancellation },
): Promise<void> {
    const end = Date.now() + timeoutSeconds * 1000;
    for (let pause = firstPollMs; ; pause = Math.min(maxPollMs, pause * 1.5)) {
        const progress = await look();
        if (progress === "done") return;
        const left = end - Date.now();
        if (left <= 0 || cancellation.isCancelled) {
            const how = cancellation.isCancelled ? "was cancelled while it waited to be" : "timed out waiting to be";
            throw new WaitFailed([`'${name}' ${how} Ready`, ...progress.because].join("\n  * "));
        }
        await new Promise((done) => setTimeout(done, Math.min(pause, left)));
    }
}
