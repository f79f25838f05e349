import { boxesSvg, predictionRows } from "../../../cli/serving/boxes";

const cup = { label: "cup", confidence: 0.913, box: { left: 10, top: 20, width: 300, height: 200 } };

test("every object has a box of its own, its label and how sure the model is", () => {
    const svg = boxesSvg(600, 400, [cup, { label: "<spoon>", confidence: 0.5, box: { ...cup.box, left: 400 } }]);
    expect(svg).toContain('width="600" height="400"');
    expect(svg).toContain('<rect x="10" y="20" width="300" height="200"');
    expect(svg).toContain("cup 91 %");
    expect(svg).toContain("&lt;spoon&gt; 50 %");
    expect(svg.match(/stroke="#[0-9a-f]{6}"/g)).toHaveLength(2);
    expect(new Set(svg.match(/stroke="#[0-9a-f]{6}"/g)).size).toBe(2);
});

test("a label alone has no box, and is told all the same", () => {
    expect(boxesSvg(600, 400, [{ label: "cat", confidence: 1 }])).not.toContain("<rect");
    expect(predictionRows([{ label: "cat", confidence: 1 }, cup])).toEqual([
        ["cat", "100 %", ""],
        ["cup", "91 %", "10,20 300x200"],
    ]);
});
