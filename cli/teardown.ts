import { carryOut, planLines, preview } from "./deploy";
import { cloudResources } from "./deployment";
import type { Deployment } from "./deployment";
import { protectedIn, refuseProtected } from "./protection";
import { recover } from "./recover";
import { exportState } from "./session";
import { settingsOf } from "./stack-settings";
import { stateOf } from "./stack-state";
import { withStack } from "./stack-run";
import type { Context, StackRun } from "./stack-run";
import { destroyAll, tellWhatIsLeft } from "./stop";
import { isHeld, lockedAccounts, teardownPlan } from "./teardown-plan";
import { UserError } from "./user-error";
import { projectOf } from "./workspace";

/**
 * Says what tearing a stack down takes; with `yes`, does it in the sandbox: lifts the protection if the stack's file says
 * so, destroys, and looks whether anything is left.
 * @throws UserError when the stack's file does not lift the protection, or when a locked account holds it.
 */
export async function teardown(
    context: Context,
    stack: string,
    options: { yes: boolean; stateFile?: string },
): Promise<void> {
    const { at, terminal } = context;
    if (projectOf(at, stack).isBootstrap) throw new UserError(`"${stack}" goes last and by hand: docs/teardown.md`);
    if (options.yes && options.stateFile !== undefined)
        throw new UserError("--yes is for the sandbox's own state; on Azure it is pulumi up and pulumi destroy");
    const settings = await settingsOf(context, stack);
    const state = await stateOf(context, stack, options.stateFile);
    const there = cloudResources(state).length;
    terminal.line(terminal.bold(`Teardown of "${stack}": ${there} resources`));
    if (there === 0) {
        terminal.step("nothing of it is there; pulumi stack export --file FILE and --state FILE show a stack on Azure");
        return;
    }
    for (const { title, lines } of teardownPlan({ stack, settings, state, today: new Date() })) {
        terminal.line();
        terminal.line(terminal.bold(title));
        for (const line of lines) terminal.line(line);
    }
    terminal.line();
    if (!options.yes) {
        terminal.line(
            `  npx mlplatform teardown ${stack} --yes carries it out in the sandbox; on Azure: docs/teardown.md`,
        );
        return;
    }
    if (isHeld(settings)) refuseProtected(stack, state);
    refuseLocked(state);
    await withStack(context, { command: "teardown", stack }, (run) => carryOutTeardown(run));
}

async function carryOutTeardown(run: StackRun): Promise<void> {
    const { session, terminal, sandbox } = run;
    await recover(session);
    const before = await exportState(session);
    const kept = protectedIn(before).length;
    if (kept > 0) {
        const plan = await preview(run);
        for (const line of planLines(plan)) terminal.line(line);
        await carryOut(run, "up", plan.size);
        terminal.step(`protection lifted from ${kept} resources`);
    }
    const resources = cloudResources(before);
    await destroyAll(run, resources.length);
    tellWhatIsLeft(run);
    const left = resources.filter(({ id }) => id !== undefined && sandbox.azure.get(id) !== undefined);
    if (left.length > 0) throw new UserError(`still in Azure: ${left.map(({ id }) => id ?? "").join(", ")}`);
    terminal.step(terminal.good(`looked for all ${resources.length} resources: none is left`));
}

function refuseLocked(state: Deployment): void {
    const locked = lockedAccounts(state).map(({ id }) => id ?? "");
    if (locked.length === 0) return;
    throw new UserError(
        `a locked write-once policy cannot be taken back, and its account cannot be deleted: ${locked.join(", ")}. ` +
            "docs/teardown.md says what can go before",
    );
}
