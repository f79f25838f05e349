import { covers } from "./attachment";
import type { BackendRef, Filter, HttpRoute, Match, RouteRule } from "./objects";

/** What somebody asks the gateway. */
export interface Asked {
    /** Host without its port, in small letters. */
    host: string;
    /** Path without its query. */
    path: string;
    method: string;
    headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A rule with all that leads to it. */
export interface Entry {
    hostname: string;
    match: Match;
    rule: RouteRule;
    route: HttpRoute;
}

const everyPath: Match = { path: { type: "PathPrefix", value: "/" } };

/** The gateway's rules, the more specific ones first. @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule */
export function entriesOf(routes: readonly { route: HttpRoute; hostnames: readonly string[] }[]): Entry[] {
    const entries = routes.flatMap(({ route, hostnames }) =>
        hostnames.flatMap((hostname) =>
            (route.spec.rules ?? []).flatMap((rule) =>
                (rule.matches ?? [everyPath]).map((match) => ({ hostname, match, rule, route })),
            ),
        ),
    );
    const key = ({ hostname, match, route }: Entry): (number | string)[] => [
        hostname.startsWith("*.") || hostname === "" ? 1 : 0,
        -hostname.length,
        match.path?.type === "Exact" ? 0 : 1,
        -(match.path?.value ?? "/").length,
        match.method === undefined ? 1 : 0,
        -(match.headers ?? []).length,
        new Date(route.metadata?.creationTimestamp ?? 0).getTime(),
        `${route.metadata?.namespace ?? ""}/${route.metadata?.name ?? ""}`,
    ];
    return entries
        .map((entry) => ({ entry, key: key(entry) }))
        .sort((a, b) => compare(a.key, b.key))
        .map(({ entry }) => entry);
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
    for (const [index, one] of a.entries()) {
        const other = b[index] ?? 0;
        if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
}

/**
 * The first entry that takes the request. On this machine nobody resolves the platform's names: its own loopback stands for all of
 * them, and whoever comes that way goes where the longest path leads.
 */
export function entryFor(entries: readonly Entry[], asked: Asked): Entry | undefined {
    if (!["127.0.0.1", "localhost", "[::1]"].includes(asked.host))
        return entries.find(({ hostname, match }) => takesHost(hostname, asked.host) && takes(match, asked));
    const length = ({ match }: Entry): number => (match.path?.value ?? "/").length;
    return entries.filter(({ match }) => takes(match, asked)).sort((a, b) => length(b) - length(a))[0];
}

/** `vision.localhost` stands for names that begin with `vision`. */
function takesHost(hostname: string, host: string): boolean {
    const team = /^([^.]+)\.localhost$/.exec(host)?.[1];
    return team === undefined ? covers(hostname, host) : hostname.startsWith(`${team}.`);
}

function takes({ path, headers = [], method }: Match, asked: Asked): boolean {
    const { type = "PathPrefix", value = "/" } = path ?? {};
    const prefix = value.replace(/\/$/, "");
    const under = asked.path === prefix || asked.path.startsWith(`${prefix}/`);
    return (
        (type === "Exact" ? asked.path === value : under) &&
        (method === undefined || method === asked.method) &&
        headers.every((header) => asked.headers[header.name.toLowerCase()] === header.value)
    );
}

/** Path and host after the rule's rewriting. */
export function rewritten({ match, rule }: Entry, { path, host }: Asked): { path: string; host: string } {
    const rewrite = filterOf(rule, "URLRewrite")?.urlRewrite;
    const how = rewrite?.path;
    const prefix = (match.path?.value ?? "/").replace(/\/$/, "");
    const by = (how?.replacePrefixMatch ?? "").replace(/\/$/, "");
    const rest = path.slice(prefix.length);
    const replaced =
        how?.type === "ReplaceFullPath" ? (how.replaceFullPath ?? "/") : how ? `${by}${rest}` || "/" : path;
    return { path: replaced, host: rewrite?.hostname ?? host };
}

export const filterOf = ({ filters = [] }: RouteRule, type: string): Filter | undefined =>
    filters.find((filter) => filter.type === type);

/** One of the rule's backends by their weights; undefined where all weigh nothing. `random` is from 0 to 1. */
export function backendFor({ backendRefs = [] }: RouteRule, random: number): BackendRef | undefined {
    const total = backendRefs.reduce((sum, { weight = 1 }) => sum + weight, 0);
    let left = random * total;
    return backendRefs.find(({ weight = 1 }) => (left -= weight) < 0);
}

/** A duration of the Gateway API, such as `60s` or `1m30s`, in milliseconds; 0 for one that never ends. */
export function milliseconds(written: string): number {
    const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
    return [...written.matchAll(/(\d+)(ms|h|m|s)/g)].reduce(
        (sum, [, count = "0", unit = "s"]) => sum + Number(count) * (units[unit] ?? 0),
        0,
    );
}
