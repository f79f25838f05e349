/** Something that the engine makes or only names, in its place among others. */
export interface Placed {
    urn: string;
    type: string;
    /** Made by a provider, and not a component. */
    custom: boolean;
    parent?: string;
}

/** One link of the chain that decides how long a change takes. */
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
 * @param dependenciesOf URNs that it hangs on, by properties or by `dependsOn`
 */
export function prerequisites<R extends Placed>(
    all: readonly R[],
    dependenciesOf: (resource: R) => readonly string[],
): (resource: R) => R[] {
    const byUrn = new Map(all.map((resource) => [resource.urn, resource]));
    const children = new Map<string, R[]>();
    for (const resource of all) {
        if (resource.parent === undefined) continue;
        const siblings = children.get(resource.parent);
        if (siblings) siblings.push(resource);
        else children.set(resource.parent, [resource]);
    }
    /** What Azure makes for a URN: the resource, or for a component everything below it. */
    const created = (urn: string): R[] => {
        const resource = byUrn.get(urn);
        if (!resource) return [];
        return resource.custom ? [resource] : (children.get(urn) ?? []).flatMap((child) => created(child.urn));
    };
    /** What the component waits for, its children do as well. */
    const upwards = (resource: R): R[] => {
        const parent = byUrn.get(resource.parent ?? "");
        return [resource, ...(parent && !parent.custom ? upwards(parent) : [])];
    };
    return (resource) =>
        upwards(resource)
            .flatMap(dependenciesOf)
            .flatMap((urn) => created(urn))
            .filter(({ urn }) => urn !== resource.urn);
}

/** The other way round: which resources wait for each one. */
export function dependents<R extends Placed>(
    all: readonly R[],
    before: (resource: R) => readonly R[],
): (resource: R) => R[] {
    const waiting = new Map<string, Set<R>>();
    for (const resource of all) {
        for (const { urn } of before(resource)) {
            const known = waiting.get(urn);
            if (known) known.add(resource);
            else waiting.set(urn, new Set([resource]));
        }
    }
    return ({ urn }) => [...(waiting.get(urn) ?? [])];
}

/** The longest chain in which each resource waits for those that `before` names; everything else goes on beside it. */
export function chainOf<R extends Placed>(
    resources: readonly R[],
    before: (resource: R) => readonly R[],
    secondsOf: (resource: R) => number,
): Chain {
    const longest = new Map<string, Chain>();
    const chainTo = (resource: R): Chain => {
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
