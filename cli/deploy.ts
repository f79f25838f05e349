import { armId } from "./arm-id";
import { converge, isTemporary } from "./converge";
import { kindOf, nameOf } from "../review/model/names";
import { Plan } from "./plan";
import { Progress } from "./progress";
import { failureLines } from "./report";
import type { RunResult } from "./run";
import { operate } from "./session";
import { reread } from "./stack-run";
import type { StackRun } from "./stack-run";
import { table } from "./table";
import { UserError } from "./user-error";
import { notesOf, writeNotes } from "./workspace";

/** Generations that a stack can have gone through before something else must be wrong. */
const maxGenerations = 99;

/** Throws what failed as the user should read it. */
export function failed(run: StackRun, what: string, result: RunResult): never {
    const { stack } = run.session.workspace;
    const lines = failureLines(result).map((line) => `  ${line.replaceAll("\n", "\n    ")}`);
    const hint = isTemporary(result)
        ? "\nThis is temporary: run the same command again, it goes on from where it stopped"
        : "";
    throw new UserError(`${what} of "${stack}" failed:\n${lines.join("\n")}${hint}`);
}

/** Previews the stack. */
export async function preview(run: StackRun): Promise<Plan> {
    const plan = new Plan();
    run.terminal.now("preview");
    const result = await operate(run.session, "preview", { onEvent: plan.onEvent });
    run.terminal.now(undefined);
    if (!result.ok) failed(run, "preview", result);
    return plan;
}

/** What the program tells and warns of, and the changes to what exists, each with the properties behind it. */
export function planLines(plan: Plan): string[] {
    const said: Partial<Record<string, string>> = {
        update: "update",
        delete: "delete",
        "create-replacement": "replace: new",
        "delete-replaced": "replace: old",
    };
    const changes = table(
        plan.details().map(({ op, urn, type, properties }) => {
            return [said[op] ?? op, kindOf(type), nameOf(urn), properties.join(", ")];
        }),
    );
    const notes = plan.notes.flatMap((note) => note.split("\n")).map((line) => `  ${line}`);
    return [...notes, ...plan.warnings.map((warning) => `  warning: ${warning}`), ...changes];
}

/**
 * Previews, moving the generation on while a name that the program asks for is held by something deleted: Azure keeps a
 * purge-protected vault's name. It is what an operator does with `mlplatform:generation` in the stack's file.
 */
export async function previewWithFreeNames(first: StackRun): Promise<{ run: StackRun; plan: Plan }> {
    let run = first;
    for (;;) {
        const plan = await preview(run);
        const held = heldNames(run, plan);
        if (held.length === 0) return { run, plan };
        const { stack, generation } = run.session.workspace;
        if (generation >= maxGenerations) {
            throw new UserError(`these names are held by deleted resources, in every generation: ${held.join(", ")}`);
        }
        writeNotes(run.at, stack, { ...notesOf(run.at, stack), generation: generation + 1 });
        run.terminal.step(
            `names held by deleted resources: ${held.join(", ")}. Going on with mlplatform:generation ${generation + 1}, ` +
                "as an operator would set it in the stack's file",
        );
        run = await reread(run);
    }
}

/** Names among the planned ones that a soft-deleted resource still holds. */
function heldNames(run: StackRun, plan: Plan): string[] {
    const { azure } = run.sandbox;
    return plan.creates().flatMap((resource) => {
        const deleted = azure.softDeleted(resource.type);
        // Some are not in the way: a workspace comes back with the next create.
        if (deleted.length === 0 || comesBack(azure, resource.type)) return [];
        const name = idOrNothing(resource, run.session.subscriptionId);
        return deleted.some(({ id }) => lastPart(id) === lastPart(name)) ? [lastPart(name)] : [];
    });
}

function comesBack({ types }: StackRun["sandbox"]["azure"], token: string): boolean {
    const deletion = types.find(token)?.deletion;
    return typeof deletion === "object" && deletion.comesBack === true;
}

/** An id with parts that are not known before the update is none. */
function idOrNothing(resource: Parameters<typeof armId>[0], subscriptionId: string): string {
    try {
        return armId(resource, subscriptionId);
    } catch {
        return "";
    }
}

function lastPart(id: string): string {
    return id.slice(id.lastIndexOf("/") + 1).toLowerCase();
}

/** Runs `up` or `destroy` until done, telling what happens. */
export async function carryOut(
    run: StackRun,
    operation: "up" | "destroy",
    total: number | undefined,
): Promise<RunResult> {
    const progress = new Progress(run.terminal, total);
    try {
        const result = await converge(run.session, operation, {
            onEvent: progress.onEvent,
            onRetry: (attempt, adopted) => {
                if (adopted.length > 0) {
                    run.terminal.step(`going on, with what Azure had made taken over: ${adopted.join(", ")}`);
                    return;
                }
                const [first = "", ...others] = failureLines(attempt);
                const more = others.length > 0 ? ` (and ${others.length} more)` : "";
                run.terminal.step(`trying again after what was temporary: ${first}${more}`);
            },
        });
        if (!result.ok) failed(run, operation, result);
        return result;
    } finally {
        progress.close();
    }
}
