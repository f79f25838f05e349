/**
 * Names without the words that all of them begin with: `snet-mlp-dev-sdc-nodes` and `snet-mlp-dev-sdc-agents` are `nodes`
 * and `agents`. Names that begin otherwise, such as Azure's own `GatewaySubnet`, stay as they are.
 */
export function withoutCommonStart(names: readonly string[]): string[] {
    const words = names.map((name) => name.split("-"));
    const alike = words.filter((parts) => parts.length > 1 && parts[0] === mostCommonFirst(words));
    if (alike.length < 2) return [...names];
    const shortest = Math.min(...alike.map((parts) => parts.length)) - 1;
    let common = 0;
    while (common < shortest && alike.every((parts) => parts[common] === alike[0]?.[common])) common += 1;
    return words.map((parts) => (alike.includes(parts) ? parts.slice(common) : parts).join("-"));
}

function mostCommonFirst(words: readonly string[][]): string | undefined {
    const counts = new Map<string, number>();
    for (const [first = "", ...others] of words) if (others.length > 0) counts.set(first, (counts.get(first) ?? 0) + 1);
    return [...counts].sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1))[0]?.[0];
}

/** `monitor:ActionGroup` as people read it: `action group`. */
export function spellOut(kind: string): string {
    const own = kind.slice(kind.indexOf(":") + 1);
    const words = own.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(" ");
    const text = words.map((word) => (/^[A-Z0-9]+$/.test(word) ? word : word.toLowerCase())).join(" ");
    return text.charAt(0).toUpperCase() + text.slice(1);
}
