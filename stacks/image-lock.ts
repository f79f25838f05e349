import {
    thirdParty,
    thirdPartyNames,
    type ChartName,
    type Digest,
    type ImageName,
    type ThirdPartyName,
} from "../facts/third-party";
import type { DigestOf } from "../components/workloads/mirrored-image";
import { object, optional, record, text } from "./parse";

/** What a version of a third party's image or chart was found to be. */
export interface LockedPart {
    version: string;
    /** Of the manifest; of the archive, for charts that lie in no registry. */
    digest: Digest;
}

/** Digests of third-party images and charts, by our name, as the publishers' registries told them. */
export interface ImageLock {
    /** What the file is, for whoever opens it. */
    note: string;
    parts: Partial<Record<ThirdPartyName, LockedPart>>;
}

/** File that `npx mlplatform images lock` writes; committed, so that a change of it is read like any other. */
export const imageLockFile = "images/third-party.lock.json";

const isDigest = (value: string): value is Digest => /^sha256:[0-9a-f]{64}$/.test(value);
const shape = object({
    note: optional(text()),
    parts: record(object({ version: text(), digest: text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 of 0-9a-f") })),
});

/**
 * Reads a lock.
 * @param content Text of the file; undefined when there is none, which locks nothing.
 * @throws Error naming every fault of the file
 */
export function readImageLock(file: string, content: string | undefined): ImageLock {
    const faults: string[] = [];
    const read = content === undefined ? { parts: {} } : shape(file, content, faults);
    if (read === undefined || faults.length > 0) throw new Error(faults.join("\n"));
    const parts: ImageLock["parts"] = {};
    for (const name of thirdPartyNames) {
        const part: { version: string; digest: string } | undefined = read.parts[name];
        if (part !== undefined && isDigest(part.digest)) parts[name] = { version: part.version, digest: part.digest };
    }
    return { note: "note" in read ? (read.note ?? "") : "", parts };
}

/** Names of the list that the lock has nothing for, or another version. */
export const unlocked = ({ parts }: ImageLock): ThirdPartyName[] =>
    thirdPartyNames.filter((name) => parts[name]?.version !== thirdParty(name).version);

/**
 * Digests by name.
 * @throws Error naming everything that is not locked, and the command that locks it
 */
export function digestsOf(file: string, lock: ImageLock): DigestOf {
    const missing = unlocked(lock);
    if (missing.length > 0)
        throw new Error(
            `${file} has no digest of ${missing.length} images and charts, and none is deployed by its tag alone:\n` +
                missing.map((name) => `  ${name} ${thirdParty(name).version}`).join("\n") +
                "\nResolve them from a machine that reaches their publishers: npx mlplatform images lock",
        );
    return (name: ImageName | ChartName) => {
        const digest = lock.parts[name]?.digest;
        if (digest === undefined) throw new Error(`${name} is locked by no digest`);
        return digest;
    };
}
