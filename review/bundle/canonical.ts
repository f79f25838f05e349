import { createHash } from "node:crypto";

/**
 * JSON with one spelling for each value (RFC 8785): names sorted by UTF-16 code units, no white space, numbers and texts
 * as ECMAScript writes them. Fields that are undefined are left out.
 * @throws Error on what JSON does not have: NaN, infinities, and halves of surrogate pairs
 */
export function canonicalJson(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(",")}]`;
    if (typeof value === "object" && value !== null) {
        const fields = Object.entries(value)
            .filter(([, inner]) => inner !== undefined)
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([name, inner]) => `${canonicalJson(name)}:${canonicalJson(inner)}`);
        return `{${fields.join(",")}}`;
    }
    if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
    if (typeof value === "string" && !value.isWellFormed()) throw new Error("JSON has no halves of surrogate pairs");
    return JSON.stringify(value);
}

export function sha256(bytes: string | Uint8Array): string {
    return createHash("sha256").update(bytes).digest("hex");
}

/** Digest of a value by its canonical JSON, as 64 hexadecimal digits. */
export function digestOf(value: unknown): string {
    return sha256(canonicalJson(value));
}
