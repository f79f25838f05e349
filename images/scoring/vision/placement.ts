import type { CardInput } from "../model/card";

/** A box with its edges in pixels, from the upper left corner. */
export interface Edges {
    x1: number;
    y1: number;
    x2: number;
    y2: number;
}

/** How a picture lies in the model's input: what it is resized to, and where its upper left corner comes to be. */
export interface Placement {
    /** Size of the picture as people see it, in pixels. */
    picture: { width: number; height: number };
    /** What all of the picture is resized to, in pixels of the input. */
    resized: { width: number; height: number };
    /** Negative where the picture sticks out and is cut. */
    left: number;
    top: number;
}

/** Where a picture of this size goes, by the card's way to resize. */
export function place(
    { width, height, resize }: Pick<CardInput, "width" | "height" | "resize">,
    picture: Placement["picture"],
): Placement {
    if (resize === "stretch") return { picture, resized: { width, height }, left: 0, top: 0 };
    const scales = [width / picture.width, height / picture.height];
    const scale = resize === "letterbox" ? Math.min(...scales) : Math.max(...scales);
    // What must fill the input may not fall short of it by rounding.
    const fit = (side: number, full: number): number => {
        const size = Math.max(1, Math.round(side * scale));
        return resize === "letterbox" ? Math.min(size, full) : Math.max(size, full);
    };
    const resized = { width: fit(picture.width, width), height: fit(picture.height, height) };
    return {
        ...{ picture, resized },
        left: Math.floor((width - resized.width) / 2),
        top: Math.floor((height - resized.height) / 2),
    };
}

/** Edges in the input as edges in the picture, cut where they leave it. */
export function backToPicture({ picture, resized, left, top }: Placement, edges: Edges): Edges {
    const across = (x: number): number => clamp(((x - left) * picture.width) / resized.width, picture.width);
    const down = (y: number): number => clamp(((y - top) * picture.height) / resized.height, picture.height);
    return { x1: across(edges.x1), y1: down(edges.y1), x2: across(edges.x2), y2: down(edges.y2) };
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
