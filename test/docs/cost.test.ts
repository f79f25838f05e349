import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../cli/commands";

const root = join(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "cost.md"), "utf8");

test("the page names commands, options and files that are there", () => {
    const typed = [...page.matchAll(/npx mlplatform ([a-z-]+)([^`\n#]*)/g)];
    expect(typed.length).toBeGreaterThan(4);
    for (const [, name = "", rest = ""] of typed) {
        const options = Object.keys(commands.find((one) => one.name === name)?.options ?? {});
        const used = [...rest.matchAll(/ --([a-z-]+)/g)].map(([, option = ""]) => option);
        expect(used.filter((option) => !options.includes(option))).toEqual([]);
        expect(commands.map((one) => one.name)).toContain(name);
    }
    const files = [...page.matchAll(/`((?:[\w-]+\/)+[\w.-]*)`/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
