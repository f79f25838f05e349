import { isSecretJson, unknownIn } from "../review/model/engine-json";

/** A resource in an exported state, as far as the commands look at it. */
export interface StateResource {
    urn: string;
    type: string;
    custom: boolean;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    parent?: string;
    dependencies?: string[];
    propertyDependencies?: Record<string, string[] | null> | null;
    provider?: string;
    /** Not to be deleted, says the program. */
    protect?: boolean;
    /** Replaced; still to be deleted. */
    delete?: boolean;
    /** Deleted; its replacement is still to be created. */
    pendingReplacement?: boolean;
    external?: boolean;
    initErrors?: string[];
    /** Names of hooks by the moment they run at. */
    resourceHooks?: { AfterCreate?: string[] };
}

/** An operation that was under way when the engine stopped. */
export interface PendingOperation {
    resource: StateResource;
    type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

/** What `pulumi stack export` prints. */
export interface Deployment {
    version: number;
    deployment: {
        resources?: StateResource[];
        pending_operations?: PendingOperation[];
        [other: string]: unknown;
    };
}

/** Copy that can be shown: secrets as `[secret]`, what is not known yet as `[unknown]`. */
export function shown(value: unknown): unknown {
    if (unknownIn(value) !== undefined) return "[unknown]";
    if (isSecretJson(value)) return "[secret]";
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

/** The engine's own: providers, and references to other stacks. */
export function isProvider(type: string): boolean {
    return type.startsWith("pulumi:");
}

/** Resources that live in Azure: made by a provider, not components, not the provider itself. */
export function cloudResources(deployment: Deployment): StateResource[] {
    const all = deployment.deployment.resources ?? [];
    return all.filter((resource) => resource.custom && !isProvider(resource.type) && resource.delete !== true);
}

/** URNs that it hangs on, by properties or by `dependsOn`. */
export function dependenciesOf({ dependencies, propertyDependencies }: StateResource): string[] {
    const properties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
    return [...new Set([...(dependencies ?? []), ...properties])];
}
