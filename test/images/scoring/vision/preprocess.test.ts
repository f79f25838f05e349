import type { CardInput } from "../../../../images/scoring/model/card";
import { inputTensor } from "../../../../images/scoring/vision/preprocess";

const input: CardInput = {
    ...{ tensor: "in", datatype: "FP32", layout: "NCHW", width: 2, height: 1, colours: "RGB" },
    resize: "stretch",
};
const bytes = Buffer.from([10, 20, 30, 40, 50, 60]);
const values = (card: Partial<CardInput>, from = bytes): number[] =>
    Array.from(inputTensor({ ...input, ...card }, from).data as ArrayLike<number>);

test("colours side by side, or each on a plane of its own; either way round", () => {
    expect(values({ layout: "NHWC" })).toEqual([10, 20, 30, 40, 50, 60]);
    expect(values({ layout: "NCHW" })).toEqual([10, 40, 20, 50, 30, 60]);
    expect(values({ layout: "NHWC", colours: "BGR" })).toEqual([30, 20, 10, 60, 50, 40]);
    expect(values({ layout: "NCHW", colours: "BGR" })).toEqual([30, 60, 20, 50, 10, 40]);
    expect(values({ colours: "GRAY" }, Buffer.from([1, 2]))).toEqual([1, 2]);
});

test("its shape has the picture first", () => {
    expect(inputTensor(input, bytes)).toMatchObject({ name: "in", datatype: "FP32", shape: [1, 3, 1, 2] });
    expect(inputTensor({ ...input, layout: "NHWC" }, bytes).shape).toEqual([1, 1, 2, 3]);
});

test("each colour has its own middle and spread", () => {
    const scaled = values({ layout: "NHWC", scale: 0.1, mean: [1, 2, 3], std: [1, 0.5, 2] });
    expect(scaled.map((value) => Number(value.toFixed(5)))).toEqual([0, 0, 0, 3, 6, 1.5]);
    expect(values({ layout: "NHWC", colours: "BGR", mean: [30, 20, 10] })).toEqual([0, 0, 0, 30, 30, 30]);
});

test("bytes go in as they are", () => {
    expect(inputTensor({ ...input, datatype: "UINT8", layout: "NHWC" }, bytes).data).toBe(bytes);
    expect(values({ datatype: "UINT8", layout: "NCHW" })).toEqual([10, 40, 20, 50, 30, 60]);
});
