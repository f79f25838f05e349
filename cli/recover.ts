import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { idAsCreated } from "./arm-id";
import { kindOf, nameOf } from "../review/model/names";
import { isProvider } from "./deployment";
import type { Deployment, StateResource } from "./deployment";
import { readOwn, textOf, writeWhole } from "../sandbox/files";
import { isAsAsked, pendingCreates, withAskedInputs, withImports } from "./pending-creates";
import type { PendingCreate } from "./pending-creates";
import { exportState, importState, operate } from "./session";
import type { Session } from "./session";
import { removeLock, stateLocks } from "./state-lock";
import { UserError } from "./user-error";
import { projectOf, stateFile } from "./workspace";

const lockPollMs = 500;
/** An engine whose command was killed finds out within seconds and ends. */
const lockPatienceMs = 60_000;
const maxPollMs = 15_000;

/** What a recovery found and did. */
export interface Recovery {
    locks: number;
    /** Resources that Azure had created without the state knowing. */
    imported: string[];
    /** Creates that Azure never took. */
    dropped: string[];
}

/**
 * Puts a stack's state in order after an interruption, the way it is done with Azure: locks of dead owners go, and
 * creates that were under way are imported if they happened. Doing it again, or being interrupted in it, does no harm.
 * @throws UserError when a lock's owner may be alive, or when the id of a pending create cannot be told.
 */
export async function recover(session: Session): Promise<Recovery> {
    const locks = await clearLocks(session);
    restoreState(session);
    const recovery: Recovery = { locks, imported: [], dropped: [] };
    if (!existsSync(stateFile(session.at, session.workspace.stack))) return recovery;
    const begun = importsBegun(session);
    if (begun.length > 0) merge(recovery, await finishImports(session, begun));
    if (!mayHavePending(session)) return recovery;
    const state = await exportState(session);
    const operations = state.deployment.pending_operations ?? [];
    if (operations.length === 0) return recovery;
    const { creates, unknown } = pendingCreates(state, (resource) => idAsCreated(resource, session.subscriptionId));
    if (unknown.length > 0) throw new UserError(unknownIds(unknown));
    session.say(
        `recovering: ${counted(operations.length, "operation")} under way when it stopped, creates: ${creates.length}`,
    );
    merge(recovery, await importCreates(session, state, creates));
    return recovery;
}

function merge(into: Recovery, more: Pick<Recovery, "imported" | "dropped">): void {
    into.imported.push(...more.imported);
    into.dropped.push(...more.dropped);
}

function unknownIds(unknown: readonly { urn: string; reason: string }[]): string {
    const list = unknown.map(({ urn, reason }) => `  ${urn}: ${reason}`).join("\n");
    return (
        `creates were under way whose id in Azure cannot be told:\n${list}\n` +
        "Look for each in Azure, then `pulumi refresh --import-pending-creates URN --import-pending-creates ID`, " +
        "or `pulumi refresh --clear-pending-creates` where there is none"
    );
}

function counted(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Removes locks whose owner is provably dead and waits for the others. */
async function clearLocks(session: Session): Promise<number> {
    const began = Date.now();
    let removed = 0;
    let told = false;
    for (;;) {
        const { stack } = session.workspace;
        const locks = stateLocks(session.at.state, projectOf(session.at, stack).name, stack);
        for (const lock of locks.filter(({ verdict }) => verdict.dead)) {
            session.say(`state lock removed: ${lock.verdict.because}`);
            removeLock(lock);
            removed += 1;
        }
        const alive = locks.filter(({ verdict }) => !verdict.dead);
        if (alive.length === 0) return removed;
        const why = alive.map(({ file, verdict }) => `${verdict.because} (${file})`).join("; ");
        const elsewhere = alive.some(({ verdict }) => verdict.because.includes("another machine"));
        if (elsewhere || Date.now() - began > lockPatienceMs) {
            throw new UserError(
                `the state of "${session.workspace.stack}" is locked: ${why}. Wait for it to end, or end it`,
            );
        }
        if (!told) session.say(`waiting for the state's lock: ${why}`);
        told = true;
        await new Promise((done) => setTimeout(done, lockPollMs));
    }
}

/** The engine replaces the state in one go and keeps the one before beside it: should a crash damage it, that is next best. */
function restoreState(session: Session): void {
    const file = stateFile(session.at, session.workspace.stack);
    const text = textOf(file);
    if (text === undefined || readOwn(file) !== undefined) return;
    const backup = `${file}.bak`;
    if (readOwn(backup) === undefined) {
        throw new UserError(`the state ${file} is damaged, and so is the copy beside it. Put back a copy of your own`);
    }
    copyFileSync(file, `${file}.damaged`);
    writeWhole(file, textOf(backup) ?? "");
    session.say(
        `the state was damaged: the one before it is back in place (the damaged one is kept as ${file}.damaged)`,
    );
}

/** A look into the file spares an engine run in the usual case. */
function mayHavePending(session: Session): boolean {
    const text = textOf(stateFile(session.at, session.workspace.stack)) ?? "";
    return text.includes('"pending_operations"');
}

function journalFile(session: Session): string {
    return join(session.workspace.folder, "importing.json");
}

/** Imports that an interrupted recovery had begun. */
function importsBegun(session: Session): PendingCreate[] {
    const read = readOwn(journalFile(session));
    return Array.isArray(read) ? (read as PendingCreate[]) : [];
}

/** Imports the creates: into the state first, then the refresh says which of them exist. */
async function importCreates(
    session: Session,
    state: Deployment,
    creates: readonly PendingCreate[],
): Promise<Pick<Recovery, "imported" | "dropped">> {
    // Between the two, the state claims resources that may not be there: should we be interrupted, this is remembered.
    writeWhole(journalFile(session), JSON.stringify(creates), 0o600);
    await importState(session, withImports(state, creates));
    return await finishImports(session, creates);
}

async function finishImports(
    session: Session,
    creates: readonly PendingCreate[],
): Promise<Pick<Recovery, "imported" | "dropped">> {
    const before = await exportState(session);
    const claimed = creates.filter((create) => inState(before, create));
    if (claimed.length > 0) {
        await readUntilDone(session, claimed);
        await importState(session, withAskedInputs(await exportState(session), claimed));
    }
    const after = claimed.length > 0 ? await exportState(session) : before;
    await waitForRoles(session, after, claimed);
    rmSync(journalFile(session), { force: true });
    const exists = (create: PendingCreate): boolean => inState(after, create) !== undefined;
    return {
        imported: creates.filter(exists).map(labelOf),
        dropped: creates.filter((create) => !exists(create)).map(labelOf),
    };
}

/** Reads the creates from Azure until none of them is still being carried out. */
async function readUntilDone(session: Session, creates: readonly PendingCreate[]): Promise<void> {
    const target = creates.map(({ resource }) => resource.urn);
    for (let waited = 0; ; waited += 1) {
        const refreshed = await operate(session, "refresh", { target });
        if (!refreshed.ok) {
            const why = refreshed.failures.map(({ message }) => message).join("\n") || refreshed.output;
            throw new UserError(`looking for the interrupted creates failed: ${why}\nRun the same command again`);
        }
        const state = await exportState(session);
        const busy = creates.filter((create) => isBusy(inState(state, create)));
        if (busy.length === 0 || session.signal?.aborted === true) return;
        if (waited === 0) session.say(`waiting for Azure to finish ${busy.map(labelOf).join(", ")}`);
        await new Promise((done) => setTimeout(done, Math.min(maxPollMs, 1000 * (waited + 1))));
    }
}

/** Azure's word for how far a resource is; whatever is not an end is under way. */
function isBusy(resource: StateResource | undefined): boolean {
    const outputs = resource?.outputs ?? {};
    const properties = outputs.properties as Record<string, unknown> | undefined;
    const said = outputs.provisioningState ?? properties?.provisioningState;
    return typeof said === "string" && !["succeeded", "failed", "canceled"].includes(said.toLowerCase());
}

/** The program waits after it has created a role; for one that was imported, its hook does not run. */
async function waitForRoles(session: Session, state: Deployment, creates: readonly PendingCreate[]): Promise<void> {
    const roles = creates.filter(({ resource }) => resource.type === "azure-native:authorization:RoleAssignment");
    if (!roles.some((create) => inState(state, create))) return;
    const { pace, propagationSeconds } = session.workspace;
    const seconds = pace(propagationSeconds);
    session.say(`giving imported roles ${seconds} s to take effect`);
    await new Promise((done) => setTimeout(done, seconds * 1000));
}

function labelOf({ resource }: PendingCreate): string {
    return `${kindOf(resource.type)} ${nameOf(resource.urn)}`;
}

function inState(state: Deployment, { resource, id }: PendingCreate): StateResource | undefined {
    const all = state.deployment.resources ?? [];
    return all.find(({ urn, id: known }) => urn === resource.urn && known?.toLowerCase() === id.toLowerCase());
}

/** A create that Azure refused because the resource exists. */
export interface RefusedAsExisting {
    id: string;
    /** What the program asks for, as the engine's event tells it: secrets are masked. */
    resource: StateResource;
    /** A create of ours for the same resource has failed before without a refusal. */
    attempted: boolean;
}

/** The id in azure-native's refusal. */
export function existingId(message: string): string | undefined {
    return /cannot create already existing resource '([^']+)'/.exec(message)?.[1];
}

/**
 * Takes over creates whose answer was lost: the resource is in Azure, but the state never heard of it. What is there
 * must be what the program asks for, unless a create of ours is on record; otherwise someone else made it.
 * @throws UserError naming each resource that is not ours.
 */
export async function adopt(session: Session, existing: readonly RefusedAsExisting[]): Promise<string[]> {
    const state = await exportState(session);
    const creates = existing.map(({ resource, id }) => ({ resource: completed(resource, state), id }));
    session.say(
        `recovering: ${counted(creates.length, "create")} was never answered, and Azure has made what was asked for`,
    );
    const { imported } = await importCreates(session, state, creates);
    const after = await exportState(session);
    const foreign = creates.filter((create, index) => {
        const found = inState(after, create);
        return found && existing[index]?.attempted !== true && !isAsAsked(create.resource.inputs, found.inputs);
    });
    if (foreign.length === 0) return imported;
    const strangers = new Set(foreign.map(({ id }) => id.toLowerCase()));
    const resources = (after.deployment.resources ?? []).filter(({ id }) => !strangers.has(id?.toLowerCase() ?? ""));
    await importState(session, { ...after, deployment: { ...after.deployment, resources } });
    const list = foreign.map(({ id }) => `  ${id}`).join("\n");
    throw new UserError(
        `these exist already, differ from what the program asks for, and were not created by this stack:\n${list}\n` +
            "Delete or rename them, or take them over with `pulumi import`",
    );
}

/** The event tells no provider by its full reference; the state has it. */
function completed(resource: StateResource, state: Deployment): StateResource {
    if (resource.provider !== undefined && resource.provider !== "") return resource;
    const wanted = `pulumi:providers:${resource.type.split(":")[0] ?? ""}`;
    const provider = (state.deployment.resources ?? []).find(({ type }) => isProvider(type) && type === wanted);
    return provider ? { ...resource, provider: `${provider.urn}::${provider.id ?? ""}` } : resource;
}
