import type { Sandbox } from "../sandbox/sandbox";
import { controlPlanesOf } from "./control-planes";
import { Engine } from "./engine";
import type { AzureBehaviour } from "./local-azure";
import { startLocalAzure } from "./local-azure";
import type { Places } from "./places";
import { takeRunLock } from "./run-lock";
import { ensureStack, newSession } from "./session";
import type { Session } from "./session";
import { writeTeamStack } from "./teams/team-stack";
import type { Terminal } from "./terminal";
import { prepareWorkspace } from "./workspace";

/** What a command has at hand. */
export interface Context {
    at: Places;
    terminal: Terminal;
    /** Aborted when the user or the system asks the command to end. */
    signal: AbortSignal;
}

/** A stack with its sandbox, for the length of a command. */
export interface StackRun extends Context {
    session: Session;
    sandbox: Sandbox;
    behaviour: AzureBehaviour;
}

/** Opens the sandbox for one command alone, and closes it whatever happens. */
export async function withSandbox<T>(
    context: Context,
    command: string,
    behaviour: AzureBehaviour,
    work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
    const { at, terminal } = context;
    const say = (text: string): void => {
        terminal.step(text);
    };
    const release = await takeRunLock(at, command, say);
    try {
        const sandbox = await startLocalAzure(at, behaviour, controlPlanesOf(at, say), say);
        try {
            return await work(sandbox);
        } finally {
            await sandbox.stop();
        }
    } finally {
        release();
    }
}

/** Opens a stack's workspace and the sandbox for one command. */
export async function withStack<T>(
    context: Context,
    options: { command: string; stack: string; behaviour?: AzureBehaviour },
    work: (run: StackRun) => Promise<T>,
): Promise<T> {
    const { at, terminal, signal } = context;
    return await withSandbox(
        context,
        `${options.command} ${options.stack}`,
        options.behaviour ?? {},
        async (sandbox) => {
            const engine = new Engine(at);
            writeTeamStack(at, options.stack, (text) => {
                terminal.step(text);
            });
            const workspace = await prepareWorkspace(at, engine, options.stack, options.behaviour?.clock);
            const say = (text: string): void => {
                terminal.step(text);
            };
            if (workspace.leftOut.length > 0)
                say(`secrets of the committed file are left out: ${workspace.leftOut.join(", ")}`);
            const session = newSession({ at, engine, workspace, debugProviders: sandbox.debugProviders, say, signal });
            await ensureStack(session);
            return await work({ ...context, session, sandbox, behaviour: options.behaviour ?? {} });
        },
    );
}

/** Reads the stack's copies again, after its notes have changed. */
export async function reread(run: StackRun): Promise<StackRun> {
    const { at, session, behaviour } = run;
    const workspace = await prepareWorkspace(at, session.engine, session.workspace.stack, behaviour.clock);
    return { ...run, session: { ...session, workspace } };
}
