import { groupId, isAtOrBelow, nameOf, parentId, parseId, referencedIds, sameId, subscriptionOf } from "./ids";
import { isObject, same, valuesAt } from "./properties";
import { refusal } from "./refusal";
import type { Refusal, Request, ResourceType, Stored, Subscription } from "./resource-type";
import type { Operation } from "./store";
import type { TypeTable } from "./type-table";

/** What Azure checks for every type alike, each in one function; undefined means that the request passes. */

/** @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource */
export function refuseMissingParent(id: string, types: TypeTable, azure: Subscription): Refusal | undefined {
    const parent = parentId(id);
    if (parent === undefined || parent === "") return refusal(404, "InvalidResourceId", `'${id}' is not an id`);
    if (sameId(parent, `/subscriptions/${azure.subscriptionId}`)) return undefined;
    if (isRegionsWatcher(parent, azure)) return undefined;
    if (subscriptionOf(parent) === parent) {
        return refusal(404, "SubscriptionNotFound", `The subscription '${nameOf(parent)}' could not be found.`);
    }
    if (groupId(parent) === parent) {
        const elsewhere = refuseMissingParent(parent, types, azure);
        if (elsewhere ?? azure.find(parent)) return elsewhere;
        return refusal(404, "ResourceGroupNotFound", `Resource group '${nameOf(parent)}' could not be found.`);
    }
    // What extends a resource of another subscription, such as a role on a hub's zone, is taken on trust.
    const extending = id.toLowerCase().lastIndexOf("/providers/") >= parent.length;
    const theirs = subscriptionOf(parent);
    if (extending && theirs !== undefined && !sameId(theirs, `/subscriptions/${azure.subscriptionId}`))
        return undefined;
    const type = types.ofId(parent);
    // Parts of a resource that are always there (`blobServices/default`) need no record of their own.
    if (!type || type.deletion === "reset") return refuseMissingParent(parent, types, azure);
    if (azure.find(parent)) return undefined;
    const upper = refuseMissingParent(parent, types, azure);
    if (upper) return upper;
    const { type: armType = "" } = parseId(parent) ?? {};
    const group = nameOf(groupId(parent) ?? "");
    if (extending) {
        const message = `The Resource '${armType}/${nameOf(parent)}' under resource group '${group}' was not found.`;
        return refusal(404, "ResourceNotFound", message);
    }
    const message = `Failed to perform 'write' on '${nameOf(id)}': its parent '${armType}/${nameOf(parent)}' could not be found.`;
    return refusal(404, "ParentResourceNotFound", message);
}

/**
 * Azure makes a network watcher by itself, in a group of its own, with the first network of a subscription in a region.
 * @see https://learn.microsoft.com/azure/network-watcher/network-watcher-create
 */
function isRegionsWatcher(id: string, azure: Subscription): boolean {
    const networks = azure.list("azure-native:network:VirtualNetwork");
    return networks.some(({ inputs }) => {
        const region = String(inputs.location).toLowerCase().replaceAll(" ", "");
        const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/NetworkWatcherRG`;
        return sameId(id, `${group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`);
    });
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
export function refuseLocked(id: string, kind: Request["kind"], azure: Subscription): Refusal | undefined {
    const locks = azure.list("azure-native:authorization:ManagementLockByScope");
    const binding = locks.filter(({ id: lockId, inputs }) => {
        const scope = parentId(lockId);
        if (scope === undefined || isAtOrBelow(id, lockId)) return false;
        const level = inputs.level;
        if (level === "ReadOnly") return isAtOrBelow(id, scope) || (kind === "delete" && isAtOrBelow(scope, id));
        // Deleting what holds a locked resource would delete that too.
        return level === "CanNotDelete" && kind === "delete" && (isAtOrBelow(id, scope) || isAtOrBelow(scope, id));
    });
    // Locks themselves can always be changed and lifted, as no lock covers Microsoft.Authorization/locks.
    if (binding.length === 0 || /\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i.test(id)) return undefined;
    const verb = kind === "delete" ? "delete" : "write";
    const scopes = binding.map((lock) => `'${parentId(lock.id) ?? ""}'`).join(", ");
    const message = `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: ${scopes}. Please remove the lock and try again.`;
    return refusal(409, "ScopeLocked", message);
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export function refuseName({ id }: Request, type: ResourceType): Refusal | undefined {
    if (!type.name || type.name.pattern.test(nameOf(id))) return undefined;
    return refusal(400, type.name.code, `The name '${nameOf(id)}' is not valid: ${type.name.rule}.`);
}

/** A name that another resource of the kind has, here or elsewhere in Azure. */
export function refuseTakenName(
    { id, azure }: Request,
    type: ResourceType,
    takenElsewhere: (token: string, name: string) => boolean,
): Refusal | undefined {
    if (!type.name?.global) return undefined;
    const name = nameOf(id).toLowerCase();
    const other = azure.list(type.token).some((live) => nameOf(live.id).toLowerCase() === name && !sameId(live.id, id));
    if (!other && !takenElsewhere(type.token, name)) return undefined;
    const message = `The name '${nameOf(id)}' is already taken; names of this kind are unique across Azure.`;
    return refusal(409, type.name.takenCode ?? "NameNotAvailable", message);
}

/** A name that a deleted resource still holds. */
export function refuseHeldName({ id, inputs, azure }: Request, type: ResourceType): Refusal | undefined {
    if (typeof type.deletion !== "object" || type.deletion.comesBack === true) return undefined;
    const asked = isObject(inputs.properties) ? inputs.properties.createMode : inputs.createMode;
    if (asked === "recover") return undefined;
    const held = azure.softDeleted(type.token).find((gone) => holdsName(gone, id, type));
    if (!held) return undefined;
    const message = `'${nameOf(id)}' already exists in deleted state; recover it, purge it, or take another name.`;
    return refusal(409, type.deletion.code ?? "ConflictError", type.deletion.message ?? message);
}

/** Does a deleted resource hold the name that `id` would take? */
export function holdsName(gone: Stored, id: string, type: ResourceType): boolean {
    if (!type.name?.global) return sameId(gone.id, id);
    return nameOf(gone.id).toLowerCase() === nameOf(id).toLowerCase();
}

/**
 * One write at a time, on the resource and on the ancestor that its type names.
 * @see https://learn.microsoft.com/azure/aks/quotas-skus-regions
 */
export function refuseWhileBusy(id: string, holds: string, operations: readonly Operation[]): Refusal | undefined {
    const group = groupId(id) ?? "";
    const leaving = operations.find((running) => running.kind === "delete" && sameId(running.id, group));
    if (leaving && !sameId(id, group)) {
        const message = `The resource group '${nameOf(group)}' is in deprovisioning state and cannot perform this operation.`;
        return refusal(409, "ResourceGroupBeingDeleted", message);
    }
    const running = operations.find((other) => {
        return sameId(other.holds, holds) || sameId(other.id, holds) || sameId(other.id, id);
    });
    if (!running) return undefined;
    const verb = { create: "Creating", update: "Updating", delete: "Deleting" }[running.kind];
    if (/\/providers\/Microsoft\.ContainerService\//i.test(id)) {
        const message = `Operation is not allowed because there is an in progress operation (${verb}) on '${running.id}'. Please wait for it to finish before starting a new operation.`;
        return refusal(409, "OperationNotAllowed", message);
    }
    const message = `Another operation on this or dependent resource is in progress: ${verb} '${running.id}'.`;
    return refusal(409, "AnotherOperationInProgress", message);
}

/** Azure compares ids and locations without regard to case. */
function comparable(value: unknown): unknown {
    if (typeof value === "string") return value.startsWith("/subscriptions/") ? value.toLowerCase() : value;
    if (Array.isArray(value)) return value.map(comparable);
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [String(comparable(key)), comparable(inner)]),
    );
}

/** Properties that the type names as fixed once the resource exists. */
export function refuseImmutable({ inputs, previous }: Request, type: ResourceType): Refusal | undefined {
    if (!previous) return undefined;
    const changed = type.immutable.filter(({ path }) => {
        const asked = comparable(valuesAt(inputs, path));
        const was = comparable(valuesAt(previous.inputs, path));
        if (same(asked, was)) return false;
        // Asking for what Azure had filled in itself is no change.
        return (asked as unknown[]).length === 0 || !same(asked, comparable(valuesAt(previous.outputs, path)));
    });
    const [first] = changed;
    if (!first) return undefined;
    const list = changed.map(({ path }) => {
        const [was, asked] = [valuesAt(previous.inputs, path), valuesAt(inputs, path)].map(shown);
        return `Changing property '${path}' is not allowed (from ${was ?? ""} to ${asked ?? ""}).`;
    });
    return refusal(first.code.startsWith("Conflict") ? 409 : 400, first.code, list.join(" "));
}

function shown(values: unknown[]): string {
    return values.length === 0 ? "nothing" : values.map((value) => JSON.stringify(value)).join(", ");
}

/**
 * Networks refuse to delete what others use. Types have their own rules for the codes that are documented; this is the
 * net below them.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-in-use (unverified: Azure's
 * code names the type, such as `InUseSubnetCannotBeDeleted`)
 */
export function refuseInUse({ id, azure }: Request): Refusal | undefined {
    const { type = "" } = parseId(id) ?? {};
    if (!type.toLowerCase().startsWith("microsoft.network/")) return undefined;
    const user = azure.list().find((other) => {
        // A peering does not hold the network at its other end: it is left behind as disconnected.
        if (other.token === "azure-native:network:VirtualNetworkPeering") return false;
        // What watches a resource does not hold it.
        if (/^azure-native:(monitor|alertsmanagement):/.test(other.token)) return false;
        return !isAtOrBelow(other.id, id) && referencedIds(other.inputs).some((reference) => sameId(reference, id));
    });
    if (!user) return undefined;
    const kind = singular(type.slice(type.lastIndexOf("/") + 1));
    const message = `${kind} '${nameOf(id)}' is in use by '${user.id}' and cannot be deleted.`;
    return refusal(400, `InUse${kind}CannotBeDeleted`, message);
}

function singular(plural: string): string {
    const capital = plural.charAt(0).toUpperCase() + plural.slice(1);
    return capital.replace(/ies$/, "y").replace(/sses$/, "ss").replace(/s$/, "");
}
