/** What must hold at a path; `a.b`, `a["b.c"]`, and `list[*].c` for each of a list. */
export type Requirement = { path: string } & (
    | { is: boolean | number | string }
    | { oneOf: readonly (boolean | number | string)[] }
    /** Fine where nothing is said, as Azure's own default is. */
    | { isNot: boolean | number | string }
    | { atLeast: number }
    /** Something is there: no empty text, list or map. */
    | { given: true }
    /** Nothing is there. */
    | { given: false }
    | { matches: RegExp }
    /** Fine where nothing is said. */
    | { matchesNot: RegExp }
    /** A list that has it. */
    | { includes: string }
);

/** What of a kind of resource must hold, and why. */
export interface Rule {
    /** Small letters and dashes; part of what people write into exceptions, so it stays. */
    name: string;
    /** `mandatory` stops an update, `advisory` is only told. */
    severity: "mandatory" | "advisory";
    /** Pulumi's tokens. */
    types: readonly string[];
    /** Only resources of which all of this holds; in an `each`, only such elements. */
    when?: readonly Requirement[];
    /** List whose elements it is about. */
    each?: string;
    requires: readonly Requirement[];
    reason: string;
    remedy: string;
    /** Page, or check of another scanner, that asks for it. */
    source: string;
}

/** A rule that stops an update. */
export const mandatory = (rule: Omit<Rule, "severity">): Rule => ({ ...rule, severity: "mandatory" });
/** A rule that is only told. */
export const advisory = (rule: Omit<Rule, "severity">): Rule => ({ ...rule, severity: "advisory" });

export const learn = (path: string): string => `https://learn.microsoft.com/azure/${path}`;

/**
 * A type without the version of Azure's API that a program may name in it: another version is the same resource, and no
 * way past a rule. `azure-native:storage/v20240101:StorageAccount` and what `pulumi package add` makes are meant.
 */
export const plainType = (type: string): string =>
    type.replace(/^azure-native(?:_[a-z0-9_]+)?:([a-z]+)(?:\/v[0-9a-z]+)?:/, "azure-native:$1:");
