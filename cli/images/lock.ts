import {
    thirdParty,
    thirdPartyNames,
    type Digest,
    type ThirdParty,
    type ThirdPartyName,
} from "../../facts/third-party";
import type { ImageLock } from "../../stacks/image-lock";
import { resolveArchive, resolveTag } from "./publisher";

/** What came of asking for everything. */
export interface Locking {
    lock: ImageLock;
    /** What is new or another than before, in words. */
    changes: string[];
    /** Why nothing may be written: answers that are missing, or others than were seen before. */
    faults: string[];
}

export type Resolve = (part: ThirdParty) => Promise<Digest>;

const ask: Resolve = (part) => (part.kind === "archive" ? resolveArchive(part) : resolveTag(part));
const note = "What the publishers' registries told: npx mlplatform images lock. Nothing is deployed by its tag alone.";
const atOnce = 4;

/** Asks every publisher for the digest of the version that facts/third-party.ts names. */
export async function lockAll(before: ImageLock, resolve: Resolve = ask): Promise<Locking> {
    const parts: ImageLock["parts"] = {};
    const [changes, faults]: [string[], string[]] = [[], []];
    const one = async (name: ThirdPartyName): Promise<void> => {
        const part = thirdParty(name);
        const known = before.parts[name];
        try {
            const digest = await resolve(part);
            parts[name] = { version: part.version, digest };
            const expected = part.kind === "archive" ? undefined : part.digest;
            if (expected !== undefined && expected !== digest)
                faults.push(`${name} ${part.version} is ${digest}, and facts/third-party.ts has seen ${expected}`);
            if (known?.digest === digest) return;
            // The same version by another digest: its publisher, or somebody, has moved the tag.
            const moved = known?.version === part.version ? " (the tag has moved: look before you commit)" : "";
            changes.push(`${name} ${part.version} ${digest}${moved}`);
        } catch (fault) {
            faults.push(`${name} ${part.version}: ${reasonOf(fault)}`);
        }
    };
    const waiting = [...thirdPartyNames];
    const worker = async (): Promise<void> => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await one(name);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const ordered = Object.fromEntries(thirdPartyNames.flatMap((name) => (parts[name] ? [[name, parts[name]]] : [])));
    return { lock: { note, parts: ordered }, changes: changes.sort(), faults: faults.sort() };
}

/** Network faults hide what happened in their cause. */
function reasonOf(fault: unknown): string {
    if (!(fault instanceof Error)) return String(fault);
    return fault.cause instanceof Error ? `${fault.message}: ${fault.cause.message}` : fault.message;
}
