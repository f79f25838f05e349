import { parse } from "yaml";
import { sha256 } from "../bundle/canonical";
import type { Effect } from "../bundle/effects";
import { Reader } from "./faults";

/** Where the rules lie in the repository. */
export const rulesFile = "sign-off/rules.yaml";
export const roles = ["operations", "security", "finance", "dataOwners"] as const;
export type Role = (typeof roles)[number];

const operations = ["create", "update", "replace", "delete", "import", "forget"] as const;

/** Who must sign a change that has any effect of that kind. */
export interface Rule {
    name: string;
    reason: string;
    /** Patterns of stacks' names, with `*` for anything. @default all */
    stacks?: readonly string[];
    /** Patterns of resource types. @default all */
    types?: readonly string[];
    /** @default all */
    operations?: readonly Effect["operation"][];
    /** Only where the whole change is expected to cost more than so many US dollars a month. @default whatever it costs */
    costOver?: number;
    require: readonly Role[];
}

export interface Rules {
    version: number;
    /** Of the file's bytes. */
    digest: string;
    /** Stacks that nothing is applied to without a signed bundle. */
    protected: readonly string[];
    /** Days that signatures are good for. */
    validDays: number;
    rules: readonly Rule[];
}

/** One rule that a change falls under, and the effects that put it there. */
export interface Risk {
    rule: string;
    reason: string;
    require: readonly Role[];
    urns: readonly string[];
}

/**
 * Reads the rules.
 * @throws FileError with every fault
 */
export function parseRules(text: string): Rules {
    const reader = new Reader(rulesFile);
    const file = reader.map(parse(text), "the file", ["version", "protected", "validDays", "rules"]);
    if (file.version !== 1) reader.faults.push(`version must be 1, got ${JSON.stringify(file.version)}`);
    const rules = reader.list(file.rules, "rules").map((one, index): Rule => {
        const where = `rules[${index}]`;
        const rule = reader.map(one, where, ["name", "reason", "stacks", "types", "operations", "costOver", "require"]);
        const { costOver } = rule;
        if (costOver !== undefined && (typeof costOver !== "number" || !(costOver >= 0)))
            reader.faults.push(
                `${where}.costOver must be US dollars a month, 0 or more, got ${JSON.stringify(costOver)}`,
            );
        const patterns = (name: "stacks" | "types"): Partial<Rule> =>
            rule[name] === undefined ? {} : { [name]: reader.texts(rule[name], `${where}.${name}`) };
        return {
            name: reader.text(rule.name, `${where}.name`),
            reason: reader.text(rule.reason, `${where}.reason`),
            ...patterns("stacks"),
            ...patterns("types"),
            ...(rule.operations !== undefined && {
                operations: reader.texts(rule.operations, `${where}.operations`, operations) as Effect["operation"][],
            }),
            ...(typeof costOver === "number" && { costOver }),
            require: reader.texts(rule.require, `${where}.require`, roles) as Role[],
        };
    });
    const names = rules.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
        reader.faults.push(`two rules are named ${JSON.stringify(name)}`);
    const always = rules.some(
        ({ stacks, types, operations: some, costOver }) => !(stacks ?? types ?? some ?? costOver),
    );
    if (!always)
        reader.faults.push("one rule must hold for every change: without stacks, types, operations and costOver");
    const { validDays } = file;
    if (typeof validDays !== "number" || !Number.isInteger(validDays) || validDays < 1 || validDays > 90)
        reader.faults.push(`validDays must be a whole number of 1 to 90, got ${JSON.stringify(validDays)}`);
    const guarded = reader.texts(file.protected, "protected");
    reader.done();
    return { version: 1, digest: sha256(text), protected: guarded, validDays: Number(validDays), rules };
}

/**
 * The rules that a change falls under, in the file's order. Nobody chooses them: they follow from what it does.
 * @param usdMore What it is expected to cost a month, beyond what there is
 */
export function risksOf({ rules }: Rules, stack: string, effects: readonly Effect[], usdMore: number): Risk[] {
    return rules.flatMap((rule): Risk[] => {
        if (!fits(rule.stacks, stack) || usdMore <= (rule.costOver ?? -Infinity)) return [];
        const urns = effects
            .filter(({ type, operation }) => fits(rule.types, type) && (rule.operations?.includes(operation) ?? true))
            .map(({ urn }) => urn);
        const { name, reason, require } = rule;
        return urns.length === 0 ? [] : [{ rule: name, reason, require, urns }];
    });
}

/** Roles that must sign, each once, in the order of `roles`. */
export function requiredBy(risks: readonly Risk[]): Role[] {
    return roles.filter((role) => risks.some(({ require }) => require.includes(role)));
}

export const isProtected = (rules: Rules, stack: string): boolean => fits(rules.protected, stack);

function fits(patterns: readonly string[] | undefined, text: string): boolean {
    if (!patterns) return true;
    return patterns.some((pattern) => {
        const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
        return new RegExp(`^${parts.join(".*")}$`).test(text);
    });
}
