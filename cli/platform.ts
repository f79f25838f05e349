import { images } from "./images/images";
import { start } from "./start";
import { cloudResources } from "./deployment";
import type { AzureBehaviour } from "./local-azure";
import { exportState } from "./session";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";
import { stop } from "./stop";
import { layersOf } from "./workspace";

/** Brings all stacks of an environment up, each after those that it stands on. */
export async function startEnvironment(
    context: Context,
    environment: string,
    behaviour: AzureBehaviour,
): Promise<void> {
    const [foundation = environment, ...above] = layersOf(context.at, environment);
    await start(context, foundation, behaviour);
    if (above.length > 0) await images(context, ["import", environment]);
    for (const stack of above) {
        context.terminal.line();
        await start(context, stack, behaviour);
    }
}

/** Destroys all stacks of an environment, none before those that stand on it. */
export async function stopEnvironment(context: Context, environment: string): Promise<void> {
    const [foundation = environment, ...above] = layersOf(context.at, environment);
    for (const stack of above.reverse()) if (await isThere(context, stack)) await stop(context, stack);
    await stop(context, foundation);
}

/** Is there anything of the stack? */
async function isThere(context: Context, stack: string): Promise<boolean> {
    return await withStack(context, { command: "stop", stack }, async ({ session }) => {
        return cloudResources(await exportState(session)).length > 0;
    });
}
