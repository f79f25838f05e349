import { readFileSync } from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { priceSheet } from "../../facts/prices";
import { blastOf, type Blast } from "../../review/blast/blast";
import { costOf, type Cost } from "../../review/cost/cost";
import type { Preview } from "../../review/model/preview";
import { readPreview } from "../../review/model/read";
import type { Places } from "../places";
import { recover } from "../recover";
import { withStack, type Context } from "../stack-run";
import { UserError } from "../user-error";
import { projectOf } from "../workspace";
import { reviewLines } from "./review-lines";
import { fingerprintKey, tellPreview } from "./told-preview";

/** Answers of a Pulumi that ran elsewhere, as files or named pipes; `-` is the standard input. */
export interface ReviewFiles {
    /** What `pulumi preview --json --show-sames` printed. */
    preview?: string;
    /** What the same preview wrote with `--event-log`: without it, nothing is said of policies. */
    events?: string;
    /** What the same preview wrote with `--save-plan --show-secrets`. */
    plan?: string;
    /** What `pulumi stack export --show-secrets` printed before it. */
    state?: string;
}

/** What a change is, for those who answer for it. */
export interface Review {
    preview: Preview;
    blast: Blast;
    cost: Cost;
}

/** Variable with what fingerprints of secrets are keyed by, for a Pulumi that ran elsewhere. */
export const keyVariable = "MLPLATFORM_FINGERPRINT_KEY";

/** Says what a stack's change does, can break, and costs. */
export async function review(context: Context, stack: string, files: ReviewFiles & { json: boolean }): Promise<void> {
    const preview = files.preview === undefined ? await look(context, stack) : told(context.at, stack, files);
    const made: Review = { preview, blast: blastOf(preview), cost: costOf(preview, priceSheet(context.at.root)) };
    const { terminal } = context;
    if (files.json) terminal.line(JSON.stringify(made, undefined, 2));
    else for (const line of reviewLines(made)) terminal.line(line);
}

const look = (context: Context, stack: string): Promise<Preview> =>
    withStack(context, { command: "review", stack }, async (run) => {
        await recover(run.session);
        return await tellPreview(run);
    });

function told(at: Places, stack: string, { preview = "-", events, plan, state }: ReviewFiles): Preview {
    const secret = process.env[keyVariable];
    // All of them are read, so that whoever writes into a pipe can end.
    const [digest, stateJson, planJson] = [preview, state, plan].map((file) => jsonIn(file));
    const known = secret !== undefined && secret !== "";
    try {
        return readPreview({
            digest,
            events: eventsIn(events),
            ...(known && {
                secrets: {
                    key: fingerprintKey(secret, `${projectOf(at, stack).name}/${stack}`),
                    ...{ state: stateJson, plan: planJson },
                },
            }),
        });
    } catch (fault) {
        const reason = fault instanceof Error ? fault.message : String(fault);
        throw new UserError(`--preview ${preview} must be what \`pulumi preview --json\` prints: ${reason}`);
    }
}

function jsonIn(file: string | undefined): unknown {
    if (file === undefined) return undefined;
    return parsed(file, readText(file));
}

/** The engine writes one event a line. */
const eventsIn = (file: string | undefined): EngineEvent[] =>
    file === undefined
        ? []
        : readText(file)
              .split("\n")
              .filter((line) => line !== "")
              .map((line) => parsed(file, line) as EngineEvent);

function readText(file: string): string {
    try {
        return readFileSync(file === "-" ? 0 : file, "utf8");
    } catch (fault) {
        throw new UserError(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
}

function parsed(file: string, text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        // The parser's own message quotes the text, which may hold secrets.
        throw new UserError(`${file} must be JSON, and is not`);
    }
}
