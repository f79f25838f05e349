import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A value that a preview does not know yet. */
export const unknown: unique symbol = Symbol("unknown");

/** Plain values of a resource; {@link unknown} may stand anywhere in a preview. */
export type Values = Record<string, unknown>;

/**
 * How the engine marks special values on the wire.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
 */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
    secret: "1b47061264138c4ac30d75fd1eb44270",
    output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
    reference: "5cf8f73096256a8f31e491e813e4eb8e",
};

class Secret {
    constructor(readonly value: unknown) {}
}

/** A value that the engine is to keep encrypted, though its inputs were not marked. */
export function secret(value: unknown): unknown {
    return new Secret(value);
}

export function isUnknown(value: unknown): boolean {
    return value === unknown;
}

/** Plain values of a message: secrets unwrapped (the engine keeps track of them), nulls left out. */
export function fromStruct(struct: Struct | undefined): Values {
    return struct ? (plain(struct.toJavaScript()) as Values) : {};
}

/** A message of plain values; undefined is left out. */
export function toStruct(values: Values): Struct {
    return Struct.fromJavaScript(onTheWire(values) as Record<string, JavaScriptValue>);
}

function plain(value: unknown): unknown {
    if (value === unknownMark) return unknown;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    const object = value as Values;
    switch (object[signatureKey]) {
        case undefined:
            break;
        case signatures.secret:
            return plain(object.value);
        case signatures.output:
            return "value" in object ? plain(object.value) : unknown;
        case signatures.reference:
            return plain(object.id ?? object.urn);
        default:
            throw new TypeError("assets and archives are not supported by the sandbox");
    }
    const entries = Object.entries(object).filter(([, inner]) => inner !== null && inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

function onTheWire(value: unknown): unknown {
    if (value === unknown) return unknownMark;
    if (value instanceof Secret) return { [signatureKey]: signatures.secret, value: onTheWire(value.value) ?? null };
    if (Array.isArray(value)) return value.map((item: unknown) => onTheWire(item) ?? null);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, onTheWire(inner)]));
}
