import { createHash } from "node:crypto";

/** Namespace of the platform's own GUIDs: any constant will do, as long as it never changes. */
const namespace = "6f2b7a4e-3c1d-5e8f-9a0b-1c2d3e4f5a6b";

/**
 * A GUID that follows from what it names (version 5).
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5
 */
export function guid(...parts: readonly string[]): string {
    const bytes = createHash("sha1")
        .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
        .update(parts.join("\n"))
        .digest();
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
