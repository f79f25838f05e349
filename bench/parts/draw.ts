import { createHash } from "node:crypto";

/** Numbers from a seed: the same seed draws the same. */
export class Draw {
    private count = 0;

    constructor(private readonly seed: number) {}

    chance(share: number): boolean {
        return this.next() < share;
    }

    between(low: number, high: number): number {
        return low + this.next() * (high - low);
    }

    /** 0 to 1, without 1. */
    private next(): number {
        this.count += 1;
        const digest = createHash("sha256").update(`${this.seed}\n${this.count}`).digest();
        return digest.readUInt32BE(0) / 2 ** 32;
    }
}
