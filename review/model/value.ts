/** A secret: two with one fingerprint are equal, and neither can be read from it. */
export class Secret {
    /** `fingerprint`: HMAC-SHA-256 of the value as canonical JSON under the stack's key, as 64 hexadecimal digits. */
    constructor(readonly fingerprint: string) {}
}

/** A value that the engine knows only once what it hangs on has been made; of `type`, as far as the engine tells. */
export class Unknown {
    constructor(readonly type: "string" | "boolean" | "number" | "list" | "map" | "asset" | "archive") {}
}

/** A property's value as reviewers may see it: JSON, with secrets as fingerprints and unknowns told apart from texts. */
export type Value = null | boolean | number | string | Secret | Unknown | readonly Value[] | ValueMap;

export interface ValueMap {
    readonly [name: string]: Value;
}
