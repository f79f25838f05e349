import { isAtOrBelow } from "../../sandbox/azure/ids";
import type { Azure } from "../../sandbox/azure/azure";
import type { Stored } from "../../sandbox/azure/resource-type";

/** One step of the chain that no program can shorten. */
export interface Step {
    id: string;
    seconds: number;
}

export interface Bound {
    seconds: number;
    /** First to last. */
    steps: Step[];
}

/**
 * The shortest time in which Azure can make what it holds, whatever the program: the longest chain in which each
 * creation is refused without the one before, or asks for a value that only the one before brings, with writes that
 * exclude each other one after the other. It is found by asking the sandbox's rules; what the program made wait for what
 * plays no part.
 */
export function unavoidable(azure: Azure, secondsOf: (token: string) => number): Bound {
    const resources = azure.list();
    const before = prerequisites(azure, resources);
    const after = reversed(before);
    const seconds = ({ token }: Stored): number => secondsOf(token);
    const head = longestTo(before, seconds);
    const tail = longestTo(after, seconds);

    const chains = resources.map((one) => [...head(one), one, ...tail(one).reverse()]);
    const queues = [...grouped(resources, (one) => azure.heldBy(one)).values()]
        .filter((queue) => queue.length > 1)
        .map((queue) => busiest(queue, head, tail, seconds));
    return [...chains, ...queues]
        .map((chain) => ({
            seconds: total(chain, seconds),
            steps: chain.map((one) => ({ id: one.id, seconds: seconds(one) })),
        }))
        .reduce((longest, bound) => (bound.seconds > longest.seconds ? bound : longest), { seconds: 0, steps: [] });
}

type Links = Map<Stored, Stored[]>;
type Chain = (resource: Stored) => Stored[];

const total = (chain: readonly Stored[], seconds: (one: Stored) => number): number =>
    chain.reduce((sum, one) => sum + seconds(one), 0);

/** What each resource cannot do without: by Azure's rules, and by the values that it asks with. */
function prerequisites(azure: Azure, resources: readonly Stored[]): Links {
    const links: Links = new Map();
    for (const one of resources) {
        const refused = azure.refusalWithout(one, []);
        if (refused) throw new Error(`${one.id} cannot be judged, it is refused as it is: ${refused.message}`);
        const others = resources.filter(({ id }) => !isAtOrBelow(id, one.id));
        links.set(
            one,
            others.filter(({ id }) => azure.refusalWithout(one, [id]) !== undefined),
        );
    }
    const byRules = reachability(links);
    for (const [one, needed] of links) {
        const values = new Set(leaves(one.inputs));
        const bringing = producers(resources, one, values, byRules);
        links.set(one, [...new Set([...needed, ...bringing])]);
    }
    return links;
}

/** Those whose answer first holds a value that this one's request needs. */
function producers(
    resources: readonly Stored[],
    consumer: Stored,
    values: ReadonlySet<string>,
    needs: (one: Stored, other: Stored) => boolean,
): Stored[] {
    return [...values].flatMap((value) => {
        const holders = resources.filter(
            (one) => one !== consumer && !isAtOrBelow(one.id, consumer.id) && computed(one).has(value),
        );
        // Of several that tell it, the first is the one that the others need themselves.
        const sources = holders.filter((one) => holders.every((other) => other === one || needs(other, one)));
        return sources.length === 1 ? sources : [];
    });
}

const computedValues = new WeakMap<Stored, Set<string>>();

/** What Azure made up for a resource: told by its answer, and by nothing that it was asked with. */
function computed(one: Stored): Set<string> {
    const known = computedValues.get(one);
    if (known) return known;
    const asked = new Set(leaves(one.inputs));
    // Ids and names follow from the request; short words are states and kinds.
    const own = leaves(one.outputs).filter((value) => !asked.has(value) && isMadeUp(value));
    const made = new Set(own);
    computedValues.set(one, made);
    return made;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const ipAddress = /^\d{1,3}(\.\d{1,3}){3}$/;
const isMadeUp = (value: string): boolean => guid.test(value) || ipAddress.test(value) || value.startsWith("https://");

function leaves(value: unknown): string[] {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.flatMap(leaves);
    if (typeof value !== "object" || value === null) return [];
    return Object.values(value).flatMap(leaves);
}

/** Does one need the other, be it by way of more? */
function reachability(links: Links): (one: Stored, other: Stored) => boolean {
    const reached = new Map<Stored, Set<Stored>>();
    const from = (one: Stored): Set<Stored> => {
        const known = reached.get(one);
        if (known) return known;
        const all = new Set<Stored>();
        reached.set(one, all);
        for (const next of links.get(one) ?? []) for (const far of [next, ...from(next)]) all.add(far);
        return all;
    };
    return (one, other) => from(one).has(other);
}

function reversed(links: Links): Links {
    const back: Links = new Map([...links.keys()].map((one) => [one, []]));
    for (const [one, needed] of links) for (const other of needed) back.get(other)?.push(one);
    return back;
}

/** The longest chain that ends right before a resource, first to last. */
function longestTo(links: Links, seconds: (one: Stored) => number): Chain {
    const known = new Map<Stored, Stored[]>();
    const chain: Chain = (resource) => {
        const found = known.get(resource);
        if (found) return found;
        known.set(resource, []); // what needs itself in a circle is left out: the bound only gets lower
        const longest = (links.get(resource) ?? [])
            .map((one) => [...chain(one), one])
            .reduce((best, other) => (total(other, seconds) > total(best, seconds) ? other : best), []);
        known.set(resource, longest);
        return longest;
    };
    return chain;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const item of items)
        groups.set(key(item).toLowerCase(), [...(groups.get(key(item).toLowerCase()) ?? []), item]);
    return groups;
}

/**
 * The longest way through writes that exclude each other: for some of them, the shortest way to the first, all of them,
 * and the shortest way on from the last.
 */
function busiest(queue: readonly Stored[], head: Chain, tail: Chain, seconds: (one: Stored) => number): Stored[] {
    const before = (one: Stored): number => total(head(one), seconds);
    const behind = (one: Stored): number => total(tail(one), seconds);
    // A member's own way may lead through other members, which count themselves.
    const outside = (chain: readonly Stored[]): Stored[] => chain.filter((one) => !queue.includes(one));
    const ways = queue.flatMap((first) =>
        queue.map((last) => {
            const some = queue.filter((one) => before(one) >= before(first) && behind(one) >= behind(last));
            const from = outside(head(least(some.length > 0 ? some : [first], before)));
            const on = outside(tail(least(some.length > 0 ? some : [last], behind))).reverse();
            return [...from, ...[...some].sort((a, b) => before(a) - before(b)), ...on];
        }),
    );
    return ways.reduce((best, way) => (total(way, seconds) > total(best, seconds) ? way : best), []);
}

function least<T>(items: readonly T[], figure: (item: T) => number): T {
    return items.reduce((best, item) => (figure(item) < figure(best) ? item : best));
}
