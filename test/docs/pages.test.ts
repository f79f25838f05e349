import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bootstrapKeys } from "../../bootstrap/settings";
import { commands } from "../../cli/commands";
import { Engine } from "../../cli/engine";
import { places } from "../../cli/places";
import { configKeys } from "../../stacks/settings";

const root = resolve(__dirname, "..", "..");
const engine = new Engine(places()).command;

// A page that names a command, a key or a file which is not there misleads in the worst of moments.
describe.each(["docs/teardown.md", "docs/upgrades.md"])("%s", (page) => {
    const text = readFileSync(join(root, page), "utf8");

    test("names config keys that are read", () => {
        const keys = [...text.matchAll(/\bmlplatform(?:-bootstrap)?:[A-Za-z]+/g)].map(([key]) => key);
        expect(keys.length).toBeGreaterThan(3);
        const read = [...Object.keys(configKeys), ...Object.keys(bootstrapKeys)];
        expect(keys.filter((key) => !read.includes(key))).toEqual([]);
    });

    test("names commands of ours that are there, with options that they take", () => {
        const typed = [...text.matchAll(/npx mlplatform ([a-z-]+)([^`\n]*)/g)];
        expect(typed.length).toBeGreaterThan(1);
        for (const [, name, rest = ""] of typed) {
            const command = commands.find((one) => one.name === name);
            expect([name, command?.name]).toEqual([name, name]);
            for (const [, option = ""] of rest.matchAll(/ --([a-z-]+)/g))
                expect([name, Object.keys(command?.options ?? {})]).toEqual([name, expect.arrayContaining([option])]);
        }
    });

    test("names commands and options of the engine that are there", () => {
        const typed = [...text.matchAll(/\bpulumi ((?:stack |config )?[a-z]+)((?: +--?[a-z-]+| +[\w.:/-]+)*)/g)];
        expect(typed.length).toBeGreaterThan(3);
        const help = new Map<string, string>();
        for (const [, command = "", rest = ""] of typed) {
            const words = command.split(" ").filter((word) => !word.startsWith("-"));
            const known = help.get(command) ?? execFileSync(engine, [...words, "--help"], { encoding: "utf8" });
            help.set(command, known);
            expect(known).toContain(`pulumi ${words.join(" ")}`);
            for (const [, option = ""] of rest.matchAll(/ (--[a-z-]+)/g))
                expect([command, known]).toEqual([command, expect.stringContaining(option)]);
        }
    });

    test("names files that are there", () => {
        const files = [...text.matchAll(/[`(]((?:[\w.-]+\/)*[\w-]+(?:\.\w+)*\.(?:ts|md|json|mod)|[\w/]+\/)[`)]/g)].map(
            ([, file = ""]) => file,
        );
        expect(files.length).toBeGreaterThan(0);
        const there = (file: string): boolean => existsSync(join(root, file)) || existsSync(join(root, "docs", file));
        expect(files.filter((file) => !there(file))).toEqual([]);
    });
});
