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
    const ends = new Map<string, End<R>>();
    let last: End<R> | undefined;
    for (const resource of resources) {
        const end = endOf(resource, ends, before, secondsOf);
        if (last === undefined || end.total > last.total) last = end;
    }
    const links: Link[] = [];
    for (let end = last; end !== undefined; end = end.previous)
        links.push({ urn: end.resource.urn, type: end.resource.type, seconds: end.seconds });
    return { seconds: last?.total ?? 0, links: links.reverse() };
}

/** Where the longest chain to a resource ends. */
interface End<R> {
    resource: R;
    seconds: number;
    total: number;
    previous?: End<R>;
}

/** Those before it first; by a list of our own, as a chain of thousands is too deep for calls. */
function endOf<R extends Placed>(
    wanted: R,
    ends: Map<string, End<R>>,
    before: (resource: R) => readonly R[],
    secondsOf: (resource: R) => number,
): End<R> {
    const begun = new Set<string>();
    const open = [wanted];
    for (let resource = open.at(-1); resource !== undefined; resource = open.at(-1)) {
        const { urn } = resource;
        // One that is begun already and not ended is in a cycle, which cannot be, but must not hang.
        const missing = begun.has(urn)
            ? []
            : before(resource).filter((each) => !ends.has(each.urn) && !begun.has(each.urn));
        begun.add(urn);
        if (missing.length > 0) {
            open.push(...missing);
            continue;
        }
        open.pop();
        if (ends.has(urn)) continue;
        const previous = before(resource)
            .flatMap((each) => ends.get(each.urn) ?? [])
            .reduce<End<R> | undefined>((best, each) => (best && best.total >= each.total ? best : each), undefined);
        const seconds = secondsOf(resource);
        ends.set(urn, { resource, seconds, total: (previous?.total ?? 0) + seconds, ...(previous && { previous }) });
    }
    return ends.get(wanted.urn) ?? { resource: wanted, seconds: 0, total: 0 };
}

/** `25 min`, `1 h 05 min`, `40 s`. */
export function spoken(seconds: number): string {
    if (seconds < 100) return `${Math.round(seconds)} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
