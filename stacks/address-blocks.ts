import { formatCidr, overlap, parseCidr } from "../components/network/cidr";
import type { Environment } from "./tiers";

/**
 * The corporate block that all environments live in. Whoever is given another one changes this line, and
 * `mlplatform:addressSpace` of each stack with it.
 */
export const corporateBlock = "10.20.0.0/14";

/** A part of the corporate block, in 64ths of it. Once given it is never moved: networks in use cannot be either. */
interface Share {
    at: number;
    /** A power of two. */
    width: number;
}

/**
 * Who has which part. Each environment has room beside it to grow into; 48 to 63 are free for environments to come, such
 * as a second region.
 */
const shares: Readonly<Record<Environment, Share>> = {
    dev: { at: 0, width: 1 },
    staging: { at: 16, width: 1 },
    prod: { at: 32, width: 4 },
};

/**
 * Divides a block among environments. Pure: the same shares always give the same blocks, and a share added later moves none.
 * @throws Error naming every share that lies outside of the block, is no block by itself, or meets another.
 */
export function divideBlock<Name extends string>(
    block: string,
    parts: Readonly<Record<Name, Share>>,
): Record<Name, string> {
    const whole = parseCidr(block);
    if (whole === undefined) throw new Error(`the block must be an IPv4 block at its first address, got "${block}"`);
    const unit = 2 ** (32 - whole.prefix - 6);
    const named = Object.entries<Share>(parts);
    const faults = named.flatMap(([name, { at, width }], index) => {
        const log = Math.log2(width);
        if (!Number.isInteger(log) || at % width !== 0)
            return [`${name}: width must be a power of two and at a multiple of it, got ${at} and ${width}`];
        if (at < 0 || at + width > 64)
            return [`${name}: must lie in the 64 parts of the block, got ${at} to ${at + width}`];
        const met = named.slice(0, index).find(([, other]) => at < other.at + other.width && other.at < at + width);
        return met ? [`${name}: must not overlap ${met[0]}, got ${at} to ${at + width}`] : [];
    });
    if (faults.length > 0) throw new Error(faults.join("; "));
    return Object.fromEntries(
        named.map(([name, { at, width }]) => [
            name,
            formatCidr({ first: whole.first + at * unit, prefix: whole.prefix + 6 - Math.log2(width) }),
        ]),
    ) as Record<Name, string>;
}

/** Block of each environment's network. */
export const environmentBlocks: Readonly<Record<Environment, string>> = divideBlock(corporateBlock, shares);

/** Environments whose blocks a block meets, but for its own. */
export function environmentsMet(block: string, own: Environment): (readonly [Environment, string])[] {
    const asked = parseCidr(block);
    return (Object.entries(environmentBlocks) as [Environment, string][]).filter(([name, theirs]) => {
        const other = parseCidr(theirs);
        return name !== own && asked && other && overlap(asked, other);
    });
}
