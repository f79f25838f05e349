import { Unknown } from "./value";

/** Key and values by which Pulumi marks what is no plain JSON (pulumi/pulumi, sdk/go/common/resource/sig). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What stands for a value that is not known before the update (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go). */
const unknowns: ReadonlyMap<string, Unknown> = new Map([
    ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", new Unknown("string")],
    ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", new Unknown("boolean")],
    ["3eeb2bf0-c639-47a8-9e75-3b44932eb421", new Unknown("number")],
    ["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", new Unknown("list")],
    ["dd056dcd-154b-4c76-9bd3-c8f88648b5ff", new Unknown("map")],
    ["030794c1-ac77-496b-92df-f27374a8bd58", new Unknown("asset")],
    ["e48ece36-62e2-4504-bad9-02848725956a", new Unknown("archive")],
]);

export const unknownIn = (json: unknown): Unknown | undefined =>
    typeof json === "string" ? unknowns.get(json) : undefined;

export function isRecord(json: unknown): json is Record<string, unknown> {
    return typeof json === "object" && json !== null && !Array.isArray(json);
}

export const isSecretJson = (json: unknown): json is Record<string, unknown> =>
    isRecord(json) && json[signatureKey] === secretSignature;

/** What a secret is, in clear; undefined where it is encrypted. */
export function plaintextOf(json: unknown): unknown {
    if (!isSecretJson(json) || typeof json.plaintext !== "string") return undefined;
    return JSON.parse(json.plaintext) as unknown;
}
