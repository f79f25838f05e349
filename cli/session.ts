import { Engine } from "./engine";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "./deployment";
import { writeWhole } from "../sandbox/files";
import type { Places } from "./places";
import type { Operation, RunOptions, RunResult } from "./run";
import { openStack, plain, runStack } from "./run";
import type { StackWorkspace } from "./workspace";
import { sandboxSubscriptionId } from "../sandbox/azure/azure";

/** What every operation on a stack needs: where, which, and with which sandbox. */
export interface Session {
    at: Places;
    engine: Engine;
    workspace: StackWorkspace;
    debugProviders: string;
    subscriptionId: string;
    signal?: AbortSignal;
    /** Tells the user what is being done. */
    say: (text: string) => void;
    program?: RunOptions["program"];
}

export function newSession(
    given: Pick<Session, "at" | "workspace" | "debugProviders" | "say"> & Partial<Session>,
): Session {
    return { engine: new Engine(given.at), subscriptionId: sandboxSubscriptionId, ...given };
}

/** One engine operation on the session's stack. */
export function operate(
    session: Session,
    operation: Operation,
    more: Pick<RunOptions, "onEvent" | "target" | "planFile" | "refreshes" | "command"> = {},
): Promise<RunResult> {
    const { at, engine, workspace, debugProviders, signal, program } = session;
    return runStack({
        operation,
        stack: workspace.stack,
        workspaceDir: workspace.folder,
        ...{ at, engine, debugProviders, pace: workspace.pace },
        ...(signal && { signal }),
        ...(program && { program }),
        ...more,
    });
}

async function engineRun(session: Session, args: string[]): Promise<string> {
    const { engine, workspace } = session;
    try {
        const { stdout } = await engine.run([...args, "--stack", workspace.stack], workspace.folder, {});
        return stdout;
    } catch (fault) {
        if (!(fault instanceof Error)) throw fault;
        throw new Error(plain(fault.message), { cause: fault });
    }
}

/** The stack's state, secrets encrypted. */
export async function exportState(session: Session): Promise<Deployment> {
    return JSON.parse(await engineRun(session, ["stack", "export"])) as Deployment;
}

/** The same with its secrets in clear, which must not leave this process. */
export async function exportStateInClear(session: Session): Promise<unknown> {
    return JSON.parse(await engineRun(session, ["stack", "export", "--show-secrets"])) as unknown;
}

/** Puts a state in place of the stack's. */
export async function importState(session: Session, state: Deployment): Promise<void> {
    const file = join(session.workspace.folder, `import-${process.pid}.json`);
    try {
        writeWhole(file, JSON.stringify(state), 0o600);
        await engineRun(session, ["stack", "import", "--file", file]);
    } finally {
        rmSync(file, { force: true });
    }
}

/** Makes the stack if it is not there yet. */
export async function ensureStack(session: Session): Promise<void> {
    const { at, engine, workspace, debugProviders } = session;
    await openStack({ stack: workspace.stack, workspaceDir: workspace.folder, ...{ at, engine, debugProviders } });
}

/** Outputs of the stack, secrets masked by the engine. */
export async function outputsOf(session: Session): Promise<Record<string, unknown>> {
    return JSON.parse(await engineRun(session, ["stack", "output", "--json"])) as Record<string, unknown>;
}
