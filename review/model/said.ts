import { isMap } from "./inputs";
import { Secret, Unknown, type Value } from "./value";

/** Longest value that is told whole; a whole list of rules would fill the screen. */
const longest = 100;

/** A value in a line of text: JSON, cut where it is long. */
export function said(value: Value | undefined): string {
    if (value === undefined) return "not set";
    const whole = JSON.stringify(plainly(value, inWords));
    return whole.length > longest ? `${whole.slice(0, longest)}... (${whole.length} characters)` : whole;
}

function inWords(special: Secret | Unknown): string {
    if (special instanceof Unknown) return "[known after the update]";
    return special.fingerprint === "" ? "[secret]" : `[secret ${special.fingerprint.slice(0, 8)}]`;
}

/** A value as JSON, with something else in the place of what JSON does not have. */
export function plainly(value: Value, instead: (special: Secret | Unknown) => string): unknown {
    if (value instanceof Secret || value instanceof Unknown) return instead(value);
    if (Array.isArray(value)) return (value as readonly Value[]).map((inner) => plainly(inner, instead));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainly(inner, instead)]));
}
