const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Bits of the half nearest to a number, ties to even; too large becomes infinite. */
export function halfOf(value: number): number {
    single[0] = value;
    const word = bits[0] ?? 0;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00;
    // 65520 is half-way between the largest half and the next, which is none.
    if (magnitude >= 0x477ff000) return sign | 0x7c00;
    if (magnitude >= 0x38800000) {
        const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return sign | ((rounded - 0x38000000) >>> 13);
    }
    // Below the least normal half: multiples of 2^-24.
    const steps = Math.abs(value) * 2 ** 24;
    const down = Math.floor(steps);
    const rest = steps - down;
    return sign | (rest > 0.5 || (rest === 0.5 && (down & 1) === 1) ? down + 1 : down);
}

/** The number that bits of a half stand for. */
export function numberOfHalf(half: number): number {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
