import { createHash } from "node:crypto";

/** A GUID that depends on the id and the purpose alone: stands where Azure's own is random. Ids ignore case. */
export function stableGuid(id: string, purpose: string): string {
    const hex = stableHex(`${id.toLowerCase()}\n${purpose}`, 32);
    const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4] ?? "8";
    return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        variant + hex.slice(17, 20),
        hex.slice(20),
    ].join("-");
}

/** The first `length` hexadecimal digits (64 at most) of a digest of `text`. */
export function stableHex(text: string, length: number): string {
    return createHash("sha256").update(text).digest("hex").slice(0, length);
}
