import { unapproved, type Entry } from "../../review/ledger/ledger";
import { ruleFaults } from "../../review/sign-off/judge";
import { signOffOf } from "../../review/sign-off/quorum";
import type { Context } from "../stack-run";
import { ChangeFiles, type StoredBundle } from "./change-files";
import { Repository, type Law } from "./repository";

/**
 * Tells from git and the files of changes alone whether what ran on a stack is what was signed. Ends with 1 where it is not.
 */
export async function verify({ at, terminal }: Context, stack: string): Promise<void> {
    const files = new ChangeFiles(at.root, stack);
    const { entries } = files.ledger();
    const repository = new Repository(at.root);
    const bundles = new Map(files.all().map((stored) => [stored.digest, stored]));
    let wrong = 0;
    for (const [index, entry] of entries.entries()) {
        const stored = bundles.get(entry.bundle);
        const faults = stored
            ? await faultsOf(entry, stored, repository.law(new Date(entry.at)), entries.slice(0, index), repository)
            : [`the bundle sha256 ${entry.bundle} is missing`];
        wrong += faults.length;
        const by = entry.signed.map(({ role, person }) => `${person} as ${role}`).join(", ");
        terminal.line(`${entry.sequence}  ${entry.at}  ${entry.outcome}  ${stored?.folder ?? entry.bundle}  ${by}`);
        for (const fault of faults) terminal.line(`   WRONG: ${fault}`);
    }
    terminal.line(
        wrong === 0
            ? `"${stack}": ${entries.length} entries; all that ran was signed by those who had to`
            : `"${stack}": ${wrong} faults in ${entries.length} entries`,
    );
    if (wrong > 0) process.exitCode = 1;
}

async function faultsOf(
    entry: Entry,
    { bundle, digest, signatures }: StoredBundle,
    { rules, people, allowedSigners }: Law,
    before: readonly Entry[],
    repository: Repository,
): Promise<string[]> {
    const { effects, notAfter, base, required, source } = bundle.predicate;
    const { missing, signed } = await signOffOf(bundle, digest, signatures, {
        ...{ people, allowedSigners, at: new Date(entry.at) },
    });
    const authors = repository.authorsIfKnown(source.from, source.commit);
    const isFirst = !before.some((one) => one.bundle === entry.bundle);
    const last = before.filter((one) => one.stateAfter !== undefined).at(-1);
    return [
        ...(bundle.predicate.stack === entry.stack ? [] : [`the bundle is for "${bundle.predicate.stack}"`]),
        ...missing.map((role) => `${role} had not signed`),
        ...entry.signed
            .filter(({ role, person }) => !signed.some((one) => one.role === role && one.person === person))
            .map(({ role, person }) => `the signature of ${person} as ${role} does not count`),
        ...(required.length > 0 ? [] : ["it asks for no signature"]),
        ...ruleFaults(bundle, rules),
        ...(Date.parse(entry.at) > Date.parse(notAfter) && entry.outcome === "begun"
            ? [`it was good until ${notAfter}`]
            : []),
        ...(authors && authors.join() !== source.authors.join() ? [`its commits are of ${authors.join(", ")}`] : []),
        ...(before.some((one) => one.bundle === entry.bundle && one.outcome === "applied") ? ["it ran again"] : []),
        ...(isFirst && last && last.stateAfter !== base.digest
            ? ["between it and the entry before, the state was changed by something that the ledger does not know"]
            : []),
        ...unapproved(entry.executed, effects).map(({ operation, urn }) => `${operation} of ${urn} was not signed`),
        ...(entry.outcome === "incident" ? ["it was an incident"] : []),
    ];
}
