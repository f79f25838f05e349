import { deflateSync } from "node:zlib";
import sharp from "../../../../images/scoring/node_modules/sharp";
import type { Sharp } from "../../../../images/scoring/node_modules/sharp";
import type { CardInput } from "../../../../images/scoring/model/card";
import { decode, pictureLimits } from "../../../../images/scoring/vision/decode";
import { PictureFault } from "../../../../images/scoring/vision/picture-fault";

const input: CardInput = {
    ...{ tensor: "in", datatype: "UINT8", layout: "NHWC", width: 4, height: 4, colours: "RGB" },
    resize: "stretch",
};
const red = { r: 255, g: 0, b: 0 };
const blue = { r: 0, g: 0, b: 255 };

/** The left half red, the right half blue. */
const halves = (width = 64, height = 64): Sharp =>
    sharp({ create: { width, height, channels: 3, background: red } }).composite([
        { input: { create: { width: width / 2, height, channels: 3, background: blue } }, left: width / 2, top: 0 },
    ]);

const pixel = (bytes: Buffer, x: number, y: number, channels = 3): number[] => [
    ...bytes.subarray((y * 4 + x) * channels, (y * 4 + x + 1) * channels),
];
const isRed = ([r = 0, , b = 0]: number[]): boolean => r > 200 && b < 60;
const isBlue = ([r = 0, , b = 0]: number[]): boolean => b > 200 && r < 60;

const faultOf = async (content: Buffer, limits = pictureLimits): Promise<string> => {
    try {
        await decode(content, input, limits);
        return "none";
    } catch (fault) {
        return fault instanceof PictureFault ? `${fault.status} ${fault.message}` : `unexpected: ${String(fault)}`;
    }
};

test.each(["jpeg", "png", "webp", "gif"] as const)("%s is read", async (format) => {
    const { bytes, placement } = await decode(await halves().toFormat(format).toBuffer(), input);
    expect(bytes).toHaveLength(48);
    expect(placement.picture).toEqual({ width: 64, height: 64 });
    expect([isRed(pixel(bytes, 0, 0)), isBlue(pixel(bytes, 3, 3))]).toEqual([true, true]);
});

test("a picture lies as its EXIF says, and so do its sizes", async () => {
    // 6: turned by 90 degrees to the right, so that what was left is above.
    const content = await sharp(await halves(64, 32).jpeg().toBuffer())
        .withMetadata({ orientation: 6 })
        .toBuffer();
    const { bytes, placement } = await decode(content, input);
    expect(placement.picture).toEqual({ width: 32, height: 64 });
    expect([isRed(pixel(bytes, 0, 0)), isRed(pixel(bytes, 3, 0))]).toEqual([true, true]);
    expect([isBlue(pixel(bytes, 0, 3)), isBlue(pixel(bytes, 3, 3))]).toEqual([true, true]);
});

test("what shines through, greys and sixteen bits become three bytes of colour", async () => {
    const clear = { width: 8, height: 8, channels: 4 as const, background: { ...red, alpha: 0 } };
    const { bytes } = await decode(await sharp({ create: clear }).png().toBuffer(), input);
    expect(pixel(bytes, 0, 0)).toEqual([114, 114, 114]);
    const deep = await sharp(new Uint16Array(64).fill(65535), { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace("grey16")
        .png()
        .toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    expect(pixel((await decode(deep, input)).bytes, 0, 0)).toEqual([255, 255, 255]);
});

test("a model of one colour gets one byte a pixel", async () => {
    const { bytes } = await decode(await halves().png().toBuffer(), { ...input, colours: "GRAY" });
    expect(bytes).toHaveLength(16);
});

test("letterboxed, bars have the card's colour; cropped, the middle is left", async () => {
    const wide = await halves(64, 32).png().toBuffer();
    const boxed = await decode(wide, { ...input, resize: "letterbox", fill: 7 });
    expect(pixel(boxed.bytes, 0, 0)).toEqual([7, 7, 7]);
    expect(isRed(pixel(boxed.bytes, 0, 1))).toBe(true);
    const cropped = await decode(wide, { ...input, resize: "crop" });
    expect([isRed(pixel(cropped.bytes, 0, 0)), isBlue(pixel(cropped.bytes, 3, 0))]).toEqual([true, true]);
});

/** A PNG that says to be larger than its data is. */
function bomb(width: number, height: number): Buffer {
    const chunk = (type: string, data: Buffer): Buffer => {
        const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
        const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
        length.writeUInt32BE(data.length);
        check.writeUInt32BE(crc(body));
        return Buffer.concat([length, body, check]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2], 8);
    const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
    const data = deflateSync(Buffer.alloc(1_000_000));
    return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes: Buffer): number {
    let value = 0xffffffff;
    for (const byte of bytes) {
        value ^= byte;
        for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    return (value ^ 0xffffffff) >>> 0;
}

describe("refused", () => {
    test("nothing", async () => {
        expect(await faultOf(Buffer.alloc(0))).toBe("400 the picture is empty");
    });
    test("more bytes than a picture may have", async () => {
        expect(await faultOf(Buffer.alloc(11), { ...pictureLimits, bytes: 10 })).toBe(
            "413 a picture may have 10 bytes, this has 11",
        );
    });
    test.each([
        ["text", Buffer.from("hello")],
        [
            "SVG, which may name other files",
            Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
        ],
        ["PDF", Buffer.from("%PDF-1.7")],
        ["TIFF", Buffer.from("II*\0")],
        ["zip", Buffer.from("PK\x03\x04")],
    ])("%s", async (_, content) => {
        expect(await faultOf(content)).toBe(
            "415 a picture must be one of jpeg, png, webp, gif, and this begins like none",
        );
    });
    test("a bomb, by what its head says", async () => {
        expect(await faultOf(bomb(60_000, 60_000))).toMatch(
            /^422 .*(more pixels than a picture may have|50000000 pixels)/,
        );
        expect(await faultOf(bomb(9000, 9000))).toMatch(/^422 .*pixels/);
    });
    test("half of a picture", async () => {
        for (const format of ["jpeg", "png", "webp"] as const) {
            const noise = sharp({
                create: {
                    width: 200,
                    height: 200,
                    channels: 3,
                    noise: { type: "gaussian", mean: 128, sigma: 50 },
                    background: red,
                },
            });
            const whole = await noise.toFormat(format).toBuffer();
            expect(await faultOf(whole.subarray(0, whole.length / 2))).toMatch(/^422 the picture cannot be decoded: /);
        }
    });
    test("a head without a picture", async () => {
        expect(await faultOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toMatch(/^422 the picture cannot be decoded: /);
    });
    test("a film", async () => {
        const plain = { width: 8, height: 8, channels: 3 as const };
        const frames = [red, blue].map((background) =>
            sharp({ create: { ...plain, background } })
                .png()
                .toBuffer(),
        );
        const film = await sharp(await Promise.all(frames), { join: { animated: true } })
            .gif({ delay: [10, 20] })
            .toBuffer();
        expect(await faultOf(film)).toBe("422 a picture must have one frame, this has 2");
    });
});
