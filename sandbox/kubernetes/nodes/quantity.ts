/** Amounts by resource: CPU in cores, memory in bytes, all others as counted. */
export type Amounts = Readonly<Record<string, number>>;

const suffixes: Readonly<Record<string, number>> = {
    ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * A quantity as a number.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 * @throws RangeError when it is none.
 */
export function quantity(written: string): number {
    const [, digits, suffix = ""] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)$/.exec(written) ?? [];
    const factor = suffixes[suffix];
    if (digits === undefined || factor === undefined) throw new RangeError(`"${written}" is no quantity`);
    return Number(digits) * factor;
}

/** Quantities by resource as numbers. */
export const amounts = (written: Readonly<Record<string, string>> = {}): Amounts =>
    Object.fromEntries(Object.entries(written).map(([resource, value]) => [resource, quantity(value)]));

/** The sum, resource by resource. */
export function sum(all: readonly Amounts[]): Amounts {
    const total: Record<string, number> = {};
    for (const each of all)
        for (const [resource, value] of Object.entries(each)) total[resource] = (total[resource] ?? 0) + value;
    return total;
}

/** The larger, resource by resource. */
export function most(a: Amounts, b: Amounts): Amounts {
    const larger: Record<string, number> = { ...a };
    for (const [resource, value] of Object.entries(b)) larger[resource] = Math.max(larger[resource] ?? 0, value);
    return larger;
}
