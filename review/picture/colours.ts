import type { Operation } from "../model/preview";
import type { FlowKind, Purpose } from "./picture";

/** Fill, line and text of a shape; on white, and on a dark page. */
interface Colours {
    fill: string;
    line: string;
}

export const shapeColours: Record<Purpose, { light: Colours; dark: Colours }> = {
    outside: { light: { fill: "#eef0f3", line: "#6b7280" }, dark: { fill: "#262b33", line: "#9aa4b2" } },
    egress: { light: { fill: "#fff0e6", line: "#c2570c" }, dark: { fill: "#3a2415", line: "#f59e5b" } },
    network: { light: { fill: "#eaf3fd", line: "#2563a8" }, dark: { fill: "#172739", line: "#6fb0f0" } },
    compute: { light: { fill: "#f1ecfd", line: "#6d3fc4" }, dark: { fill: "#2a2140", line: "#b79cf2" } },
    data: { light: { fill: "#e8f6ee", line: "#1f7a4d" }, dark: { fill: "#15301f", line: "#66c693" } },
    keys: { light: { fill: "#fdf5dc", line: "#97700b" }, dark: { fill: "#352b10", line: "#e0bb55" } },
    watching: { light: { fill: "#e4f5f6", line: "#13757f" }, dark: { fill: "#10302f", line: "#5cc4cc" } },
    learning: { light: { fill: "#fceaf3", line: "#b02a6f" }, dark: { fill: "#3a1a2b", line: "#ee86b9" } },
    other: { light: { fill: "#f6f7f8", line: "#8b949e" }, dark: { fill: "#1c2128", line: "#7d8794" } },
};

export const flowColours: Record<FlowKind, { light: string; dark: string }> = {
    allowed: { light: "#2563a8", dark: "#6fb0f0" },
    egress: { light: "#c2570c", dark: "#f59e5b" },
    joined: { light: "#6b7280", dark: "#9aa4b2" },
    privateLink: { light: "#1f7a4d", dark: "#66c693" },
    encrypts: { light: "#97700b", dark: "#e0bb55" },
};

export const pageColours = {
    light: { page: "#ffffff", text: "#1f2328", small: "#4d5560" },
    dark: { page: "#0d1117", text: "#e6edf3", small: "#a9b3bf" },
};

/** What happens to a resource. */
export const operationColours: Record<Operation, { light: string; dark: string }> = {
    create: { light: "#1a7f37", dark: "#3fb950" },
    update: { light: "#bf8700", dark: "#e3b341" },
    replace: { light: "#8250df", dark: "#c297ff" },
    delete: { light: "#cf222e", dark: "#ff6a60" },
    import: { light: "#0969da", dark: "#58a6ff" },
    forget: { light: "#57606a", dark: "#afb8c1" },
    same: { light: "#8b949e", dark: "#7d8794" },
    read: { light: "#8b949e", dark: "#7d8794" },
};
