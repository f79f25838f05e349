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

/** One Pulumi package behind the provider protocol. Values are plain; see `values.ts`. */
export interface PackageBackend {
    /** Such as `azure-native`. */
    readonly name: string;
    readonly version: string;
    /** The provider's own settings. */
    configure(settings: Values): Promise<void>;
    check(request: ResourceRequest & { news: Values }): Promise<{ inputs: Values; failures: readonly CheckFailure[] }>;
    diff(
        request: ResourceRequest & { id: string; oldInputs: Values; olds: Values; news: Values },
    ): Promise<Differences>;
    /** @throws PartialFailure when something was made that the state must know of. */
    create(request: ResourceRequest & WriteOptions & { inputs: Values }): Promise<{ id: string; properties: Values }>;
    /** An undefined answer: there is no such resource. `oldInputs` is undefined for an import. */
    read(
        request: ResourceRequest & { id: string; olds: Values; oldInputs: Values | undefined },
    ): Promise<{ id: string; properties: Values; inputs: Values } | undefined>;
    /** @throws PartialFailure when the write was taken and not finished. */
    update(request: ResourceRequest & WriteOptions & { id: string; olds: Values; news: Values }): Promise<Values>;
    delete(request: ResourceRequest & { id: string; timeoutSeconds: number }): Promise<void>;
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
