import { join } from "node:path";

const root = join(__dirname, "..", "..", "..", "..");
const { compile } = jest.requireActual<{ compile: (options: { root: string; out: string }) => Promise<unknown> }>(
    "../../../../tools/compile.cjs",
);

/** Folder of the compiled project, up to date with its sources once `compiled()` has resolved. */
export const buildFolder = join(root, ".mlplatform", "build");
export const compiled = (): Promise<unknown> => compile({ root, out: buildFolder });
/** Entry point of the scorer's image. */
export const scorerProgram = join(buildFolder, "images", "scoring", "main.js");
