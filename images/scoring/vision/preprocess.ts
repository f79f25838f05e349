import type { CardInput } from "../model/card";
import type { Tensor } from "../tensor";

/** The model's input, of one picture, out of its bytes: in the card's order, type and range. */
export function inputTensor(input: CardInput, bytes: Buffer): Tensor {
    const { tensor: name, datatype, layout, width, height, colours } = input;
    const channels = colours === "GRAY" ? 1 : 3;
    const first = layout === "NCHW";
    const shape = first ? [1, channels, height, width] : [1, height, width, channels];
    // The usual case of a byte model: what was decoded goes in as it is.
    if (datatype === "UINT8" && !first && colours !== "BGR") return { name, datatype, shape, data: bytes };
    const pixels = width * height;
    const source = (channel: number): number => (colours === "BGR" ? 2 - channel : channel);
    const target = (channel: number): readonly [number, number] =>
        first ? [channel * pixels, 1] : [channel, channels];
    const data = datatype === "UINT8" ? new Uint8Array(bytes.length) : new Float32Array(bytes.length);
    for (let channel = 0; channel < channels; channel++) {
        const values = datatype === "UINT8" ? undefined : valuesOf(input, channel);
        let from = source(channel);
        const [start, step] = target(channel);
        let to = start;
        for (let pixel = 0; pixel < pixels; pixel++, from += channels, to += step) {
            const byte = bytes[from] ?? 0;
            data[to] = values?.[byte] ?? byte;
        }
    }
    return { name, datatype, shape, data };
}

/** What each byte of a colour becomes. */
function valuesOf({ scale = 1, mean = [], std = [] }: CardInput, channel: number): Float32Array {
    const [middle, spread] = [mean[channel] ?? 0, std[channel] ?? 1];
    return Float32Array.from({ length: 256 }, (_, byte) => (byte * scale - middle) / spread);
}
