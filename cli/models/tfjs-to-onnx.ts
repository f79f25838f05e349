import type { Attribute, Initializer, OnnxGraph, OnnxNode, Port } from "./onnx";
import type { TfjsModel, TfjsNode, TfjsTensor } from "./tfjs";

/** What of a TensorFlow.js graph becomes the ONNX model. */
export interface Cut {
    name: string;
    /** Placeholder of pictures, `[1, height, width, 3]`. */
    input: { node: string; name: string };
    /** Nodes to compute, and how the model names them; with what they have for each pixel of the map. */
    outputs: readonly { node: string; name: string; channels: number; size: number }[];
}

/**
 * Converts a convolutional TensorFlow.js graph to ONNX. TensorFlow has channels last and ONNX first: weights are turned here, once,
 * and the pictures by the model itself, which takes them as bytes. Any number of pictures may go in at once.
 * @throws Error naming a node that is of no kind known here.
 */
export function tfjsToOnnx(model: TfjsModel, cut: Cut): OnnxGraph {
    const conversion = new Conversion(model, cut);
    for (const { node, name } of cut.outputs) conversion.output(node, name);
    return conversion.graph();
}

/** Nodes that pass on what they are given. */
const sameOps = new Set(["Identity"]);
const binaryOps: Readonly<Record<string, string>> = { Add: "Add", AddV2: "Add", Mul: "Mul", Sub: "Sub" };
const unaryOps: Readonly<Record<string, string>> = { Relu: "Relu", Sigmoid: "Sigmoid" };
const convolutions: ReadonlySet<string> = new Set([
    "Conv2D",
    "_FusedConv2D",
    "DepthwiseConv2dNative",
    "FusedDepthwiseConv2dNative",
]);

class Conversion {
    private readonly nodes: OnnxNode[] = [];
    private readonly constants = new Map<string, Initializer>();
    private readonly done = new Map<string, string>();
    private readonly heights = new Map<string, number>();
    private readonly size: readonly [number, number];

    constructor(
        private readonly model: TfjsModel,
        private readonly cut: Cut,
    ) {
        const [, height = 0, width = 0] = this.placeholderShape();
        this.size = [height, width];
        const { name } = cut.input;
        this.emit("Cast", [name], "cast", { to: 1 });
        this.emit("Transpose", ["cast"], "planes", { perm: [0, 3, 1, 2] });
        this.done.set(cut.input.node, "planes");
    }

    private placeholderShape(): number[] {
        const dimensions = this.node(this.cut.input.node).attr?.shape as
            { shape: { dim: { size: string }[] } } | undefined;
        return dimensions?.shape.dim.map(({ size }) => Number(size)) ?? [];
    }

    output(node: string, name: string): void {
        this.emit("Identity", [this.value(node)], name);
    }

    graph(): OnnxGraph {
        const { name, input, outputs } = this.cut;
        const inputs: Port[] = [{ name: input.name, type: "uint8", shape: ["N", ...this.size, 3] }];
        return {
            name,
            nodes: this.nodes,
            initializers: [...this.constants.values()],
            inputs,
            outputs: outputs.map((one) => ({
                name: one.name,
                type: "float",
                shape: ["N", one.channels, one.size, one.size],
            })),
        };
    }

    private emit(op: string, inputs: readonly string[], output: string, attributes: Record<string, Attribute> = {}) {
        this.nodes.push({ op, inputs, output, attributes });
        return output;
    }

    private node(name: string): TfjsNode {
        const found = this.model.nodes.get(name);
        if (!found) throw new Error(`the graph has no node ${name}`);
        return found;
    }

    private weight(name: string): TfjsTensor {
        const found = this.model.weights.get(name);
        if (!found) throw new Error(`${name} is no constant of the graph`);
        return found;
    }

    /** Name of what a node gives, converted with all that it needs. */
    private value(name: string): string {
        const known = this.done.get(name);
        if (known !== undefined) return known;
        const node = this.node(name);
        const made = node.op === "Const" ? this.broadcast(name) : this.convert(node);
        this.done.set(name, made);
        return made;
    }

    private convert(node: TfjsNode): string {
        const { name, op } = node;
        const inputs = node.input ?? [];
        const [first = "", second = ""] = inputs;
        if (sameOps.has(op)) return this.value(first);
        if (convolutions.has(op)) return this.convolution(node);
        const binary = binaryOps[op];
        if (binary !== undefined) return this.emit(binary, [this.value(first), this.value(second)], name);
        const unary = unaryOps[op];
        if (unary !== undefined) return this.emit(unary, [this.value(first)], name);
        switch (op) {
            case "Relu6":
                return this.relu6(this.value(first), name);
            case "Mean":
                this.expect(node, [...this.weight(second).data].join() === "1,2", "a mean over height and width");
                return this.emit("GlobalAveragePool", [this.value(first)], name);
            case "ConcatV2": {
                const axis = inputs.at(-1) ?? "";
                this.expect(node, this.weight(axis).data[0] === 3, "channels side by side");
                return this.emit(
                    "Concat",
                    inputs.slice(0, -1).map((one) => this.value(one)),
                    name,
                    { axis: 1 },
                );
            }
            case "ResizeBilinear":
                return this.resize(node, first, second);
            default:
                throw new Error(`${name}: no conversion of ${op}`);
        }
    }

    private expect(node: TfjsNode, holds: boolean, what: string): void {
        if (!holds) throw new Error(`${node.name}: of ${node.op}, only ${what} is converted`);
    }

    private relu6(input: string, output: string): string {
        const least = this.constant("zero", [], Float32Array.of(0));
        const most = this.constant("six", [], Float32Array.of(6));
        return this.emit("Clip", [input, least, most], output);
    }

    private convolution(node: TfjsNode): string {
        const { name, op, attr = {} } = node;
        const [input = "", kernel = "", bias] = node.input ?? [];
        const depthwise = op.includes("Depthwise");
        const { shape, data } = this.weight(kernel);
        const [height = 0, width = 0, channels = 0, filters = 0] = shape;
        // TensorFlow: [height, width, in, out]; of depthwise ones the last is how many each channel has. ONNX: [out, in of a group, height, width].
        const turned = depthwise
            ? transposed(data, [height, width, channels * filters, 1], [2, 3, 0, 1])
            : transposed(data, shape, [3, 2, 0, 1]);
        const outputs = depthwise ? channels * filters : filters;
        const weights = this.constant(kernel, [outputs, depthwise ? 1 : channels, height, width], turned);
        const fused = (attr.fused_ops?.list?.s ?? []).map(text);
        const biases = fused.includes("BiasAdd") ? [this.biases(node, bias)] : [];
        const activation = fused.find((one) => one !== "BiasAdd");
        const spatial = (list: readonly string[] = []): number[] => list.slice(1, 3).map(Number);
        const raw = activation === undefined ? name : `${name}/raw`;
        this.emit("Conv", [this.value(input), weights, ...biases], raw, {
            auto_pad: text(attr.padding?.s) === "SAME" ? "SAME_UPPER" : "VALID",
            strides: spatial(attr.strides?.list?.i),
            dilations: spatial(attr.dilations?.list?.i),
            group: depthwise ? channels : 1,
        });
        if (activation === undefined) return raw;
        if (activation === "Relu6") return this.relu6(raw, name);
        this.expect(node, activation === "Relu", "activations Relu and Relu6");
        return this.emit("Relu", [raw], name);
    }

    private biases(node: TfjsNode, name = ""): string {
        const { data } = this.weight(name);
        this.expect(node, data instanceof Float32Array, "biases of floats");
        return this.constant(name, [data.length], Float32Array.from(data));
    }

    private resize(node: TfjsNode, input: string, sizes: string): string {
        const { attr = {} } = node;
        const plain = attr.align_corners?.b !== true && attr.half_pixel_centers?.b !== true;
        this.expect(node, plain, "corners that are not aligned");
        const [height = 0, width = 0] = this.weight(sizes).data;
        // As scales: the number of pictures is not known, which sizes would have to name.
        const from = this.heightOf(input);
        this.expect(node, height === width && height % from === 0, "a square by a whole factor");
        const scale = height / from;
        const scales = this.constant(`${node.name}/scales`, [4], Float32Array.of(1, 1, scale, scale));
        return this.emit("Resize", [this.value(input), "", scales], node.name, {
            mode: "linear",
            coordinate_transformation_mode: "asymmetric",
        });
    }

    /** Height of a node's picture: what strides and enlargements have made of the input's. */
    private heightOf(name: string): number {
        const known = this.heights.get(name);
        if (known !== undefined) return known;
        const height = this.computedHeight(name);
        this.heights.set(name, height);
        return height;
    }

    private computedHeight(name: string): number {
        if (name === this.cut.input.node) return this.size[0];
        const node = this.node(name);
        const inputs = node.input ?? [];
        if (node.op === "ResizeBilinear") return this.weight(inputs[1] ?? "").data[0] ?? 0;
        const stride = Number(node.attr?.strides?.list?.i?.[1] ?? 1);
        // Where one is a picture's mean, which scales channels, the other has the size.
        const heights = inputs.filter((one) => this.node(one).op !== "Const").map((one) => this.heightOf(one));
        return node.op === "Mean" ? 1 : Math.ceil(Math.max(...heights) / stride);
    }

    /** A constant operand: one number, or one for each channel. */
    private broadcast(name: string): string {
        const { shape, data } = this.weight(name);
        const values = Float32Array.from(data);
        if (values.length === 1) return this.constant(name, [], values);
        if (values.length !== shape.at(-1))
            throw new Error(`${name}: no operand for each channel, but [${shape.join()}]`);
        return this.constant(name, [values.length, 1, 1], values);
    }

    private constant(name: string, shape: readonly number[], data: Float32Array): string {
        this.constants.set(name, { name, type: "float", shape, data });
        return name;
    }
}

const text = (base64 = ""): string => Buffer.from(base64, "base64").toString();

/** The same values with their axes in another order. */
export function transposed(
    data: Float32Array | Int32Array,
    shape: readonly number[],
    order: readonly number[],
): Float32Array {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    const sizes = order.map((axis) => shape[axis] ?? 0);
    const steps = order.map((axis) => strides[axis] ?? 0);
    const out = new Float32Array(data.length);
    const at = sizes.map(() => 0);
    for (let to = 0; to < out.length; to++) {
        out[to] = data[steps.reduce((sum, step, axis) => sum + step * (at[axis] ?? 0), 0)] ?? 0;
        for (let axis = sizes.length - 1; axis >= 0; axis--) {
            at[axis] = (at[axis] ?? 0) + 1;
            if ((at[axis] ?? 0) < (sizes[axis] ?? 0)) break;
            at[axis] = 0;
        }
    }
    return out;
}
