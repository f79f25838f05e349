import type { Values } from "./values";

/** What every request about a resource carries. */
export interface ResourceRequest {
    urn: string;
    /** Such as `azure-native:network:Subnet`. */
    token: string;
}

export interface CheckFailure {
    property: string;
    reason: string;
}

export type DifferenceKind = "add" | "update" | "delete";

/** How one property differs. */
export interface Difference {
    kind: DifferenceKind;
    replace: boolean;
}

export interface Differences {
    /** By property path, such as `sku.name` or `subnets[0].id`. Empty: nothing to do. */
    properties: ReadonlyMap<string, Difference>;
    deleteBeforeReplace: boolean;
}

/** Applied to a resource that exists, or to a preview of it. */
export interface WriteOptions {
    preview: boolean;
    /** From `customTimeouts`; 0 when none is set. */
    timeoutSeconds: number;
}

export interface CheckRequest extends ResourceRequest {
    news: Values;
    /** Inputs of the last update; undefined for a new resource. */
    olds: Values | undefined;
    /** What made-up names come from, the same in a preview and its update; empty when the engine gives none. */
    randomSeed: Uint8Array;
}

export interface DiffRequest extends ResourceRequest {
    id: string;
    oldInputs: Values;
    olds: Values;
    news: Values;
    /** Property paths whose changes the program ignores; the engine has put the old inputs back there. */
    ignoreChanges: readonly string[];
}

export interface ReadRequest extends ResourceRequest {
    id: string;
    olds: Values;
    /** Undefined for an import. */
    oldInputs: Values | undefined;
}

export interface UpdateRequest extends ResourceRequest, WriteOptions {
    id: string;
    olds: Values;
    news: Values;
    /** As in {@link DiffRequest}. */
    ignoreChanges: readonly string[];
}

export interface DeleteRequest extends ResourceRequest {
    id: string;
    olds: Values;
    /** From `customTimeouts`; 0 when none is set. */
    timeoutSeconds: number;
}

/** One Pulumi package behind the provider protocol. Values are plain; see `values.ts`. */
export interface PackageBackend {
    /** Such as `azure-native`. */
    readonly name: string;
    readonly version: string;
    /** Judges the provider's own settings. @default they are taken as they are */
    checkConfig?(request: { news: Values }): Promise<{ inputs: Values; failures: readonly CheckFailure[] }>;
    /** @default a change of the provider's settings concerns no resource */
    diffConfig?(request: { olds: Values; news: Values }): Promise<Differences>;
    /** The provider's own settings. */
    configure(settings: Values): Promise<void>;
    check(request: CheckRequest): Promise<{ inputs: Values; failures: readonly CheckFailure[] }>;
    diff(request: DiffRequest): Promise<Differences>;
    /** @throws PartialFailure when something was made that the state must know of. */
    create(request: ResourceRequest & WriteOptions & { inputs: Values }): Promise<{ id: string; properties: Values }>;
    /** An undefined answer: there is no such resource. */
    read(request: ReadRequest): Promise<{ id: string; properties: Values; inputs: Values } | undefined>;
    /** @throws PartialFailure when the write was taken and not finished. */
    update(request: UpdateRequest): Promise<Values>;
    delete(request: DeleteRequest): Promise<void>;
    invoke(token: string, args: Values): Promise<Values>;
    /** The user has interrupted: whatever is under way is to end soon, with what is known of it. */
    cancel(): void;
}

/** A create or update that Azure took and that was not seen to its end: the state records what is there. */
export class PartialFailure extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly properties: Values,
        readonly inputs: Values,
    ) {
        super(message);
        this.name = "PartialFailure";
    }
}
