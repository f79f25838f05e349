/** An ARM id taken apart. */
export interface ResourceId {
    subscriptionId: string;
    resourceGroupName: string;
    /** Provider of the last type, such as `Microsoft.Network`; empty for a group or a subscription. */
    provider: string;
    /** Full type of the last part, such as `Microsoft.Network/virtualNetworks/subnets`. */
    type: string;
    /** Own name: the last segment. */
    name: string;
    /** Type segments of the last provider with their names, outermost first: `[["virtualNetworks", "vnet"], ...]`. */
    parts: readonly (readonly [string, string])[];
}

/** Takes an ARM id apart; undefined when it is not one. */
export function parseId(id: string): ResourceId | undefined {
    const segments = id.split("/");
    if (
        segments.shift() !== "" ||
        segments.length === 0 ||
        segments.length % 2 !== 0 ||
        segments.some((segment) => segment === "")
    ) {
        return undefined;
    }
    const parsed = { subscriptionId: "", resourceGroupName: "", provider: "" };
    let parts: (readonly [string, string])[] = [];
    for (let index = 0; index < segments.length; index += 2) {
        const [kind, name] = [segments[index] ?? "", segments[index + 1] ?? ""];
        if (kind.toLowerCase() === "subscriptions" && index === 0) {
            parsed.subscriptionId = name;
        } else if (kind.toLowerCase() === "resourcegroups" && index === 2) {
            parsed.resourceGroupName = name;
        } else if (kind.toLowerCase() === "providers") {
            parsed.provider = name;
            parts = [];
        } else {
            parts.push([kind, name]);
        }
    }
    const type = [parsed.provider, ...parts.map(([kind]) => kind)].join("/");
    return { ...parsed, type: parsed.provider === "" ? "" : type, name: segments.at(-1) ?? "", parts };
}

/** Own name of the resource: the last segment of its id. */
export function nameOf(id: string): string {
    return id.slice(id.lastIndexOf("/") + 1);
}

/** Azure compares ids without regard to case. */
export function sameId(left: string, right: string): boolean {
    return left.toLowerCase() === right.toLowerCase();
}

/** Is `id` the resource `ancestor` itself or below it? A subscription or group counts as an ancestor. */
export function isAtOrBelow(id: string, ancestor: string): boolean {
    const [below, above] = [id.toLowerCase(), ancestor.toLowerCase()];
    return below === above || below.startsWith(above.endsWith("/") ? above : `${above}/`);
}

/** Id of the resource that holds this one: its parent resource, its group, or its subscription. */
export function parentId(id: string): string | undefined {
    const segments = id.split("/");
    const shorter = segments.slice(0, -2);
    const kind = shorter.at(-2)?.toLowerCase();
    if (kind === "providers") return shorter.slice(0, -2).join("/") || undefined;
    return shorter.join("/") || undefined;
}

/** Id of the group that holds the resource. */
export function groupId(id: string): string | undefined {
    return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
}

/** `/subscriptions/...` of the id. */
export function subscriptionOf(id: string): string | undefined {
    return /^\/subscriptions\/[^/]+/i.exec(id)?.[0];
}

/** The first `count` type segments of the last provider: `ancestorId(subnetId, 1)` is the network's id. */
export function ancestorId(id: string, count: number): string {
    const start = id.toLowerCase().lastIndexOf("/providers/");
    const segments = id.slice(start).split("/");
    return id.slice(0, start) + segments.slice(0, 3 + count * 2).join("/");
}

/** Names in braces of a type's path, in order. */
export function pathParameters(path: string): string[] {
    return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}

/** Every id (`{ id: ... }` or a string under a key ending in "Id") named anywhere in a value, for "in use" checks. */
export function referencedIds(value: unknown): string[] {
    if (typeof value === "string") return value.startsWith("/subscriptions/") ? [value] : [];
    if (Array.isArray(value)) return value.flatMap(referencedIds);
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => [...referencedIds(key), ...referencedIds(inner)]);
}
