import { baseOf } from "../bundle/base";
import type { Bundle, Source, Toolchain } from "../bundle/bundle";
import { canonicalJson } from "../bundle/canonical";
import { beyond } from "../bundle/compare";
import { effectsOf, type Effect } from "../bundle/effects";
import type { Ledger } from "../ledger/ledger";
import { nameOf } from "../model/names";
import type { Preview } from "../model/preview";
import type { Person } from "./people";
import { signOffOf, type SignatureFile, type SignOff } from "./quorum";
import { requiredBy, risksOf, type Rules } from "./rules";

/** A bundle as it was handed in. */
export interface HandedIn {
    bundle: Bundle;
    digest: string;
    signatures: readonly SignatureFile[];
}

/** What is so now, and by whose word. */
export interface Circumstances {
    stack: string;
    now: Date;
    rules: Rules;
    people: readonly Person[];
    allowedSigners: string;
    /** The stack's other bundles. */
    others: readonly Bundle[];
    ledger: Ledger;
    source: Pick<Source, "files">;
    toolchain: Toolchain;
    /** Of the bundle's commits, where git has them. */
    authors?: readonly string[];
}

/** Every reason why a bundle may not be applied now, and who has signed it. */
export async function judged(
    { bundle, digest, signatures }: HandedIn,
    now: Circumstances,
): Promise<{ faults: string[]; signOff: SignOff }> {
    const { predicate } = bundle;
    const at = now.now;
    const judges = { people: now.people, allowedSigners: now.allowedSigners, at };
    const signOff = await signOffOf(bundle, digest, signatures, judges);
    return { signOff, faults: [...aboutTheBundle(bundle, digest, now), ...aboutSignatures(signOff, predicate.stack)] };
}

function aboutTheBundle(bundle: Bundle, digest: string, now: Circumstances): string[] {
    const { predicate } = bundle;
    const { stack, source, toolchain, notAfter } = predicate;
    const faults: string[] = [];
    if (stack !== now.stack) faults.push(`it is for the stack "${stack}"`);
    if (!(Date.parse(notAfter) > now.now.getTime())) faults.push(`it was good until ${notAfter}`);
    const heir = now.others.find((other) => other.predicate.supersedes === digest);
    if (heir) faults.push(`another bundle has taken its place, with ${heir.predicate.effects.length} effects`);
    if (now.ledger.isApplied(digest)) faults.push("it was applied before, and is good for once");
    faults.push(...ruleFaults(bundle, now.rules));
    if (source.files !== now.source.files) faults.push("the program or its settings are others than were previewed");
    for (const tool of ["engine", "node", "lock"] as const)
        if (toolchain[tool] !== now.toolchain[tool]) faults.push(toolFault(tool, toolchain[tool], now.toolchain[tool]));
    if (toolchain.policies !== now.toolchain.policies)
        faults.push("the policies are others than it was previewed with");
    if (now.authors && canonicalJson(now.authors) !== canonicalJson(source.authors))
        faults.push(
            `its commits are of ${now.authors.join(", ") || "nobody"}, and it says ${source.authors.join(", ")}`,
        );
    return faults;
}

/** Whether a bundle asks for the signatures that the rules ask for. */
export function ruleFaults({ predicate }: Bundle, rules: Rules): string[] {
    const { stack, effects, cost, required } = predicate;
    if (predicate.rules.digest !== rules.digest)
        return ["the protected branch has other rules by now on who must sign"];
    const asked = requiredBy(risksOf(rules, stack, effects, cost.change.expected));
    return canonicalJson(asked) === canonicalJson(required) ? [] : ["the rules ask for other signatures than it says"];
}

const toolFault = (tool: "engine" | "node" | "lock", was: string, is: string): string =>
    tool === "lock"
        ? "package-lock.json is another than it was previewed with"
        : `it was previewed with ${tool} ${was}, and this is ${is}`;

function aboutSignatures({ missing, refused }: SignOff, stack: string): string[] {
    return [
        ...refused.map(({ file, why }) => `${file} does not count: ${why}`),
        ...missing.map((role) => `${role} has not signed: npx mlplatform sign ${stack} --role ${role} --key FILE`),
    ];
}

/** What a preview of now makes of a bundle. */
export interface Held {
    /** Every reason why it must not be applied; nothing when all that would happen was signed. */
    faults: string[];
    /** What is to be done yet. */
    left: readonly Effect[];
}

/** @param isBegun Whether some of it was done before: what it touches is then as that left it, and all else as it was signed. */
export function heldAgainst(preview: Preview, { predicate }: Bundle, isBegun: boolean): Held {
    const left = effectsOf(preview);
    const base = baseOf(preview, predicate.effects);
    const faults = beyond(left, predicate.effects).map(({ urn, why }) => `${nameOf(urn)}: ${why}`);
    if (isBegun) {
        if (base.untouched !== predicate.base.untouched)
            faults.unshift("the state has changed in what the change does not touch, since it was begun");
    } else if (base.digest !== predicate.base.digest)
        faults.unshift("the state is another than the one that was previewed");
    const signed = new Set(predicate.policy.map((finding) => canonicalJson(finding)));
    for (const finding of preview.findings)
        if (!signed.has(canonicalJson(finding)))
            faults.push(`policy ${finding.policy} says by now: ${finding.message}`);
    return { faults, left };
}
