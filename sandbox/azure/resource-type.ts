/** What Azure answers when it refuses: HTTP status, its own error code, its message. */
export interface Refusal {
    status: 400 | 401 | 403 | 404 | 409 | 412 | 429 | 500 | 503;
    code: string;
    message: string;
}

/** Plain JSON in the camelCase shape of azure-native's inputs. */
export type Properties = Record<string, unknown>;

/** A resource as Azure holds it. */
export interface Stored {
    id: string;
    token: string;
    /** What the last accepted request asked for. */
    inputs: Properties;
    /** What a GET answers: the inputs with everything that Azure computes or defaults. */
    outputs: Properties;
    /** Virtual milliseconds. */
    createdAt: number;
    deletedAt?: number;
}

/** Read-only look at the subscription while a request is judged. Ids compare without regard to case. */
export interface Subscription {
    readonly subscriptionId: string;
    readonly tenantId: string;
    /** Virtual milliseconds. */
    now(): number;
    /** Live resource by ARM id. */
    find(id: string): Stored | undefined;
    /** Live resources, of one type when a token is given. */
    list(token?: string): readonly Stored[];
    /** Deleted, but still holding their name. */
    softDeleted(token: string): readonly Stored[];
    /** Does `principalId` hold, in effect by now (propagation over), one of the roles (GUIDs) at `scope` or above? */
    hasRole(principalId: string, roleGuids: readonly string[], scope: string): boolean;
    /** vCPUs of a VM family in a region. */
    quota(location: string, family: string): { limit: number; used: number };
    /** Ids with a write still running, at or below an id. */
    inProgress(prefixId: string): readonly string[];
}

export interface Request {
    kind: "create" | "update" | "delete";
    id: string;
    inputs: Properties;
    previous?: Stored;
    azure: Subscription;
}

/** One documented rule: when it does not hold, Azure refuses. */
export interface Rule {
    on: readonly ("create" | "update" | "delete")[];
    source: string;
    refuse(request: Request): Refusal | undefined;
}

/** Rule of a resource's own name, the last parameter of its path. */
export interface NameRule {
    pattern: RegExp;
    rule: string;
    code: string;
    /** Unique across all of Azure, not just in its group. */
    global?: boolean;
    /** Code of the refusal when a global name is taken. Default `NameNotAvailable`. */
    takenCode?: string;
    source: string;
}

/** A name that stays taken after the delete. */
export interface SoftDelete {
    /** 0 when the name is free at once. */
    softDeleteDays(previous: Stored): number;
    source: string;
    /** Code of the refusal while the name is held. Default `ConflictError`, as the vault says it. */
    code?: string;
    /** A create with the same id is not refused: it brings the resource back. */
    comesBack?: true;
    /** Message of the refusal, where Azure says something of its own. */
    message?: string;
}

export interface ResourceType {
    /** For example `azure-native:network:Subnet`. */
    token: string;
    /**
     * ARM id with input names in braces:
     * `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}`;
     * `{scope}/providers/...` or `{resourceUri}/providers/...` for types that extend another resource.
     */
    path: string;
    /** Rule of the last path parameter. */
    name?: NameRule;
    /** Replace keys as azure-native has them, beyond path parameters: dotted, `[]` for arrays. */
    forceNew: readonly string[];
    /** Properties that Azure will not change in place: the PUT is refused. */
    immutable: readonly { path: string; code: string; source: string }[];
    rules: readonly Rule[];
    /**
     * What Azure computes or defaults on top of the inputs (ids, FQDNs, principal ids, provisioningState...).
     * Same request, same answer: where Azure's value is random, take `stableGuid(id, purpose)`. `id`, `name` and
     * `provisioningState: "Succeeded"` need not be given. Nested objects are merged over those of the inputs.
     */
    outputs(request: Request): Properties;
    /** What a GET adds from other resources, on top of the stored outputs: a cluster's pools, a registry's endpoints. */
    view?(stored: Stored, azure: Subscription): Properties;
    /**
     * Inputs that can also be resources of their own: azure-native takes them over from a GET only when they were given.
     * Such as the subnets of a network.
     */
    subResources?: readonly string[];
    /**
     * What a delete does. Missing: the resource is gone. `forget`: ARM has no DELETE, so azure-native only forgets it
     * and Azure keeps it. `reset`: a part of its parent that goes back to its defaults.
     */
    deletion?: "forget" | "reset" | SoftDelete;
    /** Ancestor on which a write to this type counts (one at a time, else 409), e.g. an agent pool's cluster. */
    exclusiveOn?: (id: string) => string;
}
