import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readListed } from "../../review/promotion/listed";
import { tiers } from "../../stacks/tiers";

const root = join(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "promotion.md"), "utf8");
const listed = readListed(readFileSync(join(root, "promotion", "differences.yaml"), "utf8"), "staging", "prod") ?? [];

test("the row on the page is one of the project's list", () => {
    const [, example = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const indented = example.replace(/^/gm, "      ");
    const [row] = readListed(`promotions:\n  - from: a\n    to: b\n    differences:\n${indented}`, "a", "b") ?? [];
    expect(listed).toContainEqual(row);
});

test("the list names tiers' values that there are", () => {
    const paths = listed.flatMap(({ by }) => (typeof by === "object" ? [by.tier] : []));
    expect(paths.length).toBeGreaterThan(3);
    const at = (path: string): unknown =>
        path
            .split(".")
            .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], tiers.prod);
    expect(paths.filter((path) => at(path) === undefined)).toEqual([]);
});

test("the page names files that are there", () => {
    const files = [...page.matchAll(/`((?:[\w-]+\/)+[\w.-]*)`/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
