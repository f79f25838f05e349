import { durationOf } from "../../facts/durations";
import type { Duration } from "../../facts/durations";
import { InstantClock } from "./clock";
import type { Clock } from "./clock";
import type { FaultKind, Faults, Verb } from "./faults";
import * as general from "./general-rules";
import { isAtOrBelow, nameOf, sameId } from "./ids";
import { compact, merged, withValueAt } from "./properties";
import { vcpuQuota } from "./quota";
import { refuseDisallowed } from "./policy";
import { AzureError, LostConnection, refusal } from "./refusal";
import { importRefusal } from "./registry-import";
import type { Properties, Refusal, Request, ResourceType, Stored, Subscription } from "./resource-type";
import { holdsRole } from "./roles";
import { schemaFaults } from "./schema";
import type { Schema } from "./schema";
import { Store } from "./store";
import type { Change, Held, Operation, StoredImage } from "./store";
import { TypeTable } from "./type-table";
import { azureTypes } from "./types";

export interface AzureOptions {
    /** File that holds the subscription, or `:memory:`. */
    store: string;
    /** @default the sandbox's own */
    subscriptionId?: string;
    /** @default the sandbox's own */
    tenantId?: string;
    /** @default instant */
    clock?: Clock;
    faults?: Faults;
    /** @default every type that the sandbox knows */
    types?: readonly ResourceType[];
    /** Shapes of the requests. @default not checked */
    schema?: Schema;
    /** How long operations take. @default the published durations */
    durations?: (token: string) => Pick<Duration, "create" | "update" | "delete">;
}

/** Ids of the sandbox's only subscription and of its directory. */
export const sandboxSubscriptionId = "11111111-1111-4111-8111-111111111111";
export const sandboxTenantId = "22222222-2222-4222-8222-222222222222";

export interface WaitOptions {
    /** Virtual seconds after which the client gives up; Azure carries on. @default never */
    timeoutSeconds?: number;
}

const dayMilliseconds = 86_400_000;
const roleAssignments = "azure-native:authorization:RoleAssignment";

/**
 * One subscription of Azure Resource Manager: judges each request in Azure's order, keeps what it accepts, and lets it
 * take its time.
 */
export class Azure implements Subscription {
    readonly subscriptionId: string;
    readonly tenantId: string;
    readonly types: TypeTable;
    readonly clock: Clock;
    readonly schema: Schema | undefined;
    private readonly store: Store;
    private readonly faults: Faults | undefined;
    private readonly durations: NonNullable<AzureOptions["durations"]>;
    private readonly takenElsewhere = new Set<string>();
    /** Ends the waiting of each request under way. */
    private readonly waiting = new Set<() => void>();

    private constructor(options: AzureOptions) {
        this.subscriptionId = options.subscriptionId ?? sandboxSubscriptionId;
        this.tenantId = options.tenantId ?? sandboxTenantId;
        this.types = new TypeTable(options.types ?? azureTypes);
        this.clock = options.clock ?? new InstantClock();
        this.schema = options.schema;
        this.faults = options.faults;
        this.durations = options.durations ?? durationOf;
        this.store = new Store(options.store);
        this.clock.startFrom(this.store.moment());
        if (this.clock instanceof InstantClock) {
            // On this clock nothing takes time, so whatever was accepted before is done.
            for (const { finishes } of this.store.operations()) this.clock.startFrom(finishes);
        }
        this.settle();
    }

    static open(options: AzureOptions): Azure {
        return new Azure(options);
    }

    /**
     * Creates or updates the resource that the inputs describe, and waits until Azure is done.
     * @throws AzureError when Azure refuses; LostConnection when a fault broke the connection.
     */
    async put(token: string, inputs: Properties, options: WaitOptions = {}): Promise<Stored> {
        this.settle();
        const asked = compact(inputs);
        const type = this.types.get(token);
        this.throwIf(this.refuseShape(token, asked));
        const id = this.types.idOf(token, asked, this.subscriptionId);
        const previous = this.find(id);
        const kind = previous ? "update" : "create";
        const fault = this.drawFault(token, id, kind);
        const request: Request = { kind, id: previous?.id ?? id, inputs: asked, previous, azure: this };
        this.throwIf(this.refusePut(request, type));

        const now = this.now();
        const resource: Stored = {
            id: request.id,
            token,
            inputs: asked,
            outputs: this.outputsOf(request, type),
            createdAt: previous?.createdAt ?? now,
        };
        const operation = this.operation(request.id, kind, type, now);
        const release = this.store.heldNames().flatMap(({ resource: gone }) => {
            return gone.token === token && general.holdsName(gone, id, type) ? [gone.id] : [];
        });
        const put = { resource, realMoment: this.clock.realNow() };
        this.store.apply({ put, begin: operation, release }, now);
        await this.finish(operation, fault, options);
        return this.get(request.id) ?? resource;
    }

    /**
     * What Azure would answer once the resource that the inputs describe is there. No rule is asked and no time passes;
     * the subscription holds it from now on, so that what refers to it finds it.
     */
    foresee(token: string, inputs: Properties): Stored {
        const asked = compact(inputs);
        const id = this.types.idOf(token, asked, this.subscriptionId);
        const previous = this.find(id);
        const kind = previous ? "update" : "create";
        const request: Request = { kind, id: previous?.id ?? id, inputs: asked, previous, azure: this };
        const outputs = this.outputsOf(request, this.types.get(token));
        const createdAt = previous?.createdAt ?? this.now();
        const resource: Stored = { id: request.id, token, inputs: asked, outputs, createdAt };
        this.store.apply({ put: { resource, realMoment: this.clock.realNow() } }, this.now());
        return this.get(resource.id) ?? resource;
    }

    /**
     * Deletes the resource with everything below it, and waits until Azure is done. What is not there counts as deleted.
     * @throws AzureError when Azure refuses; LostConnection when a fault broke the connection.
     */
    async delete(id: string, options: WaitOptions = {}): Promise<void> {
        this.settle();
        const previous = this.find(id);
        if (!previous) return;
        const type = this.types.get(previous.token);
        if (type.deletion === "forget") return;
        const fault = this.drawFault(previous.token, previous.id, "delete");
        const going = this.store.operations().find((running) => sameId(running.id, id) && running.kind === "delete");
        if (going) {
            await this.finish(going, fault, options);
            return;
        }
        this.throwIf(this.refuseDelete(previous, type));
        const now = this.now();
        const operation = this.operation(previous.id, "delete", type, now);
        this.store.apply({ begin: operation }, now);
        await this.finish(operation, fault, options);
    }

    /** What a GET answers; undefined stands for 404. */
    get(id: string): Stored | undefined {
        this.settle();
        const stored = this.find(id);
        if (!stored) return undefined;
        const viewed = this.types.find(stored.token)?.view?.(stored, this) ?? {};
        const outputs = merged(stored.outputs, viewed);
        const running = this.store.operations().find((operation) => sameId(operation.id, stored.id));
        if (running && "provisioningState" in outputs) outputs.provisioningState = progressive[running.kind];
        return { ...stored, outputs };
    }

    now(): number {
        return this.clock.now();
    }

    find(id: string): Stored | undefined {
        return this.store.find(id);
    }

    list(token?: string): Stored[] {
        const all = this.store.list();
        return token === undefined ? all : all.filter((resource) => resource.token === token);
    }

    /** What is deleted and still holds its name, by id. */
    softDeleted(token?: string): Stored[] {
        return this.store
            .heldNames()
            .filter(({ resource, until }) => until > this.now() && (token === undefined || resource.token === token))
            .map(({ resource }) => resource)
            .sort((a, b) => (a.id < b.id ? -1 : 1));
    }

    hasRole(principalId: string, roleGuids: readonly string[], scope: string): boolean {
        return this.holds(this.list(roleAssignments), { principalId, roleGuids, scope });
    }

    quota(location: string, family: string): { limit: number; used: number } {
        return vcpuQuota(this.list(), location, family);
    }

    inProgress(prefixId: string): string[] {
        const running = this.store.operations().filter(({ id }) => isAtOrBelow(id, prefixId));
        return running.map(({ id }) => id);
    }

    /**
     * What Azure would have answered to the creation of a resource that is there, in a subscription without it and without
     * those: so one can ask what must exist before what.
     */
    refusalWithout(created: Stored, absent: readonly string[]): Refusal | undefined {
        const type = this.types.get(created.token);
        const azure = this.without(created.id, ...absent);
        const request: Request = { kind: "create", id: created.id, inputs: created.inputs, azure };
        return general.refuseMissingParent(created.id, this.types, azure) ?? firstRefusal(request, type);
    }

    /** The id on which a write to a resource counts: its own, or that of an ancestor that takes one write at a time. */
    heldBy({ id, token }: Stored): string {
        return this.types.get(token).exclusiveOn?.(id) ?? id;
    }

    /**
     * Imports an image or a chart into a registry under a tag, as its publisher has it by that digest.
     * @throws AzureError when there is no such registry, or the tag stands for something else.
     */
    importImage(image: StoredImage): void {
        this.settle();
        this.throwIf(importRefusal(image, this, this.store.images()));
        this.store.apply({ image }, this.now());
    }

    /**
     * Takes a push: unlike an import, it moves a tag that is there.
     * @throws AzureError when there is no such registry
     */
    pushImage(image: StoredImage): void {
        this.settle();
        this.throwIf(importRefusal(image, this, []));
        this.store.apply({ image }, this.now());
    }

    /** Every tag of every registry. */
    images(): StoredImage[] {
        return this.store.images();
    }

    /** Drift: changes a property as if someone had done so elsewhere. No rule is asked; `undefined` removes it. */
    set(id: string, path: string, value: unknown): Stored {
        const stored = this.find(id);
        if (!stored) throw new AzureError(refusal(404, "ResourceNotFound", `there is no '${id}'`));
        const resource: Stored = {
            ...stored,
            inputs: withValueAt(stored.inputs, path, value) as Properties,
            outputs: withValueAt(stored.outputs, path, value) as Properties,
        };
        this.store.apply({ put: { resource, realMoment: this.clock.realNow() } }, this.now());
        return resource;
    }

    /** Drift: takes a resource away, with everything below it, as if someone had done so elsewhere. No rule is asked. */
    remove(id: string): void {
        const stored = this.find(id);
        if (!stored) throw new AzureError(refusal(404, "ResourceNotFound", `there is no '${id}'`));
        this.store.apply(this.departure(stored), this.now());
    }

    /** Makes a globally unique name belong to someone else. */
    take(token: string, name: string): void {
        this.takenElsewhere.add(`${token}\n${name.toLowerCase()}`);
    }

    /** The client stops waiting for whatever is under way; Azure carries on. */
    cancel(): void {
        for (const stopWaiting of [...this.waiting]) stopWaiting();
    }

    /** Tells of every change of what is there, once it is there. */
    watch(listener: () => void): void {
        this.store.watch(listener);
    }

    close(): void {
        this.store.close();
    }

    private holds(assignments: readonly Stored[], asked: Parameters<typeof holdsRole>[1]): boolean {
        return holdsRole(assignments, asked, this.clock, (id) => this.store.realMoment(id));
    }

    private refuseShape(token: string, inputs: Properties): Refusal | undefined {
        const faults = this.schema ? schemaFaults(this.schema, token, inputs) : [];
        if (faults.length === 0) return undefined;
        const { apiVersion } = this.schema?.resources[token] ?? {};
        return refusal(
            400,
            "InvalidRequestContent",
            `${token} (API version ${apiVersion ?? "?"}): ${faults.map(({ reason }) => reason).join("; ")}`,
        );
    }

    /** Azure's order: parents, locks, the name, what holds or uses it, what cannot change, then the type's own rules. */
    private refusePut(request: Request, type: ResourceType): Refusal | undefined {
        const { id, kind } = request;
        const holds = type.exclusiveOn?.(id) ?? id;
        return (
            general.refuseMissingParent(id, this.types, this) ??
            general.refuseLocked(id, kind, this) ??
            general.refuseName(request, type) ??
            refuseDisallowed(request, this.types.armType(type.token)) ??
            (kind === "create" ? general.refuseTakenName(request, type, this.isTakenElsewhere) : undefined) ??
            (kind === "create" ? general.refuseHeldName(request, type) : undefined) ??
            general.refuseWhileBusy(id, holds, this.store.operations()) ??
            general.refuseImmutable(request, type) ??
            firstRefusal(request, type)
        );
    }

    /** A resource goes with all that is below it, so each of those must be free to go. */
    private refuseDelete(previous: Stored, type: ResourceType): Refusal | undefined {
        const holds = type.exclusiveOn?.(previous.id) ?? previous.id;
        const busy = general.refuseWhileBusy(previous.id, holds, this.store.operations());
        const locked = general.refuseLocked(previous.id, "delete", this);
        if (locked ?? busy) return locked ?? busy;
        const without = this.without(previous.id);
        for (const going of this.below(previous)) {
            const request: Request = {
                kind: "delete",
                id: going.id,
                inputs: going.inputs,
                previous: going,
                azure: this,
            };
            const isRoot = going === previous;
            const refused = isRoot ? firstRefusal(request, type) : this.refuseAsPart({ ...request, azure: without });
            const used = refused ?? general.refuseInUse({ ...request, azure: without });
            if (used) return used;
        }
        return undefined;
    }

    private refuseAsPart(request: Request): Refusal | undefined {
        const type = this.types.find(request.previous?.token ?? "");
        return type && firstRefusal(request, type);
    }

    /** The subscription as it would be without resources and what is below them. */
    private without(...roots: string[]): Subscription {
        const isGone = (id: string): boolean => roots.some((root) => isAtOrBelow(id, root));
        const stays = ({ id }: Stored): boolean => !isGone(id);
        return {
            subscriptionId: this.subscriptionId,
            tenantId: this.tenantId,
            now: () => this.now(),
            find: (id) => (isGone(id) ? undefined : this.find(id)),
            list: (token) => this.list(token).filter(stays),
            softDeleted: (token) => this.softDeleted(token),
            hasRole: (principalId, roleGuids, scope) => {
                const left = this.list(roleAssignments).filter(stays);
                return this.holds(left, { principalId, roleGuids, scope });
            },
            quota: (location, family) => vcpuQuota(this.list().filter(stays), location, family),
            inProgress: (prefixId) => this.inProgress(prefixId),
        };
    }

    /** What goes with a resource. One that is only reset, such as an account's blob service, leaves its children be. */
    private below(root: Stored): Stored[] {
        if (this.types.find(root.token)?.deletion === "reset") return [root];
        return this.list().filter(({ id }) => isAtOrBelow(id, root.id));
    }

    private outputsOf(request: Request, type: ResourceType): Properties {
        const computed = type.outputs(request);
        const { id } = request;
        const all = merged(
            { provisioningState: "Succeeded", ...request.inputs },
            { type: this.types.armType(type.token), ...computed, id, name: nameOf(id) },
        );
        const shape = this.schema?.resources[type.token];
        if (!shape) return all;
        const declared = new Set(["id", ...shape.outputs]);
        return Object.fromEntries(
            Object.entries({ azureApiVersion: shape.apiVersion, ...all }).filter(([name]) => declared.has(name)),
        );
    }

    private operation(id: string, kind: Operation["kind"], type: ResourceType, now: number): Operation {
        // A parent with many children takes as long as the slowest of them.
        const root = kind === "delete" ? this.find(id) : undefined;
        const steps = root ? this.below(root) : [{ token: type.token }];
        const seconds = Math.max(...steps.map(({ token }) => this.durations(token)[kind]));
        return { id, kind, holds: type.exclusiveOn?.(id) ?? id, finishes: now + seconds * 1000 };
    }

    /** Waits for an accepted write. A fault, a timeout or a cancel ends the waiting, never Azure's work. */
    private async finish(operation: Operation, fault: FaultKind | undefined, options: WaitOptions): Promise<void> {
        const left = Math.max(0, operation.finishes - this.now());
        const lost = fault === "lostReadable" || fault === "lostUnreadable";
        const patience = Math.min(lost ? left / 2 : Infinity, (options.timeoutSeconds ?? Infinity) * 1000);
        const cancelled = await this.waitUnlessCancelled(Math.min(left, patience));
        if (!lost && !cancelled && patience >= left) {
            this.settle();
            return;
        }
        this.clock.headFor?.(operation.finishes);
        throw new LostConnection(operation.id, { accepted: true, readable: fault !== "lostUnreadable" });
    }

    private waitUnlessCancelled(milliseconds: number): Promise<boolean> {
        return new Promise((resolve, reject) => {
            const cancel = (): void => {
                resolve(true);
            };
            this.waiting.add(cancel);
            this.clock
                .wait(milliseconds)
                .finally(() => this.waiting.delete(cancel))
                .then(() => {
                    resolve(false);
                }, reject);
        });
    }

    /** Brings the store to the present: writes whose time is over are done, deleted names are free again. */
    private settle(): void {
        const now = this.now();
        for (const operation of this.store.operations()) {
            if (operation.finishes > now) continue;
            const stored = operation.kind === "delete" ? this.find(operation.id) : undefined;
            this.store.apply(stored ? this.departure(stored) : { end: [operation.id] }, now);
        }
    }

    /** The change by which a resource and what is below it leaves, names held where the type says so. */
    private departure(root: Stored): Change {
        const leaving = this.below(root);
        const hold = leaving.flatMap((resource): Held[] => {
            const deletion = this.types.find(resource.token)?.deletion;
            if (typeof deletion !== "object") return [];
            const days = deletion.softDeleteDays(resource);
            const until = this.now() + days * dayMilliseconds;
            return days > 0 ? [{ resource: { ...resource, deletedAt: this.now() }, until }] : [];
        });
        const ids = leaving.map(({ id }) => id);
        return { remove: ids, end: ids, hold };
    }

    private drawFault(token: string, id: string, verb: Verb): FaultKind | undefined {
        if (!this.faults) return undefined;
        const fault = this.faults.draw(token, id, verb, this.store.nextAttempt([token, id, verb].join("\n")));
        if (fault === "lostBeforeAcceptance") throw new LostConnection(id, { accepted: false, readable: false });
        this.throwIf(fault && faultRefusals[fault]);
        return fault;
    }

    private readonly isTakenElsewhere = (token: string, name: string): boolean =>
        this.takenElsewhere.has(`${token}\n${name.toLowerCase()}`);

    private throwIf(refused: Refusal | undefined): void {
        if (refused) throw new AzureError(refused);
    }
}

/** `provisioningState` while an operation runs. */
const progressive = { create: "Creating", update: "Updating", delete: "Deleting" };

function firstRefusal(request: Request, type: ResourceType): Refusal | undefined {
    for (const rule of type.rules) {
        const refused = rule.on.includes(request.kind) ? rule.refuse(request) : undefined;
        if (refused) return refused;
    }
    return undefined;
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
const faultRefusals: Partial<Record<FaultKind, Refusal>> = {
    throttled: refusal(429, "TooManyRequests", "The request is being throttled as the limit has been reached."),
    conflict: refusal(409, "Conflict", "The resource is being changed by another request. Please try again later."),
    serverError: refusal(500, "InternalServerError", "Encountered an internal server error."),
    unavailable: refusal(503, "ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
};
