import { Secret, Unknown, type Value } from "../review/model/value";

/** A value as the engine's events and `export` show it. */
export function shownValue(shown: unknown): Value {
    if (shown === "[unknown]") return new Unknown("string");
    if (shown === "[secret]") return new Secret("");
    if (Array.isArray(shown)) return shown.map(shownValue);
    if (typeof shown !== "object" || shown === null) return shown as Value;
    return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, shownValue(value)]));
}
