/** Text that is not JSON, or not the JSON that was asked for. */
export class JsonFault extends Error {
    override readonly name = "JsonFault";
}

const maxDepth = 32;
/** Faults of one tensor that are told; the rest is counted. */
const maxTold = 3;
/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const scratch = new Float64Array(1);
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const [tab, newline, feed, space] = [9, 10, 13, 32];
const [quote, plus, comma, minus, dot, zero, nine] = [34, 43, 44, 45, 46, 48, 57];
const [colon, open, backslash, close, e, openBrace, closeBrace] = [58, 91, 92, 93, 101, 123, 125];

/**
 * Reads JSON from bytes, without a string or an object for what is read into arrays of numbers: a request's tensors are most of it.
 * As strict as JSON.parse, and stricter with UTF-8.
 */
export class JsonReader {
    private at = 0;

    constructor(private readonly bytes: Buffer) {}

    /** Calls `field` for each name of an object; it must read the value. */
    object(what: string, field: (name: string) => void): void {
        if (this.next() !== openBrace) this.fail(`${what} must be an object`);
        this.at++;
        if (this.next() === closeBrace) {
            this.at++;
            return;
        }
        for (;;) {
            if (this.next() !== quote) this.fail("a name in quotes was expected");
            const name = this.string();
            if (this.next() !== colon) this.fail("a colon was expected");
            this.at++;
            field(name);
            if (this.ended(closeBrace)) return;
        }
    }

    /** Calls `item` for each item of a list; it must read it. */
    list(what: string, item: (index: number) => void): void {
        if (this.next() !== open) this.fail(`${what} must be a list`);
        this.at++;
        if (this.next() === close) {
            this.at++;
            return;
        }
        for (let index = 0; ; index++) {
            item(index);
            if (this.ended(close)) return;
        }
    }

    /** Nothing but white space may be left. */
    end(): void {
        this.next();
        if (this.at < this.bytes.length) this.fail("something follows the end");
    }

    /** Where the next value begins; `seek` goes back there. */
    position(): number {
        this.next();
        return this.at;
    }

    seek(position: number): void {
        this.at = position;
    }

    isNext(kind: "string" | "list"): boolean {
        return this.next() === (kind === "string" ? quote : open);
    }

    /** Any value. */
    any(depth = 0): unknown {
        const byte = this.next();
        if (byte === quote) return this.string();
        if (byte === openBrace || byte === open) {
            if (depth === maxDepth) this.fail(`nested more than ${maxDepth} deep`);
            if (byte === open) {
                const items: unknown[] = [];
                this.list("", () => items.push(this.any(depth + 1)));
                return items;
            }
            const fields: [string, unknown][] = [];
            this.object("", (name) => fields.push([name, this.any(depth + 1)]));
            // Not by assignment: a field may be called __proto__.
            return Object.fromEntries(fields);
        }
        if (byte === minus || isDigit(byte)) return this.number();
        if (this.word("true")) return true;
        if (this.word("false")) return false;
        if (this.word("null")) return null;
        for (const word of ["NaN", "Infinity", "-Infinity"])
            if (this.word(word)) this.fail(`JSON has no ${word}: send such a tensor as binary data`);
        return this.fail("a value was expected");
    }

    /** A string; the next byte must be its quote. */
    string(): string {
        const { bytes } = this;
        const start = ++this.at;
        let at = start;
        let byte = bytes[at] ?? 0;
        while (byte !== quote && byte !== backslash && byte >= space && byte < 128) byte = bytes[++at] ?? 0;
        if (byte === quote) {
            this.at = at + 1;
            return bytes.toString("latin1", start, at);
        }
        for (; byte !== quote; byte = bytes[++at] ?? 0) {
            if (byte < space) this.fail("a string does not end, or holds a control character", at);
            if (byte === backslash) at++;
        }
        this.at = at + 1;
        try {
            return JSON.parse(strictUtf8.decode(bytes.subarray(start - 1, at + 1))) as string;
        } catch {
            return this.fail("a string is not UTF-8, or has a wrong escape", start - 1);
        }
    }

    /** A number, rounded once. */
    number(): number {
        const [value] = this.numbers(scratch, 0, false, "", [], true);
        return value;
    }

    /**
     * Reads the rest of a list of numbers, from behind its bracket, into `target` from `from`; what does not fit is counted alone.
     * Singles need less care than doubles to be rounded right.
     * @returns index behind the last one
     */
    rest(target: Float64Array | Float32Array, from: number, what: string, faults: string[]): number {
        const [, index] = this.numbers(target, from, target instanceof Float32Array, what, faults, false);
        return index;
    }

    private numbers(
        target: Float64Array | Float32Array,
        from: number,
        single: boolean,
        what: string,
        faults: string[],
        one: boolean,
    ): [number, number] {
        const { bytes } = this;
        const room = target.length;
        let index = from;
        for (;;) {
            let at = this.at;
            let byte = bytes[at] ?? 0;
            while (byte === space || byte === newline || byte === feed || byte === tab) byte = bytes[++at] ?? 0;
            const start = at;
            const negative = byte === minus;
            if (negative) byte = bytes[++at] ?? 0;
            const whole = at;
            let mantissa = 0;
            if (byte === zero) byte = bytes[++at] ?? 0;
            else
                while (byte >= zero && byte <= nine) {
                    mantissa = mantissa * 10 + (byte - zero);
                    byte = bytes[++at] ?? 0;
                }
            let digits = at - whole;
            let value: number;
            if (digits === 0) {
                this.at = start;
                if (one) this.fail("a number was expected");
                this.odd(index, "a number", what, faults);
                value = 0;
                at = this.at;
                byte = bytes[at] ?? 0;
            } else {
                let exponent = 0;
                if (byte === dot) {
                    const point = ++at;
                    byte = bytes[at] ?? 0;
                    while (byte >= zero && byte <= nine) {
                        mantissa = mantissa * 10 + (byte - zero);
                        byte = bytes[++at] ?? 0;
                    }
                    exponent = point - at;
                    if (exponent === 0) this.fail("a digit must follow the point", at);
                    digits -= exponent;
                }
                if ((byte | 32) === e) {
                    byte = bytes[++at] ?? 0;
                    const down = byte === minus;
                    if (down || byte === plus) byte = bytes[++at] ?? 0;
                    const power = at;
                    let given = 0;
                    while (byte >= zero && byte <= nine) {
                        given = given * 10 + (byte - zero);
                        byte = bytes[++at] ?? 0;
                    }
                    if (at === power) this.fail("a digit must follow the exponent's sign", at);
                    exponent += down ? -given : given;
                }
                value = roundedOnce(mantissa, digits, exponent, single);
                if (value !== value) value = Math.abs(Number(bytes.toString("latin1", start, at)));
                if (negative) value = -value;
                if (!Number.isFinite(single ? Math.fround(value) : value))
                    tell(
                        faults,
                        `${what}[${index}] is beyond the datatype: ${bytes.toString("latin1", start, at)}`,
                        what,
                    );
            }
            if (one) {
                this.at = at;
                return [value, 1];
            }
            if (index < room) target[index] = value;
            index++;
            while (byte === space || byte === newline || byte === feed || byte === tab) byte = bytes[++at] ?? 0;
            this.at = at + 1;
            if (byte === close) return [value, index];
            if (byte !== comma) this.fail("a comma or the end of the list was expected", at);
        }
    }

    /** Reads the rest of a list of whole numbers of 64 bits, as `rest` does. */
    restOfLongs(target: BigInt64Array | BigUint64Array, from: number, what: string, faults: string[]): number {
        const signed = target instanceof BigInt64Array;
        const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
        const rule = `a whole number from ${least} to ${most}`;
        return this.restOf(from, (index) => {
            const start = this.position();
            const byte = this.bytes[start] ?? 0;
            if (byte !== minus && !isDigit(byte)) {
                this.odd(index, rule, what, faults);
                return;
            }
            const rounded = this.number();
            const text = this.bytes.toString("latin1", start, this.at);
            const value = Number.isSafeInteger(rounded)
                ? BigInt(rounded)
                : /^-?\d{1,20}$/.test(text)
                  ? BigInt(text)
                  : undefined;
            if (value === undefined || value < least || value > most)
                tell(faults, `${what}[${index}] must be ${rule}, got ${text.slice(0, 40)}`, what);
            else if (index < target.length) target[index] = value;
        });
    }

    /** Reads the rest of a list of truths, as `rest` does. */
    restOfTruths(target: Uint8Array, from: number, what: string, faults: string[]): number {
        return this.restOf(from, (index) => {
            this.next();
            const yes = this.word("true");
            if (!yes && !this.word("false")) this.odd(index, "true or false", what, faults);
            else if (index < target.length) target[index] = yes ? 1 : 0;
        });
    }

    /** Reads the rest of a list of texts into `target`, of which no more than `room` are kept. */
    restOfTexts(target: string[], room: number, from: number, what: string, faults: string[]): number {
        return this.restOf(from, (index) => {
            if (this.next() !== quote) this.odd(index, "a string", what, faults);
            else {
                const text = this.string();
                if (index < room) target[index] = text;
            }
        });
    }

    private restOf(from: number, read: (index: number) => void): number {
        for (let index = from; ; index++) {
            read(index);
            if (this.ended(close)) return index + 1;
        }
    }

    /** Is this list empty? Then it is read. The next byte must be its bracket. */
    emptyList(): boolean {
        this.next();
        this.at++;
        if (this.next() !== close) return false;
        this.at++;
        return true;
    }

    /** After an item of a list: was it the last? Then the list's end is read, else the comma. */
    ended(end: number = close): boolean {
        const byte = this.next();
        this.at++;
        if (byte === end) return true;
        if (byte !== comma) this.fail("a comma or an end was expected", this.at - 1);
        return false;
    }

    private odd(index: number, rule: string, what: string, faults: string[]): void {
        const value = this.any();
        tell(faults, `${what}[${index}] must be ${rule}, got ${JSON.stringify(value).slice(0, 40)}`, what);
    }

    private word(word: string): boolean {
        if (this.bytes.toString("latin1", this.at, this.at + word.length) !== word) return false;
        this.at += word.length;
        return true;
    }

    /** The next byte that is no white space; 0 at the end. */
    private next(): number {
        const { bytes } = this;
        let byte = bytes[this.at] ?? 0;
        while (byte === space || byte === newline || byte === feed || byte === tab) byte = bytes[++this.at] ?? 0;
        return byte;
    }

    fail(why: string, at = this.at): never {
        throw new JsonFault(`${why}, at byte ${Math.min(at, this.bytes.length)}`);
    }
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

/** The number nearest to mantissa × 10^exponent; NaN where that needs more care than this. */
function roundedOnce(mantissa: number, digits: number, exponent: number, single: boolean): number {
    if (exponent < -22 || exponent > 22) return mantissa === 0 ? 0 : NaN;
    if (digits > (single ? 19 : 15)) return NaN;
    const power = powers[exponent < 0 ? -exponent : exponent] ?? NaN;
    const value = exponent < 0 ? mantissa / power : mantissa * power;
    // Up to 15 digits and both numbers are exact, so there was one rounding: the division's.
    if (digits <= 15) return value;
    // Up to 19 the error is below 2e-15 of the value; unless a border between singles lies there, it does not matter.
    const low = Math.fround(value - value * 2e-15);
    return low === Math.fround(value + value * 2e-15) ? low : NaN;
}

/** Adds a fault of a tensor, unless enough is told of that tensor already. */
function tell(faults: string[], fault: string, what: string): void {
    if (faults.filter((one) => one.startsWith(`${what}[`)).length < maxTold) faults.push(fault);
}
