import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ownImage, ownImageNames, ownRepository, type OwnImageName } from "../../facts/own-images";
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

/** A digest that the sandbox makes up: the same words give the same one. */
const madeUp = (words: string): Digest =>
    `sha256:${createHash("sha256").update(`mlplatform sandbox ${words}`).digest("hex")}`;

/** A release of Azure Pipelines' agent, which no committed file names: its checksum is made up. */
export const agentRelease = { version: "4.264.2", sha256: madeUp("agent release").slice("sha256:".length) };

/** Digests of our own images that no stack here builds. */
export function builtElsewhere(): Partial<Record<OwnImageName, Digest>> {
    const names = ownImageNames.filter((name) => ownImage(name).build === undefined);
    return Object.fromEntries(names.map((name) => [name, madeUp(`own ${name}`)]));
}

/** The sandbox's own lock: the same names and versions give the same digests. */
export function sandboxLock(): ImageLock {
    const entries = thirdPartyNames.map((name) => {
        const { version } = thirdParty(name);
        return [name, { version, digest: madeUp(`${name} ${version}`) }];
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
export function importIntoSandbox(azure: Azure, registryId: string): Imported {
    const { parts } = sandboxLock();
    return importAll(
        azure,
        thirdPartyNames.map((name) => {
            const { version, digest = "" } = parts[name] ?? { version: thirdParty(name).version };
            return { registryId, repository: mirroredRepository(name), tag: version, digest };
        }),
    );
}

/** Puts images of our own there that no stack here builds. */
export function importBuiltElsewhere(azure: Azure, registryId: string): Imported {
    return importAll(
        azure,
        Object.entries(builtElsewhere()).map(([name, digest]) => {
            return { registryId, repository: ownRepository(name), tag: "sandbox", digest };
        }),
    );
}

interface Imported {
    imported: number;
    there: number;
}

function importAll(azure: Azure, images: readonly Parameters<Azure["importImage"]>[0][]): Imported {
    const held = azure.images();
    const missing = images.filter(
        ({ registryId, repository, tag, digest }) =>
            !held.some(
                (one) =>
                    one.registryId === registryId &&
                    one.repository === repository &&
                    one.tag === tag &&
                    one.digest === digest,
            ),
    );
    for (const image of missing)
        try {
            azure.importImage(image);
        } catch (fault) {
            if (fault instanceof AzureError) throw new UserError(`${image.repository}: ${fault.message}`);
            throw fault;
        }
    return { imported: missing.length, there: images.length - missing.length };
}
