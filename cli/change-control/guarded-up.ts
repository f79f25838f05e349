import { baseOf } from "../../review/bundle/base";
import { approvalOf, unapproved, type Executed } from "../../review/ledger/ledger";
import { heldAgainst, judged, type Circumstances } from "../../review/sign-off/judge";
import type { SignOff } from "../../review/sign-off/quorum";
import { failureLines } from "../report";
import { isTemporary } from "../converge";
import { Progress } from "../progress";
import { recover } from "../recover";
import { tellPreview } from "../review/told-preview";
import type { RunResult } from "../run";
import { operate } from "../session";
import type { StackRun } from "../stack-run";
import { UserError } from "../user-error";
import { ChangeFiles, type StoredBundle } from "./change-files";
import { ExecutedSteps } from "./executed";
import { Repository, toolchainOf, type Law } from "./repository";
import { chosen } from "./sign";

/** Tries that get nothing done before it gives up; what is left can be done later, under the same signatures. */
const idleTries = 3;

/**
 * Applies a signed bundle, and nothing else: verifies it, previews again, goes on only where all that would happen was signed, stops
 * at the first step that was not, and writes down what ran. What an interruption left is done under the same signatures.
 */
export async function guardedUp(run: StackRun, law: Law, bundleName: string | undefined): Promise<void> {
    const { at, terminal, session } = run;
    const { stack } = session.workspace;
    const files = new ChangeFiles(at.root, stack);
    const stored = chosen(files, stack, bundleName);
    const signOff = await verified(run, law, files, stored);
    terminal.step(
        `${stored.folder}: signed by ${signOff.signed.map((one) => `${one.person} as ${one.role}`).join(", ")}`,
    );
    for (let idle = 0; ;) {
        await recover(session);
        const preview = await tellPreview(run);
        const { faults, left } = heldAgainst(preview, stored.bundle, files.ledger().isBegun(stored.digest));
        if (faults.length > 0) throw refused(stored, faults);
        const entry = { stack, bundle: stored.digest, signed: signOff.signed };
        if (left.length === 0) {
            // All was done before, by one that was cut off before it could say so.
            files.append({
                ...entry,
                at: now(),
                outcome: "applied",
                executed: [],
                stateAfter: baseOf(preview, []).digest,
            });
            break;
        }
        files.append({ ...entry, at: now(), outcome: "begun", executed: [] });
        const { result, executed } = await apply(run, stored, left.length);
        const beyond = unapproved(executed, stored.bundle.predicate.effects);
        const outcome = beyond.length > 0 ? "incident" : "interrupted";
        if (beyond.length > 0 || !result.ok) files.append({ ...entry, at: now(), outcome, executed });
        if (beyond.length > 0) throw incident(beyond);
        if (result.ok) {
            const after = await tellPreview(run);
            const stateAfter = baseOf(after, []).digest;
            files.append({ ...entry, at: now(), outcome: "applied", executed, stateAfter });
            break;
        }
        idle = executed.some(({ failed }) => !failed) ? 0 : idle + 1;
        if (session.signal?.aborted === true || !isTemporary(result) || idle >= idleTries)
            throw unfinished(run, result);
        terminal.step(`trying again after what was temporary: ${failureLines(result)[0] ?? ""}`);
    }
    terminal.step(`all that was signed is done; ${files.ledgerFile} says what ran: commit it`);
}

async function verified(run: StackRun, law: Law, files: ChangeFiles, stored: StoredBundle): Promise<SignOff> {
    const { at, session } = run;
    const repository = new Repository(at.root);
    const { source } = stored.bundle.predicate;
    const authors = repository.authorsIfKnown(source.from, source.commit);
    const circumstances: Circumstances = {
        ...{ stack: session.workspace.stack, now: new Date(), ...law },
        others: files.all().map(({ bundle }) => bundle),
        ...{ ledger: files.ledger(), source: repository.source() },
        toolchain: toolchainOf(at.root, session.engine.release),
        ...(authors && { authors }),
    };
    const { faults, signOff } = await judged(stored, circumstances);
    if (faults.length > 0) throw refused(stored, faults);
    return signOff;
}

/** Stops the engine at the first step that was not signed, which no program and state as they were previewed ask for. */
async function apply(
    run: StackRun,
    { bundle }: StoredBundle,
    size: number,
): Promise<{ result: RunResult; executed: Executed[] }> {
    const progress = new Progress(run.terminal, size);
    const steps = new ExecutedSteps();
    const isApproved = approvalOf(bundle.predicate.effects);
    const fence = new AbortController();
    const given = run.session.signal;
    const signal = given ? AbortSignal.any([given, fence.signal]) : fence.signal;
    try {
        const result = await operate({ ...run.session, signal }, "up", {
            onEvent: (event) => {
                const step = steps.note(event);
                if (step && !isApproved(step)) fence.abort();
                progress.onEvent(event);
            },
        });
        return { result, executed: steps.all };
    } finally {
        progress.close();
    }
}

const now = (): string => new Date().toISOString();

const refused = ({ folder, bundle }: StoredBundle, faults: readonly string[]): UserError =>
    new UserError(
        `${folder} must not be applied:\n${faults.map((fault) => `  ${fault}`).join("\n")}\n` +
            `Nothing was done. \`npx mlplatform bundle ${bundle.predicate.stack}\` makes one of what would happen now`,
    );

const incident = (beyond: readonly Executed[]): UserError =>
    new UserError(
        `more ran than was signed, which the ledger has as an incident:\n${beyond.map(({ operation, urn }) => `  ${operation} ${urn}`).join("\n")}`,
    );

function unfinished({ session }: StackRun, result: RunResult): UserError {
    const { stack } = session.workspace;
    const lines = failureLines(result).map((line) => `  ${line.replaceAll("\n", "\n    ")}`);
    return new UserError(
        `up of "${stack}" stopped before its end:\n${lines.join("\n")}\n` +
            "Run it again: it does what is left, under the same signatures, until they end",
    );
}
