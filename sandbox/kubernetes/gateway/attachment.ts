import type { Gateway, HttpRoute, Listener, ParentRef } from "./objects";

/** How a route and one of its parents get on. */
export interface Attachment {
    parentRef: ParentRef;
    accepted: boolean;
    reason:
        "Accepted" | "NoMatchingParent" | "NotAllowedByListeners" | "NoMatchingListenerHostname" | "UnsupportedValue";
    message: string;
    /** Names that it answers for there. */
    hostnames: readonly string[];
    /** Listeners that it is attached to. */
    listeners: readonly string[];
}

const supportedFilters = ["RequestHeaderModifier", "ResponseHeaderModifier", "URLRewrite", "RequestMirror"];

/**
 * What becomes of a route at the gateways that it names. Those that are nobody's here are left out.
 * @param labels Labels of a namespace.
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec
 */
export function attachmentsOf(
    route: HttpRoute,
    gateways: readonly Gateway[],
    labels: (namespace: string) => Readonly<Record<string, string>>,
): Attachment[] {
    const home = route.metadata?.namespace ?? "";
    return (route.spec.parentRefs ?? []).flatMap((parentRef) => {
        const { name, namespace = home, kind = "Gateway" } = parentRef;
        const gateway = gateways.find(({ metadata }) => metadata?.name === name && metadata.namespace === namespace);
        return kind === "Gateway" && gateway ? [attachment(route, parentRef, gateway, labels(home))] : [];
    });
}

function attachment(
    route: HttpRoute,
    parentRef: ParentRef,
    gateway: Gateway,
    labels: Readonly<Record<string, string>>,
): Attachment {
    const refused = (reason: Attachment["reason"], message: string): Attachment => ({
        ...{ parentRef, accepted: false, reason, message, hostnames: [], listeners: [] },
    });
    const named = gateway.spec.listeners.filter(({ name }) => (parentRef.sectionName ?? name) === name);
    if (named.length === 0) return refused("NoMatchingParent", `no listener is named ${parentRef.sectionName ?? ""}`);
    const home = route.metadata?.namespace ?? "";
    const open = named.filter((listener) => allows(listener, gateway, home, labels));
    if (open.length === 0) return refused("NotAllowedByListeners", `no listener takes routes of namespace ${home}`);
    const { hostnames: wanted = [] } = route.spec;
    const met = open.filter(({ hostname = "" }) => meeting(hostname, wanted).length > 0 || wanted.length === 0);
    if (met.length === 0)
        return refused("NoMatchingListenerHostname", `no listener has a name that meets ${wanted.join(", ")}`);
    const odd = unsupported(route);
    if (odd !== undefined) return refused("UnsupportedValue", `${odd} is not played by the sandbox's gateway`);
    return {
        ...{ parentRef, accepted: true, reason: "Accepted", message: "Route is accepted" },
        hostnames: [
            ...new Set(
                met.flatMap(({ hostname = "" }) => (wanted.length === 0 ? [hostname] : meeting(hostname, wanted))),
            ),
        ],
        listeners: met.map(({ name }) => name),
    };
}

function allows(
    { allowedRoutes }: Listener,
    gateway: Gateway,
    namespace: string,
    labels: Readonly<Record<string, string>>,
): boolean {
    const { from = "Same", selector } = allowedRoutes?.namespaces ?? {};
    if (from === "All") return true;
    if (from === "Same") return gateway.metadata?.namespace === namespace;
    return (
        from === "Selector" &&
        Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
    );
}

/** Names of the route that fall under the listener's. */
function meeting(listener: string, wanted: readonly string[]): string[] {
    if (listener === "") return [...wanted];
    return wanted.flatMap((name) => (covers(listener, name) ? [name] : covers(name, listener) ? [listener] : []));
}

/** Does the name, which may begin with `*.`, stand for the other one? */
export function covers(name: string, other: string): boolean {
    if (name === other || name === "") return true;
    return name.startsWith("*.") && other.endsWith(name.slice(1)) && other !== name.slice(1);
}

function unsupported({ spec }: HttpRoute): string | undefined {
    for (const { matches = [], filters = [] } of spec.rules ?? []) {
        const filter = filters.find(({ type }) => !supportedFilters.includes(type));
        if (filter) return `filter ${filter.type}`;
        const patterned = matches.some(({ path, headers = [] }) =>
            [path, ...headers].some((each) => each?.type === "RegularExpression"),
        );
        if (patterned) return "a match by regular expression";
    }
    return undefined;
}
