import { createHash } from "node:crypto";
import { nobodysKey, runnerTools } from "../../facts/runner-tools";

test("every tool that is fetched is pinned to one content", () => {
    for (const { version, url, sha256 } of Object.values(runnerTools)) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(url.startsWith("https://") && url.includes(version)).toBe(true);
    }
});

// Field and curve of Ed25519: https://www.rfc-editor.org/rfc/rfc8032#section-5.1
const p = 2n ** 255n - 19n;
const power = (base: bigint, exponent: bigint): bigint => {
    let [result, square] = [1n, base % p];
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
        if (rest & 1n) result = (result * square) % p;
        square = (square * square) % p;
    }
    return result;
};
const d = ((p - 121665n) * power(121666n, p - 2n)) % p;

/** Is there a point of the curve with that y? */
function isPoint(y: bigint): boolean {
    const xSquared = ((y * y - 1n + p) * power(d * y * y + 1n, p - 2n)) % p;
    return y < p && xSquared !== 0n && power(xSquared, (p - 1n) / 2n) === 1n;
}

test("the key that nobody holds is the first point that its sentence gives", () => {
    for (let count = 0; ; count++) {
        const digest = createHash("sha256").update(`${nobodysKey.sentence} ${count}`).digest();
        const y = BigInt(`0x${Buffer.from(digest).reverse().toString("hex")}`) & (2n ** 255n - 1n);
        if (!isPoint(y)) continue;
        const name = Buffer.from("ssh-ed25519");
        const length = (bytes: Buffer): Buffer => Buffer.from([0, 0, 0, bytes.length]);
        const blob = Buffer.concat([length(name), name, length(digest), digest]);
        expect(nobodysKey.publicKey).toBe(`ssh-ed25519 ${blob.toString("base64")}`);
        return;
    }
});
