import { isKubernetesOff } from "./control-planes";
import { cloudResources } from "./deployment";
import { images } from "./images/images";
import type { AzureBehaviour } from "./local-azure";
import { recover } from "./recover";
import { exportState } from "./session";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";
import { start } from "./start";
import { destroyAll, stop } from "./stop";
import { layersOf } from "./workspace";

/** Brings all stacks of an environment up, each after those that it stands on. */
export async function startEnvironment(
    context: Context,
    environment: string,
    behaviour: AzureBehaviour,
): Promise<void> {
    const { at, terminal } = context;
    const [foundation = environment, ...above] = layersOf(at, environment);
    if (isKubernetesOff()) {
        await start(context, foundation, behaviour);
        terminal.step(`without a control plane (MLPLATFORM_KUBERNETES is off), so without ${above.join(", ")}`);
        return;
    }
    await start(context, foundation, behaviour, []);
    await images(context, ["import", environment]);
    for (const stack of above) {
        terminal.line();
        await start(context, stack, behaviour, stack === above.at(-1) ? nextCommands(environment, stack) : []);
    }
}

function nextCommands(environment: string, top: string): [string, string][] {
    return [
        [`npx mlplatform kubectl ${environment} -- get pods -A`, "what runs in the cluster, as its administrator"],
        ["npx mlplatform identities", "as whom else one can ask it: kubectl STACK --as IDENTITY"],
        [`npx mlplatform reachability ${environment}`, "which pods may reach which, by the live network policies"],
        ["npx mlplatform teams", "every team's environment: quota, budget, expiry"],
        [`npx mlplatform export ${top}`, "every resource of a stack as JSON"],
        ["npx mlplatform sandbox list", "what is in the sandbox's Azure, by id"],
        ["npm run stop", "destroy everything and see what is left"],
        ["npm test", "run every test"],
        ["README.md", "the same program on your Azure subscription"],
    ];
}

/** Destroys all stacks of an environment, none before those that stand on it. */
export async function stopEnvironment(context: Context, environment: string): Promise<void> {
    const { at, terminal } = context;
    const [foundation = environment, ...above] = layersOf(at, environment);
    for (const stack of above.reverse())
        await withStack(context, { command: "stop", stack }, async (run) => {
            await recover(run.session);
            const there = cloudResources(await exportState(run.session)).length;
            if (there === 0) return;
            await destroyAll(run, there);
            terminal.step(`"${stack}" is gone`);
        });
    await stop(context, foundation);
}
