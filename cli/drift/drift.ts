import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findingsOf, type Finding, type Findings } from "../../review/drift/finding";
import { openDrift, type Drift } from "../../review/drift/open-drift";
import { readWaivers, type Waiver } from "../../review/drift/waivers";
import { failed } from "../deploy";
import type { Places } from "../places";
import { recover } from "../recover";
import { operate } from "../session";
import { withStack, type Context, type StackRun } from "../stack-run";
import { UserError } from "../user-error";
import { driftLines } from "./drift-lines";
import { leavesAsItIs, observedIn, stepOfEvent, stepsInJson, type ObservedStep } from "./observed";

/** As Pulumi's own commands end when there is a change and `--expect-no-changes` was asked for. */
const changesCode = 7;

/** Answers of a Pulumi that ran elsewhere, as files; `-` is the standard input. */
export interface DriftFiles {
    /** What `pulumi refresh --preview-only --json` printed. */
    observed?: string;
    /** What `pulumi preview --refresh --json` printed; without it, nothing counts as adopted. */
    planned?: string;
}

/** What was seen, and what of it the program leaves as it is. */
interface Seen {
    observed: readonly ObservedStep[];
    isAdopted: (finding: Finding) => boolean;
}

/**
 * Says what differs in Azure from the state, without taking note of it, and what of it is open: neither waived, nor what
 * the program says by now. Ends with 7 when anything is.
 */
export async function drift(context: Context, stack: string, options: DriftFiles & { json: boolean }): Promise<void> {
    const { at, terminal } = context;
    const { observed, isAdopted } =
        options.observed === undefined ? await look(context, stack) : told(options.observed, options.planned);
    const found = sorted(at, stack, observed, isAdopted);
    if (options.json) terminal.line(JSON.stringify({ stack, ...found }, undefined, 2));
    else for (const line of driftLines(stack, found, found.noise)) terminal.line(line);
    if (found.open.length > 0) process.exitCode = changesCode;
}

function look(context: Context, stack: string): Promise<Seen> {
    return withStack(context, { command: "drift", stack }, async (run) => {
        await recover(run.session);
        return await observe(run);
    });
}

/** Reads every resource from the sandbox's Azure. */
async function observe(run: StackRun): Promise<Seen> {
    const { terminal } = run;
    terminal.now("reading every resource from Azure");
    const observed = await stepsOf(run, "preview-refresh");
    const { found } = findingsOf(observedIn(run.session.workspace.stack, observed));
    if (found.length === 0) return { observed, isAdopted: () => false };
    terminal.now("previewing the program against what Azure has");
    return { observed, isAdopted: leavesAsItIs(await stepsOf(run, "preview", true)) };
}

/** What of a stack drifted and nobody answers for, as its Azure is now. */
export async function driftOf(run: StackRun): Promise<Drift> {
    const { stack } = run.session.workspace;
    const { observed, isAdopted } = await observe(run);
    return sorted(run.at, stack, observed, isAdopted);
}

function sorted(
    at: Context["at"],
    stack: string,
    observed: readonly ObservedStep[],
    isAdopted: Seen["isAdopted"],
): Drift & Pick<Findings, "noise"> {
    const today = new Date().toISOString().slice(0, 10);
    const waivers = waiversIn(at, today).filter(({ urn }) => urn.startsWith(`urn:pulumi:${stack}::`));
    const { found, noise } = findingsOf(observedIn(stack, observed));
    return { ...openDrift(found, waivers, isAdopted, today), noise };
}

async function stepsOf(
    run: StackRun,
    operation: "preview" | "preview-refresh",
    refreshes = false,
): Promise<ObservedStep[]> {
    const steps: ObservedStep[] = [];
    const result = await operate(run.session, operation, {
        refreshes,
        onEvent: ({ resOutputsEvent }) => {
            if (resOutputsEvent) steps.push(stepOfEvent(resOutputsEvent.metadata));
        },
    });
    run.terminal.now(undefined);
    if (!result.ok) failed(run, operation, result);
    return steps;
}

function told(observed: string, planned: string | undefined): Seen {
    return {
        observed: stepsIn(observed, "pulumi refresh --preview-only --json"),
        isAdopted:
            planned === undefined ? () => false : leavesAsItIs(stepsIn(planned, "pulumi preview --refresh --json")),
    };
}

function stepsIn(file: string, command: string): ObservedStep[] {
    try {
        return stepsInJson(readFileSync(file === "-" ? 0 : file, "utf8"));
    } catch (fault) {
        const reason = fault instanceof Error ? fault.message : String(fault);
        throw new UserError(`${file} must be what \`${command}\` prints: ${reason}`);
    }
}

/** The project's waivers; none where there is no file. */
export function waiversIn({ root }: Pick<Places, "root">, today: string): Waiver[] {
    const file = join(root, "drift", "waivers.yaml");
    if (!existsSync(file)) return [];
    try {
        return readWaivers(readFileSync(file, "utf8"), today);
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
}
