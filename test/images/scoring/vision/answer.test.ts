import { answered, csvLines, failed, rowsOf } from "../../../../images/scoring/vision/answer";

const model = { name: "m", version: "2", sha256: "0".repeat(64) };

test("what has a comma, a quote or a line's end is quoted", () => {
    const rows = rowsOf(model, failed('a "b",\nc.png', { status: 422, message: "no" }));
    expect(csvLines(rows)).toBe(`"a ""b"",\nc.png",,,,,,,,,no,m,2,${model.sha256}\r\n`);
});

test("a label without a box leaves the box's columns empty", () => {
    const one = answered("a.png", { width: 8, height: 9, predictions: [{ label: "seven", confidence: 0.5 }] });
    expect(csvLines(rowsOf(model, one))).toBe(`a.png,8,9,seven,0.5,,,,,,m,2,${model.sha256}\r\n`);
});
