import { isMap } from "./inputs";
import { Secret, Unknown, type Value } from "./value";

/** Longest value that is told whole; a whole list of rules would fill the screen. */
const longest = 100;

/** A value in a line of text: JSON, cut where it is long. */
export function said(value: Value | undefined): string {
    if (value === undefined) return "not set";
    const whole = JSON.stringify(plainly(value));
    return whole.length > longest ? `${whole.slice(0, longest)}... (${whole.length} characters)` : whole;
}

/** Secrets and unknowns as words. */
function plainly(value: Value): unknown {
    if (value instanceof Secret)
        return value.fingerprint === "" ? "[secret]" : `[secret ${value.fingerprint.slice(0, 8)}]`;
    if (value instanceof Unknown) return "[known after the update]";
    if (Array.isArray(value)) return (value as readonly Value[]).map(plainly);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainly(inner)]));
}
