import { Readable } from "node:stream";
import type { ContextFile } from "../../images/build-context";

/** POSIX tar: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
const block = 512;

/** An entry's header, in the fields that a layer of an image is made of. */
export interface TarEntry {
    path: string;
    mode: number;
    uid: number;
    gid: number;
    size: number;
    /** `0` a file, `1` a hard link, `2` a symbolic link, `3` and `4` devices, `5` a folder, `6` a pipe. */
    type: string;
    link: string;
    deviceMajor: number;
    deviceMinor: number;
    /** Extended attributes, as PAX records have them. */
    attributes: Readonly<Record<string, string>>;
}

/** Seconds since 1970 that every entry is dated. */
export type Date1970 = number;

/** Blocks of an entry's header; with PAX records where a field does not fit. */
export function headerOf(entry: TarEntry, modified: Date1970): Buffer {
    const records = { ...entry.attributes };
    if (Buffer.byteLength(entry.path) > 100) records.path = entry.path;
    if (Buffer.byteLength(entry.link) > 100) records.linkpath = entry.link;
    if (entry.size >= 8 ** 11) records.size = String(entry.size);
    if (entry.uid >= 8 ** 7) records.uid = String(entry.uid);
    if (entry.gid >= 8 ** 7) records.gid = String(entry.gid);
    const names = Object.keys(records).sort();
    if (names.length === 0) return plainHeader(entry, modified);
    const text = Buffer.concat(names.map((name) => record(name, records[name] ?? "")));
    const extended: TarEntry = {
        ...{ path: "PaxHeaders/entry", mode: 0o644, uid: 0, gid: 0, size: text.length, type: "x", link: "" },
        ...{ deviceMajor: 0, deviceMinor: 0, attributes: {} },
    };
    return Buffer.concat([plainHeader(extended, modified), padded(text), plainHeader(entry, modified)]);
}

/** A PAX record counts its own length. */
function record(name: string, value: string): Buffer {
    const rest = Buffer.byteLength(` ${name}=${value}\n`);
    let length = rest + String(rest).length;
    if (rest + String(length).length !== length) length = rest + String(length).length;
    return Buffer.from(`${length} ${name}=${value}\n`);
}

function plainHeader(entry: TarEntry, modified: Date1970): Buffer {
    const header = Buffer.alloc(block);
    const octal = (value: number, at: number, width: number): void => {
        const fits = value < 8 ** (width - 1) ? value : 0;
        header.write(`${fits.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
    };
    header.write(entry.path.slice(0, 100), 0, 100, "utf8");
    octal(entry.mode & 0o7777, 100, 8);
    octal(entry.uid, 108, 8);
    octal(entry.gid, 116, 8);
    octal(entry.size, 124, 12);
    octal(modified, 136, 12);
    header.write(" ".repeat(8), 148, "latin1");
    header.write(entry.type, 156, "latin1");
    header.write(entry.link.slice(0, 100), 157, 100, "utf8");
    header.write("ustar\0" + "00", 257, "latin1");
    octal(entry.deviceMajor, 329, 8);
    octal(entry.deviceMinor, 337, 8);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return header;
}

const padded = (content: Buffer): Buffer =>
    Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * block);

/** A context as the engine takes it: the same files make the same archive. */
export function contextTar(files: readonly ContextFile[]): Readable {
    const chunks = files.flatMap(({ path, content, executable, link }) => {
        const entry: TarEntry = {
            ...{ path, uid: 0, gid: 0, deviceMajor: 0, deviceMinor: 0, attributes: {} },
            ...{ mode: executable ? 0o755 : 0o644, type: link ? "2" : "0" },
            ...{ size: link ? 0 : content.length, link: link ? content.toString() : "" },
        };
        return link ? [headerOf(entry, 0)] : [headerOf(entry, 0), padded(content)];
    });
    return Readable.from([...chunks, tarEnd]);
}

/** Reads bytes of a stream in pieces of asked sizes. */
export class Pieces {
    private rest: Buffer = Buffer.alloc(0);
    private readonly chunks: AsyncIterator<Buffer, undefined>;

    constructor(stream: AsyncIterable<Buffer>) {
        this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    }

    /** That many bytes; fewer at the end alone. */
    async take(count: number): Promise<Buffer> {
        const parts: Buffer[] = [];
        let left = count;
        for await (const part of this.upTo(count)) {
            parts.push(part);
            left -= part.length;
            if (left === 0) break;
        }
        return Buffer.concat(parts);
    }

    /** The same as they come, without holding them all. */
    async *upTo(count: number): AsyncGenerator<Buffer> {
        let left = count;
        while (left > 0) {
            if (this.rest.length === 0) {
                const next = await this.chunks.next();
                if (next.done === true) return;
                this.rest = next.value;
            }
            const part = this.rest.subarray(0, left);
            this.rest = this.rest.subarray(part.length);
            left -= part.length;
            yield part;
        }
    }
}

/** An entry that was read; its content must be read to the end before the next one. */
export interface ReadEntry {
    entry: TarEntry;
    content: AsyncGenerator<Buffer>;
}

/** Entries of an archive, one after the other. */
export async function* entriesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<ReadEntry> {
    const pieces = new Pieces(stream);
    let records: Record<string, string> = {};
    for (;;) {
        const header = await pieces.take(block);
        if (header.length < block || header.every((byte) => byte === 0)) {
            // Whoever sends it is done only when all of it is read.
            await drained(pieces.upTo(Infinity));
            return;
        }
        const size = Number(records.size ?? sizeIn(header));
        const padding = (block - (size % block)) % block;
        const type = header.toString("latin1", 156, 157).replace("\0", "0");
        if (type === "x" || type === "g" || type === "L" || type === "K") {
            const text = (await pieces.take(size + padding)).subarray(0, size);
            if (type === "x") records = { ...records, ...recordsIn(text) };
            // GNU's way to say the same.
            if (type === "L") records.path = textIn(text, 0, size);
            if (type === "K") records.linkpath = textIn(text, 0, size);
            continue;
        }
        const own = records;
        records = {};
        const content = pieces.upTo(size);
        yield { entry: entryOf(header, own, size, type), content };
        await drained(content);
        await pieces.take(padding);
    }
}

async function drained(content: AsyncIterator<Buffer>): Promise<void> {
    while ((await content.next()).done !== true);
}

function entryOf(header: Buffer, records: Readonly<Record<string, string>>, size: number, type: string): TarEntry {
    const prefix = textIn(header, 345, 155);
    const isUstar = textIn(header, 257, 5) === "ustar" && header.toString("latin1", 263, 265) === "00";
    const short = `${isUstar && prefix !== "" ? `${prefix}/` : ""}${textIn(header, 0, 100)}`;
    const kept = Object.entries(records).filter(([name]) => name.startsWith("SCHILY.xattr."));
    return {
        ...{ path: records.path ?? short, link: records.linkpath ?? textIn(header, 157, 100), size, type },
        mode: octalIn(header, 100, 8),
        uid: Number(records.uid ?? octalIn(header, 108, 8)),
        gid: Number(records.gid ?? octalIn(header, 116, 8)),
        ...{ deviceMajor: octalIn(header, 329, 8), deviceMinor: octalIn(header, 337, 8) },
        attributes: Object.fromEntries(kept),
    };
}

function textIn(buffer: Buffer, at: number, length: number): string {
    const field = buffer.subarray(at, at + length);
    const end = field.indexOf(0);
    return field.toString("utf8", 0, end < 0 ? length : end);
}

const octalIn = (buffer: Buffer, at: number, width: number): number =>
    parseInt(buffer.toString("latin1", at, at + width).replace(/[\0 ]/g, "") || "0", 8);

/** Sizes over 8 GiB are binary in GNU's archives. */
function sizeIn(header: Buffer): number {
    const isBinary = ((header[124] ?? 0) & 0x80) !== 0;
    return isBinary ? Number(header.readBigUInt64BE(128)) : octalIn(header, 124, 12);
}

function recordsIn(text: Buffer): Record<string, string> {
    const records: Record<string, string> = {};
    for (let at = 0; at < text.length;) {
        const space = text.indexOf(0x20, at);
        const length = Number(text.toString("latin1", at, space));
        const [name = "", ...value] = text.toString("latin1", space + 1, at + length - 1).split("=");
        records[name] = Buffer.from(value.join("="), "latin1").toString("utf8");
        at += length;
    }
    return records;
}
