import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GraphResource } from "../../../review/picture/graph";
import { pictureOf } from "../../../review/picture/model";
import { Home } from "../../cli/command";

const root = join(__dirname, "..", "..", "..");
const stacks = ["dev", "staging", "prod"].filter((stack) => existsSync(join(root, "docs", "pictures", `${stack}.svg`)));

jest.setTimeout(180_000);

// On the real engine, as the command draws it.
describe.each(stacks)("docs/pictures/%s.svg", (stack) => {
    const home = new Home();
    let resources: readonly GraphResource[];
    beforeAll(async () => {
        const told = JSON.parse(await home.succeed("export", stack, "--planned")) as { resources: GraphResource[] };
        resources = told.resources;
    });
    afterAll(() => {
        home.remove();
    });

    test("shows every subnet and every service that the stack's plan holds", () => {
        const svg = readFileSync(join(root, "docs", "pictures", `${stack}.svg`), "utf8");
        const { shapes } = pictureOf(stack, resources);
        const missing = shapes.map(({ title }) => title).filter((title) => !svg.includes(`>${title}</text>`));
        const drawAgain = `npx mlplatform picture ${stack} --planned --out docs/pictures/${stack}.svg`;
        expect({ missing, drawAgain }).toEqual({ missing: [], drawAgain });
        expect(svg.length).toBeLessThan(200_000);
    });

    test("loses nothing: each planned resource is drawn, told on what it belongs to, or counted", () => {
        const { shapes, flows, also } = pictureOf(stack, resources);
        const told = new Set([...shapes, ...flows, ...also].flatMap((each) => each.resources));
        expect(resources.filter(({ urn }) => !told.has(urn)).map(({ urn }) => urn)).toEqual([]);
    });
});
