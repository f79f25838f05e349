import { isKubernetesOff } from "./control-planes";
import { cloudResources } from "./deployment";
import type { AzureBehaviour } from "./local-azure";
import type { Places } from "./places";
import { refuseProtected } from "./protection";
import { recover } from "./recover";
import { exportState } from "./session";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";
import { endpointsOf, score } from "./serving/score";
import { fillStorage } from "./serving/storage-uploads";
import { start } from "./start";
import { destroyAll, stop } from "./stop";
import { UserError } from "./user-error";
import { knownStacks, layersOf, stackFiles } from "./workspace";

/** The environment that is meant where none is named. */
export const dev = "dev";

const stopping = "destroy everything and see what is left";

/** An environment's stacks. @throws UserError when it has none. */
function layersIn(at: Places, environment: string): string[] {
    const layers = layersOf(at, environment);
    if (layers.length > 0) return layers;
    const known = [...new Set(stackFiles(at).map((stack) => stack.environment))].filter((one) => one !== undefined);
    throw new UserError(`--environment must be one that has stacks, ${known.join(", ")}, got "${environment}"`);
}

/** Brings all stacks of an environment up, each after those that it stands on, and asks its endpoint for a picture. */
export async function startEnvironment(
    context: Context,
    environment: string,
    behaviour: AzureBehaviour,
): Promise<void> {
    await startLayers(context, environment, behaviour);
    if (isKubernetesOff()) return;
    const endpoints = endpointsOf(context.at, environment);
    if (Object.keys(endpoints).length === 0) return;
    context.terminal.line();
    for (const [name, address] of Object.entries(endpoints)) context.terminal.line(`${name} answers at ${address}`);
    await score(context, environment, {});
}

/** Brings all stacks of an environment up, each after those that it stands on. */
export async function startLayers(context: Context, environment: string, behaviour: AzureBehaviour): Promise<void> {
    const { at, terminal } = context;
    const [foundation = environment, ...above] = layersIn(at, environment);
    if (isKubernetesOff()) {
        await start(context, foundation, behaviour);
        terminal.step(`without a control plane (MLPLATFORM_KUBERNETES is off), so without ${above.join(", ")}`);
        return;
    }
    await start(context, foundation, behaviour, []);
    const teams = knownStacks(at, "team");
    for (const stack of above) {
        terminal.line();
        if (stack === above.find((one) => teams.includes(one))) await fillStorage(context, environment, foundation);
        await start(context, stack, behaviour, stack === above.at(-1) ? nextCommands(environment, stack) : []);
    }
}

function nextCommands(environment: string, top: string): [string, string][] {
    return [
        [`npx mlplatform kubectl ${environment} -- get pods -A`, "what runs in the cluster, as its administrator"],
        ["npm run score -- PICTURE", "ask an endpoint what is in a picture"],
        ["npx mlplatform identities", "as whom else one can ask it: kubectl STACK --as IDENTITY"],
        [`npx mlplatform reachability ${environment}`, "which pods may reach which, by the live network policies"],
        ["npx mlplatform teams", "every team's environment: quota, budget, expiry"],
        [`npx mlplatform export ${top}`, "every resource of a stack as JSON"],
        ["npx mlplatform sandbox list", "what is in the sandbox's Azure, by id"],
        [environment === dev ? "npm run stop" : `npx mlplatform stop --environment ${environment}`, stopping],
        ["npm test", "run every test"],
        ["README.md", "the same program on your Azure subscription"],
    ];
}

/** Destroys all stacks of an environment, none before those that stand on it. */
export async function stopEnvironment(context: Context, environment: string): Promise<void> {
    const { at, terminal } = context;
    const [foundation = environment, ...above] = layersIn(at, environment);
    for (const stack of above.reverse())
        await withStack(context, { command: "stop", stack }, async (run) => {
            await recover(run.session);
            const state = await exportState(run.session);
            const there = cloudResources(state).length;
            if (there === 0) return;
            refuseProtected(stack, state);
            await destroyAll(run, there);
            terminal.step(`"${stack}" is gone`);
        });
    await stop(context, foundation);
}
