import { layOut } from "../../../review/picture/layout";
import type { Layout, PlacedShape } from "../../../review/picture/layout";
import { pictureOf } from "../../../review/picture/model";
import { textWidth } from "../../../review/picture/text-width";
import { smallStack } from "./small-stack";

const picture = pictureOf("dev", smallStack);
let layout: Layout;
beforeAll(async () => {
    layout = await layOut(picture);
});

function placed(title: string): PlacedShape {
    const found = layout.shapes.find(({ shape }) => shape.title === title);
    if (!found) throw new Error(`no "${title}" on the page`);
    return found;
}

test("every shape and every flow has its place", () => {
    expect(layout.shapes.map(({ shape }) => shape.id).sort()).toEqual(picture.shapes.map(({ id }) => id).sort());
    expect(layout.flows.map(({ flow }) => flow)).toEqual(picture.flows);
    for (const { points } of layout.flows) expect(points.length).toBeGreaterThan(1);
});

test("it reads from the outside on the left to the keys on the right", () => {
    const order = ["Internet", "NAT gateway", "Subnet nodes", "Subnet endpoints", "Storage", "Key vault"];
    const lefts = order.map((title) => placed(title).x);
    expect(lefts).toEqual([...lefts].sort((left, right) => left - right));
});

test("what is inside a frame lies within it, and no two shapes of a frame overlap", () => {
    for (const inner of layout.shapes) {
        const frame = layout.shapes.find(({ shape }) => shape.id === inner.shape.inside);
        if (frame) {
            expect(inner.x).toBeGreaterThanOrEqual(frame.x);
            expect(inner.y).toBeGreaterThanOrEqual(frame.y);
            expect(inner.x + inner.width).toBeLessThanOrEqual(frame.x + frame.width);
            expect(inner.y + inner.height).toBeLessThanOrEqual(frame.y + frame.height);
        }
        for (const other of layout.shapes) {
            if (other === inner || other.shape.inside !== inner.shape.inside) continue;
            const apart =
                inner.x + inner.width <= other.x ||
                other.x + other.width <= inner.x ||
                inner.y + inner.height <= other.y ||
                other.y + other.height <= inner.y;
            expect({ apart, of: [inner.shape.title, other.shape.title] }).toMatchObject({ apart: true });
        }
    }
});

test("a line begins at its source and ends at its target, whichever side that is on", () => {
    const near = ({ x, y, width, height }: PlacedShape, point: { x: number; y: number } | undefined): boolean =>
        point !== undefined &&
        point.x >= x - 1 &&
        point.x <= x + width + 1 &&
        point.y >= y - 1 &&
        point.y <= y + height + 1;
    const byId = new Map(layout.shapes.map((each) => [each.shape.id, each]));
    for (const { flow, points } of layout.flows) {
        const [from, to] = [byId.get(flow.from), byId.get(flow.to)];
        expect(from && near(from, points[0])).toBe(true);
        expect(to && near(to, points.at(-1))).toBe(true);
    }
});

test("text fits its box, and a name that is too long loses its middle", async () => {
    const long = "a-very-long-name-".repeat(8);
    const [first, ...others] = picture.shapes;
    if (!first) throw new Error("the picture is empty");
    const cut = await layOut({ ...picture, shapes: [{ ...first, title: long, lines: [long] }, ...others] });
    for (const { title, lines, width } of [...layout.shapes, ...cut.shapes]) {
        expect(textWidth(title, 14, true)).toBeLessThan(width);
        for (const line of lines) expect(textWidth(line, 12)).toBeLessThan(width);
    }
    expect(cut.shapes.find(({ shape }) => shape.id === first.id)?.title).toMatch(/^a-very.*….*name-$/);
});
