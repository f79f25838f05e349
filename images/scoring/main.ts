import { setFlagsFromString } from "node:v8";
import { messageOf } from "./refusal";

/** What a shard ends with that was told to end before it was done. */
const terminatedExit = 143;

/** Entry point of the scorer's image. What a command needs is loaded for that command alone. */
async function main([command]: readonly string[]): Promise<void> {
    if (command === "serve") await online();
    else if (command === "batch") await batch();
    else throw new Error(`what is asked for must be serve or batch, got "${command ?? ""}"`);
}

async function online(): Promise<void> {
    const { serve } = await import("./serve");
    const { serveSettings } = await import("./settings");
    const { proveByGolden } = await import("./vision/golden");
    const settings = serveSettings(process.env);
    const serving = await serve(settings, proveByGolden);
    const stop = (): void => {
        // What takes longer than this, nobody waits for any more.
        setTimeout(() => process.exit(1), settings.drainSeconds * 1000).unref();
        serving.drain().then(() => process.exit(0), fail);
    };
    onEnd(stop);
    await serving.loaded;
}

/** Scores one shard; what has been done by the time that it is told to end is kept. */
async function batch(): Promise<void> {
    // Nobody waits for a collection of garbage, and V8's space for what is new would grow to 32 MB as inputs go through.
    setFlagsFromString("--semi-space-growth-factor=1");
    const { Log } = await import("./telemetry/log");
    const { BatchFault, unusableInputExit } = await import("./batch/batch-fault");
    const { batchSettings } = await import("./batch/settings");
    const { scoreShard } = await import("./batch/batch");
    const ended = new AbortController();
    onEnd(() => {
        ended.abort();
    });
    try {
        const isDone = await scoreShard(batchSettings(process.env), new Log("info"), ended.signal);
        process.exit(isDone ? 0 : terminatedExit);
    } catch (fault) {
        if (!(fault instanceof BatchFault)) throw fault;
        fail(fault, unusableInputExit);
    }
}

function onEnd(end: () => void): void {
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
}

function fail(fault: unknown, code = 1): void {
    const message = messageOf(fault);
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level: "error", message })}\n`);
    process.exit(code);
}

main(process.argv.slice(2)).catch((fault: unknown) => {
    fail(fault);
});
