import { onnxModel } from "../../../cli/models/onnx";
import { readTfjs } from "../../../cli/models/tfjs";
import { tfjsToOnnx, transposed } from "../../../cli/models/tfjs-to-onnx";

const hex = (buffer: Buffer): string => buffer.toString("hex");

test("a model is written as onnx.proto has it", () => {
    const model = onnxModel({
        name: "g",
        nodes: [
            {
                op: "Neg",
                inputs: ["x"],
                output: "y",
                attributes: { axis: -1, alpha: { float: 1 }, mode: "m", pads: [1] },
            },
        ],
        initializers: [{ name: "c", type: "float", shape: [1], data: Float32Array.of(1) }],
        inputs: [{ name: "x", type: "uint8", shape: ["N", 3] }],
        outputs: [],
    });
    // Each attribute with its kind (field 20, a0 01), the negative number in ten bytes.
    expect(hex(model)).toContain(`${hex(Buffer.from("axis"))}18${"ff".repeat(9)}01a00102`);
    expect(hex(model)).toContain(`${hex(Buffer.from("alpha"))}150000803fa00101`);
    expect(hex(model)).toContain(`${hex(Buffer.from("mode"))}22016da00103`);
    expect(hex(model)).toContain(`${hex(Buffer.from("pads"))}4001a00107`);
    // dims, data type, name, raw data.
    expect(hex(model)).toContain("080110014201634a040000803f");
    // A dimension by name, and one of three.
    expect(hex(model)).toContain("0a0312014e0a020803");
    expect(hex(model.subarray(0, 2))).toBe("0808");
    expect(hex(model.subarray(-6))).toBe("42040a00100d");
});

test("axes change places, and values go with them", () => {
    expect([...transposed(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
});

const weights = (dtype: string, shape: number[], quantization?: object): string =>
    JSON.stringify({
        modelTopology: { node: [] },
        weightsManifest: [
            { paths: ["w.bin"], weights: [{ name: "w", shape, dtype, ...(quantization && { quantization }) }] },
        ],
    });

test("weights of half precision come out as they are", () => {
    const raw = Buffer.from("003c00c0ff7b01000080", "hex");
    const { weights: read } = readTfjs(weights("float32", [5], { dtype: "float16" }), raw);
    expect([...(read.get("w")?.data ?? [])]).toEqual([1, -2, 65504, 2 ** -24, -0]);
});

test("weights that do not fit their manifest are refused", () => {
    expect(() => readTfjs(weights("int32", [2]), Buffer.alloc(4))).toThrow("the weights end before w");
    expect(() => readTfjs(weights("int32", [1]), Buffer.alloc(5))).toThrow("1 bytes follow the last weight");
});

test("an operation without a conversion is named", () => {
    const shape = { shape: { dim: [1, 4, 4, 3].map((size) => ({ size: String(size) })) } };
    const node = [
        { name: "in", op: "Placeholder", attr: { shape } },
        { name: "out", op: "FFT", input: ["in"] },
    ];
    const model = readTfjs(JSON.stringify({ modelTopology: { node }, weightsManifest: [] }), Buffer.alloc(0));
    const cut = {
        name: "g",
        input: { node: "in", name: "x" },
        outputs: [{ node: "out", name: "y", channels: 3, size: 4 }],
    };
    expect(() => tfjsToOnnx(model, cut)).toThrow("out: no conversion of FFT");
});
