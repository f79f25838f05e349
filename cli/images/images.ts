import { join } from "node:path";
import { mirroredRepository, thirdParty, thirdPartyNames } from "../../facts/third-party";
import type { Azure } from "../../sandbox/azure/azure";
import { imageLockFile, readImageLock, unlocked, type ImageLock } from "../../stacks/image-lock";
import { textOf, writeWhole } from "../../sandbox/files";
import type { Places } from "../places";
import { withSandbox, type Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { lockAll } from "./lock";
import { importBuiltElsewhere, importIntoSandbox } from "./sandbox-import";
import { importScript } from "./script";

const uses = "images list | lock | import STACK | script REGISTRY";

/** Lists, locks and mirrors third-party images and charts. */
export async function images(context: Context, [verb = "", name]: readonly string[]): Promise<void> {
    const { at, terminal } = context;
    if (verb === "list" && name === undefined) for (const line of listLines(lockOf(at))) terminal.line(line);
    else if (verb === "lock" && name === undefined) await lock(context);
    else if (verb === "import" && name !== undefined)
        await withSandbox(context, `images import ${name}`, {}, ({ azure }) => {
            terminal.step(importInto(azure, name));
            return Promise.resolve();
        });
    else if (verb === "script" && name !== undefined)
        for (const line of scriptLines(name, lockOf(at))) terminal.line(line);
    else throw new UserError(`Usage: mlplatform ${uses}`);
}

/**
 * Mirrors everything into the registry of a foundation that is up in the sandbox.
 * @returns what was done, for people
 * @throws UserError when the foundation has no registry yet
 */
export function importInto(azure: Azure, environment: string): string {
    const registries = azure.list("azure-native:containerregistry:Registry");
    const found = registries.filter(({ inputs }) => tagOf(inputs, "environment") === environment);
    const [registry] = found;
    if (registry === undefined || found.length > 1)
        throw new UserError(
            `the sandbox has ${found.length} registries of environment "${environment}"; npx mlplatform start ${environment} makes one`,
        );
    const { imported, there } = importIntoSandbox(azure, registry.id);
    const elsewhere = importBuiltElsewhere(azure, registry.id);
    const name = registry.id.slice(registry.id.lastIndexOf("/") + 1);
    return `third-party images and charts in ${name}: ${imported} imported, ${there} were there; ${elsewhere.imported + elsewhere.there} of our own that is built elsewhere, by name alone`;
}

function tagOf({ tags }: Record<string, unknown>, name: string): unknown {
    return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)[name] : undefined;
}

function lockOf({ root }: Places): ImageLock {
    const file = join(root, imageLockFile);
    try {
        return readImageLock(imageLockFile, textOf(file));
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
}

/** The list with what is locked, and what the lock lacks. */
export function listLines(lock: ImageLock): string[] {
    const rows = thirdPartyNames.map((name) => {
        const part = thirdParty(name);
        const from = part.kind === "archive" ? `${part.index} ${part.chart}` : part.repository;
        const locked = lock.parts[name];
        const digest = locked?.version === part.version ? locked.digest.slice(0, 19) : "not locked";
        return [name, part.version, digest, from, mirroredRepository(name), part.purpose];
    });
    const missing = unlocked(lock).length;
    return [
        ...table([["NAME", "VERSION", "DIGEST", "FROM", "IN THE PLATFORM'S REGISTRY", "FOR"], ...rows]),
        "",
        missing === 0
            ? `${imageLockFile} has them all`
            : `${missing} are not locked, and without that no services stack is deployed to Azure: npx mlplatform images lock`,
    ];
}

async function lock({ at, terminal }: Context): Promise<void> {
    terminal.step(`asking the publishers of ${thirdPartyNames.length} images and charts for their digests`);
    const { lock: made, changes, faults } = await lockAll(lockOf(at));
    if (faults.length > 0)
        throw new UserError(
            `${imageLockFile} stays as it is, ${faults.length} answers are not as they must be:\n  ${faults.join("\n  ")}`,
        );
    for (const line of changes) terminal.line(`  ${line}`);
    writeWhole(join(at.root, imageLockFile), `${JSON.stringify(made, undefined, 2)}\n`);
    terminal.step(
        changes.length === 0 ? "no changes" : `${imageLockFile} is written; read what changed, then commit it`,
    );
}

function scriptLines(registry: string, lock: ImageLock): string[] {
    if (!/^[a-z0-9]{5,50}$/.test(registry))
        throw new UserError(`REGISTRY must be a registry's name, 5 to 50 of a-z and 0-9, got "${registry}"`);
    const missing = unlocked(lock);
    if (missing.length > 0)
        throw new UserError(
            `not locked, so there is nothing to hold them against: ${missing.join(", ")}. First: npx mlplatform images lock`,
        );
    return importScript(registry, lock);
}
