import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { mirroredRepository, thirdParty, thirdPartyNames, type Digest } from "../../facts/third-party";
import type { Azure } from "../../sandbox/azure/azure";
import { AzureError } from "../../sandbox/azure/refusal";
import type { ImageLock } from "../../stacks/image-lock";
import { writeWhole } from "../../sandbox/files";
import type { Places } from "../places";
import { UserError } from "../user-error";

/** File with the digests that the sandbox makes up, as it reaches no publisher. */
export const sandboxLockFile = (at: Places): string => join(dirname(at.sandboxStore), "third-party.lock.json");

const note = "Made up by the sandbox from names and versions: these are no publisher's digests.";

/** The sandbox's own lock: the same names and versions give the same digests. */
export function sandboxLock(): ImageLock {
    const digestOf = (name: string, version: string): Digest =>
        `sha256:${createHash("sha256").update(`mlplatform sandbox ${name} ${version}`).digest("hex")}`;
    const entries = thirdPartyNames.map((name) => {
        const { version } = thirdParty(name);
        return [name, { version, digest: digestOf(name, version) }];
    });
    return { note, parts: Object.fromEntries(entries) as ImageLock["parts"] };
}

/** Writes the sandbox's lock for the program to find. */
export function writeSandboxLock(at: Places): string {
    const file = sandboxLockFile(at);
    writeWhole(file, `${JSON.stringify(sandboxLock(), undefined, 2)}\n`);
    return file;
}

/**
 * Mirrors all of the list into a registry of the sandbox's Azure. What is there already stays.
 * @returns how many were imported, and how many were there
 * @throws UserError when the registry holds a tag by another digest
 */
export function importIntoSandbox(azure: Azure, registryId: string): { imported: number; there: number } {
    const { parts } = sandboxLock();
    const held = azure.images().filter((one) => one.registryId === registryId);
    let imported = 0;
    for (const name of thirdPartyNames) {
        const { version, digest = "" } = parts[name] ?? { version: thirdParty(name).version };
        const image = { registryId, repository: mirroredRepository(name), tag: version, digest };
        if (held.some((one) => one.repository === image.repository && one.tag === version && one.digest === digest))
            continue;
        try {
            azure.importImage(image);
        } catch (fault) {
            if (fault instanceof AzureError) throw new UserError(`${name}: ${fault.message}`);
            throw fault;
        }
        imported += 1;
    }
    return { imported, there: thirdPartyNames.length - imported };
}
