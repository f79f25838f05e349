import { randomBytes } from "node:crypto";
import { priceSheet } from "../../facts/prices";
import { bundleOf, type Bundle } from "../../review/bundle/bundle";
import { driftInTheWay } from "../../review/drift/open-drift";
import { errorsIn, reviewOf } from "../../review/reviewed";
import { driftOf } from "../drift/drift";
import { Engine } from "../engine";
import { recover } from "../recover";
import { reviewLines } from "../review/review-lines";
import { tellPreview } from "../review/told-preview";
import { withStack, type Context } from "../stack-run";
import { UserError } from "../user-error";
import { ChangeFiles, type StoredBundle } from "./change-files";
import { Repository, toolchainOf } from "./repository";

const dayMilliseconds = 24 * 3600 * 1000;

/** Previews a stack's change, and writes what everybody who answers for it signs. */
export async function makeBundle(context: Context, stack: string): Promise<void> {
    const { at, terminal } = context;
    const repository = new Repository(at.root);
    const { rules } = repository.law();
    const source = repository.source();
    const files = new ChangeFiles(at.root, stack);
    const before = candidates(files)[0];
    await withStack(context, { command: "bundle", stack }, async (run) => {
        await recover(run.session);
        const drift = await driftOf(run);
        const preview = await tellPreview(run);
        terminal.now(undefined);
        const inTheWay = driftInTheWay(drift, preview);
        if (inTheWay.length > 0)
            throw new UserError(
                `what it touches has drifted, and nobody knows what it would do: ${inTheWay.map(({ name, path }) => `${name} ${path ?? "is gone"}`).join(", ")}. ` +
                    `\`npx mlplatform drift ${stack}\` says how to close that`,
            );
        const reviewed = reviewOf(preview, priceSheet(at.root));
        const failures = errorsIn(preview);
        if (failures.length > 0)
            throw new UserError(`the preview failed:\n${failures.map(({ message }) => `  ${message}`).join("\n")}`);
        const bundle = bundleOf(reviewed, rules, {
            ...{ source, toolchain: toolchainOf(at.root, new Engine(at).release) },
            notAfter: new Date(Date.now() + rules.validDays * dayMilliseconds).toISOString(),
            nonce: randomBytes(16).toString("hex"),
            ...(before && { supersedes: before.digest }),
        });
        for (const line of reviewLines(reviewed)) terminal.line(line);
        if (bundle.predicate.effects.length === 0) {
            terminal.line("There is nothing to sign");
            return;
        }
        for (const line of writtenLines(stack, files.write(bundle), before)) terminal.line(line);
    });
}

/** Bundles that may be applied yet, as far as one sees without looking at signatures; the newest first. */
export function candidates(files: ChangeFiles): StoredBundle[] {
    const all = files.all();
    const ledger = files.ledger();
    const replaced = new Set(all.map(({ bundle }) => bundle.predicate.supersedes));
    return all
        .filter(({ digest }) => !replaced.has(digest) && !ledger.isApplied(digest))
        .sort((left, right) => (left.bundle.predicate.notAfter < right.bundle.predicate.notAfter ? 1 : -1));
}

function writtenLines(stack: string, { bundle, digest, folder }: StoredBundle, before?: StoredBundle): string[] {
    return [
        "",
        `${folder}/bundle.json, sha256 ${digest}`,
        ...(before ? [`It takes the place of ${before.folder}, whose signatures count no more`] : []),
        ...requiredLines(bundle),
        `Good until ${bundle.predicate.notAfter}. Commit it, and let each of them sign:`,
        ...bundle.predicate.required.map((role) => `  npx mlplatform sign ${stack} --role ${role} --key FILE`),
    ];
}

/** Who must sign, and why. */
function requiredLines({ predicate: { risks, required } }: Bundle): string[] {
    return [
        `To be signed by ${required.join(", ")}:`,
        ...risks.map(
            ({ rule, reason, require, urns }) => `  ${rule} (${urns.length}): ${require.join(", ")}, as ${reason}`,
        ),
    ];
}
