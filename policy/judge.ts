import { exempt } from "./exceptions";
import { plainType, type Requirement, type Rule } from "./rule";

/** What a rule finds in a resource. */
export interface Verdict {
    /** `undetermined`: what it asks for is known only after the update. */
    kind: "violated" | "undetermined";
    path: string;
    message: string;
    /** What is there; undefined where that is not known. */
    value?: unknown;
}

/** A resource as a rule sees it. */
export interface Judged {
    type: string;
    /** Name in the program. */
    name: string;
    inputs: unknown;
}

/** All that a rule finds wrong with a resource, or cannot tell before the update, but for its exceptions. */
export function findings(rule: Rule, { type: token, name, inputs }: Judged): Verdict[] {
    const type = plainType(token);
    if (!rule.types.includes(type)) return [];
    const of = { rule: rule.name, type, name, ...environmentOf(inputs) };
    return judge(rule, inputs).filter(({ path, value }) => !exempt({ ...of, path, value }));
}

/** A value that is not known before the update: reading it throws, as in `@pulumi/policy`. */
const unknown = Symbol("unknown");
/** Deeper than an unknown value, or a list: each element. */
type Found = { path: string; value: unknown }[];

/** Of the tag that the program sets; nothing where it sets none, or where it is not known yet. */
export function environmentOf(inputs: unknown): { environment?: string } {
    const environment = read(read(inputs, "tags"), "environment");
    return typeof environment === "string" ? { environment } : {};
}

/** The same without regard to exceptions. */
export function judge(rule: Rule, inputs: unknown): Verdict[] {
    const elements = rule.each === undefined ? [{ path: "", value: inputs }] : valuesAt(inputs, rule.each, "");
    return elements.flatMap(({ path, value }) => {
        if (value === unknown) return [undetermined(path)];
        const applies = (rule.when ?? []).map((requirement) => holds(requirement, value));
        if (applies.includes(false)) return [];
        const wrong = rule.requires.flatMap((requirement) => verdicts(requirement, value, path));
        return applies.includes(unknown) ? wrong.map((verdict) => undetermined(verdict.path)) : wrong;
    });
}

const undetermined = (path: string): Verdict => ({
    ...{ kind: "undetermined", path },
    message: `${path} is known only after the update`,
});

function verdicts(requirement: Requirement, inputs: unknown, within: string): Verdict[] {
    return valuesAt(inputs, requirement.path, "").flatMap(({ path, value }): Verdict[] => {
        const whole = within === "" ? path : `${within}.${path}`;
        const verdict = satisfied(requirement, value);
        if (verdict === unknown) return [undetermined(whole)];
        if (verdict) return [];
        const message = `${whole} must ${wanted(requirement)}, got ${told(value)}`;
        return [{ kind: "violated", path: whole, message, value }];
    });
}

function holds(requirement: Requirement, inputs: unknown): boolean | typeof unknown {
    const found = valuesAt(inputs, requirement.path, "").map(({ value }) => satisfied(requirement, value));
    if (found.includes(false)) return false;
    return found.includes(unknown) ? unknown : true;
}

function satisfied(requirement: Requirement, value: unknown): boolean | typeof unknown {
    if (value === unknown) return "given" in requirement && requirement.given ? true : unknown;
    if ("is" in requirement) return value === requirement.is;
    if ("oneOf" in requirement) return requirement.oneOf.some((one) => one === value);
    if ("isNot" in requirement) return value !== requirement.isNot;
    if ("atLeast" in requirement) return typeof value === "number" && value >= requirement.atLeast;
    if ("given" in requirement) return isGiven(value) === requirement.given;
    if ("matches" in requirement) return typeof value === "string" && requirement.matches.test(value);
    if ("matchesNot" in requirement) return typeof value !== "string" || !requirement.matchesNot.test(value);
    return Array.isArray(value) && elementsOf(value).includes(requirement.includes);
}

function isGiven(value: unknown): boolean {
    if (value === undefined || value === null || value === "") return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
}

/** What must hold, after `must`. */
export function wanted(requirement: Requirement): string {
    if ("is" in requirement) return `be ${told(requirement.is)}`;
    if ("oneOf" in requirement) return `be one of ${requirement.oneOf.map(told).join(", ")}`;
    if ("isNot" in requirement) return `not be ${told(requirement.isNot)}`;
    if ("atLeast" in requirement) return `be ${requirement.atLeast} or more`;
    if ("given" in requirement) return requirement.given ? "be set" : "not be set";
    if ("matches" in requirement) return `match ${requirement.matches.source}`;
    if ("matchesNot" in requirement) return `not match ${requirement.matchesNot.source}`;
    return `include ${told(requirement.includes)}`;
}

/** Values as people read them; a map or list is not quoted, as it may hold what is nobody's business. */
function told(value: unknown): string {
    if (value === undefined) return "nothing";
    if (Array.isArray(value)) return `a list of ${value.length}`;
    return typeof value === "object" && value !== null ? "a map" : JSON.stringify(value);
}

/** Values at a path, with where each is. A list that is missing has none; anything else that is missing is one undefined. */
function valuesAt(root: unknown, path: string, at: string): Found {
    const steps = [...path.matchAll(/\["([^"]*)"\]|\[(\*)\]|([^.[\]]+)/g)];
    return steps.reduce<Found>(
        (found, [whole, quoted, star, name]) =>
            found.flatMap(({ path: place, value }) => {
                if (value === unknown) return [{ path: place, value }];
                if (star !== undefined)
                    return elementsOf(value).map((inner, index) => ({ path: `${place}[${index}]`, value: inner }));
                const key = quoted ?? name ?? "";
                const where = quoted !== undefined ? `${place}${whole}` : place === "" ? key : `${place}.${key}`;
                return [{ path: where, value: read(value, key) }];
            }),
        [{ path: at, value: root }],
    );
}

const elementsOf = (list: unknown): unknown[] =>
    Array.isArray(list) ? Array.from({ length: list.length }, (_, index) => read(list, String(index))) : [];

/** `@pulumi/policy` throws where what is read is not known yet, and the error says of what kind it is. */
function read(from: unknown, name: string): unknown {
    if (typeof from !== "object" || from === null) return undefined;
    try {
        return (from as Record<string, unknown>)[name];
    } catch (fault) {
        if (fault instanceof Error && "unknownTypeSentinel" in fault) return unknown;
        throw fault;
    }
}
