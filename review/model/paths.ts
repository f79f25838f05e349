/** Is it that property, or does it lie in it? `rules[0].port` is part of `rules`. */
export function isPartOf(inner: string, outer: string): boolean {
    return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/** Value at a path such as `sku.name`, `zones[0]` or `tags["a.b"]`. */
export function valueAtPath(root: unknown, path: string): unknown {
    const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map((match) => {
        return match[1] ?? match[2] ?? match[3] ?? "";
    });
    return steps.reduce<unknown>((value, step) => {
        return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined;
    }, root);
}
