import { deflateRawSync, gzipSync } from "node:zlib";
import { fromTarball, fromZip } from "../../../cli/models/archive";

function tarEntry(name: string, content: string, prefix = ""): Buffer {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, "0"), 124);
    header.write(prefix, 345);
    return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A zip archive of one file, whose local header has other extras than its central one. */
function zipOf(name: string, content: string, method: 0 | 8): Buffer {
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.write("PK\x03\x04", 0, "latin1");
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(7, 28);
    const central = Buffer.alloc(46);
    central.write("PK\x01\x02", 0, "latin1");
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt16LE(name.length, 28);
    const body = Buffer.concat([local, Buffer.from(name), Buffer.alloc(7), data]);
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", 0, "latin1");
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(body.length, 16);
    return Buffer.concat([body, central, Buffer.from(name), end]);
}

test("a file is taken out of an npm package, be its path long or short", () => {
    const tarball = gzipSync(
        Buffer.concat([
            tarEntry("package/a", "first"),
            tarEntry("b.json", "second", "package/deep"),
            Buffer.alloc(1024),
        ]),
    );
    expect(fromTarball(tarball, "package/a").toString()).toBe("first");
    expect(fromTarball(tarball, "package/deep/b.json").toString()).toBe("second");
    expect(() => fromTarball(tarball, "package/c")).toThrow("the package has no file package/c");
});

test.each([0, 8] as const)("a file is taken out of a wheel, by method %d", (method) => {
    const zip = zipOf("skimage/data/a.png", "content".repeat(50), method);
    expect(fromZip(zip, "skimage/data/a.png").toString()).toBe("content".repeat(50));
    expect(() => fromZip(zip, "b")).toThrow("the package has no file b");
});

test("what is no wheel is said to be none", () => {
    expect(() => fromZip(Buffer.from("<html>"), "b")).toThrow("the package is no zip archive");
});
