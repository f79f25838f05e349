import { isSecretJson } from "../review/model/engine-json";
import { isProvider } from "./deployment";
import type { Deployment, StateResource } from "./deployment";

/** A create whose outcome the state does not know. */
export interface PendingCreate {
    resource: StateResource;
    /** Azure's id of what would have been created. */
    id: string;
}

/** How the id of a resource follows from its type and inputs. Throws when an input is missing. */
export type IdOf = (resource: StateResource) => string;

export interface Found {
    creates: PendingCreate[];
    /** Creates whose id cannot be told, each with the reason. */
    unknown: { urn: string; reason: string }[];
}

/** The creates that were under way when the engine stopped, each with the id it would have in Azure. */
export function pendingCreates(state: Deployment, idOf: IdOf): Found {
    const found: Found = { creates: [], unknown: [] };
    for (const { type, resource } of state.deployment.pending_operations ?? []) {
        // Providers and components exist in the state alone; the program makes them again.
        if (type !== "creating" || !resource.custom || isProvider(resource.type)) continue;
        try {
            found.creates.push({ resource, id: idOf(resource) });
        } catch (fault) {
            found.unknown.push({ urn: resource.urn, reason: fault instanceof Error ? fault.message : String(fault) });
        }
    }
    return found;
}

/**
 * The state with the pending creates as resources that the next refresh reads from Azure, and with no operations
 * pending: one that exists becomes known, one that does not exist drops out again.
 */
export function withImports(state: Deployment, creates: readonly PendingCreate[]): Deployment {
    let resources = [...(state.deployment.resources ?? [])];
    for (const { resource, id } of creates) {
        const known = resources.some(
            (other) => other.id?.toLowerCase() === id.toLowerCase() && !other.pendingReplacement,
        );
        if (known) continue; // the same thing in Azure must not be in the state twice
        const imported: StateResource = { ...resource, id, outputs: { ...resource.inputs } };
        const waiting = resources.findIndex((other) => other.urn === resource.urn && other.pendingReplacement === true);
        if (waiting >= 0) {
            // Its predecessor is deleted already; the new one takes its place before those that depend on it.
            resources[waiting] = imported;
            continue;
        }
        // Created before its predecessor was deleted: the engine would have marked that one for deletion.
        resources = resources.map((other) => (other.urn === resource.urn ? { ...other, delete: true } : other));
        resources.push(imported);
    }
    // The others repeat themselves: an update is made again, a delete of what is gone counts as done.
    return { ...state, deployment: { ...state.deployment, resources, pending_operations: [] } };
}

/**
 * The state after the refresh, with the inputs of imported resources cut down to what the program had asked for: a
 * default that Azure filled in would otherwise look like a property to take away, or even to replace for. What Azure
 * holds in place of an asked value stays, and shows as drift.
 */
export function withAskedInputs(state: Deployment, creates: readonly PendingCreate[]): Deployment {
    const asked = new Map(creates.map(({ resource, id }) => [key(resource.urn, id), resource.inputs ?? {}]));
    const resources = (state.deployment.resources ?? []).map((resource) => {
        const inputs = asked.get(key(resource.urn, resource.id ?? ""));
        return inputs
            ? { ...resource, inputs: pick(inputs, resource.inputs ?? {}) as Record<string, unknown> }
            : resource;
    });
    return { ...state, deployment: { ...state.deployment, resources } };
}

function key(urn: string, id: string): string {
    return `${urn}\n${id.toLowerCase()}`;
}

/** Of what was read, the parts that were asked for. */
function pick(asked: unknown, read: unknown): unknown {
    if (isSecretJson(asked)) return asked; // Azure does not tell
    if (Array.isArray(asked) && Array.isArray(read) && asked.length === read.length) {
        return asked.map((element, index) => pick(element, read[index]));
    }
    if (!isObject(asked) || !isObject(read)) return read === undefined ? asked : read;
    return Object.fromEntries(
        // Azure does not return everything: a password, a name that is part of the path.
        Object.entries(asked).map(([name, value]) => [name, name in read ? pick(value, read[name]) : value]),
    );
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Does Azure hold what was asked for, as far as it tells? */
export function isAsAsked(asked: unknown, read: unknown): boolean {
    if (isSecretJson(asked)) return true;
    if (Array.isArray(asked)) {
        if (!Array.isArray(read) || asked.length !== read.length) return false;
        return asked.every((element, index) => isAsAsked(element, read[index]));
    }
    if (isObject(asked)) {
        if (!isObject(read)) return false;
        return Object.entries(asked).every(([name, value]) => !(name in read) || isAsAsked(value, read[name]));
    }
    return asked === read || (typeof asked === "string" && typeof read === "string" && sameText(asked, read));
}

/** Azure answers ids and locations in its own case, locations also with spaces. */
function sameText(left: string, right: string): boolean {
    return left.toLowerCase().replace(/ /g, "") === right.toLowerCase().replace(/ /g, "");
}
