import type sharp from "sharp";
import type { Sharp, Metadata } from "sharp";
import type { CardInput } from "../model/card";
import { messageOf } from "../refusal";
import { PictureFault } from "./picture-fault";
import { place } from "./placement";
import type { Placement } from "./placement";

/** How much of a machine one picture may take. */
export interface PictureLimits {
    /** Bytes as they come in. @default 20 MB */
    bytes: number;
    /** Width times height, before anything is decoded. @default 50 million */
    pixels: number;
    /** Seconds that decoding may take. @default 10 */
    seconds: number;
}

export const pictureLimits: PictureLimits = { bytes: 20_000_000, pixels: 50_000_000, seconds: 10 };

/** Bytes of the model's input, row by row, with the colours of a pixel beside each other. */
export interface DecodedPicture {
    bytes: Buffer;
    placement: Placement;
}

/** First bytes of the formats that are read. Others have parsers that reach further than pixels (SVG, PDF) or are seldom looked at. */
const signatures: readonly { format: string; starts: (bytes: Buffer) => boolean }[] = [
    { format: "jpeg", starts: (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
    { format: "png", starts: (bytes) => bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1")) },
    {
        format: "webp",
        starts: (bytes) => bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP",
    },
    { format: "gif", starts: (bytes) => /^GIF8[79]a$/.test(bytes.toString("latin1", 0, 6)) },
];

export const pictureFormats = signatures.map(({ format }) => format);

let decoder: Promise<typeof sharp> | undefined;

/** The decoder. It comes with the first picture, a golden one mostly: who serves tensors alone starts without it. */
function loadDecoder(): Promise<typeof sharp> {
    decoder ??= import("sharp").then(({ default: loaded }) => {
        // No picture comes twice, so what was done with one is of no use to the next.
        loaded.cache(false);
        return loaded;
    });
    return decoder;
}

/**
 * Decodes a picture to what the model takes: upright as its EXIF says, colours as the card says, at the card's size.
 * @throws PictureFault when it is no picture, damaged, or more than the limits allow
 */
export async function decode(
    content: Buffer,
    input: CardInput,
    limits: PictureLimits = pictureLimits,
): Promise<DecodedPicture> {
    refuseUnread(content, limits);
    const open = await loadDecoder();
    // Warnings are of truncated or damaged data: half a picture would be scored as if it were one.
    const source = open(content, { failOn: "warning", limitInputPixels: limits.pixels, sequentialRead: true });
    const found = await attempt(() => source.metadata());
    const picture = sizeOf(found);
    refuseSize(picture, found, limits);
    const placement = place(input, picture);
    const bytes = await attempt(() => pixels(source, input, placement).timeout({ seconds: limits.seconds }).toBuffer());
    return { bytes, placement };
}

/** What needs no decoder to be refused. */
function refuseUnread(content: Buffer, limits: PictureLimits): void {
    if (content.length === 0) throw new PictureFault(400, "the picture is empty");
    if (content.length > limits.bytes)
        throw new PictureFault(413, `a picture may have ${limits.bytes} bytes, this has ${content.length}`);
    if (!signatures.some(({ starts }) => starts(content)))
        throw new PictureFault(415, `a picture must be one of ${pictureFormats.join(", ")}, and this begins like none`);
}

/** Upright: EXIF's orientations 5 to 8 lie on their side. */
function sizeOf({ width, height, orientation = 1 }: Metadata): Placement["picture"] {
    return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function refuseSize({ width, height }: Placement["picture"], { pages = 1 }: Metadata, limits: PictureLimits): void {
    if (pages > 1) throw new PictureFault(422, `a picture must have one frame, this has ${pages}`);
    if (width * height > limits.pixels)
        throw new PictureFault(422, `a picture may have ${limits.pixels} pixels, this has ${width} x ${height}`);
}

function pixels(source: Sharp, input: CardInput, { resized, left, top }: Placement): Sharp {
    const grey = input.fill ?? 114;
    const background = { r: grey, g: grey, b: grey };
    const upright = source
        .autoOrient()
        .flatten({ background })
        .toColourspace(input.colours === "GRAY" ? "b-w" : "srgb")
        .resize(resized.width, resized.height, { fit: "fill" });
    const [right, bottom] = [input.width - resized.width - left, input.height - resized.height - top];
    const fitted =
        left < 0 || top < 0
            ? upright.extract({ left: -left, top: -top, width: input.width, height: input.height })
            : upright.extend({ left, top, right, bottom, background });
    return fitted.raw({ depth: "uchar" });
}

/** What the decoder says, without paths and in one line. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (fault) {
        const [line = ""] = messageOf(fault).split("\n");
        const reason = line.includes("pixel limit") ? "it has more pixels than a picture may have" : line.trim();
        throw new PictureFault(422, `the picture cannot be decoded: ${reason}`);
    }
}
