import { backToPicture, place } from "../../../../images/scoring/vision/placement";

const input = { width: 512, height: 512 };
const picture = { width: 600, height: 400 };

test("letterboxed, all of the picture is there with bars beside it", () => {
    const { resized, left, top } = place({ ...input, resize: "letterbox" }, picture);
    expect({ resized, left, top }).toEqual({ resized: { width: 512, height: 341 }, left: 0, top: 85 });
});

test("cropped, the picture fills the input and sticks out", () => {
    const { resized, left, top } = place({ ...input, resize: "crop" }, picture);
    expect({ resized, left, top }).toEqual({ resized: { width: 768, height: 512 }, left: -128, top: 0 });
});

test("stretched, it has the input's shape", () => {
    expect(place({ ...input, resize: "stretch" }, picture)).toMatchObject({ resized: input, left: 0, top: 0 });
});

test.each(["letterbox", "crop", "stretch"] as const)(
    "%s: a box finds back to where it was in the picture",
    (resize) => {
        const placement = place({ ...input, resize }, picture);
        const { resized, left, top } = placement;
        const [across, down] = [resized.width / picture.width, resized.height / picture.height];
        const there = { x1: 200 * across + left, y1: 100 * down + top, x2: 400 * across + left, y2: 300 * down + top };
        const back = backToPicture(placement, there);
        for (const [edge, at] of [
            ["x1", 200],
            ["y1", 100],
            ["x2", 400],
            ["y2", 300],
        ] as const)
            expect(back[edge]).toBeCloseTo(at, 6);
    },
);

test("a box that leaves the picture is cut", () => {
    const placement = place({ ...input, resize: "letterbox" }, picture);
    expect(backToPicture(placement, { x1: -50, y1: -50, x2: 900, y2: 900 })).toEqual({
        x1: 0,
        y1: 0,
        x2: 600,
        y2: 400,
    });
});

test.each(["letterbox", "crop"] as const)("%s: a picture of one row still has one", (resize) => {
    const { resized } = place({ ...input, resize }, { width: 5000, height: 1 });
    expect(resized.height).toBeGreaterThanOrEqual(1);
    expect(resized.width).toBeGreaterThanOrEqual(512);
});
