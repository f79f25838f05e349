import { gunzipSync, inflateRawSync } from "node:zlib";

const block = 512;

/**
 * One file of a gzipped tar archive, as npm packs them.
 * @throws Error when there is none of that path
 */
export function fromTarball(tarball: Buffer, path: string): Buffer {
    const tar = gunzipSync(tarball);
    for (let at = 0; at + block <= tar.length;) {
        const header = tar.subarray(at, at + block);
        const name = textField(header, 0, 100);
        if (name === "") break;
        const size = parseInt(textField(header, 124, 12), 8);
        const prefix = textField(header, 345, 155);
        const content = at + block;
        if ((prefix === "" ? name : `${prefix}/${name}`) === path)
            return Buffer.from(tar.subarray(content, content + size));
        at = content + Math.ceil(size / block) * block;
    }
    throw new Error(`the package has no file ${path}`);
}

function textField(header: Buffer, from: number, length: number): string {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.toString("utf8", 0, end === -1 ? length : end).trim();
}

/**
 * One file of a zip archive, as Python's wheels are. What the central directory says counts.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3; read in November 2026
 * @throws Error when there is none of that path
 */
export function fromZip(zip: Buffer, path: string): Buffer {
    const end = zip.lastIndexOf(Buffer.from("PK\x05\x06"));
    if (end === -1) throw new Error("the package is no zip archive");
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
        const method = zip.readUInt16LE(at + 10);
        const size = zip.readUInt32LE(at + 20);
        const lengths = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
        const [nameLength = 0] = lengths;
        if (zip.toString("utf8", at + 46, at + 46 + nameLength) === path) {
            const local = zip.readUInt32LE(at + 42);
            // The local header has a name and extras of its own, of other lengths.
            const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
            const content = zip.subarray(from, from + size);
            return method === 0 ? Buffer.from(content) : inflateRawSync(content);
        }
        at += 46 + lengths.reduce((sum, length) => sum + length, 0);
    }
    throw new Error(`the package has no file ${path}`);
}
