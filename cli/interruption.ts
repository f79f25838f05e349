import { constants } from "node:os";

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Copies of one signal, through the process group and from the bootstrap, come within this time. */
const togetherMs = 300;

/** Reason of the abort: resolves to whether the engine still has to be told, as it was not sent the signal itself. */
export interface Interruption {
    tellEngine: Promise<boolean>;
}

/**
 * The first signal asks for an orderly end, a later one ends at once. A signal reaches this process directly, or as a
 * message from the bootstrap that started it, or both ways: then the whole group got it, the engine included, which
 * must not hear it twice, as a second one makes it drop everything.
 */
export function endOnSignals(say: (text: string) => void): AbortSignal {
    const controller = new AbortController();
    let first: { at: number; direct: boolean; told: boolean } | undefined;
    const heard = (signal: Signal, way: "direct" | "told"): void => {
        if (first && Date.now() - first.at > togetherMs) process.exit(128 + constants.signals[signal]);
        if (first) {
            first[way] = true;
            return;
        }
        const ways = { at: Date.now(), direct: way === "direct", told: way === "told" };
        first = ways;
        say("stopping: what is under way is being finished (again to stop at once; the next run recovers)");
        const tellEngine = new Promise<boolean>((decide) => {
            setTimeout(() => {
                const everyone = ways.direct && (ways.told || process.stdin.isTTY);
                decide(!(everyone && signal === "SIGINT"));
            }, togetherMs);
        });
        controller.abort({ tellEngine } satisfies Interruption);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => {
            heard(signal, "direct");
        });
    }
    process.on("message", ({ signal }: { signal: Signal }) => {
        heard(signal, "told");
    });
    // Whoever started this process was killed.
    process.on("disconnect", () => {
        heard("SIGTERM", "told");
    });
    process.channel?.unref();
    return controller.signal;
}
