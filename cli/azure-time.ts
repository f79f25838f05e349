import { durationOf } from "../facts/durations";
import { cloudResources } from "./deployment";
import type { Deployment, StateResource } from "./deployment";

/** One link of the chain that decides how long a creation takes. */
export interface Link {
    urn: string;
    type: string;
    seconds: number;
}

export interface Chain {
    seconds: number;
    /** First to last. */
    links: Link[];
}

/**
 * Which resources each one waits for before it is made. Components pass the waiting on: who depends on one depends on all
 * its children.
 */
export function prerequisites(state: Deployment): (resource: StateResource) => StateResource[] {
    const all = state.deployment.resources ?? [];
    const byUrn = new Map(all.map((resource) => [resource.urn, resource]));
    const children = new Map<string, StateResource[]>();
    for (const resource of all) {
        if (resource.parent !== undefined)
            children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
    }
    /** What Azure makes for a URN: the resource, or for a component everything below it. */
    const created = (urn: string): StateResource[] => {
        const resource = byUrn.get(urn);
        if (!resource) return [];
        return resource.custom ? [resource] : (children.get(urn) ?? []).flatMap((child) => created(child.urn));
    };
    /** What the component waits for, its children do as well. */
    const upwards = (resource: StateResource): StateResource[] => {
        const parent = byUrn.get(resource.parent ?? "");
        return [resource, ...(parent && !parent.custom ? upwards(parent) : [])];
    };
    return (resource) =>
        upwards(resource)
            .flatMap(dependenciesOf)
            .flatMap((urn) => created(urn))
            .filter(({ urn }) => urn !== resource.urn);
}

/**
 * The longest chain of creations in which each waits for the one before: what a first `up` takes at least on Azure,
 * where everything else runs beside it.
 */
export function longestChain(state: Deployment, secondsOf: (resource: StateResource) => number): Chain {
    return chainOf(cloudResources(state), prerequisites(state), secondsOf);
}

/** The longest chain in which each resource waits for those that `before` names. */
export function chainOf(
    resources: readonly StateResource[],
    before: (resource: StateResource) => readonly StateResource[],
    secondsOf: (resource: StateResource) => number,
): Chain {
    const longest = new Map<string, Chain>();
    const chainTo = (resource: StateResource): Chain => {
        const known = longest.get(resource.urn);
        if (known) return known;
        longest.set(resource.urn, { seconds: 0, links: [] }); // a cycle cannot be, but must not hang
        const first = before(resource).map(chainTo).reduce(longer, { seconds: 0, links: [] });
        const seconds = secondsOf(resource);
        const link: Link = { urn: resource.urn, type: resource.type, seconds };
        const chain = { seconds: first.seconds + seconds, links: [...first.links, link] };
        longest.set(resource.urn, chain);
        return chain;
    };
    return resources.map(chainTo).reduce(longer, { seconds: 0, links: [] });
}

/**
 * Seconds that a resource keeps those that depend on it waiting: its creation, and for a role the time that the program
 * gives it to take effect.
 */
export function creationSeconds(propagationSeconds: number): (resource: StateResource) => number {
    return ({ type, resourceHooks }) => {
        const awaited = resourceHooks?.AfterCreate?.some((name) => name.endsWith("-propagation")) ?? false;
        return durationOf(type).create + (awaited ? propagationSeconds : 0);
    };
}

function dependenciesOf(resource: StateResource): string[] {
    const properties = Object.values(resource.propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
    return [...new Set([...(resource.dependencies ?? []), ...properties])];
}

function longer(left: Chain, right: Chain): Chain {
    return right.seconds > left.seconds ? right : left;
}

/** `25 min`, `1 h 05 min`, `40 s`. */
export function spoken(seconds: number): string {
    if (seconds < 100) return `${Math.round(seconds)} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
