import { messageOf } from "./refusal";
import { serve } from "./serve";
import { serveSettings } from "./settings";

/** Entry point of the scorer's image. */
async function main([command]: readonly string[]): Promise<void> {
    if (command !== "serve") throw new Error(`what is asked for must be serve, got "${command ?? ""}"`);
    const settings = serveSettings(process.env);
    const serving = await serve(settings);
    const stop = (): void => {
        // What takes longer than this, nobody waits for any more.
        setTimeout(() => process.exit(1), settings.drainSeconds * 1000).unref();
        serving.drain().then(() => process.exit(0), fail);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    await serving.loaded;
}

function fail(fault: unknown): void {
    const message = messageOf(fault);
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level: "error", message })}\n`);
    process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
