import type { Finding } from "./finding";

/** A finding that stays, with the reason for it. */
export interface Exception {
    scanner: string;
    rule: string;
    /** ARM type of the resource, or kind of the Kubernetes object; `*` for any text. */
    type: string;
    /** The program's names of the resources; `*` for any text. */
    names: string[];
    /** Stacks that it is for. */
    stacks: string[];
    reason: string;
    /** A page, or a file of the project. */
    source: string;
}

/** A finding in a stack, with the program's name of the resource. */
export interface Found extends Finding {
    stack: string;
    ownName: string;
}

/** Findings with their exception, where there is one. */
export interface Judged {
    found: Found;
    exception?: Exception;
}

/** What is wrong with the list itself. */
export function exceptionFaults(exceptions: readonly Exception[]): string[] {
    return exceptions.flatMap((exception, index) => {
        const { rule, type, names, stacks, reason, source } = exception;
        const at = `exception ${index} (${rule}, ${type})`;
        return [
            ...(reason.length >= 60 ? [] : [`${at}: the reason must say why, in 60 characters or more`]),
            ...(/not (needed|necessary|relevant) in|only (in )?dev\b/i.test(reason)
                ? [`${at}: that something is not needed in an environment is no reason`]
                : []),
            ...(/^https:\/\/\S+/.test(source) || /^[\w/.-]+\.\w+$/.test(source) ? [] : [`${at}: no source`]),
            ...(names.length > 0 && stacks.length > 0 ? [] : [`${at}: it names no resource or no stack`]),
        ];
    });
}

/** Gives each finding its exception. */
export function judge(found: readonly Found[], exceptions: readonly Exception[]): Judged[] {
    return found.map((each) => {
        const exception = exceptions.find((one) => covers(one, each));
        return { found: each, ...(exception && { exception }) };
    });
}

/** Parts of exceptions that met nothing in the stacks that were scanned: what they excused is gone. */
export function unusedIn(
    judged: readonly Judged[],
    exceptions: readonly Exception[],
    scanned: readonly string[],
): string[] {
    return exceptions.flatMap((exception) => {
        const met = judged.filter((one) => one.exception === exception).map(({ found }) => found);
        const here = exception.stacks.filter((stack) => scanned.includes(stack));
        const stacks = here.filter((stack) => !met.some((found) => found.stack === stack));
        const names = exception.names.filter((name) => !met.some(({ ownName }) => matches(name, ownName)));
        const all = here.length === exception.stacks.length;
        return [...stacks.map((stack) => `in ${stack}`), ...(all ? names.map((name) => `for "${name}"`) : [])].map(
            (where) => `the exception of ${exception.scanner} ${exception.rule} is not used ${where}`,
        );
    });
}

function covers({ scanner, rule, type, names, stacks }: Exception, found: Found): boolean {
    return (
        scanner === found.scanner &&
        rule === found.rule &&
        matches(type, found.type) &&
        stacks.includes(found.stack) &&
        names.some((name) => matches(name, found.ownName))
    );
}

function matches(pattern: string, name: string): boolean {
    const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(name);
}
