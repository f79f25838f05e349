import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../cli/commands";
import { readWaivers } from "../../review/drift/waivers";

const root = join(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "drift.md"), "utf8");

test("the waiver on the page is one that counts, and so is the project's file", () => {
    const [, example = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    expect(readWaivers(example, "2026-11-25")).toHaveLength(1);
    expect(() => readWaivers(readFileSync(join(root, "drift", "waivers.yaml"), "utf8"), "2026-11-25")).not.toThrow();
});

test("the page names commands, options and files that are there", () => {
    const options = Object.keys(commands.find(({ name }) => name === "drift")?.options ?? {});
    const typed = [...page.matchAll(/npx mlplatform drift([^`\n]*)/g)];
    expect(typed.length).toBeGreaterThan(1);
    const used = typed.flatMap(([, rest = ""]) => [...rest.matchAll(/ --([a-z-]+)/g)].map(([, option = ""]) => option));
    expect(used.filter((option) => !options.includes(option))).toEqual([]);
    const files = [...page.matchAll(/`((?:[\w-]+\/)+[\w.-]*)`/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
