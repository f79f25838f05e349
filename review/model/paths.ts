/** Is it that property, or does it lie in it? `rules[0].port` is part of `rules`. */
export function isPartOf(inner: string, outer: string): boolean {
    return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}
