import { existsSync, lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { carryOut } from "./deploy";
import { kindOf } from "../review/model/names";
import { cloudResources } from "./deployment";
import { recover } from "./recover";
import { refuseProtected } from "./protection";
import { exportState } from "./session";
import { withStack } from "./stack-run";
import type { Context, StackRun } from "./stack-run";
import { table } from "./table";
import { notesOf, writeNotes } from "./workspace";

/** Destroys a stack in the sandbox and says what is left, and how to be rid of it. */
export async function stop(context: Context, stack: string): Promise<void> {
    const { terminal } = context;
    terminal.line(terminal.bold(`Stack "${stack}" in the sandbox is being destroyed`));
    await withStack(context, { command: "stop", stack }, async (run) => {
        await recover(run.session);
        const state = await exportState(run.session);
        refuseProtected(stack, state);
        await destroyAll(run, cloudResources(state).length);
        tellWhatIsLeft(run);
    });
}

/** Destroys the stack that `run` is about, and remembers that it does. */
export async function destroyAll(run: StackRun, there: number): Promise<void> {
    const { stack } = run.session.workspace;
    if (there === 0) {
        run.terminal.step("nothing of it is there");
    } else {
        // Remembered, so that a `start` after an interruption does not build on half a platform.
        writeNotes(run.at, stack, { ...notesOf(run.at, stack), stopping: true });
        await carryOut(run, "destroy", there);
    }
    writeNotes(run.at, stack, { ...notesOf(run.at, stack), stopping: false });
}

export function tellWhatIsLeft(run: StackRun): void {
    const { at, terminal, sandbox, session } = run;
    const say = (title: string, lines: readonly string[]): void => {
        if (lines.length === 0) return;
        terminal.line();
        terminal.line(terminal.bold(title));
        for (const line of lines) terminal.line(line);
    };
    const left = sandbox.azure.list();
    say(
        "Still in the sandbox's Azure (of other stacks, or not of ours)",
        table(left.map(({ token, id }) => [kindOf(token), id])),
    );
    const held = sandbox.azure.softDeleted();
    say(
        "Deleted, but their names stay reserved",
        table(held.map(({ token, id }) => [kindOf(token), id.slice(id.lastIndexOf("/") + 1)])),
    );
    if (held.length > 0) {
        terminal.line(
            "  Azure keeps a purge-protected vault for its retention period. The next `npm start` goes on with the next",
        );
        terminal.line("  mlplatform:generation by itself; on Azure you would set it in the stack's file.");
    }
    const engine = dirname(session.engine.command);
    const rows = [at.state, dirname(at.sandboxStore), join(at.root, ".mlplatform"), engine]
        .filter((folder) => existsSync(folder))
        .map((folder) => [megabytes(folder), folder]);
    say("Left on this machine", table(rows));
    terminal.line();
    terminal.line(
        `  rm -rf ${quoted(at.home)}   forgets the sandbox: the state, reserved names and all that was generated`,
    );
    terminal.line(`  rm -rf ${quoted(dirname(engine))}   removes the engine; the next command installs it again`);
    terminal.line();
    terminal.step(terminal.good(`"${session.workspace.stack}" is gone; \`npm start\` brings it back`));
}

/** A path as a shell takes it. */
function quoted(path: string): string {
    return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function megabytes(folder: string): string {
    return `${(bytesIn(folder) / 1e6).toFixed(1)} MB`.padStart(9);
}

function bytesIn(path: string): number {
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return stat.size;
    return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
