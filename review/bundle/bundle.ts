import { staying, type Danger } from "../blast/dangers";
import type { Cost } from "../cost/cost";
import type { Range } from "../cost/range";
import type { PolicyFinding } from "../model/preview";
import { requiredBy, risksOf, type Risk, type Role, type Rules } from "../sign-off/rules";
import type { Reviewed } from "../reviewed";
import { baseOf, type Base } from "./base";
import { canonicalJson, digestOf, sha256 } from "./canonical";
import { effectsOf, type Effect } from "./effects";

/** What the program and its settings were. */
export interface Source {
    commit: string;
    /** Where it left the protected branch. */
    from: string;
    /** Digest of all files but those of bundles and ledgers, which come with the change itself. */
    files: string;
    /** Addresses of those who wrote and committed what the protected branch did not have. */
    authors: readonly string[];
}

/** With what it is previewed and applied. */
export interface Toolchain {
    engine: string;
    node: string;
    /** Digest of package-lock.json: it has every other version, the providers' among them. */
    lock: string;
    /** Digest of the policy pack's files; empty where there is none. */
    policies: string;
}

/** What it costs, so that nobody signs one figure and gets another. US dollars a month. */
export interface SignedCost {
    change: Range;
    after: Range;
    /** Of all prices and assumptions that the figures come from. */
    digest: string;
    /** What has no price. */
    unpriced: readonly string[];
}

/** What goes though it holds something, or though others hang on it. */
export interface SignedDanger {
    urn: string;
    operation: "replace" | "delete";
    holds: string | null;
    recovery: string | null;
    /** How many hang on it that stay. */
    dependants: number;
}

/** What everyone signs: an in-toto Statement about the effects of a change. */
export interface Bundle {
    _type: "https://in-toto.io/Statement/v1";
    subject: readonly [{ name: string; digest: { sha256: string } }];
    predicateType: typeof predicateType;
    predicate: Predicate;
}

export const predicateType = "https://mlplatform.example/change/v1";

export interface Predicate {
    project: string;
    stack: string;
    effects: readonly Effect[];
    base: Base;
    source: Source;
    toolchain: Toolchain;
    policy: readonly PolicyFinding[];
    cost: SignedCost;
    dangers: readonly SignedDanger[];
    risks: readonly Risk[];
    rules: { version: number; digest: string };
    required: readonly Role[];
    /** After that moment nobody may apply it. */
    notAfter: string;
    /** Tells two bundles of one change apart. */
    nonce: string;
    /** Digest of the bundle that this takes the place of. */
    supersedes?: string;
}

/** Makes the bundle of a preview. */
export function bundleOf(
    { preview, blast, cost }: Reviewed,
    rules: Rules,
    given: Pick<Predicate, "source" | "toolchain" | "notAfter" | "nonce" | "supersedes">,
): Bundle {
    const { project, stack } = preview;
    const effects = effectsOf(preview);
    const risks = risksOf(rules, stack, effects, cost.change.expected);
    return {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: `${project}/${stack}`, digest: { sha256: digestOf(effects) } }],
        predicateType,
        predicate: {
            ...{ project, stack, effects, base: baseOf(preview, effects), ...given },
            policy: preview.findings,
            ...{ cost: signedCost(cost), dangers: blast.dangers.map(signedDanger) },
            risks,
            rules: { version: rules.version, digest: rules.digest },
            required: requiredBy(risks),
        },
    };
}

const signedCost = ({ change, after, unpriced, prices, assumptions }: Cost): SignedCost => ({
    ...{ change, after, unpriced: unpriced.map(({ urn }) => urn) },
    digest: digestOf([prices, assumptions]),
});

const signedDanger = (danger: Danger): SignedDanger => ({
    ...{ urn: danger.urn, operation: danger.operation, holds: danger.holds?.dataClass ?? null },
    ...{ recovery: danger.recovery?.possible ?? null, dependants: staying(danger).length },
});

/** The bytes that are signed. */
export const bytesOf = (bundle: Bundle): string => canonicalJson(bundle);
export const bundleDigest = (bundle: Bundle): string => sha256(bytesOf(bundle));

/**
 * Reads a bundle, and holds it to itself.
 * @throws Error when its bytes are not canonical, or its effects are not those of its digest
 */
export function parseBundle(text: string): Bundle {
    const read = JSON.parse(text) as Omit<Bundle, "predicateType"> & { predicateType: string };
    if (read.predicateType !== predicateType) throw new Error(`it is no ${predicateType}`);
    const bundle: Bundle = { ...read, predicateType };
    if (bytesOf(bundle) !== text) throw new Error("its bytes are not canonical JSON (RFC 8785)");
    if (bundle.subject[0].digest.sha256 !== digestOf(bundle.predicate.effects))
        throw new Error("its effects are not those that its digest is of");
    return bundle;
}
